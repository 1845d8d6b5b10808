# shellcheck shell=bash
# shellcheck disable=SC2154 # common.sh sets what is shared
# The static programs that go into a machine: it has no libraries of its own.

# Prints the paths of bpfdbg and of the test program, for the architecture named.
build_static() {
    local target
    target=$(architecture_target "$1") || return
    (
        cd "$tree" || exit
        # Emulated, the command's own work is most of a test, which starts it some hundred times.
        export CARGO_PROFILE_DEV_OPT_LEVEL=1
        # Debug information is most of a program, and nobody reads it there.
        export CARGO_PROFILE_DEV_STRIP=symbols
        "$tree/tests/cross/cargo" "$target" test --quiet --no-run --test bpfdbg --message-format json |
            sed -n 's/.*"executable":"\([^"]*\)".*/\1/p'
    )
}
