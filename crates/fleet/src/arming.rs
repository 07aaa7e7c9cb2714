use kapok_sim::{Aiding, Fix, Fleet, Phase};

/// From its first working second to the first in which it may arm, milliseconds: filters settle, the home is known. With the boot this
/// is the half minute that was seen of the firmware (show-protocol, section 13).
pub const SETTLING_MS: u64 = 30_000;

/// The autopilot's checks before the motors of a vehicle may run: the first reason against it, in its words.
pub fn check_arming(fleet: &Fleet, vehicle: usize, settled: bool) -> Result<(), &'static str> {
    let craft = &fleet.crafts()[vehicle];
    let pack = &fleet.profile().pack;
    if matches!(craft.phase, Phase::Falling | Phase::Down) || craft.rotor_health.contains(&0.0) {
        Err("Motors: Check frame and ESCs")
    } else if fleet.receivers()[vehicle].fix == Fix::None {
        Err("GPS 1: Bad fix")
    } else if !settled || fleet.estimators()[vehicle].aiding() != Aiding::Aided {
        Err("Need Position Estimate")
    } else if fleet.batteries()[vehicle].voltage_v < pack.low_v {
        Err("Battery 1 below minimum arming voltage")
    } else {
        Ok(())
    }
}
