//! The engine for JavaScript. A bridge and nothing more: what is right or wrong is decided in the library.

use std::collections::BTreeMap;

use trysquare::check::Options;
use trysquare::source::MemoryProvider;
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

/// Checks a workspace. `files` is a JSON object from path to text, paths relative to the workspace
/// root with `/`; the answer is the report as JSON, as `trysquare check --format json` writes it.
///
/// # Errors
/// When `files` is not such an object.
#[wasm_bindgen]
pub fn check(files: &str) -> Result<String, JsError> {
    let files: BTreeMap<String, String> = serde_json::from_str(files)
        .map_err(|error| JsError::new(&format!("`files` must map paths to texts: {error}")))?;
    let provider: MemoryProvider = files.into_iter().collect();
    let checked = trysquare::check::check(&provider, &Options::default());
    serde_json::to_string(&checked.report).map_err(|error| JsError::new(&error.to_string()))
}
