//! Return plans of the show against the stored ones: whole seconds, a grid of whole millimetres, and what a layout lacks.

use kapok_show::{DVec3, Neck, Nwu, ReturnAction, ReturnEntry, ReturnToHomePlan, Trajectory, seconds};

use super::rth::{RthEntry, RthLayout, RthPlan};
use crate::WriteError;

/// Speed of the final descent that is assumed where a file does not state it, m/s.
pub const ASSUMED_LANDING_SPEED_M_S: f64 = 0.5;

/// What writing a return plan lost.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReturnToHomeLoss {
    /// Farthest that a target, altitude or neck was moved, metres.
    pub max_error_m: f64,
    /// Largest change of a duration, milliseconds: moves are rounded up to whole seconds, so that none is faster than
    /// planned, delays to the nearest one.
    pub max_shift_ms: i64,
    /// What the layout has no place for.
    pub left_out: Vec<&'static str>,
}

impl ReturnToHomeLoss {
    fn leave_out(&mut self, what: &'static str) {
        if !self.left_out.contains(&what) {
            self.left_out.push(what);
        }
    }
}

/// Rounds lengths to the grid and durations to seconds.
struct Grid {
    scale: u8,
    loss: ReturnToHomeLoss,
}

impl Grid {
    /// The finest grid that holds these lengths.
    fn holding(lengths_m: &[f64]) -> Result<Self, WriteError> {
        let farthest_m = lengths_m.iter().map(|m| m.abs()).fold(0.0, f64::max);
        let needed = (farthest_m * 1000.0 / (f64::from(i16::MAX) + 0.499)).ceil().max(1.0);
        if needed <= 127.0 {
            return Ok(Self { scale: needed as u8, loss: ReturnToHomeLoss::default() });
        }
        Err(WriteError::TooLarge {
            what: "the largest length of the return plan in metres".into(),
            value: farthest_m,
            limit: 127.0 * f64::from(i16::MAX) / 1000.0,
            format: ".skyb",
            remedy: "move the origin of the show nearer",
        })
    }

    fn units(&mut self, lengths_m: &[f64]) -> Vec<i16> {
        let unit_m = f64::from(self.scale) / 1000.0;
        let units: Vec<i16> = lengths_m.iter().map(|m| (m / unit_m).round() as i16).collect();
        let off_m = units.iter().zip(lengths_m).map(|(u, m)| (f64::from(*u) * unit_m - m).powi(2)).sum::<f64>().sqrt();
        self.loss.max_error_m = self.loss.max_error_m.max(off_m);
        units
    }

    fn unit(&mut self, length_m: f64) -> i16 {
        self.units(&[length_m]).first().copied().unwrap_or_default()
    }

    fn seconds(&mut self, duration_ms: i64, up: bool) -> Result<u32, WriteError> {
        let rounded_s =
            if up { duration_ms.saturating_add(999) / 1000 } else { duration_ms.saturating_add(500) / 1000 };
        let stored = u32::try_from(rounded_s).ok().filter(|_| duration_ms >= 0);
        let stored_s = stored.ok_or_else(|| WriteError::NotCarried {
            what: format!("a duration of {} in the return plan", seconds(duration_ms)),
            format: ".skyb",
            why: "durations are from 0 to 2^24 seconds",
        })?;
        self.loss.max_shift_ms = self.loss.max_shift_ms.max((i64::from(stored_s) * 1000 - duration_ms).abs());
        Ok(stored_s)
    }
}

