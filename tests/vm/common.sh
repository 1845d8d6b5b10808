# shellcheck shell=bash
# Names and helpers that all scripts of the test bed share.

vm_dir=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
# shellcheck disable=SC2034 # read by the scripts that source this file
tree=$(cd -- "$vm_dir/../.." && pwd)
export LC_ALL=C
cache=${BPFDBG_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/bpfdbg}

die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# Lines of a list file without comments and blanks.
entries() {
    sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$1"
}

# A directory that goes away with the script. Uncompressed archives go there, so not to /tmp, which
# is often memory.
scratch() {
    mkdir -p "$cache/run"
    mktemp -d "$cache/run/XXXXXX"
}

# A new directory for the logs of a run; old ones are dropped.
log_directory() {
    mkdir -p "$cache/log"
    find "$cache/log" -mindepth 1 -maxdepth 1 -mtime +7 -exec rm -rf {} +
    mktemp -d "$cache/log/$(date +%Y%m%d-%H%M%S)-XXX"
}
