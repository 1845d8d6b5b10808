//! Compiles the iterators in `bpf/` and generates their skeleton into `OUT_DIR`.

use std::collections::BTreeSet;
use std::collections::hash_map::DefaultHasher;
use std::hash::Hasher as _;
use std::path::{Path, PathBuf};
use std::process::{Command, exit};
use std::{env, fs};

use libbpf_cargo::SkeletonBuilder;
use libbpf_rs::btf::{Btf, BtfKind, BtfType, TypeId};

fn main() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap());
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap());
    let (skeleton, object) = (out.join("iterators.skel.rs"), out.join("iterators.bpf.o"));
    let sources = root.join("bpf");
    println!("cargo:rerun-if-changed=bpf");
    println!("cargo:rerun-if-env-changed=CLANG");

    let clang = env::var("CLANG").unwrap_or_else(|_| "clang".into());
    if let Err(error) = Command::new(&clang).arg("--version").output() {
        fail(&format!(
            "cannot run '{clang}', which compiles bpf/: {error}; try: apt install clang"
        ));
    }

    // An installed file names what made it: the version, and the iterators' own state beside it,
    // so that an upgrade is known as one even between two releases.
    let producer =
        format!("bpfdbg/{}+{:08x}", env::var("CARGO_PKG_VERSION").unwrap(), digest(&sources));
    println!("cargo:rustc-env=BPFDBG_PRODUCER={producer}");

    let prefix = format!("{}=.", root.display());
    let built = SkeletonBuilder::new()
        .source(sources.join("iterators.bpf.c"))
        .obj(&object)
        .clang(&clang)
        .clang_args([
            "-Wall".into(),
            "-Werror".into(),
            format!("-DPRODUCER=\"{producer}\""),
            format!("-ffile-prefix-map={prefix}"),
            format!("-fdebug-prefix-map={prefix}"),
        ])
        .build_and_generate(&skeleton);
    if let Err(error) = built {
        fail(&format!("cannot compile bpf/: {error:#}"));
    }
    let names = type_names(&object);
    fs::write(out.join("type_names.rs"), format!("const TYPE_NAMES: &[&str] = &{names:#?};\n"))
        .unwrap();
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

/// Names the state of the files in `dir`, low 32 bits of a hash over their names and bytes.
fn digest(dir: &Path) -> u32 {
    let mut files: Vec<_> = fs::read_dir(dir)
        .expect("bpf/ is part of the package")
        .map(|e| e.unwrap().path())
        .collect();
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        hasher.write(file.file_name().unwrap().as_encoded_bytes());
        hasher.write(&fs::read(&file).unwrap());
    }
    hasher.finish() as u32
}

fn fail(message: &str) -> ! {
    println!("cargo:warning={message}");
    eprintln!("{message}");
    exit(1)
}
