//! trysquare holds Terraform and GitHub Actions workflows against a team's documented standards.
//!
//! ```text
//!  files ──▶ source ──▶ syntax ──▶ terraform ─┐
//!                              └─▶ workflow  ─┼─▶ model ──▶ rules ──▶ report
//!                              └─▶ document  ─┘     ▲
//!                                      └─▶ standard ┘
//! ```
//!
//! Text becomes findings in one direction, and nothing right of `files` does any input or output:
//! the library is handed a [`source::SourceProvider`], which is the disk for the command line, a
//! map for tests and for WebAssembly.
//!
//! * [`source`]: files, spans, lines and columns.
//! * [`syntax`]: HCL, JSON, YAML and shell to trees that remember where everything was written.
//! * [`value`]: Terraform's values, each known, partly known or unknown with a reason, each with
//!   its origin: the chain of places from its use back to where it was written.
//! * [`eval`]: expressions to values, as Terraform evaluates them. One evaluator serves the
//!   Terraform under check, the standard and the rules.
//! * [`terraform`]: modules, variables, locals, `count` and `for_each`, to resource instances.
//! * [`workflow`]: GitHub Actions workflows, what their scripts run and what they deploy.
//! * [`document`]: Markdown pages to tables and sections whose every cell has a place.
//! * [`standard`]: `trysquare.hcl`, which says what of a page code is held to.
//! * [`draft`]: a first `trysquare.hcl`, from the page that there is.
//! * [`model`]: the facts that rules see.
//! * [`rules`]: rules, each one page of prose, condition and examples; pass, finding or undetermined.
//! * [`suppression`]: what of it is silenced, by whom and why.
//! * [`report`]: what is said in the end.
//! * [`query`]: the other way to ask: what a JSONPath selects from the model, and where that came from.
//!
//! [`check::check`] is the whole way; [`workspace`] goes it again and again, for editors, and [`mend`] goes it back: it
//! makes the edits that findings propose.

pub mod check;
pub mod document;
pub mod draft;
pub mod eval;
pub mod mend;
pub mod model;
pub mod query;
pub mod report;
pub mod rules;
pub mod source;
pub mod standard;
pub mod suppression;
pub mod syntax;
pub mod terraform;
pub mod value;
pub mod workflow;
pub mod workspace;
