# shellcheck shell=bash
# shellcheck disable=SC2154 # vm/common.sh sets what is shared
# Roots of Debian releases. `$cache/root/SUITE.tar` is what debootstrap makes, once; what is unpacked of it
# can be run in, with the kernel, the devices and the network of this machine, and nothing else of it.

# shellcheck source-path=SCRIPTDIR
source "$(dirname -- "${BASH_SOURCE[0]}")/../vm/common.sh"
# shellcheck source-path=SCRIPTDIR
source "$vm_dir/archive.sh"

# Has root run the script that calls, with the same cache.
root_privilege() {
    [[ $(id -u) -eq 0 ]] || exec sudo env "BPFDBG_CACHE=$cache" "CARGO_HOME=$(root_cargo_home)" "$0" "$@"
}

root_cargo_home() {
    printf '%s\n' "${CARGO_HOME:-$HOME/.cargo}"
}

# Prints the path of the archive of a suite's bare root.
root_archive() (
    suite=$1
    archive=$cache/root/$suite.tar
    mkdir -p "$cache/root" "$cache/lock"
    exec 9>"$cache/lock/root-$suite"
    flock 9
    if [[ ! -e $archive ]]; then
        echo "making a root of $suite" >&2
        new=$(mktemp -d "$cache/root/XXXXXX")
        trap 'rm -rf "$new"' EXIT
        url=$(archive_url "$suite") &&
            debootstrap --variant=minbase --keyring="$archive_keyring" "$suite" "$new/root" "$url" >"$archive.log" 2>&1 || {
            echo "there is no root of $suite to be had: see $archive.log" >&2
            exit 1
        }
        tar -C "$new/root" --one-file-system -cf "$new/root.tar" . && mv "$new/root.tar" "$archive"
    fi
    printf '%s\n' "$archive"
)

# Unpacks a root, with the suite's security updates among its sources, where it has any.
root_unpack() {
    local suite=$1 root=$2 archive
    archive=$(root_archive "$suite") || return
    mkdir -p "$root"
    tar -C "$root" -xf "$archive"
    [[ $suite == sid ]] || printf 'deb %s %s-security main\n' "$(archive_url "$suite-security")" "$suite" \
        >"$root/etc/apt/sources.list.d/security.list"
    # How this machine reaches a mirror.
    apt-config dump | grep -E '^Acquire::(https?|Check-Valid-Until|Retries)' >"$root/etc/apt/apt.conf.d/50mirror" || true
    # The rest of a package is of no use here.
    printf 'path-exclude /usr/share/%s/*\n' doc man locale >"$root/etc/dpkg/dpkg.cfg.d/lean"
    root_run "$root" apt-get -qq update
}

root_install() {
    local root=$1
    shift
    root_run "$root" env DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends "$@" >&2
}

# Runs a command in a root, in namespaces that end with it.
#
# usage: root_run ROOT [--bind SOURCE DESTINATION | --read-only SOURCE DESTINATION]... [--chdir FOLDER]
#                [NAME=VALUE]... COMMAND...
root_run() {
    # shellcheck disable=SC2016 # for the shell that is in the namespaces
    unshare --mount --pid --fork --kill-child --propagation private bash -euc '
        root=$1
        shift
        mount -t proc proc "$root/proc"
        mount --rbind /dev "$root/dev"
        mount --rbind /sys "$root/sys"
        mount -t tmpfs run "$root/run"
        cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
        while [[ $1 == --bind || $1 == --read-only ]]; do
            mkdir -p "$root$3"
            mount --bind "$2" "$root$3"
            [[ $1 == --bind ]] || mount -o remount,bind,ro "$root$3"
            shift 3
        done
        folder=/
        [[ $1 != --chdir ]] || { folder=$2 && shift 2; }
        exec chroot "$root" /usr/bin/env -i --chdir="$folder" HOME=/root LC_ALL=C.UTF-8 \
            PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
    ' root_run "$@"
}
