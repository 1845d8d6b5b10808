# shellcheck shell=bash
# shellcheck disable=SC2154 # common.sh sets what is shared
# The archive's newest bpftool, with libraries of its own: `$cache/bpftool` holds the program, what it
# is linked to, and `bpftool`, a script that starts it from wherever the directory lies.

bpftool_suite=trixie-backports
# Those that it names, and those that these name; all from the release that the suite adds to.
bpftool_libraries=(libc6 libcap2 libelf1t64 libssl3t64 libzstd1 zlib1g)

# Brings bpftool into the cache and prints its directory. A cached one is good enough when the archive
# cannot be reached.
bpftool_fetch() (
    directory=$cache/bpftool
    mkdir -p "$cache/lock"
    exec 9>"$cache/lock/bpftool"
    flock 9
    if archive_update "$bpftool_suite" && archive_update "${bpftool_suite%-backports}" &&
        version=$(archive_version "$bpftool_suite" bpftool) && [[ -n $version ]]; then
        [[ $(cat "$directory/version" 2>/dev/null) == "$version" ]] || bpftool_unpack "$directory" "$version"
    fi
    [[ -e $directory/version ]] || {
        echo "no bpftool is cached, and none can be had" >&2
        exit 1
    }
    printf '%s\n' "$directory"
)

bpftool_unpack() {
    local directory=$1 version=$2 new=$1.new library
    rm -rf "$new"
    mkdir -p "$new/root" "$new/lib"
    echo "fetching bpftool $version" >&2
    archive_download "$bpftool_suite" "$new/packages" bpftool || return
    archive_download "${bpftool_suite%-backports}" "$new/packages" "${bpftool_libraries[@]}" || return
    for library in "$new"/packages/*.deb; do
        dpkg-deb -x "$library" "$new/root" || return
    done
    mv "$new/root/usr/sbin/bpftool" "$new/program" || return
    for library in libc.so.6 libcap.so.2 libcrypto.so.3 libelf.so.1 libz.so.1 libzstd.so.1; do
        cp -L "$new/root/usr/lib/x86_64-linux-gnu/$library" "$new/lib/$library" || return
    done
    cp -L "$new/root/usr/lib64/ld-linux-x86-64.so.2" "$new/lib/ld.so" || return
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
