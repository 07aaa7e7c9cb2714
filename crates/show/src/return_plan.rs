use glam::{DVec2, DVec3};
use serde::{Deserialize, Serialize};

use crate::{Trajectory, TrajectoryFault};

/// What one vehicle does when the show is stopped: a way home for every stretch of show time.
///
/// # Meaning
/// If the show is stopped at `t`, the first entry with `time_s` at or after `t` is flown: the vehicle goes on with the
/// show until the entry's time, then stays for `pre_delay_ms`, climbs the neck, moves to the target in `duration_ms`, stays
/// for `post_delay_ms` and descends at `landing_speed_m_s` to the landing altitude. After the last entry, or without any, it
/// lands where it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReturnPlan {
    /// Speed of the final descent, m/s; above 0.
    pub landing_speed_m_s: f64,
    /// Altitude above the site's origin at which the descent ends where an entry says nothing else, metres.
    pub landing_altitude_m: f64,
    /// Largest acceleration of a move, m/s²; `None`: moves have a constant speed from their first instant to their last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_acceleration_m_s2: Option<f64>,
    /// In the order of time, times strictly increasing.
    pub entries: Vec<ReturnEntry>,
}

/// The way home up to and including one instant.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReturnEntry {
    /// Show time at which the way begins, seconds.
    pub time_s: u32,
    /// What is flown.
    pub action: ReturnAction,
    /// Rest before, milliseconds.
    pub pre_delay_ms: i64,
    /// Rest after the move, milliseconds.
    pub post_delay_ms: i64,
    /// End of the descent, if it is not the plan's, metres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub landing_altitude_m: Option<f64>,
}

/// The move of an entry; the site frame, metres.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ReturnAction {
    /// No move: straight down.
    Land,
    /// To above the target at the present altitude.
    KeepAltitude {
        /// Where to.
        target_m: DVec2,
        /// Duration of the move, milliseconds.
        duration_ms: i64,
    },
    /// To the target on a straight line, after an optional climb.
    Straight {
        /// Where to.
        target_m: DVec3,
        /// Duration of the move, milliseconds.
        duration_ms: i64,
        /// Climb before the move.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        neck: Option<Neck>,
    },
}

/// A climb before a move.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Neck {
    /// How far up; negative: down. Metres.
    pub height_m: f64,
    /// How long it takes, milliseconds.
    pub duration_ms: i64,
}

impl ReturnPlan {
    /// The entry that is flown if the show is stopped at `t_ms`; `None`: land in place.
    pub fn entry_at(&self, t_ms: f64) -> Option<&ReturnEntry> {
        if t_ms < 0.0 {
            return None;
        }
        self.entries.get(self.entries.partition_point(|e| f64::from(e.time_s) * 1000.0 < t_ms))
    }

    /// The motion of an entry from its time to the end of the descent, for the vehicle that flies `show` until then.
    ///
    /// # Shapes, units and frames
    /// Starts at the entry's time in show milliseconds, at rest. A move under a largest acceleration is a quadratic
    /// piece, a line and a quadratic piece; one that is too short for its acceleration has no line between.
    ///
    /// # Errors
    /// [`TrajectoryFault`] for durations below zero and for values that are not finite.
    pub fn trajectory_of(&self, entry: &ReturnEntry, show: &Trajectory) -> Result<Trajectory, TrajectoryFault> {
        let start_ms = i64::from(entry.time_s) * 1000;
        let mut way = Trajectory::starting_at(start_ms, show.sample(start_ms as f64).position_m)?;
        hold(&mut way, entry.pre_delay_ms)?;
        match entry.action {
            ReturnAction::Land => {}
            ReturnAction::KeepAltitude { target_m, duration_ms } => {
                let altitude_m = way.end_point_m().z;
                self.fly(&mut way, target_m.extend(altitude_m), duration_ms)?;
            }
            ReturnAction::Straight { target_m, duration_ms, neck } => {
                if let Some(Neck { height_m, duration_ms }) = neck {
                    let top_m = way.end_point_m() + DVec3::Z * height_m;
                    self.fly(&mut way, top_m, duration_ms)?;
                }
                self.fly(&mut way, target_m, duration_ms)?;
            }
        }
        hold(&mut way, entry.post_delay_ms)?;
        let top_m = way.end_point_m();
        let bottom_m = top_m.truncate().extend(entry.landing_altitude_m.unwrap_or(self.landing_altitude_m));
        let down_ms = ((top_m.z - bottom_m.z).abs() / self.landing_speed_m_s * 1000.0).round();
        if bottom_m.z != top_m.z && down_ms.is_finite() {
            let end_ms = way.end_ms() + (down_ms as i64).max(1);
            way.push(end_ms, &[bottom_m])?;
        }
        Ok(way)
    }

