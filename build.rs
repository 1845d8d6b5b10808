//! Compiles the iterators in `bpf/` and generates their skeleton into `OUT_DIR`.

use std::collections::hash_map::DefaultHasher;
use std::hash::Hasher as _;
use std::path::{Path, PathBuf};
use std::process::{Command, exit};
use std::{env, fs};

use libbpf_cargo::SkeletonBuilder;

fn main() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap());
    let skeleton = PathBuf::from(env::var_os("OUT_DIR").unwrap()).join("iterators.skel.rs");
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
