# shellcheck shell=bash
# shellcheck disable=SC2154 # common.sh sets what is shared
# Boots a machine and reads its verdict.

# shellcheck source-path=SCRIPTDIR
source "$vm_dir/kernels.sh"
# shellcheck source-path=SCRIPTDIR
source "$vm_dir/initramfs.sh"
# shellcheck source-path=SCRIPTDIR
source "$vm_dir/build.sh"

machine_cpus=${BPFDBG_VM_CPUS:-2}

# Runs a kernel with an initramfs, the console in a file, until it ends or the time is up. More
# arguments go to qemu. Emulation, not KVM: it is the same everywhere.
#
# For speed, norandmaps: a program that lies elsewhere at each start is translated anew at each, and a
# start takes five times as long; erms=off: a string instruction is emulated byte by byte, and with it
# the kernel clears pages by one; and tsc=reliable: else the kernel distrusts the clocks of two
# processors, and asks a device for the time. For the rest, cx16=off: with it, kernels of 6.12
# double-fault in some boots. thread=single: with a thread for each processor, one may run into the
# breakpoint by which another rewrites the kernel's code (int3, 7.3).
machine_boot() {
    local kernel=$1 initramfs=$2 console=$3 limit=$4
    shift 4
    timeout --foreground --signal=KILL "$limit" qemu-system-x86_64 \
        -machine q35 -accel tcg,thread=single -cpu max,cx16=off,erms=off -smp "$machine_cpus" -m 1G \
        -nodefaults -display none -no-reboot -nic none \
        -kernel "$kernel" -initrd "$initramfs" \
        -append 'console=ttyS0 quiet panic=-1 oops=panic tsc=reliable norandmaps lsm=lockdown,yama,bpf' \
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
