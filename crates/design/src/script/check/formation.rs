//! One formation of a scene: its spacing, its place, its lights.

use std::collections::BTreeMap;

use kapok_show::{Audience, DVec3, Limits, ScenePoint, VehicleGroup, figure, figure_beside};

use super::super::document::Path;
use super::super::types::{FormationTable, SourceTable};
use super::checker::Checker;
use crate::formation::{Formation, Source};
use crate::light::{self, Lights};
use crate::story::{Placement, Refusal, Room};

/// Spacing in the metric that counts at which synchronised straight flights between two pictures keep the minimum
/// separation: √2 times it (the bound of least-squares assignment), and half a percent for rounding.
pub(super) fn sure_spacing_m(limits: &Limits) -> f64 {
    std::f64::consts::SQRT_2 * limits.min_separation_m * 1.005
}

/// What all scenes are judged by.
pub(super) struct Stage<'s> {
    pub(super) seed: u64,
    pub(super) limits: &'s Limits,
    pub(super) room: Room,
    pub(super) audiences: &'s [Audience],
    pub(super) groups: &'s [VehicleGroup],
    /// Places above the pads at the take-off altitude.
    pub(super) columns_m: Vec<DVec3>,
}

/// A formation that is ready to be sampled.
pub(super) struct Job {
    pub(super) scene: usize,
    pub(super) part: usize,
    pub(super) source: Source,
    pub(super) count: usize,
    /// Spacing before the placement's scale, metres.
    pub(super) spacing_m: f64,
    pub(super) seed: u64,
}

