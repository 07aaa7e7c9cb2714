//! The show script: TOML, checked in three passes, each of which finds everything it can.
//!
//! 1. Syntax: every error the parser can recover from.
//! 2. Form: the document is walked along the JSON Schema (unknown and missing fields, types, ranges).
//! 3. Meaning: files, counts, places, separation, lights.
//!
//! A pass looks at what the one before left whole: a scene whose form is wrong does not hide what is wrong in another.

mod assets;
mod check;
mod document;
mod schema;
mod types;
mod walk;

pub use assets::{AssetError, AssetFolder, Assets, MAX_ASSET_BYTES, MAX_LISTED_FILES};
pub use schema::schema;
pub use types::*;

use kapok_show::{Diagnostics, Reporter, SourceText, Storyboard};
use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use self::check::{Checker, NumberedScene};
use self::walk::{Finding, walk};
use crate::memory::FormationMemory;

/// Largest script, bytes.
pub const MAX_SCRIPT_BYTES: usize = 1 << 20;

/// Reads a show script and everything it names.
///
/// `file_name` is what diagnostics call the script; `assets` gives the files it names. Warnings go to the reporter, as
/// does the progress.
///
/// # Errors
/// All that is wrong, sorted by place.
///
/// # Guarantees
/// The storyboard passes [`Storyboard::check`]. Every place of a scene lies in the fence, outside the keep-outs and
/// between minimum navigation altitude and ceiling; places of a scene keep the minimum separation.
///
/// # Determinism
/// Depends on the text, the files and nothing else, on any number of threads.
///
/// # Example
/// ```
/// use kapok_design::{AssetFolder, load, starter_script};
///
/// let storyboard = load(starter_script(), "show.toml", &AssetFolder::new("."), &kapok_show::Silent)?;
/// assert_eq!(storyboard.fleet.pads_m.len(), 60);
///
/// let wrong = starter_script().replace("hold_s = 8", "hold = 8");
/// let errors = load(&wrong, "show.toml", &AssetFolder::new("."), &kapok_show::Silent).unwrap_err();
/// assert_eq!(errors.items()[0].help.as_deref(), Some("did you mean `hold_s`?"));
/// # Ok::<(), kapok_show::Diagnostics>(())
/// ```
pub fn load(
    script_text: &str,
    file_name: &str,
    assets: &dyn Assets,
    reporter: &dyn Reporter,
) -> Result<Storyboard, Diagnostics> {
    load_with(&FormationMemory::default(), script_text, file_name, assets, reporter)
}

/// As [`load`], with the formations that were sampled before: only those are sampled that an edit has touched.
///
/// # Errors
/// As [`load`].
///
/// # Guarantees
/// The storyboard is the one that [`load`] gives.
pub fn load_with(
    memory: &FormationMemory,
    script_text: &str,
    file_name: &str,
    assets: &dyn Assets,
    reporter: &dyn Reporter,
) -> Result<Storyboard, Diagnostics> {
    if script_text.len() > MAX_SCRIPT_BYTES {
        let source = SourceText::new(file_name, "");
        let message = format!("the script has {} bytes, more than the {MAX_SCRIPT_BYTES} allowed", script_text.len());
        return Err(source.diagnostics(vec![source.diagnostic(0..0, String::new(), message, None)]));
    }
    let source = SourceText::new(file_name, script_text);
    let schema = schema();
    let (root, errors) = DeTable::parse_recoverable(script_text);
    if !errors.is_empty() {
        if let Some(what) = other_file(script_text.as_bytes()) {
            let message = format!("this is no show script but {what}");
            return Err(source.diagnostics(vec![source.diagnostic(0..0, String::new(), message, None)]));
        }
        let items = errors.into_iter().map(|error| {
            let span = error.span().unwrap_or(0..0);
            let help = brackets(&schema, source.line_at(span.start));
            source.diagnostic(span, String::new(), format!("this is not TOML: {}", error.message()), help)
        });
        return Err(source.diagnostics(items.collect()));
    }
    let findings = walk(&schema, &root, &source);
    let (script, mut scenes) = typed(&root, &findings, &source)?;
    let mut checker = Checker::new(&source, &root, assets, reporter, memory);
    checker.add(findings.into_iter().map(|(_, diagnostic)| diagnostic));
    checker.storyboard(script.as_ref(), &mut scenes)
}

