# shellcheck shell=bash
# shellcheck disable=SC2154 # common.sh sets what is shared
# Debian's compilers: `$cache/clang/NAME` holds the program, the libraries that it names and
# `clang`, a script that starts it from wherever the directory lies. Nothing is installed.

compiler_names() {
    entries "$clang_dir/COMPILERS" | awk '{ print $1 }'
}

# Brings a compiler into the cache and prints its directory. A cached one is good enough when the
# archive cannot be reached.
compiler_fetch() (
    name=$1
    read -r suite pattern < <(entries "$clang_dir/COMPILERS" | awk -v name="$name" '$1 == name { print $2, $3 }') ||
        die "no compiler is named '$name': $(compiler_names | xargs)"
    directory=$cache/clang/$name
    mkdir -p "$cache/lock" "$cache/clang"
    exec 9>"$cache/lock/clang-$name"
    flock 9

    if ! archive_update "$suite" || { [[ $suite == *-backports ]] && ! archive_update "${suite%-backports}"; }; then
        problem="the package list of $suite cannot be had"
    elif package=$(archive_matching "$suite" "$pattern" | head -n 1) && [[ -n $package ]]; then
        problem="$package cannot be had"
        identity="$package $(archive_version "$suite" "$package")"
        [[ $(cat "$directory/package" 2>/dev/null) == "$identity" ]] ||
            compiler_unpack "$suite" "$identity" "$directory" || true
    else
        problem="no package of $suite matches $pattern"
    fi
    [[ -e $directory/package ]] || {
        echo "$problem, and no compiler is cached" >&2
        exit 1
    }
    printf '%s\n' "$directory"
)

# What a package names as its dependencies, the libraries among them; in <> stand those that another
# suite has.
compiler_libraries() {
    archive_apt "$1" apt-cache depends --no-recommends --no-suggests --no-conflicts --no-breaks \
        --no-replaces --no-enhances "$2" | sed -n 's/^ *|*\(Pre\)*Depends: <*\(lib[^ >]*\)>*$/\2/p' |
        grep -v -e '-dev$' -e '^libobjc'
}

# A package and the libraries that it needs, each with its suite: backports lack most of them.
compiler_closure() {
    local suite=$1 from package
    local -A seen=()
    local todo=("$2")
    while [[ ${#todo[@]} -gt 0 ]]; do
        package=${todo[0]}
        todo=("${todo[@]:1}")
        [[ -z ${seen[$package]:-} ]] || continue
        seen[$package]=yes
        from=$suite
        [[ -n $(archive_version "$from" "$package") ]] || from=${suite%-backports}
        printf '%s %s\n' "$from" "$package"
        mapfile -t -O "${#todo[@]}" todo < <(compiler_libraries "$from" "$package")
    done
}

compiler_unpack() {
    local suite=$1 identity=$2 directory=$3
    local new=$directory.new package=${identity%% *} closure from part
    rm -rf "$new"
    mkdir -p "$new/root"
    echo "fetching $identity" >&2
    closure=$(compiler_closure "$suite" "$package") || return
    for from in $(cut -d' ' -f1 <<<"$closure" | sort -u); do
        # shellcheck disable=SC2046 # one word a package
        archive_download "$from" "$new/packages" $(sed -n "s/^$from //p" <<<"$closure") || return
    done
    for part in "$new"/packages/*.deb; do
        dpkg-deb -x "$part" "$new/root" || return
    done
    rm -rf "$new/packages" "$new"/root/usr/share
    compiler_wrapper "${package#clang-}" >"$new/clang"
    chmod 0755 "$new/clang"
    "$new/clang" --version >/dev/null || return
    # Written last: a directory without it is no compiler.
    printf '%s\n' "$identity" >"$new/package"
    rm -rf "$directory"
    mv "$new" "$directory"
}

# Releases differ in where they keep the loader. -resource-dir and the like come from where the
# program lies, so it is named by its whole path.
compiler_wrapper() {
    cat <<TEXT
#!/bin/sh
root=\${0%/*}/root
for loader in "\$root/usr/lib64/ld-linux-x86-64.so.2" "\$root/lib64/ld-linux-x86-64.so.2" \\
    "\$root/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2" "\$root/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2"; do
    [ ! -f "\$loader" ] || break
done
libraries=\$root/usr/lib/x86_64-linux-gnu:\$root/lib/x86_64-linux-gnu:\$root/usr/lib/llvm-$1/lib
exec "\$loader" --library-path "\$libraries" "\$root/usr/lib/llvm-$1/bin/clang" "\$@"
TEXT
}
