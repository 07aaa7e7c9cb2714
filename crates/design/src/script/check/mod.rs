//! The third pass: what a script of the right form means, and whether that makes sense.

mod checker;
mod environment;
mod fleet;
mod formation;
mod mesh;
mod motion;
mod picture;
mod readable;
mod scene;
mod sight;
mod source;

use kapok_show::{Diagnostics, Site, Storyboard, Wgs84};

use super::document::Path;
use super::types::{Script, SiteTable};
pub use checker::{Checker, NumberedScene};

impl Checker<'_> {
    /// The storyboard, or everything that is wrong. `script` is missing if something outside the scenes has the wrong
    /// form; then only what does not depend on it is looked at.
    pub(super) fn storyboard(
        mut self,
        script: Option<&Script>,
        scenes: &mut [NumberedScene],
    ) -> Result<Storyboard, Diagnostics> {
        self.scene_names(scenes);
        if let Some(script) = script {
            self.asset_folders.clone_from(&script.asset_folders);
            self.show_pictures(&script.picture, scenes);
        }
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
