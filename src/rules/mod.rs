//! Rules: pages of Markdown whose HCL says what must hold.
//!
//! [`page`] takes a page apart, `read` reads its `rule` block by the [`grammar`], [`jsonpath`] selects what it
//! is about, and [`run`] decides it for each selected thing: pass, finding or undetermined.

pub mod choose;
pub mod examples;
pub mod grammar;
mod infer;
mod infer_path;
pub mod jsonpath;
pub mod list;
pub mod load;
mod notation;
pub mod pack;
pub mod packs;
pub mod page;
pub mod parameters;
mod read;
pub mod rule;
pub mod run;
mod scope;
mod validate;
mod verdict;

pub use read::read;
pub use rule::{Rule, RuleError};
pub use run::{Active, Runner};
pub use scope::{FUNCTIONS, arn, glob, matches_glob};