impl Checker<'_> {
    /// The spacing of a formation in the site. A formation may hang in any direction, so the downwash scale counts
    /// wherever it may point.
    pub(super) fn spacing_m(&mut self, path: &Path, table: &FormationTable, limits: &Limits) -> Option<f64> {
        let Some(spacing_m) = table.spacing_m else { return Some(sure_spacing_m(limits) * limits.downwash_scale) };
        if spacing_m < limits.min_separation_m {
            let message = format!(
                "the spacing of {} m is below the minimum separation of {} m",
                figure_beside(spacing_m, limits.min_separation_m),
                figure(limits.min_separation_m)
            );
            let sure_m = sure_spacing_m(limits) * limits.downwash_scale;
            let help = format!("leave it out for {} m, at which straight transitions are safe, too", figure(sure_m));
            self.report(&path.key("spacing_m"), message, help);
            return None;
        }
        Some(spacing_m)
    }

    /// What of a picture is missing, cut off, shown otherwise or too dim, at the field that names its file.
    pub(super) fn warn_of_picture(
        &mut self,
        path: &Path,
        source: &SourceTable,
        lights: &Lights,
        formation: &Formation,
    ) {
        let (field, file) = match source {
            SourceTable::Svg { file, .. } | SourceTable::Points { file } => ("file", format!("\"{file}\": ")),
            SourceTable::Text { .. } => ("text", String::new()),
            _ => ("", String::new()),
        };
        let path = if field.is_empty() { path.clone() } else { path.key(field) };
        for warning in &formation.warnings {
            self.warn(&path, format!("{file}{warning}"));
        }
        let dim = light::dim_lamps(formation.points.iter().filter_map(|point| point.colour));
        if let Some(dim) = dim.filter(|_| lights.shows_art()) {
            let remedy = "light it by `colour` or another `paint` (`tint` only darkens), or draw it lighter";
            self.warn(&path, format!("{file}{dim}; {remedy}"));
        }
    }

    /// The points of a sampled formation in the site, lit. Bad places and lights are reported.
    pub(super) fn placed(
        &mut self,
        path: &Path,
        table: &FormationTable,
        formation: &Formation,
        hold_ms: i64,
        seed: u64,
        stage: &Stage<'_>,
    ) -> Vec<ScenePoint> {
        let placement = Placement::of(&table.place);
        let positions_m: Vec<DVec3> =
            formation.points.iter().map(|p| placement.site_from_local(p.position_m)).collect();
        let has_colours = formation.points.iter().any(|p| p.colour.is_some());
        let faults = table.lights.faults(has_colours);
        if !faults.is_empty() {
            for fault in faults {
                let mut path = path.key("lights").key(fault.field.0);
                if let Some((index, name)) = fault.field.1 {
                    path = path.index(index).key(name);
                }
                self.report(&path, fault.message, fault.remedy);
            }
            return Vec::new();
        }
        let programs = light::programs(&table.lights, &formation.points, hold_ms, seed);
        let group = self.group_number(path, table, stage);
        let lit = positions_m.into_iter().zip(programs);
        lit.map(|(position_m, lights)| ScenePoint { position_m, lights, group }).collect()
    }

    /// Number of the vehicle group that must take the formation's places, 0 for any.
    fn group_number(&mut self, path: &Path, table: &FormationTable, stage: &Stage<'_>) -> u8 {
        let Some(name) = &table.group else { return 0 };
        if let Some((number, _)) = (1u8..=u8::MAX).zip(stage.groups).find(|(_, group)| group.name == *name) {
            return number;
        }
        let names: Vec<&str> = stage.groups.iter().map(|g| g.name.as_str()).collect();
        let help = if names.is_empty() {
            "name groups with [[fleet.group]]".to_owned()
        } else {
            format!("the groups are {}", names.join(", "))
        };
        self.report(&path.key("group"), format!("there is no vehicle group \"{name}\""), help);
        0
    }

    /// Reports the places that may not be flown, one report for each reason.
    pub(super) fn check_room(&mut self, path: &Path, positions_m: &[DVec3], stage: &Stage<'_>) {
        let (room, limits) = (&stage.room, stage.limits);
        let mut refused: BTreeMap<Refusal, Vec<DVec3>> = BTreeMap::new();
        for &p_m in positions_m {
            if let Some(refusal) = room.refusal(p_m) {
                refused.entry(refusal).or_default().push(p_m);
            }
        }
        let total = positions_m.len();
        let (lowest_m, highest_m) =
            positions_m.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), p| (l.min(p.z), h.max(p.z)));
        let (floor_m, ceiling_m) = (limits.min_navigation_altitude_m, limits.max_altitude_m);
        let (floor, ceiling) = (figure(floor_m), figure(ceiling_m));
        let too_tall = highest_m - lowest_m > ceiling_m - floor_m;
        for (refusal, places_m) in refused {
            let some = if total == 1 {
                "the point is".to_owned()
            } else {
                format!("{} of {total} points are", places_m.len())
            };
            let (message, help) = match refusal {
                Refusal::TooLow => (
                    format!(
                        "{some} below the minimum navigation altitude of {floor} m, the lowest one at {lowest_m:.2} m"
                    ),
                    format!("raise the centre by at least {:.2} m", floor_m - lowest_m),
                ),
                Refusal::TooHigh => (
                    format!("{some} above the ceiling of {ceiling} m, the highest one at {highest_m:.2} m"),
                    format!("lower the centre by at least {:.2} m", highest_m - ceiling_m),
                ),
                Refusal::OutsideFence => (
                    format!("{some} outside the geofence, {}", first(&places_m)),
                    "move the centre, make the picture smaller or the fence larger".to_owned(),
                ),
                Refusal::InKeepOut(name) => (
                    format!("{some} inside the keep-out \"{name}\", {}", first(&places_m)),
                    "move the centre".to_owned(),
                ),
            };
            let help = if too_tall && help.contains("the centre by") {
                format!(
                    "it is {:.2} m tall, but only {:.2} m are between {floor} m and {ceiling} m: make it smaller",
                    highest_m - lowest_m,
                    ceiling_m - floor_m
                )
            } else {
                help
            };
            self.report(path, message, help);
        }
        if let Some(p_m) = positions_m.iter().find(|&&p| room.above_audience(p)) {
            self.warn(
                path,
                format!("vehicles stand above spectators, for example at ({:.1}, {:.1}, {:.1})", p_m.x, p_m.y, p_m.z),
            );
        }
    }
}

fn first(places_m: &[DVec3]) -> String {
    places_m.first().map_or(String::new(), |p| format!("for example at ({:.1}, {:.1}, {:.1})", p.x, p.y, p.z))
}
