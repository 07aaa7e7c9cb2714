//! Transitions in which all vehicles fly straight, at the same time and with the same easing 3u² − 2u³.
//!
//! Of two such flights the difference is a segment, whatever the easing is: where it passes the origin nearest is a matter of
//! which vehicle flies where alone. So the assignment decides the clearance, and the longest trip decides the duration of all.

use kapok_show::{BadSetting, DVec3};

use crate::assignment::{AssignError, AssignSettings, ExchangeSettings, assign_some, exchange_for_clearance};

/// Which start each goal is reached from.
#[derive(Clone, Debug, PartialEq)]
pub struct StraightMatch {
    /// Index of the start of each goal; `None` for a goal that stays empty.
    pub start_of_goal: Vec<Option<u32>>,
    /// Least distance of two vehicles on the way, metres; `None` where it was not measured, as for fewer than two.
    pub clearance_m: Option<f64>,
}

/// Limits of a straight flight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StraightLimits {
    /// Greatest horizontal speed, m/s.
    pub horizontal_m_s: f64,
    /// Greatest speed upwards, m/s.
    pub up_m_s: f64,
    /// Greatest speed downwards, m/s.
    pub down_m_s: f64,
    /// Greatest acceleration, m/s².
    pub acceleration_m_s2: f64,
}

/// Largest rate of the easing, as a multiple of 1 / duration.
const PEAK_RATE: f64 = 1.5;
/// Its largest second derivative, as a multiple of 1 / duration².
const PEAK_SECOND: f64 = 6.0;

/// Matches starts and goals by least Σd², then exchanges goals so that the closest vehicles come less close.
///
/// # Guarantees
/// Each start is used at most once, and as many goals as possible are reached. Equal lists keep their order, also where points
/// coincide.
///
/// ```
/// use kapok_plan::match_straight;
/// use kapok_show::DVec3;
/// let starts = [DVec3::ZERO, DVec3::X * 10.0];
/// let goals = [DVec3::new(10.0, 5.0, 0.0), DVec3::new(0.0, 5.0, 0.0)];
/// let matched = match_straight(&starts, &goals)?;
/// assert_eq!((matched.start_of_goal, matched.clearance_m), (vec![Some(1), Some(0)], Some(10.0)));
/// # Ok::<(), kapok_plan::AssignError>(())
/// ```
///
/// # Errors
/// [`AssignError`] for points that are not finite, or more than can be assigned.
///
/// # Complexity
/// That of [`assign_some`] and [`exchange_for_clearance`].
pub fn match_straight(starts: &[DVec3], goals: &[DVec3]) -> Result<StraightMatch, AssignError> {
    let mut start_of_goal = least_squares(starts, goals)?;
    let trips: Vec<(usize, u32)> = start_of_goal.iter().enumerate().filter_map(|(g, s)| s.map(|s| (g, s))).collect();
    let from: Vec<DVec3> = trips.iter().map(|&(_, s)| starts[s as usize]).collect();
    let to: Vec<DVec3> = trips.iter().map(|&(g, _)| goals[g]).collect();
    let own: Vec<u32> = (0..trips.len() as u32).collect();
    let exchanged = exchange_for_clearance(&from, &to, &own, &ExchangeSettings::default())?;
    for (&(_, start), &goal) in trips.iter().zip(&exchanged.goal_of_start) {
        start_of_goal[trips[goal as usize].0] = Some(start);
    }
    Ok(StraightMatch { start_of_goal, clearance_m: exchanged.clearance_m })
}

