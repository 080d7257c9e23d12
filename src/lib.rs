//! trysquare holds Terraform and GitHub Actions workflows against a team's documented standards.
pub mod check;
pub mod document;
pub mod eval;
pub mod model;
pub mod report;
pub mod rules;
pub mod source;
pub mod standard;
pub mod syntax;
pub mod terraform;
pub mod value;
pub mod workflow;