impl RthPlan {
    /// Rounds a plan to what a layout holds, and says what that lost.
    ///
    /// The readers of [`RthLayout::Released4`] use the last entry for ever; where that is a move, an entry that lands in
    /// place is put behind it, so that it means what the plan means.
    ///
    /// # Errors
    /// [`WriteError::NotCarried`] and [`WriteError::TooLarge`].
    pub fn from_plan(plan: &ReturnToHomePlan, layout: RthLayout) -> Result<(Self, ReturnToHomeLoss), WriteError> {
        let refused = |what: String, why| Err(WriteError::NotCarried { what, format: ".skyb", why });
        let has_descent = layout == RthLayout::Crate01;
        let mut lengths_m = if layout == RthLayout::Released4 { Vec::new() } else { vec![plan.landing_altitude_m] };
        for entry in &plan.entries {
            match entry.action {
                ReturnAction::Land => {}
                ReturnAction::KeepAltitude { target_m, .. } => lengths_m.extend(target_m.to_array()),
                ReturnAction::Straight { target_m, neck, .. } => {
                    lengths_m.extend(target_m.to_array());
                    lengths_m.extend(neck.map(|n| n.height_m));
                }
            }
            if layout != RthLayout::Released4 {
                lengths_m.extend(entry.landing_altitude_m);
            }
        }
        if lengths_m.iter().any(|m| !m.is_finite()) {
            return Err(WriteError::NotFinite { what: "the return plan".into() });
        }
        let mut grid = Grid::holding(&lengths_m)?;
        let mut out = Self { scale: grid.scale, ..Self::default() };
        let stored = |value: f64| Some(value).filter(|v| (1.0..=65_535.0).contains(v)).map(|v| v as u16);
        if let Some(acceleration_m_s2) = plan.max_acceleration_m_s2 {
            if layout == RthLayout::Released4 {
                grid.loss
                    .leave_out("the largest acceleration of moves: their speed is constant from the first instant");
            } else {
                // Rounded down, so that it is kept; a thousandth of a unit is the rounding of decimal fractions.
                let Some(mm_s2) = stored((acceleration_m_s2 * 1000.0 + 1e-3).floor()) else {
                    return refused(format!("an acceleration of {acceleration_m_s2} m/s²"), "it must be up to 65 m/s²");
                };
                out.max_acceleration_mm_s2 = mm_s2;
            }
        }
        if has_descent {
            let Some(mm_s) = stored((plan.landing_speed_m_s * 1000.0 + 1e-3).floor()) else {
                return refused(
                    format!("a landing speed of {} m/s", plan.landing_speed_m_s),
                    "it must be up to 65 m/s",
                );
            };
            out.landing_velocity_mm_s = mm_s;
            out.landing_altitude = grid.unit(plan.landing_altitude_m);
        } else {
            grid.loss.leave_out("the speed of the final descent: vehicles land as they are set up to");
        }
        for entry in &plan.entries {
            let landing_m = entry.landing_altitude_m.unwrap_or(plan.landing_altitude_m);
            let stored = out.entry(entry, layout, landing_m, &mut grid)?;
            out.entries.push(stored);
        }
        if let Some(last) = out.entries.last().filter(|e| layout == RthLayout::Released4 && e.point.is_some()) {
            let Some(time_s) = last.time_s.checked_add(1) else {
                return refused(format!("an entry at {} s", last.time_s), "an entry that lands must follow it");
            };
            out.entries.push(RthEntry { time_s, ..RthEntry::default() });
        }
        Ok((out, grid.loss))
    }

    fn entry(
        &mut self,
        entry: &ReturnEntry,
        layout: RthLayout,
        landing_m: f64,
        grid: &mut Grid,
    ) -> Result<RthEntry, WriteError> {
        let (target_m, altitude_m, duration_ms, neck) = match entry.action {
            ReturnAction::Land => (None, None, 0, None),
            ReturnAction::KeepAltitude { target_m, duration_ms } => (Some(target_m), None, duration_ms, None),
            ReturnAction::Straight { target_m, duration_ms, neck } => {
                (Some(target_m.truncate()), Some(target_m.z), duration_ms, neck)
            }
        };
        let mut out = RthEntry {
            time_s: entry.time_s,
            duration_s: grid.seconds(duration_ms, true)?,
            pre_delay_s: grid.seconds(entry.pre_delay_ms, false)?,
            post_delay_s: grid.seconds(entry.post_delay_ms, false)?,
            altitude: altitude_m.map(|m| grid.unit(m)),
            ..RthEntry::default()
        };
        if let Some(Neck { height_m, duration_ms }) = neck {
            out.neck = Some((grid.unit(height_m), grid.seconds(duration_ms, true)?));
        }
        match (layout, target_m) {
            (RthLayout::Crate01, _) => out.landing_altitude = entry.landing_altitude_m.map(|m| grid.unit(m)),
            (RthLayout::Main2026, Some(_)) => {}
            _ => grid.loss.leave_out("altitudes at which a descent ends: vehicles land as they are set up to"),
        }
        if let Some(target_m) = target_m {
            let nwu = Nwu::from_site(target_m.extend(0.0)).0;
            let at = grid.units(&[nwu.x, nwu.y]);
            let height = if layout == RthLayout::Main2026 { grid.unit(landing_m) } else { 0 };
            let point = [at[0], at[1], height];
            let index = self.points.iter().position(|p| *p == point).unwrap_or_else(|| {
                self.points.push(point);
                self.points.len() - 1
            });
            out.point = Some(index as u32);
        }
        Ok(out)
    }

