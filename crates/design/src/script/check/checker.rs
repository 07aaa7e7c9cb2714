//! What all passes of the check share: the script, its files, and what was found.

use std::collections::BTreeSet;

use kapok_show::{Diagnostic, Reporter, SourceText};
use toml::Spanned;
use toml::de::DeTable;

use super::picture::Shown;
use crate::memory::FormationMemory;
use crate::script::assets::{AssetError, Assets, MAX_ASSET_BYTES};
use crate::script::document::{Path, span};
use crate::script::types::SceneTable;

/// A scene and its place among the script's scenes.
pub type NumberedScene = (usize, SceneTable);

/// Collects what is wrong while the storyboard is put together.
pub struct Checker<'a> {
    pub source: &'a SourceText<'a>,
    pub root: &'a Spanned<DeTable<'a>>,
    pub assets: &'a dyn Assets,
    pub reporter: &'a dyn Reporter,
    pub memory: &'a FormationMemory,
    pub items: Vec<Diagnostic>,
    /// Folders outside the script's own that it may read from.
    pub asset_folders: Vec<String>,
    /// Which formations show a picture with a name.
    pub shown: Shown,
    /// What was said already.
    said: BTreeSet<String>,
}

impl<'a> Checker<'a> {
    pub fn new(
        source: &'a SourceText<'a>,
        root: &'a Spanned<DeTable<'a>>,
        assets: &'a dyn Assets,
        reporter: &'a dyn Reporter,
        memory: &'a FormationMemory,
    ) -> Self {
        Self {
            source,
            root,
            assets,
            reporter,
            memory,
            items: Vec::new(),
            asset_folders: Vec::new(),
            shown: Shown::default(),
            said: BTreeSet::new(),
        }
    }

    pub fn add(&mut self, items: impl IntoIterator<Item = Diagnostic>) {
        self.items.extend(items);
    }

    pub fn report(&mut self, path: &Path, message: impl Into<String>, help: impl Into<Option<String>>) {
        let at = span(self.root, path);
        let item = self.source.diagnostic(at, path.to_string(), message.into(), help.into());
        // A picture that several formations show is looked at for each.
        if !self.items.contains(&item) {
            self.items.push(item);
        }
    }

    /// A warning, with its place, to the reporter.
    pub fn warn(&mut self, path: &Path, message: String) {
        let placed = self.placed_text(path, message);
        if self.said.insert(placed.clone()) {
            self.reporter.warn(&placed);
        }
    }

    /// Something good to know, with its place, to the reporter.
    pub fn note(&self, path: &Path, message: String) {
        self.reporter.note(&self.placed_text(path, message));
    }

    pub fn placed_text(&self, path: &Path, message: String) -> String {
        let at = self.source.diagnostic(span(self.root, path), path.to_string(), message, None);
        format!("{}:{}:{}: {}", at.file, at.line, at.column, at.message)
    }

    /// Reads a file that the script names. A problem is reported at `path`.
    pub fn read(&mut self, path: &Path, file: &str) -> Option<Vec<u8>> {
        match self.assets.read(file, &self.asset_folders) {
            Ok(bytes) if bytes.len() as u64 > MAX_ASSET_BYTES => {
                self.report(path, format!("the file \"{file}\" is larger than {MAX_ASSET_BYTES} bytes"), None);
                None
            }
            Ok(bytes) => Some(bytes),
            Err(error) => {
                self.report_unread(path, &error);
                None
            }
        }
    }

    /// The names of the files in a folder that the script names. A problem is reported at `path`.
    pub fn list(&mut self, path: &Path, folder: &str) -> Option<Vec<String>> {
        let names = self.assets.list(folder, &self.asset_folders);
        names.map_err(|error| self.report_unread(path, &error)).ok()
    }

    fn report_unread(&mut self, path: &Path, error: &AssetError) {
        let help = match error {
            AssetError::Outside { .. } => "list the folder that it is in: `asset_folders = [\"../brand\"]`, at the top",
            _ => "paths are relative to the script and stay inside its folder",
        };
        self.report(path, error.to_string(), help.to_owned());
    }
}
