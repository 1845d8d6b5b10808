# shellcheck shell=bash
# shellcheck disable=SC2154 # common.sh sets what is shared
# The static programs that go into a machine: it has no libraries of its own.

# Runs cargo for an architecture, and prints the paths of the programs that it made.
build_programs() {
    local target
    target=$(architecture_target "$1") || return
    shift
    (
        cd "$tree" || exit
        # Emulated, the command's own work is most of a test, which starts it some hundred times.
        export CARGO_PROFILE_DEV_OPT_LEVEL=1
        # Debug information is most of a program, and nobody reads it there.
        export CARGO_PROFILE_DEV_STRIP=symbols
        tests/cross/cargo "$target" "$@" --quiet --message-format json |
            sed -n 's/.*"executable":"\([^"]*\)".*/\1/p'
    )
}

# Prints the paths of bpfdbg and of the test program.
build_static() {
    build_programs "$1" test --no-run --test bpfdbg
}

# Puts bpfdbg-attach into a directory.
build_attach() {
    cp "$(build_programs "$1" build --package bpfdbg --package bpfdbg-attach | grep '/bpfdbg-attach$')" "$2"
}
