//! The third pass: what a script of the right form means, and whether that makes sense.

mod environment;
mod fleet;
mod formation;
mod mesh;
mod motion;
mod scene;
mod source;

use std::collections::BTreeSet;

use kapok_show::{Reporter, Site, Storyboard, Wgs84};
use toml::Spanned;
use toml::de::DeTable;

use super::assets::Assets;
use super::diagnostic::{Diagnostic, Diagnostics};
use super::document::{Path, span};
use super::text::SourceText;
use super::types::{Script, SiteTable};
use super::{MAX_ASSET_BYTES, NumberedScene};

/// Collects what is wrong while the storyboard is put together.
pub(super) struct Checker<'a> {
    source: &'a SourceText<'a>,
    root: &'a Spanned<DeTable<'a>>,
    assets: &'a dyn Assets,
    reporter: &'a dyn Reporter,
    items: Vec<Diagnostic>,
    /// What was said already.
    said: BTreeSet<String>,
}

impl<'a> Checker<'a> {
    pub(super) fn new(
        source: &'a SourceText<'a>,
        root: &'a Spanned<DeTable<'a>>,
        assets: &'a dyn Assets,
        reporter: &'a dyn Reporter,
    ) -> Self {
        Self { source, root, assets, reporter, items: Vec::new(), said: BTreeSet::new() }
    }

    pub(super) fn add(&mut self, items: impl IntoIterator<Item = Diagnostic>) {
        self.items.extend(items);
    }

    fn report(&mut self, path: &Path, message: impl Into<String>, help: impl Into<Option<String>>) {
        let at = span(self.root, path);
        self.items.push(self.source.diagnostic(at, path.to_string(), message.into(), help.into()));
    }

    /// A warning, with its place, to the reporter.
    fn warn(&mut self, path: &Path, message: String) {
        let placed = self.placed_text(path, message);
        if self.said.insert(placed.clone()) {
            self.reporter.warn(&placed);
        }
    }

    /// Something good to know, with its place, to the reporter.
    fn note(&self, path: &Path, message: String) {
        self.reporter.note(&self.placed_text(path, message));
    }

    fn placed_text(&self, path: &Path, message: String) -> String {
        let at = self.source.diagnostic(span(self.root, path), path.to_string(), message, None);
        format!("{}:{}:{}: {}", at.file, at.line, at.column, at.message)
    }

    /// Reads a file that the script names. A problem is reported at `path`.
    fn read(&mut self, path: &Path, file: &str) -> Option<Vec<u8>> {
        match self.assets.read(file) {
            Ok(bytes) if bytes.len() as u64 > MAX_ASSET_BYTES => {
                self.report(path, format!("the file \"{file}\" is larger than {MAX_ASSET_BYTES} bytes"), None);
                None
            }
            Ok(bytes) => Some(bytes),
            Err(error) => {
                let help = "paths are relative to the script and stay inside its folder";
                self.report(path, error.to_string(), help.to_owned());
                None
            }
        }
    }

    /// The storyboard, or everything that is wrong. `script` is missing if something outside the scenes has the wrong
    /// form; then only what does not depend on it is looked at.
    pub(super) fn storyboard(
        mut self,
        script: Option<&Script>,
        scenes: &[NumberedScene],
    ) -> Result<Storyboard, Diagnostics> {
        self.scene_names(scenes);
        let storyboard = if let Some(script) = script {
            self.whole(script, scenes)
        } else {
            self.scene_files(scenes);
            None
        };
        match storyboard {
            Some(storyboard) if self.items.is_empty() => match storyboard.check() {
                Ok(()) => Ok(storyboard),
                Err(fault) => {
                    self.report(&Path::default(), fault.to_string(), None);
                    Err(self.source.diagnostics(self.items))
                }
            },
            _ => Err(self.source.diagnostics(self.items)),
        }
    }

    fn whole(&mut self, script: &Script, scenes: &[NumberedScene]) -> Option<Storyboard> {
        let before = self.items.len();
        let site = site(&script.site);
        let environment = self.environment(&script.environment, &site);
        let limits = self.limits(&script.limits, script.environment.indoor);
        let fleet = self.fleet(script, &environment, &limits);
        let pads_m = fleet.as_ref().map_or(&[][..], |fleet| &fleet.pads_m);
        let (takeoff, landing) = self.takeoff_and_landing(script, &limits, pads_m);
        // Scenes are judged by fence, limits and pads: with one of those wrong, what follows would mislead.
        if self.items.len() > before {
            self.scene_files(scenes);
            return None;
        }
        let fleet = fleet?;
        let scenes = self.scenes(script.seed, scenes, &environment, &limits, &fleet, &takeoff);
        let title = script.title.clone();
        Some(Storyboard { title, site, environment, fleet, limits, takeoff, scenes, landing, seed: script.seed })
    }
}

fn site(table: &SiteTable) -> Site {
    let origin = Wgs84 {
        latitude_deg: table.origin.latitude_deg,
        longitude_deg: table.origin.longitude_deg,
        amsl_m: table.origin.amsl_m,
    };
    Site { origin, heading_deg: table.heading_deg }
}
