use kapok_show::{DVec3, Show};

use crate::kernel::rounding::MAX_COORDINATE_M;
use crate::settings::ProofSettings;

/// Shows longer than a day are refused.
const MAX_TIME_MS: i64 = 86_400_000;

/// Why nothing can be said about a show with these settings, in a sentence; `None` if the proof looks at it.
pub fn invalid_input(show: &Show, settings: &ProofSettings) -> Option<String> {
    if let Err(bad) = settings.validate() {
        return Some(format!("A setting of the proof is illegal: {bad}."));
    }
    if show.vehicles.is_empty() {
        return Some("The show has no vehicles.".into());
    }
    if u32::try_from(show.vehicles.len()).is_err() {
        return Some("The show has more vehicles than can be counted here.".into());
    }
    if let Err(bad) = show.limits.validate() {
        return Some(format!("A limit is illegal: {bad}."));
    }
    for v in &show.vehicles {
        let t = &v.trajectory;
        if t.start_ms() < -MAX_TIME_MS || t.end_ms() > MAX_TIME_MS {
            return Some(format!("Vehicle \"{}\" moves at times more than a day from the start.", v.name));
        }
        let beyond = |p: &DVec3| !p.is_finite() || p.abs().max_element() > MAX_COORDINATE_M;
        if t.control_points_m().iter().chain([&v.home_m]).chain(&v.land_at_m).any(beyond) {
            return Some(format!("Vehicle \"{}\" leaves the site by more than {MAX_COORDINATE_M} m.", v.name));
        }
    }
    None
}
