//! The rules that come with trysquare.

/// Paths and texts of the embedded pages.
pub const PAGES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/pages.rs"));

/// Where the pages can be read.
const BASE: &str = "https://github.com/trysquare/trysquare/blob/main/";

/// The address of an embedded page.
#[must_use]
pub fn url(path: &str) -> String {
    format!("{BASE}{path}")
}
