use kapok_show::Storyboard;

use crate::outcome::PlanError;

/// Longest hold, delay or transition of a storyboard, milliseconds: a day.
const MAX_STEP_MS: i64 = 86_400_000;

/// Are all times of the storyboard from 0 to a day?
pub fn validate_times(storyboard: &Storyboard) -> Result<(), PlanError> {
    let scenes = storyboard.scenes.iter().flat_map(|s| {
        let what = |field: &str| format!("{field} of scene \"{}\"", s.name);
        [(what("hold_ms"), s.hold_ms), (what("duration_ms"), s.transition.duration_ms.unwrap_or(0))]
    });
    let fixed = [
        ("takeoff.delay_ms".to_owned(), storyboard.takeoff.delay_ms),
        ("takeoff.hold_ms".to_owned(), storyboard.takeoff.hold_ms),
        ("landing.hold_ms".to_owned(), storyboard.landing.hold_ms),
    ];
    match fixed.into_iter().chain(scenes).find(|(_, ms)| !(0..=MAX_STEP_MS).contains(ms)) {
        Some((what, value_ms)) => Err(PlanError::BadTime { what, value_ms }),
        None => Ok(()),
    }
}
