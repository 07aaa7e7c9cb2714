use glam::{DVec2, DVec3};
use serde::{Deserialize, Serialize};

use crate::{Trajectory, TrajectoryFault};

/// What one vehicle does when the show is stopped: a return to home for every stretch of show time.
///
/// # Meaning
/// If the show is stopped at `t`, the first entry with `time_s` at or after `t` is flown: the vehicle goes on with the
/// show until the entry's time, then stays for `pre_delay_ms`, climbs the neck, moves to the target in `duration_ms`, stays
/// for `post_delay_ms` and descends to the landing altitude in the time height / `landing_speed_m_s`. After the last entry,
/// or without any, it lands where it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReturnToHomePlan {
    /// Mean speed of the final descent, m/s; above 0. An eased descent is faster in its middle, see
    /// [`Self::MAX_DESCENT_PEAK`].
    pub landing_speed_m_s: f64,
    /// Altitude above the site's origin at which the descent ends where an entry says nothing else, metres.
    pub landing_altitude_m: f64,
    /// Largest acceleration of moves and of the descent, m/s²; `None`: they have a constant speed from their first instant
    /// to their last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_acceleration_m_s2: Option<f64>,
    /// In the order of time, times strictly increasing.
    pub entries: Vec<ReturnEntry>,
}

/// The return to home up to and including one instant.
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

impl ReturnToHomePlan {
    /// The entry that is flown if the show is stopped at `t_ms`; `None`: land in place.
    pub fn entry_at(&self, t_ms: f64) -> Option<&ReturnEntry> {
        if t_ms < 0.0 {
            return None;
        }
        self.entries.get(self.entries.partition_point(|e| f64::from(e.time_s) * 1000.0 < t_ms))
    }

    /// Not below the greatest speed of an eased descent as a multiple of the landing speed: 2 where there is no time for the
    /// stated acceleration, and what cutting time and ramps to whole milliseconds adds.
    pub const MAX_DESCENT_PEAK: f64 = 2.25;
    /// A descent that takes less is a line here, milliseconds. Vehicles ease it, which is an eighth of its height off at
    /// most: 2.5 mm at 1 m/s.
    const MIN_EASED_DESCENT_MS: i64 = 20;
    /// The same for other moves, as vehicles do it.
    const MIN_EASED_MS: i64 = 3;

