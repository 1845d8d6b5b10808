//! Compiles every `bpf/*.bpf.c` into `OUT_DIR`, with the headers that libbpf-sys exports.

use std::path::Path;
use std::process::{Command, ExitCode};
use std::{env, fs};

fn main() -> ExitCode {
    println!("cargo:rerun-if-changed=bpf");
    println!("cargo:rerun-if-env-changed=CLANG");
    if env::var_os("CARGO_FEATURE_LOAD").is_none() {
        return ExitCode::SUCCESS;
    }
    match compile_all() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("bpfdbg-attach: {message}");
            ExitCode::FAILURE
        }
    }
}

fn compile_all() -> Result<(), String> {
    let sources = fs::read_dir("bpf").map_err(|err| format!("cannot read 'bpf': {err}"))?;
    for source in sources.flatten() {
        let name = source.file_name().to_string_lossy().into_owned();
        if let Some(stem) = name.strip_suffix(".bpf.c") {
            compile(&name, stem)?;
        }
    }
    Ok(())
}

fn compile(name: &str, stem: &str) -> Result<(), String> {
    let clang = env::var("CLANG").unwrap_or_else(|_| "clang".into());
    let out_dir = env::var("OUT_DIR").map_err(|err| format!("OUT_DIR: {err}"))?;
    let include = env::var("DEP_BPF_INCLUDE").map_err(|err| format!("DEP_BPF_INCLUDE: {err}"))?;
    let here =
        env::var("CARGO_MANIFEST_DIR").map_err(|err| format!("CARGO_MANIFEST_DIR: {err}"))?;
    let target = match env::var("CARGO_CFG_TARGET_ENDIAN").as_deref() {
        Ok("big") => "bpfeb",
        _ => "bpfel",
    };
    let object = Path::new(&out_dir).join(format!("{stem}.bpf.o"));
    // BTF and DWARF keep the paths of sources: without the maps no two machines build equal objects.
    let status = Command::new(&clang)
        .args([
            "-g",
            "-O2",
            "-target",
            target,
            "-mcpu=v3",
            "-fno-stack-protector",
            "-Wall",
            "-Werror",
        ])
        .arg(format!("-ffile-prefix-map={here}/="))
        .arg(format!("-ffile-prefix-map={include}/="))
        .arg("-fdebug-compilation-dir=.")
        .args(["-isystem", &include])
        .args(["-c", &format!("bpf/{name}"), "-o"])
        .arg(&object)
        .status()
        .map_err(|err| {
            format!("cannot run '{clang}', which compiles the BPF test programs: {err}")
        })?;
    if status.success() { Ok(()) } else { Err(format!("'{clang}' failed on 'bpf/{name}'")) }
}
