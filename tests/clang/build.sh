# shellcheck shell=bash
# shellcheck disable=SC2154 # common.sh sets what is shared
# The static loader, and the objects of the iterators.

# Prints where the loader is, and where libbpf's headers are that it was built with.
build_loader() {
    local target
    target=$(architecture_target amd64) || return
    (
        cd "$tree" || exit
        # As the machines' other programs.
        export CARGO_PROFILE_DEV_OPT_LEVEL=1 CARGO_PROFILE_DEV_STRIP=symbols
        "$tree/tests/cross/cargo" "$target" build --quiet -p bpfdbg -p bpfdbg-load \
            --message-format json |
            sed -n -e 's/.*"executable":"\([^"]*\/bpfdbg-load\)".*/loader \1/p' \
                -e 's/.*libbpf-sys.*"out_dir":"\([^"]*\)".*/include \1\/include/p'
    )
}

# As build.rs compiles it.
compile() {
    local clang=$1 include=$2 object=$3 flags
    mapfile -t flags <"$tree/bpf/CFLAGS"
    "$clang" "${flags[@]}" -target bpfel '-DPRODUCER="bpfdbg/0+0"' -isystem "$include" \
        -c "$tree/bpf/iterators.bpf.c" -o "$object"
}
