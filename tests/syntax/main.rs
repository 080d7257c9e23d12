//! The readers of HCL and JSON, held against Terraform, hcl-edit and serde_json.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    missing_docs
)]

mod accepted;
mod differential;
mod json;
mod properties;
mod recovery;
mod sample;
mod support;
mod tf_json;
mod write;
