//! Rules: pages of Markdown whose HCL says what must hold.
//!
//! [`page`] takes a page apart, [`rule`] reads its `rule` block, [`jsonpath`] selects what it is
//! about, and [`run`] decides it for each selected thing: pass, finding or undetermined.

pub mod examples;
pub mod jsonpath;
pub mod load;
pub mod pack;
pub mod page;
pub mod rule;
pub mod run;
mod scope;
mod verdict;

pub use rule::{Rule, RuleError};
pub use run::Runner;
pub use scope::{arn, glob, matches_glob};
