//! The command line: arguments, the disk, the terminal. What is right or wrong is decided in the library.

// Reading the disk and the environment is what this side is for.
#![allow(clippy::disallowed_methods)]

mod args;
mod commands;
mod disk;
mod fix;
mod git;
mod output;
mod progress;
mod render;
mod scope;

use std::process::ExitCode;

use clap::Parser as _;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Evaluation follows references by recursion, bounded at a depth that needs more than a main thread's stack.
const STACK: usize = 256 << 20;

fn main() -> ExitCode {
    let args = args::Args::parse();
    let worker = std::thread::Builder::new().stack_size(STACK).spawn(move || commands::run(args));
    match worker.map(std::thread::JoinHandle::join) {
        Ok(Ok(Ok(code))) => code,
        Ok(Ok(Err(error))) => {
            if !error.is_broken_pipe() {
                eprintln!("trysquare: {error}");
            }
            if error.is_broken_pipe() { ExitCode::SUCCESS } else { ExitCode::from(2) }
        }
        _ => ExitCode::from(2),
    }
}
