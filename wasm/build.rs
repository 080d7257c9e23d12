#![allow(clippy::disallowed_methods, reason = "cargo tells build scripts by the environment")]
//! Gives the module a deeper stack: evaluation follows references by recursion.

fn main() {
    if std::env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family == "wasm") {
        println!("cargo::rustc-link-arg-cdylib=-zstack-size={}", 4 << 20);
    }
}
