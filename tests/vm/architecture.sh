# shellcheck shell=bash
# shellcheck disable=SC2034 # read by the scripts that source this file
# What has a name of its own on each architecture, which is named as Debian does.

architectures=(amd64 arm64 s390x)

# By the name that Rust gives the target.
architecture_target() {
    case $1 in
        amd64) echo x86_64-unknown-linux-gnu ;;
        arm64) echo aarch64-unknown-linux-gnu ;;
        s390x) echo s390x-unknown-linux-gnu ;;
        *)
            printf "no architecture is named '%s': %s\n" "$1" "${architectures[*]}" >&2
            return 1
            ;;
    esac
}

# Sets `machine_qemu`, the emulator and the processor, `machine_console`, where the kernel and PID 1 talk,
# `machine_append`, what else the kernel is told, and `machine_terminal`, where a command may talk, which
# qemu has as its chardev `out`, given `machine_second`.
#
# amd64: for speed, norandmaps: a program that lies elsewhere at each start is translated anew at each, and
# a start takes five times as long; erms=off: a string instruction is emulated byte by byte, and with it
# the kernel clears pages by one; and tsc=reliable: else the kernel distrusts the clocks of two
# processors, and asks a device for the time. For the rest, cx16=off: with it, kernels of 6.12
# double-fault in some boots. thread=single: with a thread for each processor, one may run into the
# breakpoint by which another rewrites the kernel's code (int3, 7.3).
#
# arm64: pauth-impdef=on, for the algorithm of real processors takes most of a function call to emulate.
architecture_machine() {
    case $1 in
        amd64)
            machine_qemu=(qemu-system-x86_64 -machine q35 -accel 'tcg,thread=single' -cpu 'max,cx16=off,erms=off')
            machine_console=ttyS0 machine_append='tsc=reliable norandmaps'
            machine_terminal=ttyS1 machine_second=(-serial chardev:out)
            ;;
        arm64)
            machine_qemu=(qemu-system-aarch64 -machine 'virt,gic-version=3' -accel tcg -cpu 'max,pauth-impdef=on')
            machine_console=ttyAMA0 machine_append=norandmaps
            machine_terminal=hvc0 machine_second=(-device virtio-serial -device 'virtconsole,chardev=out')
            ;;
        s390x)
            machine_qemu=(qemu-system-s390x -machine s390-ccw-virtio -accel tcg -cpu max)
            machine_console=ttysclp0 machine_append=norandmaps
            machine_terminal=hvc0 machine_second=(-device virtio-serial -device 'virtconsole,chardev=out')
            ;;
    esac
}