    fn fly(&self, way: &mut Trajectory, to_m: DVec3, duration_ms: i64) -> Result<(), TrajectoryFault> {
        let (from_m, start_ms) = (way.end_point_m(), way.end_ms());
        let duration_ms = if duration_ms == 0 && to_m != from_m { 1 } else { duration_ms };
        if duration_ms == 0 {
            return Ok(());
        }
        let end_ms = start_ms + duration_ms;
        let Some(acceleration_m_s2) = self.max_acceleration_m_s2.filter(|_| duration_ms > 1) else {
            return way.push(end_ms, &[to_m]);
        };
        // From a·t·(T − t) = D: the ramps last t, rounded up so that the acceleration is kept.
        let (total_s, distance_m) = (duration_ms as f64 / 1000.0, from_m.distance(to_m));
        let root = (total_s * total_s - 4.0 * distance_m / acceleration_m_s2).max(0.0).sqrt();
        let ramp_ms = (((total_s - root) * 500.0).ceil() as i64).clamp(1, duration_ms / 2);
        let ramp_share = ramp_ms as f64 / duration_ms as f64;
        // Covered in one ramp, as a share of the way: half of what full speed would cover.
        let covered = 0.5 * ramp_share / (1.0 - ramp_share);
        let (leave_m, arrive_m) = (from_m.lerp(to_m, covered), to_m.lerp(from_m, covered));
        way.push(start_ms + ramp_ms, &[from_m, leave_m])?;
        if duration_ms > 2 * ramp_ms {
            way.push(end_ms - ramp_ms, &[arrive_m])?;
        }
        way.push(end_ms, &[to_m, to_m])
    }
}

fn hold(way: &mut Trajectory, duration_ms: i64) -> Result<(), TrajectoryFault> {
    if duration_ms == 0 { Ok(()) } else { way.push_hold(way.end_ms() + duration_ms) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(time_s: u32, action: ReturnAction) -> ReturnEntry {
        ReturnEntry { time_s, action, pre_delay_ms: 0, post_delay_ms: 0, landing_altitude_m: None }
    }

    fn plan(max_acceleration_m_s2: Option<f64>, entries: Vec<ReturnEntry>) -> ReturnPlan {
        ReturnPlan { landing_speed_m_s: 2.0, landing_altitude_m: 0.0, max_acceleration_m_s2, entries }
    }

    #[test]
    fn the_first_entry_at_or_after_the_stop_counts() {
        let p = plan(None, vec![entry(0, ReturnAction::Land), entry(15, ReturnAction::Land)]);
        let at = |t_ms| p.entry_at(t_ms).map(|e| e.time_s);
        assert_eq!([-1.0, 0.0, 0.5, 15_000.0, 15_000.5].map(at), [None, Some(0), Some(15), Some(15), None]);
    }

    #[test]
    fn a_way_home_is_neck_move_and_descent() {
        let mut show = Trajectory::starting_at(0, DVec3::ZERO).unwrap();
        show.push(10_000, &[DVec3::new(10.0, 0.0, 20.0)]).unwrap();
        let target_m = DVec3::new(3.0, 4.0, 30.0);
        let neck = Some(Neck { height_m: 5.0, duration_ms: 3000 });
        let mut e = entry(5, ReturnAction::Straight { target_m, duration_ms: 10_000, neck });
        e.pre_delay_ms = 2000;
        let p = plan(None, vec![e]);
        let way = p.trajectory_of(&e, &show).unwrap();
        assert_eq!((way.start_ms(), way.end_ms()), (5000, 5000 + 2000 + 3000 + 10_000 + 15_000));
        assert_eq!(way.sample(7000.0).position_m, DVec3::new(5.0, 0.0, 10.0));
        assert_eq!(way.sample(10_000.0).position_m, DVec3::new(5.0, 0.0, 15.0));
        assert_eq!(way.sample(20_000.0).position_m, target_m);
        assert_eq!(way.end_point_m(), DVec3::new(3.0, 4.0, 0.0));
    }

    #[test]
    fn a_move_keeps_its_largest_acceleration() {
        let show = Trajectory::starting_at(0, DVec3::new(0.0, 0.0, 20.0)).unwrap();
        let e = entry(0, ReturnAction::KeepAltitude { target_m: DVec2::new(60.0, 0.0), duration_ms: 20_000 });
        let way = plan(Some(2.0), vec![e]).trajectory_of(&e, &show).unwrap();
        assert_eq!(way.sample(20_000.0).position_m, DVec3::new(60.0, 0.0, 20.0));
        let mut peak = 0.0_f64;
        for segment in way.segments() {
            for k in 0..=10 {
                let t_ms = segment.start_ms as f64 + (segment.end_ms - segment.start_ms) as f64 * f64::from(k) / 10.0;
                peak = peak.max(segment.sample(t_ms).acceleration_m_s2.length());
            }
        }
        assert!((1.9..=2.0 + 1e-9).contains(&peak), "{peak}");
        let speeds: Vec<_> = way.segments().map(|s| s.sample(s.end_ms as f64).velocity_m_s.x).collect();
        let starts: Vec<_> = way.segments().map(|s| s.sample(s.start_ms as f64).velocity_m_s.x).collect();
        assert!((speeds[0] - starts[1]).abs() < 1e-9 && (speeds[1] - starts[2]).abs() < 1e-9, "{speeds:?} {starts:?}");
    }
}
