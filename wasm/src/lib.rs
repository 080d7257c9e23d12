//! The engine for JavaScript. A bridge and nothing more: what is right or wrong is decided in the library.
//!
//! Everything that goes over the bridge is text, most of it JSON; `wasm/npm` makes an API of it. The module is built
//! with `panic = "abort"`: after a panic it is not to be used again, save to ask for [`last_panic`].

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde::{Deserialize, Serialize};
use trysquare::source::{MemoryProvider, ReadError, SourceProvider};
use trysquare::terraform::Override;
use trysquare::workspace::{self, Point, Range};
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

static LAST_PANIC: Mutex<String> = Mutex::new(String::new());

/// Has panics leave their message, for whoever catches the trap.
#[wasm_bindgen(start)]
fn start() {
    std::panic::set_hook(Box::new(|panic| {
        if let Ok(mut last) = LAST_PANIC.lock() {
            *last = panic.to_string();
        }
    }));
}

/// What the last panic said; empty when there was none.
#[wasm_bindgen(js_name = lastPanic)]
#[must_use]
pub fn last_panic() -> String {
    LAST_PANIC.lock().map(|last| last.clone()).unwrap_or_default()
}

/// The options of a check, as JavaScript has them.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
struct Options {
    config: Option<String>,
    variables: Vec<String>,
    var_files: Vec<String>,
    today: Option<String>,
    no_ignore: bool,
    compliance: bool,
}

fn options(json: &str) -> Result<trysquare::check::Options, JsError> {
    let given: Options =
        serde_json::from_str(json).map_err(|error| JsError::new(&format!("these options cannot be used: {error}")))?;
    let parse = |text: &String| {
        Override::parse(text)
            .ok_or_else(|| JsError::new(&format!("the variable `{text}` is not written as NAME=VALUE")))
    };
    Ok(trysquare::check::Options {
        config: given.config,
        variables: given.variables.iter().map(parse).collect::<Result<_, _>>()?,
        var_files: given.var_files,
        today: given.today,
        no_ignore: given.no_ignore,
        compliance: given.compliance,
        ..trysquare::check::Options::default()
    })
}

fn json<T: Serialize>(value: &T) -> Result<String, JsError> {
    serde_json::to_string(value).map_err(|error| JsError::new(&error.to_string()))
}

#[wasm_bindgen]
extern "C" {
    /// Files that JavaScript reads when they are asked for, such as those of a disk.
    pub type Files;

    /// See `SourceProvider::list`.
    #[wasm_bindgen(method)]
    fn list(this: &Files) -> Vec<String>;

    /// See `SourceProvider::list_dir`.
    #[wasm_bindgen(method, js_name = listDir)]
    fn list_dir(this: &Files, dir: &str) -> Vec<String>;

    /// See `SourceProvider::exists`.
    #[wasm_bindgen(method)]
    fn exists(this: &Files, path: &str) -> bool;

    /// The bytes of a file, when it can be read.
    #[wasm_bindgen(method)]
    fn read(this: &Files, path: &str) -> Option<Vec<u8>>;

    /// Why a file cannot be read: `not-found`, `outside-root`, `too-large` or the system's words.
    #[wasm_bindgen(method)]
    fn refusal(this: &Files, path: &str) -> String;
}

/// The largest file that is read, in bytes.
const MAX_BYTES: u64 = 16 << 20;

impl SourceProvider for Files {
    fn read(&self, path: &str) -> Result<String, ReadError> {
        String::from_utf8(self.read_bytes(path)?).map_err(|error| ReadError::NotUtf8(error.utf8_error().valid_up_to()))
    }

    fn read_bytes(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        Self::read(self, path).ok_or_else(|| match self.refusal(path).as_str() {
            "not-found" => ReadError::NotFound,
            "outside-root" => ReadError::OutsideRoot,
            "too-large" => ReadError::TooLarge(MAX_BYTES),
            why => ReadError::Io(why.to_owned()),
        })
    }

