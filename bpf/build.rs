//! Compiles the iterators for the target and generates their skeleton into `OUT_DIR`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, exit};
use std::{env, fs};

use libbpf_cargo::SkeletonBuilder;
use libbpf_rs::Linker;
use libbpf_rs::btf::{Btf, BtfKind, BtfType, TypeId};

/// Stands in the object for its own state, which is known only once it is compiled.
const NO_STATE: &str = "00000000";

/// Compiles and generates; ends the build where something is wrong.
pub(crate) fn build() {
    let out = PathBuf::from(variable("OUT_DIR"));
    println!("cargo:rerun-if-changed=bpf");
    println!("cargo:rerun-if-env-changed=CLANG");

    // An installed file names what made it: the version, and the iterators' own state beside it,
    // so that an upgrade is known as one even between two releases.
    let version = format!("bpfdbg/{}+", variable("CARGO_PKG_VERSION"));
    let compiled = out.join("compiled.bpf.o");
    compile(&format!("{version}{NO_STATE}"), &compiled);
    let mut object = without_debug_sections(&compiled, &out.join("linked.bpf.o"));
    let producer = format!("{version}{:08x}", digest(&object));
    name_producer(&mut object, &version, &producer);
    println!("cargo:rustc-env=BPFDBG_PRODUCER={producer}");

    let path = out.join("iterators.bpf.o");
    fs::write(&path, object).unwrap();
    if let Err(error) = SkeletonBuilder::new().obj(&path).generate(out.join("iterators.skel.rs")) {
        fail(&format!("cannot generate the skeleton of bpf/: {error:#}"));
    }
    let names = type_names(&path);
    fs::write(out.join("type_names.rs"), format!("const TYPE_NAMES: &[&str] = &{names:#?};\n"))
        .unwrap();
}

/// Compiles by ourselves: libbpf-cargo passes `-target bpf`, which is the byte order of the machine
/// that builds. No path of this machine gets into the object.
fn compile(producer: &str, object: &Path) {
    let clang = env::var("CLANG").unwrap_or_else(|_| "clang".into());
    let (root, include) = (variable("CARGO_MANIFEST_DIR"), variable("DEP_BPF_INCLUDE"));
    let target = match &*variable("CARGO_CFG_TARGET_ENDIAN") {
        "big" => "bpfeb",
        _ => "bpfel",
    };
    let compiled = Command::new(&clang)
        .current_dir(&root)
        .args(flags(&Path::new(&root).join("bpf")))
        .args(["-target", target])
        .arg(format!("-DPRODUCER=\"{producer}\""))
        .arg(format!("-ffile-prefix-map={include}/="))
        .arg("-fdebug-compilation-dir=.")
        .args(["-isystem", &include])
        .args(["-c", "bpf/iterators.bpf.c", "-o"])
        .arg(object)
        .output();
    match compiled {
        Ok(done) if done.status.success() => {}
        Ok(done) => fail(&format!(
            "'{clang}' cannot compile bpf/: {}\n{}",
            done.status,
            String::from_utf8_lossy(&done.stderr)
        )),
        Err(error) => fail(&format!(
            "cannot run '{clang}', which compiles bpf/: {error}; try: apt install clang"
        )),
    }
}

/// What libbpf's linker makes of an object, which is all that is ever loaded of it.
fn without_debug_sections(object: &Path, linked: &Path) -> Vec<u8> {
    let link = || {
        let mut linker = Linker::new(linked)?;
        linker.add_file(object)?;
        linker.link()
    };
    if let Err(error) = link() {
        fail(&format!("cannot link the object of bpf/: {error:#}"));
    }
    fs::read(linked).unwrap()
}

/// Writes the producer wherever the object names it without a state.
fn name_producer(object: &mut [u8], version: &str, producer: &str) {
    let unnamed = format!("{version}{NO_STATE}").into_bytes();
    let places: Vec<_> =
        (0..object.len()).filter(|at| object[*at..].starts_with(&unnamed)).collect();
    if places.is_empty() {
        fail("the object of bpf/ does not name its producer");
    }
    for at in places {
        object[at..at + producer.len()].copy_from_slice(producer.as_bytes());
    }
}

/// The flags that all compilers of `dir` are given, one a line. The processor is among them, for
/// compilers differ in which they take for granted.
fn flags(dir: &Path) -> Vec<String> {
    let flags = fs::read_to_string(dir.join("CFLAGS")).expect("bpf/ is part of the package");
    flags.lines().map(str::to_owned).collect()
}

/// The names of the types of an object, which are those of the kernel's that CO-RE may look for:
/// what follows `___` only tells several states of one of the kernel's types apart.
fn type_names(object: &Path) -> Vec<String> {
    let btf = Btf::from_path(object).expect("clang wrote the object's types");
    let types = (1..).map_while(|id| btf.type_by_id::<BtfType<'_>>(TypeId::from(id)));
    types
        .filter(|of| {
            of.is_composite()
                || matches!(of.kind(), BtfKind::Enum | BtfKind::Enum64 | BtfKind::Typedef)
        })
        .filter_map(|of| Some(of.name()?.to_str()?.split("___").next()?.to_owned()))
        .filter(|name| !name.is_empty())
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect()
}

/// FNV-1a of 32 bits: the same with any compiler of Rust, which `DefaultHasher` does not promise.
fn digest(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

/// What cargo tells a build script.
fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|error| fail(&format!("{name}: {error}")))
}

fn fail(message: &str) -> ! {
    println!("cargo:warning={message}");
    eprintln!("{message}");
    exit(1)
}