    /// The plan that a vehicle follows from this block; `show` is its motion, from which moves without a target start.
    /// Also says what had to be assumed. `landing_speed_m_s` is how fast vehicles are set up to come down, if the block
    /// does not state it.
    pub fn to_plan(
        &self,
        layout: RthLayout,
        show: &Trajectory,
        landing_speed_m_s: Option<f64>,
    ) -> (ReturnToHomePlan, Vec<String>) {
        let metres = |units: i16| f64::from(i32::from(units) * i32::from(self.scale)) / 1000.0;
        let mut notes = Vec::new();
        let landing_speed_m_s = if self.landing_velocity_mm_s > 0 {
            f64::from(self.landing_velocity_mm_s) / 1000.0
        } else if let Some(stated_m_s) = landing_speed_m_s {
            stated_m_s
        } else {
            notes.push(format!(
                "the return plan does not state the speed of the final descent: {ASSUMED_LANDING_SPEED_M_S} m/s is assumed"
            ));
            ASSUMED_LANDING_SPEED_M_S
        };
        let mut entries = Vec::with_capacity(self.entries.len());
        let mut in_place = false;
        for entry in &self.entries {
            let start_m = show.sample(f64::from(entry.time_s) * 1000.0).position_m;
            let stored = entry.point.and_then(|i| self.points.get(i as usize));
            let target_m = stored.map(|p| Nwu(DVec3::new(metres(p[0]), metres(p[1]), 0.0)).to_site() + 0.0);
            let duration_ms = i64::from(entry.duration_s) * 1000;
            let neck =
                entry.neck.map(|(height, s)| Neck { height_m: metres(height), duration_ms: i64::from(s) * 1000 });
            let climbed_m = start_m.z + neck.map_or(0.0, |n| n.height_m);
            let action = match (target_m, entry.altitude, neck) {
                (None, None, None) => ReturnAction::Land,
                (Some(to_m), None, None) => ReturnAction::KeepAltitude { target_m: to_m.truncate(), duration_ms },
                (Some(to_m), altitude, neck) => {
                    let z_m = altitude.map_or(climbed_m, metres);
                    ReturnAction::Straight { target_m: to_m.truncate().extend(z_m), duration_ms, neck }
                }
                (None, Some(altitude), neck) => {
                    in_place = true;
                    let target_m = start_m.truncate().extend(metres(altitude));
                    ReturnAction::Straight { target_m, duration_ms, neck }
                }
                // A climb and nothing else.
                (None, None, Some(neck)) => {
                    in_place = true;
                    let target_m = start_m.truncate().extend(climbed_m);
                    ReturnAction::Straight { target_m, duration_ms: neck.duration_ms, neck: None }
                }
            };
            let landing_altitude_m = match (layout, stored) {
                (RthLayout::Main2026, Some(point)) => Some(metres(point[2])),
                _ => entry.landing_altitude.map(metres),
            };
            entries.push(ReturnEntry {
                time_s: entry.time_s,
                action,
                pre_delay_ms: i64::from(entry.pre_delay_s) * 1000,
                post_delay_ms: i64::from(entry.post_delay_s) * 1000,
                landing_altitude_m,
            });
        }
        if in_place {
            notes.push("entries of the return plan that move in place were given the vehicle's place as target".into());
        }
        if layout == RthLayout::Released4 && self.entries.last().is_some_and(|e| e.point.is_some()) {
            notes.push(
                "vehicles of this layout use the last entry of the return plan for ever; here they land after it"
                    .into(),
            );
        }
        let max_acceleration_m_s2 =
            Some(f64::from(self.max_acceleration_mm_s2) / 1000.0).filter(|_| self.max_acceleration_mm_s2 > 0);
        let landing_altitude_m = metres(self.landing_altitude);
        (ReturnToHomePlan { landing_speed_m_s, landing_altitude_m, max_acceleration_m_s2, entries }, notes)
    }
}
