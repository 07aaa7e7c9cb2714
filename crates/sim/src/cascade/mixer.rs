use crate::airframe::{ROTOR_TURN, ROTOR_X, ROTOR_Y};

/// Shares of the greatest thrust for four rotors from throttle, roll, pitch and yaw, each rotor between 0 and 1.
///
/// Where they do not fit, yaw gives way first, then the throttle, roll and pitch last: a vehicle that keeps its attitude can be
/// saved.
#[inline]
pub(crate) fn mix(throttle: f64, roll: f64, pitch: f64, yaw: f64) -> [f64; 4] {
    let mut share = [0.0; 4];
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for i in 0..4 {
        share[i] = 0.5 * (roll * ROTOR_Y[i] - pitch * ROTOR_X[i]);
        (low, high) = (low.min(share[i]), high.max(share[i]));
    }
    // More than the whole span of a rotor cannot be had.
    let fit = (1.0 / (high - low).max(1e-9)).min(1.0);
    // Yaw may take what is left of the span, and at least a tenth.
    let room = (1.0 - fit * (high - low)).max(0.1);
    let turn = yaw.clamp(-room, room) * 0.5;
    (low, high) = (f64::INFINITY, f64::NEG_INFINITY);
    for i in 0..4 {
        share[i] = fit * share[i] + turn * ROTOR_TURN[i];
        (low, high) = (low.min(share[i]), high.max(share[i]));
    }
    let level = throttle.min(1.0 - high).max(-low);
    share.map(|s| (s + level).clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn within_limits_the_mix_gives_what_is_asked_for() {
        let share = mix(0.4, 0.1, -0.06, 0.05);
        let sum: f64 = share.iter().sum();
        let roll: f64 = (0..4).map(|i| share[i] * ROTOR_Y[i]).sum();
        let pitch: f64 = (0..4).map(|i| -share[i] * ROTOR_X[i]).sum();
        let yaw: f64 = (0..4).map(|i| share[i] * ROTOR_TURN[i]).sum();
        assert!((sum - 1.6).abs() < 1e-12 && (roll - 0.2).abs() < 1e-12);
        assert!((pitch + 0.12).abs() < 1e-12 && (yaw - 0.1).abs() < 1e-12);
    }

    #[test]
    fn saturation_keeps_roll_and_pitch() {
        for throttle in [0.0, 0.02, 0.98, 1.0] {
            let share = mix(throttle, 0.3, 0.2, 0.9);
            assert!(share.iter().all(|s| (0.0..=1.0).contains(s)), "{share:?}");
            let roll: f64 = (0..4).map(|i| share[i] * ROTOR_Y[i]).sum();
            assert!((roll - 0.6).abs() < 1e-12, "{roll}");
        }
    }
}