    /// The motion of an entry from its time to the end of the descent, for the vehicle that flies `show` until then.
    ///
    /// # Shapes, units and frames
    /// Starts at the entry's time in show milliseconds, at rest. Moves and the descent are flown as the readers of .skyb files
    /// fly them. Under a largest acceleration they are eased: a quadratic piece, a line and a quadratic piece; one that is
    /// too short for its acceleration has no line between and a larger acceleration. Ramps and the time of the descent are
    /// cut to whole milliseconds, so a ramp of t ms can exceed the acceleration by the factor (1 + 1/t)². What takes
    /// fewer than three milliseconds, or twenty in a descent, is a line. Without a largest acceleration everything is a line.
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
                self.fly(&mut way, target_m.extend(altitude_m), duration_ms, Self::MIN_EASED_MS)?;
            }
            ReturnAction::Straight { target_m, duration_ms, neck } => {
                if let Some(Neck { height_m, duration_ms }) = neck {
                    let top_m = way.end_point_m() + DVec3::Z * height_m;
                    self.fly(&mut way, top_m, duration_ms, Self::MIN_EASED_MS)?;
                }
                self.fly(&mut way, target_m, duration_ms, Self::MIN_EASED_MS)?;
            }
        }
        hold(&mut way, entry.post_delay_ms)?;
        let top_m = way.end_point_m();
        let bottom_m = top_m.with_z(entry.landing_altitude_m.unwrap_or(self.landing_altitude_m));
        let down_ms = (top_m.z - bottom_m.z).abs() / self.landing_speed_m_s * 1000.0;
        if bottom_m.z != top_m.z && down_ms.is_finite() {
            self.fly(&mut way, bottom_m, down_ms as i64, Self::MIN_EASED_DESCENT_MS)?;
        }
        Ok(way)
    }

    /// From rest to rest.
    fn fly(
        &self,
        way: &mut Trajectory,
        to_m: DVec3,
        duration_ms: i64,
        min_eased_ms: i64,
    ) -> Result<(), TrajectoryFault> {
        let (from_m, start_ms) = (way.end_point_m(), way.end_ms());
        if from_m == to_m {
            return hold(way, duration_ms);
        }
        // Readers take at least a millisecond.
        let duration_ms = if duration_ms == 0 { 1 } else { duration_ms };
        let end_ms = start_ms + duration_ms;
        let Some(acceleration_m_s2) = self.max_acceleration_m_s2.filter(|_| duration_ms >= min_eased_ms) else {
            return way.push(end_ms, &[to_m]);
        };
        // From a·t·(T − t) = D: the ramps last t.
        let (total_s, distance_m) = (duration_ms as f64 / 1000.0, from_m.distance(to_m));
        let root_s = (total_s * total_s - 4.0 * distance_m / acceleration_m_s2).max(0.0).sqrt();
        let ramp_s = (total_s - root_s) / 2.0;
        let ramp_ms = ((ramp_s * 1000.0) as i64).clamp(1, duration_ms / 2);
        // Covered in one ramp, as a share of the way: half of what full speed would cover.
        let covered = 0.5 * ramp_s / (total_s - ramp_s);
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

    fn plan(max_acceleration_m_s2: Option<f64>, entries: Vec<ReturnEntry>) -> ReturnToHomePlan {
        ReturnToHomePlan { landing_speed_m_s: 2.0, landing_altitude_m: 0.0, max_acceleration_m_s2, entries }
    }

    #[test]
    fn the_first_entry_at_or_after_the_stop_counts() {
        let p = plan(None, vec![entry(0, ReturnAction::Land), entry(15, ReturnAction::Land)]);
        let at = |t_ms| p.entry_at(t_ms).map(|e| e.time_s);
        assert_eq!([-1.0, 0.0, 0.5, 15_000.0, 15_000.5].map(at), [None, Some(0), Some(15), Some(15), None]);
    }

    #[test]
    fn a_return_to_home_is_neck_move_and_descent() {
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
        // The ramp of 1.633 s and a part is cut to whole milliseconds, as the vehicles do.
        assert_eq!(way.segments().map(|s| s.end_ms - s.start_ms).collect::<Vec<_>>()[..3], [1633, 16_734, 1633]);
        assert!((1.9..=2.0 * (1.0 + 1.0 / 1633.0f64).powi(2)).contains(&peak), "{peak}");
        let speeds: Vec<_> = way.segments().map(|s| s.sample(s.end_ms as f64).velocity_m_s.x).collect();
        let starts: Vec<_> = way.segments().map(|s| s.sample(s.start_ms as f64).velocity_m_s.x).collect();
        let jump_m_s = speeds[0] / 1633.0;
        assert!(
            (speeds[0] - starts[1]).abs() < jump_m_s && (speeds[1] - starts[2]).abs() < jump_m_s,
            "{speeds:?} {starts:?}"
        );
    }

    #[test]
    fn a_descent_is_eased_where_moves_are() {
        let way = |from_m: f64, acceleration_m_s2| {
            let show = Trajectory::starting_at(0, DVec3::new(0.0, 0.0, from_m)).unwrap();
            let e = entry(0, ReturnAction::Land);
            plan(acceleration_m_s2, vec![e]).trajectory_of(&e, &show).unwrap()
        };
        // 10 m at 2 m/s take 5 s; t (5 - t) = 10 / 2 gives the ramps.
        let [eased, plain] = [way(10.0, Some(2.0)), way(10.0, None)];
        assert_eq!((eased.end_ms(), plain.end_ms()), (5000, 5000));
        assert_eq!((plain.segment_count(), eased.segment_count()), (1, 3));
        let ramp_s = (5.0 - 5.0f64.sqrt()) / 2.0;
        for t_s in [0.1, 0.7, 1.3] {
            let z_m = eased.sample(1000.0 * t_s).position_m.z;
            let factor = (ramp_s / eased.segments().next().unwrap().duration_s()).powi(2);
            assert!((10.0 - z_m - t_s * t_s * factor).abs() < 1e-9, "{z_m} at {t_s} s");
        }
        // Too low for the acceleration: half of the time each, at twice the mean speed in the middle.
        let low = way(0.5, Some(2.0));
        assert_eq!((low.end_ms(), low.segment_count()), (250, 2));
        assert!((low.sample(125.0).velocity_m_s.z + 4.0).abs() < 1e-9);
        // The shortest that is eased, and an odd one: little above twice the landing speed.
        for height_m in [0.0401, 0.0439, 0.0459] {
            let short = way(height_m, Some(2.0));
            assert!(short.segment_count() > 1);
            let peak_m_s = -short.segments().map(|s| s.sample(s.end_ms as f64).velocity_m_s.z).fold(0.0, f64::min);
            assert!((4.0..=2.0 * ReturnToHomePlan::MAX_DESCENT_PEAK).contains(&peak_m_s), "{peak_m_s}");
        }
        assert_eq!(way(0.0399, Some(2.0)).segment_count(), 1);
    }
}
