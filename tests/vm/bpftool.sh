# shellcheck shell=bash
# shellcheck disable=SC2154 # common.sh sets what is shared
# The archive's newest bpftool, with libraries of its own: `$cache/bpftool/ARCHITECTURE` holds the
# program, what it is linked to, and `bpftool`, a script that starts it from wherever the directory lies.

# Where it is, and where its libraries are; the first that the mirror has whole, for some architectures lag.
bpftool_suites=(trixie-backports:trixie sid:sid)
# Those that it names, and those that these name.
bpftool_libraries=(libc6 libcap2 libelf1t64 libssl3t64 libzstd1 zlib1g)

# Brings bpftool into the cache and prints its directory. A cached one is good enough when the archive
# cannot be reached.
bpftool_fetch() (
    architecture=$1
    directory=$cache/bpftool/$architecture
    mkdir -p "$cache/lock" "$cache/bpftool"
    exec 9>"$cache/lock/bpftool-$architecture"
    flock 9
    for suites in "${bpftool_suites[@]}"; do
        suite=${suites%:*}:$architecture base=${suites#*:}:$architecture
        if archive_update "$suite" && archive_update "$base" &&
            version=$(archive_version "$suite" bpftool) && [[ -n $version ]]; then
            [[ $(cat "$directory/version" 2>/dev/null) != "$version" ]] || break
            ! bpftool_unpack "$suite" "$base" "$directory" "$version" || break
        fi
    done
    [[ -e $directory/version ]] || {
        echo "no bpftool is cached, and none can be had" >&2
        exit 1
    }
    printf '%s\n' "$directory"
)

bpftool_unpack() {
    local suite=$1 base=$2 directory=$3 version=$4 new=$3.new package
    rm -rf "$new"
    mkdir -p "$new"
    echo "fetching bpftool $version" >&2
    archive_download "$suite" "$new/packages" bpftool || return
    archive_download "$base" "$new/packages" "${bpftool_libraries[@]}" || return
    for package in "$new"/packages/*.deb; do
        dpkg-deb -x "$package" "$new/root" || return
    done
    mv "$new/root/usr/sbin/bpftool" "$new/program" || return
    mkdir "$new/lib"
    find "$new/root" -path '*-linux-gnu/lib*.so.*' -exec cp -L -t "$new/lib" {} + || return
    find "$new/root" -path '*-linux-gnu/ld*.so.*' -type f -exec cp {} "$new/lib/ld.so" \; || return
    cat >"$new/bpftool" <<'TEXT'
#!/bin/sh
dir=${0%/*}
exec "$dir/lib/ld.so" --library-path "$dir/lib" "$dir/program" "$@"
TEXT
    chmod 0755 "$new/bpftool"
    rm -rf "$new/root" "$new/packages" "$directory"
    printf '%s\n' "$version" >"$new/version"
    mv "$new" "$directory"
}
