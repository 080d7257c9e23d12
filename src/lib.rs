//! trysquare holds Terraform and GitHub Actions workflows against a team's documented standards.
pub mod eval;
pub mod source;
pub mod syntax;
pub mod value;
pub mod terraform;
pub mod document;
pub mod report;
pub mod standard;
pub mod rules;
pub mod model;
pub mod check;
