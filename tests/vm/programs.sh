# shellcheck shell=bash
# shellcheck disable=SC2154 # common.sh sets what is shared
# The programs of a machine. One of this machine's architecture has the programs that are installed
# here, any other those of Debian packages, which lie unpacked in `$cache/programs/ARCHITECTURE`.

# The first that the mirror has whole: some architectures lag.
programs_suites=(trixie sid)
programs_packages=(bash busybox-static dash iproute2 jq kmod strace util-linux)

# Prints the directory below which the programs of an architecture lie, which is empty for /.
programs_root() (
    architecture=$1
    [[ $architecture != "$(dpkg --print-architecture)" ]] || exit 0
    directory=$cache/programs/$architecture
    mkdir -p "$cache/programs" "$cache/lock"
    exec 9>"$cache/lock/programs-$architecture"
    flock 9
    [[ $(cat "$directory/packages" 2>/dev/null) == "${programs_packages[*]}" ]] ||
        for suite in "${programs_suites[@]}"; do
            ! programs_unpack "$suite:$architecture" "$directory" || break
        done
    [[ -e $directory/packages ]] || {
        echo "the programs of a machine cannot be had for $architecture" >&2
        exit 1
    }
    printf '%s\n' "$directory"
)

programs_unpack() {
    local suite=$1 directory=$2 new=$2.new libraries package
    echo "fetching programs of $suite" >&2
    rm -rf "$new"
    archive_update "$suite" || return
    # What they depend on is of use as far as it is a library.
    mapfile -t libraries < <(archive_apt "$suite" apt-cache depends --recurse --no-recommends --no-suggests \
        --no-conflicts --no-breaks --no-replaces --no-enhances "${programs_packages[@]}" |
        sed -n 's/^\(z\?lib[^ :]*\).*/\1/p' | sort -u)
    archive_download "$suite" "$new/deb" "${programs_packages[@]}" "${libraries[@]}" || return
    for package in "$new"/deb/*.deb; do
        dpkg-deb -x "$package" "$new" || return
    done
    rm -rf "$new/deb" "$directory"
    printf '%s\n' "${programs_packages[*]}" >"$new/packages"
    mv "$new" "$directory"
}

# Where a program lies below a root, by its name.
programs_find() {
    local root=$1 name=$2 folder
    if [[ -z $root ]]; then
        PATH=$PATH:/usr/sbin:/sbin type -P "$name"
        return
    fi
    for folder in usr/bin usr/sbin bin sbin; do
        [[ ! -f $root/$folder/$name ]] || { printf '%s\n' "$root/$folder/$name" && return; }
    done
    return 1
}

# Prints the libraries that a file names, each as its place in the machine and its place here. Those of
# another architecture are not asked for by ldd, which would run the file.
programs_libraries() {
    local root=$1 file=$2 name
    if [[ -z $root ]]; then
        # A static program, or a script, has none: then ldd fails.
        { ldd "$file" 2>/dev/null || true; } | sed -n 's|^[^/]*\(/[^ ]*\) .*|\1 \1|p'
        return
    fi
    readelf -ld "$file" 2>/dev/null | sed -n -e 's/.*(NEEDED).*\[\(.*\)\]/\1/p' \
        -e 's/.*program interpreter: \(.*\)\]/\1/p' | while read -r name; do
        file=$(find "$root" -name "${name##*/}" -print -quit)
        [[ $name == /* ]] || name=${file#"$root"}
        printf '%s %s\n' "$name" "$file"
    done
}

# Copies a file into a machine, and the libraries that it and they name.
programs_copy() {
    local root=$1 file=$2 machine=$3 target=$4 place library
    install -D -m 0755 "$file" "$machine$target"
    programs_libraries "$root" "$file" | while read -r place library; do
        [[ -e $machine$place ]] || programs_copy "$root" "$library" "$machine" "$place"
    done
}
