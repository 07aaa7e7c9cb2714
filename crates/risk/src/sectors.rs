//! Loss of position for one sector at a time.

use std::collections::BTreeMap;

use kapok_proof::{ProofSettings, area_margins, fence_margins};
use kapok_show::{DVec2, Reporter, Show, math};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::loss::{LossFigure, LossMode, LossScenario};
use crate::settings::RiskSettings;

/// What is left if the vehicles of one sector lose their position and drift with the wind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SectorLoss {
    /// Which.
    pub sector: String,
    /// How many vehicles.
    pub vehicles: usize,
    /// How far they drift before they land, metres.
    pub drift_m: f64,
    /// Distance to the fence that is left, metres; absent without one.
    pub fence_left_m: Option<f64>,
    /// Horizontal distance to spectators that is left, metres; absent without any.
    pub audience_left_m: Option<f64>,
    /// Distance to vehicles of other sectors that is left, metres; 0 if one can be touched. Absent if there are no others.
    pub others_left_m: Option<f64>,
    /// The same in full: for how long no vehicle is touched, and the worst case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub others: Option<LossFigure>,
    /// After this time the first of them can be outside the fence or among the spectators, seconds.
    pub first_contact_s: Option<f64>,
}

/// The sectors of a fleet: the groups of its vehicles, or the eighths of the compass around the site's origin in which their
/// pads lie if there are no groups.
pub struct Sectors {
    names: Vec<String>,
    /// Which of them each vehicle belongs to.
    of_vehicle: Vec<u32>,
}

impl Sectors {
    pub fn of(show: &Show) -> Self {
        let grouped = show.vehicles.iter().any(|v| v.group != 0);
        let each: Vec<(u32, String)> = (0..show.vehicles.len()).map(|v| sector(show, v, grouped)).collect();
        let names: BTreeMap<u32, String> = each.iter().cloned().collect();
        let places: BTreeMap<u32, u32> = names.keys().copied().zip(0..).collect();
        let of_vehicle = each.iter().map(|(key, _)| places[key]).collect();
        Self { names: names.into_values().collect(), of_vehicle }
    }

    /// Each sector drifts away from all others; `None` if there is only one.
    pub fn scenario(&self) -> Option<LossScenario> {
        let (mode, figures, figure_of) = (LossMode::Drifts, self.names.len(), self.of_vehicle.clone());
        (figures > 1).then_some(LossScenario { mode, figure_of, figures, together: true })
    }

    /// What is left to the fence and to spectators.
    pub fn losses(
        self,
        show: &Show,
        audiences_m: &[&[DVec2]],
        (proof, risk): (&ProofSettings, &RiskSettings),
        reporter: &dyn Reporter,
    ) -> Vec<SectorLoss> {
        let wind_m_s = show.limits.max_wind_m_s;
        let drift_m = risk.gnss_reaction_s * wind_m_s;
        let empty = |sector| SectorLoss {
            sector,
            vehicles: 0,
            drift_m,
            fence_left_m: None,
            audience_left_m: None,
            others_left_m: None,
            others: None,
            first_contact_s: None,
        };
        let mut all: Vec<SectorLoss> = self.names.into_iter().map(empty).collect();
        let to_fence = fence_margins(show, proof);
        let to_stands =
            if audiences_m.is_empty() { None } else { area_margins(show, audiences_m, None, proof, reporter) };
        let nearer = |slot: &mut Option<f64>, value: f64| *slot = Some(slot.map_or(value, |s| s.min(value)));
        for (v, &sector) in self.of_vehicle.iter().enumerate() {
            let entry = &mut all[sector as usize];
            entry.vehicles += 1;
            if let Some(m) = &to_fence {
                nearer(&mut entry.fence_left_m, m[v].map_or(f64::INFINITY, |m| m.bound_m) - drift_m);
            }
            if let Some((m, _)) = to_stands.as_ref().and_then(|m| m[v]) {
                nearer(&mut entry.audience_left_m, m.bound_m - drift_m);
            }
        }
        for s in &mut all {
            let left = [s.fence_left_m, s.audience_left_m].into_iter().flatten().reduce(f64::min);
            s.first_contact_s = left.filter(|_| wind_m_s > 0.0).map(|l| ((l + drift_m) / wind_m_s).max(0.0));
        }
        all
    }
}

/// Key and name of the sector that a vehicle belongs to.
fn sector(show: &Show, vehicle: usize, grouped: bool) -> (u32, String) {
    let v = &show.vehicles[vehicle];
    if grouped {
        return (u32::from(v.group), format!("group {}", v.group));
    }
    let eighth = math::atan2(v.home_m.y, v.home_m.x).to_degrees().rem_euclid(360.0) / 45.0;
    let k = (eighth as u32).min(7);
    (k, format!("{} to {} degrees counter-clockwise from x", 45 * k, 45 * (k + 1)))
}
