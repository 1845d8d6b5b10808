# shellcheck shell=bash
# shellcheck disable=SC2154 # common.sh sets what is shared
# The static programs that go into a machine: it has no libraries of its own.

# Prints the paths of bpfdbg and of the test program.
build_static() {
    local target=x86_64-unknown-linux-gnu
    (
        cd "$tree" || exit
        # Where the linker finds libelf.a and libz.a; libbpf-sys does not ask it.
        LIBBPF_SYS_LIBRARY_PATH=$(dirname "$(gcc -print-file-name=libelf.a)")
        export LIBBPF_SYS_LIBRARY_PATH
        # Emulated, the command's own work is most of a test, which starts it some hundred times.
        export CARGO_PROFILE_DEV_OPT_LEVEL=1
        # With --target, the flags leave build scripts and procedural macros alone, which cannot be static.
        RUSTFLAGS='-C target-feature=+crt-static' cargo test --quiet --no-run --test bpfdbg \
            --features static --target "$target" --message-format json |
            sed -n 's/.*"executable":"\([^"]*\)".*/\1/p'
    )
}
