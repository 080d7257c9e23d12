//! The command line from the outside: the real binary on real files.

// Tests start the binary and write files; what goes wrong there should end them.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::indexing_slicing)]

mod baseline;
mod changed;
mod documents;
mod evaluation;
mod fix;
mod formats;
mod guide;
mod hostile;
mod init;
mod mistakes;
mod output;
mod packs;
mod plans;
mod query;
mod run;
mod suppression;
#[allow(dead_code, reason = "shared with tests that ask more of it")]
#[path = "../support/terraform.rs"]
mod terraform;