/// What a file is that is no show script, by how it begins, and what to do with it.
///
/// # Example
/// ```
/// use kapok_design::other_file;
///
/// assert!(other_file(b"PK\x03\x04").is_some_and(|what| what.contains("kapok view")));
/// assert_eq!(other_file(b"title = \"A show\""), None);
/// ```
pub fn other_file(bytes: &[u8]) -> Option<&'static str> {
    const SHOW: &str = "a show file: look at it with `kapok view`, prove it with `kapok prove`";
    const PICTURE: &str = "a picture: name it in a script, source = { kind = \"svg\", file = \"…\", height_m = … }";
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    match text {
        [b'P', b'K', 3 | 5, ..] | [b's', b'k', b'y', b'b', ..] | [b'{', ..] => Some(SHOW),
        [b'<', ..] | [0x1f, 0x8b, ..] => Some(PICTURE),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some("UTF-16 text: save it as UTF-8"),
        _ => None,
    }
}

/// Where in a script a scene of this name begins: its line, from 1.
pub fn line_of_scene(script_text: &str, name: &str) -> Option<usize> {
    let root = DeTable::parse(script_text).ok()?;
    let scenes = root.get_ref().get("scene")?.get_ref().as_array()?;
    let is_named = |scene: &&Spanned<DeValue<'_>>| {
        scene.get_ref().as_table().and_then(|table| table.get("name")).and_then(|n| n.get_ref().as_str()) == Some(name)
    };
    let start = scenes.iter().find(is_named)?.span().start;
    Some(script_text[..start].matches('\n').count() + 1)
}

/// What to write for the head of a table that is one of a list, as `[scene]` is.
fn brackets(schema: &serde_json::Value, line: &str) -> Option<String> {
    let name = line.trim().strip_prefix('[')?.split(']').next()?;
    if name.starts_with('[') {
        return None;
    }
    let resolve = |node: &'_ serde_json::Value| {
        let target = node.get("$ref").and_then(serde_json::Value::as_str).and_then(|at| at.strip_prefix('#'));
        target.and_then(|pointer| schema.pointer(pointer)).unwrap_or(node).clone()
    };
    let mut node = schema.clone();
    for key in name.split('.') {
        let table = node.get("items").map_or_else(|| node.clone(), resolve);
        node = resolve(table.get("properties")?.get(key.trim())?);
    }
    (node.get("type")? == "array").then(|| format!("write it with two brackets: [[{name}]]"))
}

/// What of the script has the right form: everything outside the scenes (if all of that has), and the scenes that have.
fn typed(
    root: &Spanned<DeTable<'_>>,
    findings: &[Finding],
    source: &SourceText<'_>,
) -> Result<(Option<Script>, Vec<NumberedScene>), Diagnostics> {
    // The walk has let it pass, so serde must: should the two ever differ, serde's word is shown as an error.
    let differ = |error: &toml::de::Error| {
        let span = error.span().unwrap_or(0..0);
        source.diagnostics(vec![source.diagnostic(span, String::new(), error.message().to_owned(), None)])
    };
    let mut scenes = Vec::new();
    if let Some(DeValue::Array(array)) = root.get_ref().get("scene").map(Spanned::get_ref) {
        for (index, scene) in array.iter().enumerate() {
            if !findings.iter().any(|(path, _)| path.scene() == Some(index)) {
                let reader = toml::de::ValueDeserializer::from(scene.clone());
                scenes.push((index, SceneTable::deserialize(reader).map_err(|error| differ(&error))?));
            }
        }
    }
    if findings.iter().any(|(path, _)| path.scene().is_none()) {
        return Ok((None, scenes));
    }
    let mut rest = root.clone();
    if let Some(array) = rest.get_mut().get_mut("scene") {
        *array.get_mut() = DeValue::Array(toml::de::DeArray::default());
    }
    let script = Script::deserialize(toml::de::Deserializer::from(rest)).map_err(|error| differ(&error))?;
    Ok((Some(script), scenes))
}