/// The start of each goal by least Σd².
fn least_squares(starts: &[DVec3], goals: &[DVec3]) -> Result<Vec<Option<u32>>, AssignError> {
    // Also where points coincide every vehicle keeps its own.
    if starts == goals {
        return Ok((0..goals.len() as u32).map(Some).collect());
    }
    let mut start_of_goal = vec![None; goals.len()];
    if starts.is_empty() || goals.is_empty() {
        return Ok(start_of_goal);
    }
    // Where one side is a single place every assignment costs the same, and the search would compare ties for ever.
    let is_one_place = |points: &[DVec3]| points.iter().all(|p| *p == points[0]);
    if starts.len() == goals.len() && (is_one_place(starts) || is_one_place(goals)) {
        return Ok((0..goals.len() as u32).map(Some).collect());
    }
    let settings = AssignSettings::default();
    if starts.len() > goals.len() {
        let found = assign_some(goals, starts, &settings)?;
        return Ok(found.goal_of_start.into_iter().map(Some).collect());
    }
    let found = assign_some(starts, goals, &settings)?;
    for (start, &goal) in (0..).zip(&found.goal_of_start) {
        start_of_goal[goal as usize] = Some(start);
    }
    Ok(start_of_goal)
}

/// The least duration of a matched transition, seconds: that of its longest trip, for only with one timing do straight flights
/// keep clear of each other. 0 if nothing moves.
///
/// # Errors
/// [`BadSetting`] for a limit that is not above 0.
pub fn straight_duration_s(
    starts: &[DVec3],
    goals: &[DVec3],
    start_of_goal: &[Option<u32>],
    limits: &StraightLimits,
) -> Result<f64, BadSetting> {
    limits.validate()?;
    let trips = start_of_goal.iter().zip(goals).filter_map(|(start, &goal)| start.map(|s| goal - starts[s as usize]));
    Ok(trips
        .map(|trip: DVec3| {
            let vertical_m_s = if trip.z > 0.0 { limits.up_m_s } else { limits.down_m_s };
            (PEAK_RATE * trip.truncate().length() / limits.horizontal_m_s)
                .max(PEAK_RATE * trip.z.abs() / vertical_m_s)
                .max((PEAK_SECOND * trip.length() / limits.acceleration_m_s2).sqrt())
        })
        .fold(0.0, f64::max))
}

impl StraightLimits {
    /// Is every limit above 0?
    ///
    /// # Errors
    /// [`BadSetting`] for the first that is not.
    pub fn validate(&self) -> Result<(), BadSetting> {
        for (field, value) in [
            ("horizontal_m_s", self.horizontal_m_s),
            ("up_m_s", self.up_m_s),
            ("down_m_s", self.down_m_s),
            ("acceleration_m_s2", self.acceleration_m_s2),
        ] {
            if !(value.is_finite() && value > 0.0) {
                return Err(BadSetting { field, value, why: "it must be above 0" });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mapping_goes_from_goal_to_start() {
        // A cycle of three: its inverse is another permutation.
        let starts = [DVec3::ZERO, DVec3::X * 10.0, DVec3::X * 20.0];
        let goals = [DVec3::X * 20.0, DVec3::ZERO, DVec3::X * 10.0];
        assert_eq!(match_straight(&starts, &goals).unwrap().start_of_goal, [Some(2), Some(0), Some(1)]);
    }

    #[test]
    fn clearance_is_between_the_ends_too() {
        // Side by side in opposite directions.
        let starts = [DVec3::ZERO, DVec3::new(10.0, 2.0, 0.0)];
        let goals = [DVec3::new(0.0, 6.0, 0.0), DVec3::new(10.0, -4.0, 0.0)];
        let found = match_straight(&starts, &goals).unwrap();
        assert_eq!(found.start_of_goal, [Some(0), Some(1)]);
        assert!((found.clearance_m.unwrap() - 10.0).abs() < 1e-9);
        assert_eq!(match_straight(&starts[..1], &goals[..1]).unwrap().clearance_m, None);
    }

    #[test]
    fn thousands_of_vehicles_at_one_place_take_no_time() {
        let (here, there) = (vec![DVec3::ZERO; 5000], vec![DVec3::X * 9.0; 5000]);
        let spread: Vec<DVec3> = (0..5000).map(|k| DVec3::new(f64::from(k % 71), f64::from(k / 71), 5.0)).collect();
        for (starts, goals) in [(&here, &there), (&here, &spread), (&spread, &here)] {
            let mut found = match_straight(starts, goals).unwrap().start_of_goal;
            found.sort_unstable();
            assert_eq!(found, (0..5000).map(Some).collect::<Vec<_>>());
        }
    }
}
