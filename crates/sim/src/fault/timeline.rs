use super::script::{Fault, FaultScript, TimedFault};
use crate::estimator::SensorFaults;
use crate::positioning::{Deception, Fix, Jammer};
use crate::wind::{GustFront, WIND_HEIGHT_M, WindChange};
use crate::{Fleet, Phase, Surroundings};

impl FaultScript {
    /// Adds what meets the whole site, jammers and changes of the wind, to what a fleet flies in; the show begins `start_s` after
    /// the fleet.
    pub fn disturb(&self, surroundings: &mut Surroundings, start_s: f64) {
        for timed in &self.faults {
            let (from_s, to_s) = (timed.at_s + start_s, timed.until_s + start_s);
            let wind = &mut surroundings.wind;
            match timed.fault {
                Fault::Jammer { place_m, reach_m, degraded_m } => surroundings.gnss.jammers.push(Jammer {
                    place_m,
                    active_s: (from_s, to_s),
                    lost_m: reach_m,
                    degraded_m,
                }),
                Fault::Wind { speed_m_s, height_m, over_s } => wind.changes.push(WindChange {
                    start_s: from_s,
                    end_s: to_s,
                    over_s,
                    speed_m_s: speed_m_s / kapok_show::math::pow(height_m / WIND_HEIGHT_M, wind.exponent),
                }),
                Fault::GustFront { added_m_s, toward_rad, travel_m_s, rise_m } => wind.fronts.push(GustFront {
                    start_s: from_s,
                    end_s: to_s,
                    toward_rad,
                    travel_m_s,
                    added_m_s,
                    rise_m,
                }),
                _ => {}
            }
        }
    }
}

/// Plays what a script does to single vehicles of a fleet: [`FaultTimeline::apply`] before every tick.
///
/// From then on it alone says what is wrong with sensors, rotors and receivers of the fleet.
#[derive(Clone, Debug)]
pub struct FaultTimeline {
    faults: Vec<TimedFault>,
    start_s: f64,
    /// Up to when faults have been applied, seconds of show time.
    done_s: f64,
}

impl FaultTimeline {
    /// The faults of a script for a fleet whose show begins `start_s` after it.
    pub fn new(script: &FaultScript, start_s: f64) -> Self {
        Self { faults: script.faults.clone(), start_s, done_s: f64::NEG_INFINITY }
    }

    /// Brings about what begins or ends by now.
    ///
    /// # Complexity
    /// O(faults) a tick; O(faults × vehicles) in one in which something begins or ends.
    pub fn apply(&mut self, fleet: &mut Fleet) {
        let now_s = fleet.t_s() - self.start_s;
        let new = self.done_s..=now_s;
        let is_new = |t_s: f64| new.contains(&t_s) && t_s > self.done_s;
        if !self.faults.iter().any(|f| is_new(f.at_s) || is_new(f.until_s)) {
            self.done_s = now_s;
            return;
        }
        fleet.forget_faults();
        for timed in &self.faults {
            let active = timed.at_s <= now_s && now_s < timed.until_s;
            if active {
                last(fleet, timed, self.start_s);
            }
            if is_new(timed.at_s) {
                strike(fleet, timed);
            }
        }
        self.done_s = now_s;
    }
}

/// What lasts as long as a fault does.
fn last(fleet: &mut Fleet, timed: &TimedFault, start_s: f64) {
    let since_s = timed.at_s + start_s;
    let count = fleet.crafts().len();
    for i in timed.vehicles.indices(count) {
        match timed.fault {
            Fault::NoFix => fleet.receivers_mut()[i].limit = Fix::None,
            Fault::NoCorrections => {
                let limit = &mut fleet.receivers_mut()[i].limit;
                *limit = (*limit).min(Fix::Single);
            }
            Fault::Spoofed { drift_m_s } => {
                fleet.receivers_mut()[i].deception = Some(Deception { since_s, drift_m_s });
            }
            Fault::Compass { off_rad } => fleet.crafts_mut()[i].faults.compass_rad = off_rad,
            Fault::Barometer { off_m, drift_m_s } => {
                let craft = &mut fleet.crafts_mut()[i];
                let compass_rad = craft.faults.compass_rad;
                craft.faults = SensorFaults { compass_rad, barometer_m: off_m, barometer_drift_m_s: drift_m_s };
                craft.fault_since_s = since_s;
            }
            Fault::Rotor { rotor, thrust } => fleet.crafts_mut()[i].rotor_health[rotor] = thrust,
            _ => {}
        }
    }
}

/// What a fault does once, when it begins.
fn strike(fleet: &mut Fleet, timed: &TimedFault) {
    let count = fleet.crafts().len();
    for i in timed.vehicles.indices(count) {
        match timed.fault {
            Fault::Pack { charge, health, temperature_c } => {
                let battery = &mut fleet.batteries_mut()[i];
                battery.charge = charge.unwrap_or(battery.charge);
                battery.health = health.unwrap_or(battery.health);
                battery.cold_gain = temperature_c.map_or(battery.cold_gain, crate::Pack::cold_gain);
            }
            Fault::Reboot { .. } if fleet.crafts()[i].phase == Phase::Flying => {
                fleet.crafts_mut()[i].phase = Phase::Falling;
            }
            _ => {}
        }
    }
}
