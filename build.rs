//! Builds what the command takes beside its Rust; the library by itself takes nothing.

#[cfg(feature = "command")]
#[path = "bpf/build.rs"]
mod iterators;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    #[cfg(feature = "command")]
    iterators::build();
}
