//! trysquare holds Terraform and GitHub Actions workflows against a team's documented standards.
pub mod source;
pub mod syntax;
pub mod workflow;
