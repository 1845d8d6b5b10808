# shellcheck shell=bash
# shellcheck disable=SC2154 # common.sh sets what is shared
# A kernel of 5.10 that starts a usermode driver on every bpffs mount. Nobody ships one, so it is
# built from the source that Debian ships, without a patch.

# The driver lies in the module bpf_preload. What is left of the build is enough to link that module
# anew around any program, in no time and without the source.
umd_parts=(bpf_preload_kern.o bpf_preload.mod.o bpf_preload_umd_blob.S module.lds)

# Changes whenever the kernel has to be built again. A comment is no reason.
umd_identity() {
    printf '%s %s %s\n' "$@" "$({
        sed 's/#.*//' "$vm_dir/umd/config"
        declare -f umd_build
    } | sha256sum | cut -c 1-16)"
}

umd_build() {
    local suite=$1 package=$2 version=$3 directory=$4
    local new=$directory.new fetched=$directory.packages preload=kernel/bpf/preload release part
    rm -rf "$new"
    mkdir -p "$new/source" "$new/build/$preload" "$new/umd"
    echo "fetching $package $version" >&2
    archive_download "$suite" "$fetched" "$package" || return
    dpkg-deb -x "$fetched"/*.deb "$new/package" || return
    echo "building a kernel with a usermode driver (some minutes)" >&2
    tar -xf "$new/package/usr/src/$package.tar.xz" -C "$new/source" --strip-components=1 || return

    # The blob is taken as it lies there, given that userprogs is empty: the kernel's own driver would
    # be built from a libbpf that new compilers reject.
    umd_stub "$new/build/$preload/bpf_preload_umd" || return
    {
        make -C "$new/source" O="$new/build" KCONFIG_ALLCONFIG="$vm_dir/umd/config" allnoconfig &&
            make -C "$new/source" O="$new/build" -j"$(nproc)" userprogs= bzImage "$preload/bpf_preload.ko"
    } >"$cache/umd-build.log" 2>&1 || {
        echo "the kernel does not build: see $cache/umd-build.log" >&2
        return 1
    }

    release=$(<"$new/build/include/config/kernel.release")
    mkdir -p "$new/lib/modules/$release"
    cp "$new/build/arch/x86/boot/bzImage" "$new/vmlinuz"
    cp "$new"/build/modules.{builtin,builtin.modinfo} "$new/lib/modules/$release"
    : >"$new/lib/modules/$release/modules.order"
    for part in "${umd_parts[@]}"; do
        find "$new/build/$preload" "$new/build/scripts" "$new/source/$preload" -name "$part" -exec cp -t "$new/umd" {} +
    done
    rm -rf "$new/source" "$new/build" "$new/package" "$fetched"
    printf '%s\n' "$release" >"$new/release"
    printf '%s\n' "${version%%-*}" >"$new/version"
    umd_identity "$package" "$version" >"$new/package"
    rm -rf "$directory"
    mv "$new" "$directory"
}

umd_stub() {
    gcc -static -nostdlib -ffreestanding -fno-stack-protector -fno-pic -Os -s -o "$1" "$vm_dir/umd/stub.c"
}

# Links the module around a program.
umd_module() {
    local parts=$1/umd program=$2 module=$3 build
    build=$(mktemp -d "$scratch/XXXXXX")
    mkdir -p "$build/kernel/bpf/preload"
    cp "$program" "$build/kernel/bpf/preload/bpf_preload_umd"
    (
        cd "$build" &&
            as -o blob.o "$parts/bpf_preload_umd_blob.S" &&
            ld -r -m elf_x86_64 -z noexecstack --build-id=sha1 -T "$parts/module.lds" \
                -o module.ko "$parts/bpf_preload_kern.o" blob.o "$parts/bpf_preload.mod.o"
    )
    strip --strip-debug -o "$module" "$build/module.ko"
}

# Puts into a file tree: /umd, which is bpfdbg until a test says otherwise, and the module with the
# stub that runs /umd, and with bpfdbg itself. No module is loaded: until then the kernel is one like
# any other.
umd_add() {
    local kernel=$1 root=$2
    [[ -d $kernel/umd ]] || return 0
    mkdir -p "$root/lib/umd"
    umd_stub "$scratch/stub"
    umd_module "$kernel" "$scratch/stub" "$root/lib/umd/stub.ko"
    [[ -e $root/bin/bpfdbg ]] || return 0
    umd_module "$kernel" "$root/bin/bpfdbg" "$root/lib/umd/bpfdbg.ko"
    ln -s bin/bpfdbg "$root/umd"
}
