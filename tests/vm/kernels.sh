# shellcheck shell=bash
# shellcheck disable=SC2154 # common.sh sets what is shared
# Debian's stock kernels: `$cache/kernels/NAME` holds vmlinuz, version, release, package and the
# modules below lib/modules.

# shellcheck source-path=SCRIPTDIR
source "$vm_dir/archive.sh"
# shellcheck source-path=SCRIPTDIR
source "$vm_dir/umd/umd.sh"

# The names of the kernels of an architecture; '*' stands for all.
kernel_names() {
    local architecture=${1:-amd64} name suite
    while read -r name suite _; do
        [[ $suite == *:* ]] || suite+=:amd64
        # shellcheck disable=SC2053 # a pattern is meant
        [[ ${suite#*:} != $architecture ]] || printf '%s\n' "$name"
    done < <(entries "$vm_dir/KERNELS")
}

kernel_architecture() {
    entries "$vm_dir/KERNELS" |
        awk -v name="$1" '$1 == name { print $2 ~ /:/ ? substr($2, index($2, ":") + 1) : "amd64" }'
}

# Brings a kernel into the cache and prints its directory. A cached kernel is good enough when the
# archive cannot be reached.
kernel_fetch() (
    name=$1
    read -r suite pattern < <(entries "$vm_dir/KERNELS" | awk -v name="$name" '$1 == name { print $2, $3 }') ||
        die "no kernel is named '$name': $(kernel_names '*' | xargs)"
    directory=$cache/kernels/$name
    # Several runs may share the cache.
    mkdir -p "$cache/lock"
    exec 9>"$cache/lock/$name"
    flock 9

    wanted=$(umd_identity "$suite" "$pattern")
    if ! archive_update "$suite"; then
        problem="the package list of $suite cannot be had"
    elif [[ $directory/wanted -nt $cache/archive/$suite/updated && $(<"$directory/wanted") == "$wanted" ]]; then
        # Neither the list nor what is wanted has changed since the last time.
        problem=
    else
        problem="no package of $suite matches $pattern"
        # A mirror that lags names a package before it has it; then the one before will do.
        while read -r package; do
            problem="$package cannot be had"
            version=$(archive_version "$suite" "$package")
            case $package in
                linux-source-*) identity=$(umd_identity "$package" "$version") make=umd_build ;;
                *) identity="$package $version" make=kernel_unpack ;;
            esac
            if [[ $(cat "$directory/package" 2>/dev/null) == "$identity" ]] ||
                "$make" "$suite" "$package" "$version" "$directory" </dev/null; then
                printf '%s\n' "$wanted" >"$directory/wanted"
                break
            fi
        done < <(archive_matching "$suite" "$pattern" | head -n 2)
    fi
    [[ -e $directory/package ]] || {
        echo "$problem, and no kernel is cached" >&2
        exit 1
    }
    printf '%s\n' "$directory"
)

kernel_unpack() {
    local suite=$1 package=$2 version=$3 directory=$4
    local new=$directory.new fetched=$directory.packages packages=("$package") part release
    # From 7.2 on the image is spread over several packages.
    for part in base binary modules; do
        part=${package/linux-image-/linux-$part-}
        [[ -z $(archive_version "$suite" "$part") ]] || packages+=("$part")
    done
    rm -rf "$new"
    mkdir -p "$new/root" "$new/lib"
    echo "fetching $package $version" >&2
    archive_download "$suite" "$fetched" "${packages[@]}" || return
    for part in "$fetched"/*.deb; do
        dpkg-deb -x "$part" "$new/root" || return
    done
    release=${package#linux-image-}
    mv "$new/root/boot/vmlinuz-$release" "$new/vmlinuz" 2>/dev/null ||
        mv "$new/root/usr/lib/modules/$release/vmlinuz" "$new/vmlinuz" || return
    mv "$new/root/lib/modules" "$new/lib/" 2>/dev/null ||
        mv "$new/root/usr/lib/modules" "$new/lib/" || return
    rm -rf "$new/root" "$fetched"
    PATH=$PATH:/usr/sbin:/sbin depmod -b "$new" "$release" || return
    printf '%s\n' "$release" >"$new/release"
    printf '%s\n' "${version%%-*}" >"$new/version"
    # Written last: a directory without it is no kernel.
    printf '%s %s\n' "$package" "$version" >"$new/package"
    rm -rf "$directory"
    mv "$new" "$directory"
}
