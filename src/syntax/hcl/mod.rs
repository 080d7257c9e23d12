//! HCL's native syntax: bodies, blocks, expressions and templates, each with its span.
//!
//! This is our own reader and not hcl-edit, which `tests/` still hold it against, for four
//! reasons: it keeps every good attribute of a bad file (an editor shows bad files all the
//! time), it reads the forms that Terraform accepts and hcl-edit refuses, it maps template text
//! back to its source byte for byte, and it is several times faster and smaller in memory.

pub mod ast;
mod parser;
mod template;

pub use parser::{parse_block, parse_body, parse_expression, parse_template};
