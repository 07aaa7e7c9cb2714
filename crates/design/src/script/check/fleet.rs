use kapok_motion::Metric;
use kapok_motion::spatial::closest_pair_below;
use kapok_show::{
    DVec3, Environment, Fleet, Landing, LimitField, Limits, MAX_VEHICLES, Takeoff, VehicleGroup, VehicleProfile,
    figure, figure_beside,
};

use super::super::document::Path;
use super::super::types::{FleetTable, GroupTable, LimitsTable, Script};
use super::checker::Checker;
use super::formation::sure_spacing_m;
use crate::points::{PointListUse, read_points};
use crate::story::{Refusal, Room, grid_places, squarest_columns};

/// Farthest coordinate of a pad, metres.
const FARTHEST_PAD_M: f64 = 10_000.0;

/// How much higher than the minimum navigation altitude the fleet rises if the script does not say, metres.
const RISE_ABOVE_MINIMUM_M: f64 = 2.5;

/// Milliseconds of a duration that the walk has found to be on the raster of light ticks.
pub(super) fn ms(seconds: f64) -> i64 {
    (seconds * 1000.0).round() as i64
}

impl Checker<'_> {
    pub(super) fn limits(&mut self, table: &LimitsTable, indoor: bool) -> Limits {
        let mut limits = Limits::from(*table);
        if indoor && table.max_wind_m_s.is_none() {
            limits.max_wind_m_s = 0.0;
        }
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
            max_airspeed_m_s: table.vehicle.max_airspeed_m_s,
        };
        if profile.diameter_m > limits.min_separation_m {
            let message = format!(
                "a vehicle of {} m does not fit into the minimum separation of {} m",
                figure_beside(profile.diameter_m, limits.min_separation_m),
                figure(limits.min_separation_m)
            );
            self.report(&path.key("vehicle").key("diameter_m"), message, None);
        }
        let all = table.count as usize + table.spares as usize;
        if all > MAX_VEHICLES {
            let message =
                format!("{} vehicles and {} spares are {all}, more than {MAX_VEHICLES}", table.count, table.spares);
            self.report(&path.key("spares"), message, format!("leave out {}", all - MAX_VEHICLES));
            return None;
        }
        let (mut pads_m, pads_path) = self.pads(table, &path, limits)?;
        let room = Room::new(environment, limits);
        self.check_pads(&pads_m, &pads_path, &room, limits, profile.diameter_m);
        let spare_pads_m = pads_m.split_off(table.count as usize);
        let groups = self.groups(table, &path.key("group"), limits);
        Some(Fleet { profile, pads_m, spare_pads_m, groups })
    }

    fn groups(&mut self, table: &FleetTable, path: &Path, limits: &Limits) -> Vec<VehicleGroup> {
        let mut group_of = vec![None; table.count as usize];
        let mut groups: Vec<VehicleGroup> = Vec::new();
        for (index, group) in table.group.iter().enumerate() {
            let path = path.index(index);
            if groups.iter().any(|other| other.name == group.name) {
                let message = format!("two vehicle groups have the name \"{}\"", group.name);
                self.report(&path.key("name"), message, None);
            }
            let run = group.range.map_or(0..0, |[first, last]| first..last.saturating_add(1));
            if group.range.is_some() && run.is_empty() {
                self.report(&path.key("range"), "the run of vehicles is empty", "write [first, last]".to_owned());
            }
            let mut vehicles = Vec::new();
            let listed = group.vehicles.iter().copied().map(|v| (v, "vehicles"));
            for (vehicle, field) in listed.chain(run.map(|v| (v, "range"))) {
                let why = match (vehicle as usize).checked_sub(1).and_then(|v| group_of.get_mut(v)) {
                    None => format!("there is no vehicle {vehicle}: the fleet has {}", table.count),
                    Some(Some(name)) => format!("vehicle {vehicle} is in group \"{name}\" already"),
                    Some(slot) => {
                        *slot = Some(&group.name);
                        vehicles.push(vehicle - 1);
                        continue;
                    }
                };
                self.report(&path.key(field), why, None);
                break;
            }
            if group.range.is_none() && group.vehicles.is_empty() {
                self.report(&path, "the group has no vehicles", "give `vehicles` or `range`".to_owned());
            }
            vehicles.sort_unstable();
            let limits = self.group_limits(group, &path, limits);
            groups.push(VehicleGroup { name: group.name.clone(), vehicles, limits });
        }
        groups
    }

    /// The show's limits with those of the group; none may be above the show's.
    fn group_limits(&mut self, group: &GroupTable, path: &Path, limits: &Limits) -> Limits {
        let mut own = *limits;
        let asked = [
            group.max_velocity_xy_m_s,
            group.max_velocity_up_m_s,
            group.max_velocity_down_m_s,
            group.max_acceleration_m_s2,
            group.max_jerk_m_s3,
        ];
        for (field, asked) in LimitField::MOTION.into_iter().zip(asked) {
            let (Some(value), most, name) = (asked, field.get(limits), field.name()) else { continue };
            if value > most {
                let (value, most) = (figure_beside(value, most), figure(most));
                let message = format!("`{name}` is {value}, but the show allows {most}");
                self.report(&path.key(name), message, "a group may do less than the show, not more".to_owned());
            } else {
                field.set(&mut own, value);
            }
        }
        own
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
                let pads_m = self.listed_pads(&path, file, &bytes)?;
                let wanted = (table.count + table.spares) as usize;
                if pads_m.len() != wanted {
                    let message = format!("\"{file}\" has {} pads for {wanted} vehicles", pads_m.len());
                    let help = match pads_m.len().checked_sub(table.spares as usize) {
                        Some(count) if count > 0 => format!("write count = {count}"),
                        _ => "give it a line for every vehicle".to_owned(),
                    };
                    self.report(&path, message, help);
                    return None;
                }
                Some((pads_m, path))
            }
            (grid, None) => {
                let (grid, count) = (grid.unwrap_or_default(), (table.count + table.spares) as usize);
                let in_slot = grid.slot.map_or(1, |slot| (slot.columns * slot.rows) as usize);
                let slots = count.div_ceil(in_slot);
                let columns = grid.columns.map_or_else(|| squarest_columns(slots), |columns| columns as usize);
                let spacing_m = grid.spacing_m.unwrap_or_else(|| sure_spacing_m(limits));
                let centre_m = DVec3::new(grid.centre_m[0], grid.centre_m[1], grid.ground_m);
                let yaw_rad = grid.yaw_deg.to_radians();
                let mut pads_m = grid_places(slots, columns, spacing_m, centre_m, yaw_rad);
                if let Some(slot) = grid.slot {
                    let columns = slot.columns as usize;
                    let boxes =
                        pads_m.iter().flat_map(|&at| grid_places(in_slot, columns, slot.spacing_m, at, yaw_rad));
                    pads_m = boxes.take(count).collect();
                }
                Some((pads_m, path.key("grid")))
            }
        }
    }

    /// The pads of a file. Heights may be left out; names and colours are of no use to a pad, which is said.
    fn listed_pads(&mut self, path: &Path, file: &str, bytes: &[u8]) -> Option<Vec<DVec3>> {
        let list_use = PointListUse { is_flat: true, has_gaps: true, farthest_m: FARTHEST_PAD_M, most: MAX_VEHICLES };
        match read_points(bytes, &list_use) {
            Ok(points) => {
                if points.iter().any(|point| point.colour.is_some()) {
                    self.warn(path, format!("the names and colours of \"{file}\" are not used: pads have none"));
                }
                Some(points.into_iter().map(|point| point.position_m).collect())
            }
            Err(error) => {
                self.report(path, format!("\"{file}\", {error}"), None);
                None
            }
        }
    }

    /// Pads stand inside the fence and outside the keep-outs, and so far apart that vehicles stand beside each other.
    fn check_pads(&mut self, pads_m: &[DVec3], path: &Path, room: &Room, limits: &Limits, diameter_m: f64) {
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
        let needed_m = limits.ground_separation_m.max(diameter_m);
        let plain = Metric::PLAIN;
        if let Some((i, j, distance_m)) = closest_pair_below(pads_m, plain, needed_m * (1.0 - 1e-9)) {
            let message = format!(
                "pads {} and {} are {} m apart, but vehicles of {} m must keep {} m on the ground",
                i + 1,
                j + 1,
                figure_beside(distance_m, needed_m),
                figure(diameter_m),
                figure(needed_m)
            );
            self.report(
                path,
                message,
                format!(
                    "with {} m or more they take off together; at {} m straight transitions are safe, too",
                    figure(limits.min_separation_m),
                    figure(sure_spacing_m(limits))
                ),
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
        let takeoff = Takeoff {
            altitude_m: takeoff_m,
            delay_ms: ms(script.takeoff.delay_s),
            hold_ms: ms(script.takeoff.hold_s),
            layer_spacing_m: script.takeoff.layer_spacing_m,
        };
        let landing = Landing {
            altitude_m: landing_m,
            own_pad: script.landing.own_pad,
            hold_ms: ms(script.landing.hold_s),
            layer_spacing_m: script.landing.layer_spacing_m.or(script.takeoff.layer_spacing_m),
        };
        for (name, asked_m) in
            [("takeoff", script.takeoff.layer_spacing_m), ("landing", script.landing.layer_spacing_m)]
        {
            let needed_m = limits.min_separation_m * limits.downwash_scale;
            if asked_m.is_some_and(|m| m < needed_m) {
                let message =
                    format!("layers must be {needed_m} m apart: the minimum separation times the downwash scale");
                let path = Path::default().key(name).key("layer_spacing_m");
                self.report(&path, message, "or leave it out".to_owned());
            }
        }
        (takeoff, landing)
    }
}
