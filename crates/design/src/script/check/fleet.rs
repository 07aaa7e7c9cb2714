use kapok_show::{DVec3, Environment, Fleet, Landing, Limits, Takeoff, VehicleProfile};

use super::super::document::Path;
use super::super::types::{FleetTable, LimitsTable, Script};
use super::Checker;
use super::formation::sure_spacing_m;
use crate::story::{Metric, Refusal, Room, closest_pair_below, grid_places, squarest_columns};

/// How much higher than the minimum navigation altitude the fleet rises if the script does not say, metres.
const RISE_ABOVE_MINIMUM_M: f64 = 2.5;

/// Milliseconds of a duration that the walk has found to be on the raster of light ticks.
pub(super) fn ms(seconds: f64) -> i64 {
    (seconds * 1000.0).round() as i64
}

impl Checker<'_> {
    pub(super) fn limits(&mut self, table: &LimitsTable) -> Limits {
        let limits = Limits::from(*table);
        if let Err(bad) = limits.validate() {
            self.report(&Path::default().key("limits").key(bad.field), bad.to_string(), None);
        }
        limits
    }

    pub(super) fn fleet(&mut self, script: &Script, environment: &Environment, limits: &Limits) -> Option<Fleet> {
        let (table, path) = (&script.fleet, Path::default().key("fleet"));
        let profile = VehicleProfile {
            name: table.vehicle.name.clone(),
            mass_kg: table.vehicle.mass_kg,
            diameter_m: table.vehicle.diameter_m,
            endurance_s: table.vehicle.endurance_s,
            drag_area_m2: table.vehicle.drag_area_m2,
        };
        if profile.diameter_m > limits.min_separation_m {
            let message = format!(
                "a vehicle of {} m does not fit into the minimum separation of {} m",
                profile.diameter_m, limits.min_separation_m
            );
            self.report(&path.key("vehicle").key("diameter_m"), message, None);
        }
        let (pads_m, pads_path) = self.pads(table, &path, limits)?;
        let room = Room::new(environment, limits);
        self.check_pads(&pads_m, &pads_path, &room, limits);
        Some(Fleet { profile, pads_m })
    }

    fn pads(&mut self, table: &FleetTable, path: &Path, limits: &Limits) -> Option<(Vec<DVec3>, Path)> {
        match (&table.grid, &table.pads_file) {
            (Some(_), Some(_)) => {
                self.report(&path.key("pads_file"), "`fleet` has both `grid` and `pads_file`", "keep one".to_owned());
                None
            }
            (None, Some(file)) => {
                let path = path.key("pads_file");
                let bytes = self.read(&path, file)?;
                let pads_m = self.parse_pads(&path, &bytes)?;
                if pads_m.len() != table.count as usize {
                    let message = format!("\"{file}\" has {} pads for {} vehicles", pads_m.len(), table.count);
                    self.report(&path, message, format!("write count = {}", pads_m.len()));
                    return None;
                }
                Some((pads_m, path))
            }
            (grid, None) => {
                let (grid, count) = (grid.unwrap_or_default(), table.count as usize);
                let columns = grid.columns.map_or_else(|| squarest_columns(count), |columns| columns as usize);
                let spacing_m = grid.spacing_m.unwrap_or_else(|| sure_spacing_m(limits));
                let centre_m = DVec3::new(grid.centre_m[0], grid.centre_m[1], grid.ground_m);
                let pads_m = grid_places(count, columns, spacing_m, centre_m, grid.yaw_deg.to_radians());
                Some((pads_m, path.key("grid")))
            }
        }
    }

    /// Pads stand inside the fence and outside the keep-outs, and so far apart that all can rise together.
    fn check_pads(&mut self, pads_m: &[DVec3], path: &Path, room: &Room, limits: &Limits) {
        let refused: Vec<(usize, Refusal)> =
            pads_m.iter().enumerate().filter_map(|(k, &p)| Some((k, room.refusal_on_ground(p)?))).collect();
        if let Some((first, refusal)) = refused.first() {
            let where_m = pads_m[*first];
            let why = match refusal {
                Refusal::InKeepOut(name) => format!("in the keep-out \"{name}\""),
                Refusal::OutsideFence | Refusal::TooLow | Refusal::TooHigh => "outside the geofence".to_owned(),
            };
            let message = format!(
                "{} of {} pads are {why}, the first one at ({:.1}, {:.1})",
                refused.len(),
                pads_m.len(),
                where_m.x,
                where_m.y
            );
            self.report(path, message, "move the grid or change the environment".to_owned());
        }
        let needed_m = limits.min_separation_m.max(limits.ground_separation_m);
        if let Some((i, j, distance_m)) = closest_pair_below(pads_m, Metric::of(limits), needed_m * (1.0 - 1e-9)) {
            let message = format!(
                "pads {} and {} are {distance_m:.3} m apart, but vehicles that rise together must keep {needed_m} m",
                i + 1,
                j + 1
            );
            self.report(
                path,
                message,
                format!("at {:.3} m straight transitions are safe, too", sure_spacing_m(limits)),
            );
        }
    }

    pub(super) fn takeoff_and_landing(
        &mut self,
        script: &Script,
        limits: &Limits,
        pads_m: &[DVec3],
    ) -> (Takeoff, Landing) {
        let lowest_m = pads_m.iter().map(|p| p.z).reduce(f64::min).unwrap_or(0.0);
        let highest_m = pads_m.iter().map(|p| p.z).reduce(f64::max).unwrap_or(0.0);
        let default_m = limits.min_navigation_altitude_m + RISE_ABOVE_MINIMUM_M;
        let takeoff_m = script.takeoff.altitude_m.unwrap_or(default_m);
        let landing_m = script.landing.altitude_m.unwrap_or(takeoff_m);
        for (name, altitude_m) in [("takeoff", takeoff_m), ("landing", landing_m)] {
            let path = Path::default().key(name).key("altitude_m");
            if altitude_m + lowest_m < limits.min_navigation_altitude_m {
                let message = format!(
                    "the {name} altitude of {altitude_m} m is below the minimum navigation altitude of {} m",
                    limits.min_navigation_altitude_m
                );
                self.report(&path, message, format!("write at least {}", limits.min_navigation_altitude_m - lowest_m));
            } else if altitude_m + highest_m > limits.max_altitude_m {
                let message = format!(
                    "the {name} altitude of {altitude_m} m is above the ceiling of {} m",
                    limits.max_altitude_m
                );
                self.report(&path, message, format!("write at most {}", limits.max_altitude_m - highest_m));
            }
        }
        let takeoff =
            Takeoff { altitude_m: takeoff_m, delay_ms: ms(script.takeoff.delay_s), hold_ms: ms(script.takeoff.hold_s) };
        let landing =
            Landing { altitude_m: landing_m, own_pad: script.landing.own_pad, hold_ms: ms(script.landing.hold_s) };
        (takeoff, landing)
    }
}