    fn list(&self) -> Vec<String> {
        Self::list(self)
    }

    fn list_dir(&self, dir: &str) -> Vec<String> {
        Self::list_dir(self, dir)
    }

    fn exists(&self, path: &str) -> bool {
        Self::exists(self, path)
    }
}

/// Checks files that are read when they are asked for; the answer is as that of [`check`].
///
/// # Errors
/// When `options` cannot be read.
#[wasm_bindgen(js_name = checkFiles)]
pub fn check_files(files: &Files, options: &str) -> Result<String, JsError> {
    json(&trysquare::check::check(files, &self::options(options)?).report)
}

/// Checks files once. `files` is a JSON object from path to text, paths relative to the workspace root with `/`; the
/// answer is the report as JSON, as `trysquare check --format json` writes it.
///
/// # Errors
/// When `files` or `options` cannot be read.
#[wasm_bindgen]
pub fn check(files: &str, options: &str) -> Result<String, JsError> {
    let files: BTreeMap<String, String> = serde_json::from_str(files)
        .map_err(|error| JsError::new(&format!("`files` must map paths to texts: {error}")))?;
    let provider: MemoryProvider = files.into_iter().collect();
    json(&trysquare::check::check(&provider, &self::options(options)?).report)
}

/// The page of a rule of the embedded pack; nothing when there is no such rule.
#[wasm_bindgen]
#[must_use]
pub fn explain(rule: &str) -> Option<String> {
    let ending = format!("/{rule}.md");
    trysquare::rules::pack::PAGES.iter().find(|(path, _)| path.ends_with(&ending)).map(|(_, text)| (*text).to_owned())
}

/// Files that are checked again and again.
#[wasm_bindgen]
pub struct Workspace(workspace::Workspace);

#[wasm_bindgen]
impl Workspace {
    /// A workspace without files.
    ///
    /// # Errors
    /// When the options cannot be read.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &str) -> Result<Self, JsError> {
        Ok(Self(workspace::Workspace::new(self::options(options)?)))
    }

    /// Adds a file, or gives it another text.
    #[wasm_bindgen(js_name = setFile)]
    pub fn set_file(&mut self, path: &str, text: String) {
        self.0.set_file(path, text);
    }

    /// Takes a file away.
    #[wasm_bindgen(js_name = removeFile)]
    pub fn remove_file(&mut self, path: &str) {
        self.0.remove_file(path);
    }

    /// The report, as JSON.
    ///
    /// # Errors
    /// When it cannot be written, which it can.
    pub fn check(&mut self) -> Result<String, JsError> {
        json(self.0.check())
    }

    /// How the code stands to each documented standard, as JSON.
    ///
    /// # Errors
    /// When it cannot be written, which it can.
    pub fn compliance(&mut self) -> Result<String, JsError> {
        json(&self.0.compliance())
    }

    /// What is known of a place, as JSON: `null` when that is nothing.
    ///
    /// # Errors
    /// When it cannot be written, which it can.
    pub fn hover(&mut self, path: &str, line: u32, character: u32) -> Result<String, JsError> {
        json(&self.0.hover(path, Point { line, character }))
    }

    /// The text of a `trysquare.hcl` bound to a page, or else to the page that says most.
    ///
    /// # Errors
    /// When there is no page to bind it to.
    pub fn draft(&mut self, page: Option<String>) -> Result<String, JsError> {
        self.0.draft(page.as_deref()).map_err(|error| JsError::new(&error.to_string()))
    }

    /// What can be done about the findings that touch a range, as JSON.
    ///
    /// # Errors
    /// When `range` is none, as JSON.
    pub fn fixes(&mut self, path: &str, range: &str) -> Result<String, JsError> {
        let range: Range = serde_json::from_str(range).map_err(|error| JsError::new(&format!("the range: {error}")))?;
        json(&self.0.actions(path, range))
    }
}
