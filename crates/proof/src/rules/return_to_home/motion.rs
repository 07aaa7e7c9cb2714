//! What a stopped vehicle flies, derived from the words of the formats and not from the planner's vocabulary.
//!
//! # Model
//! Rest at the place where the entry begins; pre-delay; neck; move; post-delay; descent to the landing altitude in the time
//! height / landing speed, cut to whole milliseconds. Every one of these moves is from rest to rest over a distance D in a
//! time T. Without a largest acceleration it has one speed. Under a largest acceleration `a` it is eased: a ramp at constant
//! acceleration to the speed `v`, a cruise, and the same ramp back. From `D = v (T − v/a)`
//!
//! - `v = 2D / (T + √(T² − 4D/a))`, the smaller root without cancellation, and ramps of `v/a`;
//! - where `T² < 4D/a` the reader does not keep `a`: ramps of `T/2` to `v = 2D/T`.
//!
//! Ramps are cut to whole milliseconds; the way covered in a ramp is that of the uncut one. Moves of fewer than 3 ms are
//! lines. Descents of fewer than 20 ms are lines here: readers ease them from 3 ms on, which is at most an eighth of the
//! height off, 2.5 mm at 1 m/s.
//!
//! # What is not modelled
//! Readers hold the motion on a grid of their own of whole millimetres, rounded down: at most one step on each axis, the step
//! being the largest coordinate / 32,767. They compute with 32-bit floats, so a ramp can be a millisecond off. One
//! reader leaves the formula where a ramp is shorter than a millisecond, or where an eased move goes nowhere: its vehicles
//! jump. Such a move is [`Unflown::TooShort`].

use kapok_show::{DVec3, Neck, ReturnAction, ReturnEntry, ReturnToHomePlan, Trajectory, TrajectoryFault};

/// Shortest ramp that all readers fly alike, seconds.
const MIN_RAMP_S: f64 = 0.001;
/// Durations below this are flown as lines, milliseconds.
const MIN_EASED_MS: i64 = 3;
/// The same for descents.
const MIN_EASED_DESCENT_MS: i64 = 20;
/// Longest part of a return to home, milliseconds.
const MAX_PART_MS: i64 = 86_400_000;

/// Why a return to home has no motion that all readers agree on.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Unflown {
    /// A value makes no sense.
    #[error(transparent)]
    Fault(#[from] TrajectoryFault),
    /// A delay, a move or the descent has no duration that can be flown.
    #[error("a part of it takes {duration_ms} ms, which is not from 0 to {MAX_PART_MS}")]
    Duration {
        /// The duration.
        duration_ms: f64,
    },
    /// A move so slow that readers do not fly the same.
    #[error(
        "it moves {distance_m:.4} m in {duration_ms} ms under a largest acceleration, which not all vehicles fly alike: \
         state a shorter duration, or let it wait or land"
    )]
    TooShort {
        /// Length of the move.
        distance_m: f64,
        /// Its duration.
        duration_ms: i64,
    },
}

/// A return to home while it is made.
struct Way {
    flown: Trajectory,
    max_acceleration_m_s2: Option<f64>,
}

/// The motion of an entry from `start_ms`, its time, where the vehicle is at `start_m`, until the descent is over.
pub fn return_motion(plan: &ReturnToHomePlan, entry: &ReturnEntry, start_m: DVec3) -> Result<Trajectory, Unflown> {
    let start_ms = i64::from(entry.time_s) * 1000;
    let mut way =
        Way { flown: Trajectory::starting_at(start_ms, start_m)?, max_acceleration_m_s2: plan.max_acceleration_m_s2 };
    way.rest(entry.pre_delay_ms)?;
    let target = match entry.action {
        ReturnAction::Land => None,
        ReturnAction::KeepAltitude { target_m, duration_ms } => Some((target_m.extend(start_m.z), duration_ms)),
        ReturnAction::Straight { target_m, duration_ms, neck } => {
            if let Some(Neck { height_m, duration_ms }) = neck {
                way.go(start_m + DVec3::new(0.0, 0.0, height_m), duration_ms, MIN_EASED_MS)?;
            }
            Some((target_m, duration_ms))
        }
    };
    if let Some((target_m, duration_ms)) = target {
        way.go(target_m, duration_ms, MIN_EASED_MS)?;
    }
    way.rest(entry.post_delay_ms)?;
    let above_m = way.flown.end_point_m();
    let ground_m = entry.landing_altitude_m.unwrap_or(plan.landing_altitude_m);
    let height_m = (above_m.z - ground_m).abs();
    if height_m > 0.0 {
        let duration_ms = height_m / plan.landing_speed_m_s * 1000.0;
        if !(0.0..=MAX_PART_MS as f64).contains(&duration_ms) {
            return Err(Unflown::Duration { duration_ms });
        }
        let below_m = DVec3::new(above_m.x, above_m.y, ground_m);
        way.go(below_m, duration_ms as i64, MIN_EASED_DESCENT_MS)?;
    }
    Ok(way.flown)
}

