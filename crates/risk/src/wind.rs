use kapok_proof::{GRAVITY_M_S2, ProofSettings};
use kapok_show::{Show, math};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::settings::RiskSettings;

/// What the wind leaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WindReserve {
    /// Greatest horizontal speed of the show and of all returns to home plus the wind: what must be flown against the air, m/s.
    pub needed_airspeed_m_s: f64,
    /// Tilt that holds this airspeed and the largest acceleration together, degrees.
    pub needed_tilt_deg: f64,
    /// Airspeed at the tilt of the settings, m/s; absent if the profile makes no sense or has no drag.
    pub airspeed_at_max_tilt_m_s: Option<f64>,
    /// What is left of it; negative: with this wind the show cannot be flown.
    pub reserve_m_s: Option<f64>,
}

/// What an airspeed asks of the vehicle, and what the vehicle has.
pub fn wind_reserve(show: &Show, needed_m_s: f64, (proof, risk): (&ProofSettings, &RiskSettings)) -> WindReserve {
    let (profile, acceleration_m_s2) = (&show.profile, show.limits.max_acceleration_m_s2);
    let kappa = 0.5 * proof.air_density_kg_m3 * profile.drag_area_m2 / profile.mass_kg;
    let sideways_m_s2 = kappa * needed_m_s * needed_m_s + acceleration_m_s2;
    let tilt = risk.max_tilt_deg.to_radians();
    let usable_m_s2 = GRAVITY_M_S2 * math::tan(tilt) - acceleration_m_s2;
    let airspeed = (kappa.is_finite() && kappa > 0.0).then(|| (usable_m_s2.max(0.0) / kappa).sqrt());
    WindReserve {
        needed_airspeed_m_s: needed_m_s,
        needed_tilt_deg: if kappa.is_finite() { math::atan2(sideways_m_s2, GRAVITY_M_S2).to_degrees() } else { 0.0 },
        airspeed_at_max_tilt_m_s: airspeed,
        reserve_m_s: airspeed.map(|a| a - needed_m_s),
    }
}
