# shellcheck shell=bash
# shellcheck disable=SC2154 # common.sh sets what is shared
# The file tree of a machine. The kernel unpacks archives that simply follow each other, so what all
# kernels share, a kernel's modules, and what one run asks for are packed apart. Nothing is
# compressed: emulated, unpacking would cost more than reading.

# shellcheck source-path=SCRIPTDIR
source "$vm_dir/programs.sh"
# shellcheck source-path=SCRIPTDIR
source "$vm_dir/bpftool.sh"

# Programs that are packed with their libraries, where there are any.
initramfs_programs=(bash ip jq kmod setpriv strace tc)

initramfs_pack() {
    (cd "$1" && find . -print0 | sort -z | cpio --null --create --format=newc --owner=0:0 --reproducible --quiet) >"$2"
}

initramfs_base() {
    local architecture=$1 archive=$2 root programs program applet directory
    programs=$(programs_root "$architecture") || return
    root=$(mktemp -d "$scratch/XXXXXX")
    # The mode of a directory that mktemp made would become that of /.
    chmod 0755 "$root"
    mkdir -p "$root"/{bin,dev,etc/modprobe.d,mnt,proc,root,run,sbin,sys,tmp,usr/bin,usr/sbin,var,vm}
    chmod 1777 "$root/tmp"
    install -m 0755 "$vm_dir/init" "$root/init"
    printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n' >"$root/etc/passwd"
    # The kernel's own default is a first device that nobody asked for.
    echo 'options dummy numdummies=0' >"$root/etc/modprobe.d/dummy.conf"
    printf 'root:x:0:\nnogroup:x:65534:\n' >"$root/etc/group"

    for program in "${initramfs_programs[@]}"; do
        if program=$(programs_find "$programs" "$program"); then
            programs_copy "$programs" "$program" "$root" "/usr/sbin/${program##*/}"
        fi
    done
    initramfs_bpftool "$architecture" "$root"
    # Not busybox: its shell runs its own applets before any program of the same name.
    programs_copy "$programs" "$(programs_find "$programs" dash)" "$root" /bin/sh
    # What the kernel itself runs.
    ln -s ../usr/sbin/kmod "$root/sbin/modprobe"
    for applet in depmod insmod lsmod modinfo rmmod; do
        ln -s ../usr/sbin/kmod "$root/sbin/$applet"
    done
    programs_copy "$programs" "$(programs_find "$programs" busybox)" "$root" /bin/busybox
    for applet in $(busybox --list); do
        for directory in bin sbin usr/sbin; do
            [[ ! -e $root/$directory/$applet && ! -L $root/$directory/$applet ]] || continue 2
        done
        ln -s busybox "$root/bin/$applet"
    done
    initramfs_pack "$root" "$archive"
}

# The archive's newest bpftool. A machine without one runs all tests but those that compare with it.
initramfs_bpftool() {
    local architecture=$1 root=$2 directory
    directory=$(bpftool_fetch "$architecture") || return 0
    mkdir -p "$root/usr/lib/bpftool"
    cp -a "$directory/." "$root/usr/lib/bpftool/"
    # shellcheck disable=SC2016 # for the machine's shell
    printf '#!/bin/sh\nexec /usr/lib/bpftool/bpftool "$@"\n' >"$root/usr/sbin/bpftool"
    chmod 0755 "$root/usr/sbin/bpftool"
}

# The modules of MODULES, and those they need. A kernel that has one built in, or does not have it,
# is fine.
initramfs_modules() {
    local kernel=$1 archive=$2 root release module depends
    root=$(mktemp -d "$scratch/XXXXXX")
    chmod 0755 "$root"
    release=$(<"$kernel/release")
    mkdir -p "$root/lib/modules/$release" "$root/vm"
    cp "$kernel/lib/modules/$release"/modules.{builtin,builtin.modinfo,order} "$root/lib/modules/$release"
    for module in $(entries "$vm_dir/MODULES"); do
        # The configuration of this machine has no say.
        depends=$(PATH=$PATH:/usr/sbin:/sbin modprobe -C /dev/null -d "$kernel" -S "$release" \
            --show-depends "$module" 2>/dev/null | sed -n "s|^insmod $kernel\([^ ]*\).*|\1|p") || true
        [[ -n $depends ]] || continue
        echo "$module" >>"$root/vm/modules"
        while read -r module; do
            install -D -m 0644 "$kernel$module" "$root$module"
        done <<<"$depends"
    done
    PATH=$PATH:/usr/sbin:/sbin depmod -b "$root" "$release"
    initramfs_pack "$root" "$archive"
}

# Files that go over the root file system when everything is mounted, so that /tmp can hold some.
initramfs_add() {
    local root=$1 path=$2
    path=$(realpath -- "$path")
    if [[ -d $path ]]; then
        mkdir -p "$root/vm/add$path"
        cp -a "$path/." "$root/vm/add$path/"
    elif [[ -x $path ]]; then
        programs_copy '' "$path" "$root" "/vm/add$path"
    else
        install -D -m 0644 "$path" "$root/vm/add$path"
    fi
}