impl Way {
    fn rest(&mut self, duration_ms: i64) -> Result<(), Unflown> {
        let end_ms = self.end_of(duration_ms)?;
        if duration_ms > 0 {
            self.flown.push_hold(end_ms)?;
        }
        Ok(())
    }

    fn end_of(&self, duration_ms: i64) -> Result<i64, Unflown> {
        if (0..=MAX_PART_MS).contains(&duration_ms) {
            Ok(self.flown.end_ms() + duration_ms)
        } else {
            Err(Unflown::Duration { duration_ms: duration_ms as f64 })
        }
    }

    /// From rest to rest.
    fn go(&mut self, to_m: DVec3, stated_ms: i64, min_eased_ms: i64) -> Result<(), Unflown> {
        let from_m = self.flown.end_point_m();
        let (way_m, start_ms) = (to_m - from_m, self.flown.end_ms());
        let distance_m = way_m.length();
        if stated_ms == 0 && distance_m == 0.0 {
            return Ok(());
        }
        self.end_of(stated_ms)?;
        let duration_ms = stated_ms.max(1);
        let end_ms = start_ms + duration_ms;
        let Some(a) = self.max_acceleration_m_s2.filter(|_| duration_ms >= min_eased_ms) else {
            return Ok(self.flown.push(end_ms, &[to_m])?);
        };
        let total_s = duration_ms as f64 / 1000.0;
        let inside = total_s * total_s - 4.0 * distance_m / a;
        let speed_m_s = 2.0 * distance_m / (total_s + inside.max(0.0).sqrt());
        let ramp_s = if inside >= 0.0 { speed_m_s / a } else { total_s / 2.0 };
        if ramp_s < MIN_RAMP_S {
            return Err(Unflown::TooShort { distance_m, duration_ms });
        }
        let ramp_ms = ((ramp_s * 1000.0).floor() as i64).min(duration_ms / 2);
        let in_ramp_m = way_m * (speed_m_s * ramp_s / 2.0 / distance_m);
        // Half a parabola: its middle control point lies where it is at rest.
        self.flown.push(start_ms + ramp_ms, &[from_m, from_m + in_ramp_m])?;
        if duration_ms > 2 * ramp_ms {
            self.flown.push(end_ms - ramp_ms, &[to_m - in_ramp_m])?;
        }
        self.flown.push(end_ms, &[to_m, to_m])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kapok_show::DVec2;
    use proptest::prelude::*;

    fn point(reach_m: f64) -> impl Strategy<Value = DVec3> {
        prop::array::uniform3(-reach_m..reach_m).prop_map(DVec3::from_array)
    }

    fn action() -> impl Strategy<Value = ReturnAction> {
        let neck =
            prop::option::of((0.05..20.0, 0..20i64).prop_map(|(height_m, s)| Neck { height_m, duration_ms: 1000 * s }));
        prop_oneof![
            Just(ReturnAction::Land),
            (point(80.0), 0..90i64).prop_map(|(p, s)| ReturnAction::KeepAltitude {
                target_m: DVec2::new(p.x, p.y),
                duration_ms: 1000 * s
            }),
            (point(80.0), 0..90i64, neck).prop_map(|(target_m, s, neck)| ReturnAction::Straight {
                target_m,
                duration_ms: 1000 * s,
                neck
            }),
        ]
    }

    proptest! {
        /// What the planner's vocabulary flies and what is proved here are one motion. A ramp that is whole milliseconds but
        /// for rounding may be cut on one side only.
        #[test]
        fn the_vocabulary_flies_what_is_proved(
            action in action(),
            start_m in point(80.0),
            (pre_s, post_s, time_s) in (0..5i64, 0..5i64, 0..1000u32),
            (landing_m, speed_m_s) in (prop::option::of(-3.0..3.0), 0.2..3.0),
            acceleration_m_s2 in prop::option::of(0.5..8.0),
        ) {
            let entry = ReturnEntry {
                time_s,
                action,
                pre_delay_ms: 1000 * pre_s,
                post_delay_ms: 1000 * post_s,
                landing_altitude_m: landing_m,
            };
            let plan = ReturnToHomePlan {
                landing_speed_m_s: speed_m_s,
                landing_altitude_m: 0.25,
                max_acceleration_m_s2: acceleration_m_s2,
                entries: vec![entry],
            };
            let show = Trajectory::starting_at(0, start_m).unwrap();
            let ours = return_motion(&plan, &entry, start_m);
            if matches!(ours, Err(Unflown::TooShort { .. })) {
                return Ok(());
            }
            let (ours, theirs) = (ours.unwrap(), plan.trajectory_of(&entry, &show).unwrap());
            prop_assert_eq!((ours.start_ms(), ours.end_ms()), (theirs.start_ms(), theirs.end_ms()));
            prop_assert_eq!(ours.end_point_m(), theirs.end_point_m());
            let peak_m_s = ours.segments().flat_map(|s| {
                let (a, b) = (s.control_m[0], s.control_m[s.degree()]);
                [2.0 * a.distance(b) / s.duration_s()]
            }).fold(0.0, f64::max);
            for k in 0..=200 {
                let t_ms = ours.start_ms() as f64 + (ours.end_ms() - ours.start_ms()) as f64 * f64::from(k) / 200.0;
                let apart_m = ours.sample(t_ms).position_m.distance(theirs.sample(t_ms).position_m);
                prop_assert!(apart_m <= 1e-9 + peak_m_s * 0.001, "{} m apart at {} ms", apart_m, t_ms);
            }
        }
    }

    #[test]
    fn a_descent_lags_a_constant_one_by_a_quarter_of_a_metre() {
        // 1 m/s and 1.96 m/s²: v (T − v/a) = 6.5 in 6.5 s.
        let entry = ReturnEntry {
            time_s: 10,
            action: ReturnAction::Land,
            pre_delay_ms: 0,
            post_delay_ms: 0,
            landing_altitude_m: None,
        };
        let plan = |max_acceleration_m_s2| ReturnToHomePlan {
            landing_speed_m_s: 1.0,
            landing_altitude_m: 0.0,
            max_acceleration_m_s2,
            entries: vec![entry],
        };
        let fly = |a| return_motion(&plan(a), &entry, DVec3::new(0.0, 0.0, 6.5)).unwrap();
        let [eased, plain] = [fly(Some(1.96)), fly(None)];
        assert_eq!((eased.end_ms(), plain.end_ms()), (16_500, 16_500));
        let z = |way: &Trajectory| way.sample(10_500.0).position_m.z;
        assert!((z(&eased) - z(&plain) - 0.255).abs() < 0.002, "{} {}", z(&eased), z(&plain));
    }

    #[test]
    fn moves_that_readers_fly_differently_are_refused() {
        let fly = |distance_m: f64, duration_ms, acceleration_m_s2| {
            let action = ReturnAction::Straight { target_m: DVec3::new(distance_m, 0.0, 5.0), duration_ms, neck: None };
            let entry =
                ReturnEntry { time_s: 0, action, pre_delay_ms: 0, post_delay_ms: 0, landing_altitude_m: Some(5.0) };
            let plan = ReturnToHomePlan {
                landing_speed_m_s: 1.0,
                landing_altitude_m: 0.0,
                max_acceleration_m_s2: acceleration_m_s2,
                entries: vec![entry],
            };
            return_motion(&plan, &entry, DVec3::new(0.0, 0.0, 5.0))
        };
        let short = |way| matches!(way, Err(Unflown::TooShort { .. }));
        // 1.96 m/s² in 30 s: a ramp of a millisecond covers 59 mm.
        assert!(short(fly(0.058, 30_000, Some(1.96))) && !short(fly(0.06, 30_000, Some(1.96))));
        assert!(short(fly(0.0, 1000, Some(1.96))) && !short(fly(0.0, 0, Some(1.96))));
        assert!(!short(fly(0.0, 1000, None)) && !short(fly(0.001, 30_000, None)) && !short(fly(0.001, 2, Some(1.96))));
        assert!(matches!(fly(1.0, -5, None), Err(Unflown::Duration { .. })));
    }
}
