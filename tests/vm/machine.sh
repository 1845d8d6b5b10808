# shellcheck shell=bash
# shellcheck disable=SC2154 # common.sh sets what is shared
# Boots a machine and reads its verdict.

# shellcheck source-path=SCRIPTDIR
source "$vm_dir/architecture.sh"
# shellcheck source-path=SCRIPTDIR
source "$vm_dir/kernels.sh"
# shellcheck source-path=SCRIPTDIR
source "$vm_dir/initramfs.sh"
# shellcheck source-path=SCRIPTDIR
source "$vm_dir/build.sh"

machine_cpus=${BPFDBG_VM_CPUS:-2}

# Runs a kernel of the architecture that is chosen (architecture_machine) with an initramfs, the console in a file, until it ends or the time is up. More
# arguments go to qemu. Emulation, not KVM: it is the same everywhere.
machine_boot() {
    local kernel=$1 initramfs=$2 console=$3 limit=$4
    shift 4
    timeout --foreground --signal=KILL "$limit" "${machine_qemu[@]}" -smp "$machine_cpus" -m 1G \
        -nodefaults -display none -no-reboot -nic none \
        -kernel "$kernel" -initrd "$initramfs" \
        -append "console=$machine_console quiet panic=-1 oops=panic $machine_append lsm=lockdown,yama,bpf" \
        -serial "file:$console" "$@" <&0 &
    # In the background, so that a signal reaches the script at once, and it the machine.
    machine=$!
    local status=0
    wait "$machine" || status=$?
    machine=
    return "$status"
}

machine_stop() {
    [[ -z ${machine:-} ]] || kill "$machine" 2>/dev/null || true
}

# Prints the status of the command that ran inside, or fails: a machine that panicked, hung, or left
# without a word has no verdict, and one that gives two is not to be believed.
machine_verdict() {
    local verdicts
    mapfile -t verdicts < <(tr -d '\r' <"$1" | sed -n 's/^bpfdbg-vm: verdict \([0-9]*\)$/\1/p')
    [[ ${#verdicts[@]} -eq 1 ]] && printf '%s\n' "${verdicts[0]}"
}
