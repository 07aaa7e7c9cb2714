use glam::{DVec2, DVec3};

use super::{Gains, Setpoint};

/// Gains of position are a quarter of those of velocity, so that the two stay apart.
const TIME_RATIO: f64 = 4.0;

/// The path that an autopilot makes of its setpoints: a point with velocity and acceleration that chases the setpoint within
/// limits of speed, acceleration and jerk.
///
/// With j and a the limits, `k = j / a`: wanted velocity `v_s + s(p_s − p; k/4)`, wanted acceleration `a_s + s(v − v; k)`, and the
/// acceleration moves there by j dt at most; s is the square-root controller, linear near zero. Between setpoints the point asked for
/// moves on with its velocity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shaper {
    /// Where the vehicle shall be now.
    pub position_m: DVec3,
    /// How fast.
    pub velocity_m_s: DVec3,
    /// And with what acceleration.
    pub acceleration_m_s2: DVec3,
}

impl Shaper {
    /// A path that begins at rest or in motion.
    pub fn at(position_m: DVec3, velocity_m_s: DVec3) -> Self {
        Self { position_m, velocity_m_s, acceleration_m_s2: DVec3::ZERO }
    }

    /// Advances by `dt_s` towards a setpoint.
    #[inline]
    pub fn chase(&mut self, wanted: &Setpoint, gains: &Gains, dt_s: f64) {
        let off = wanted.position_m - self.position_m;
        let [most_xy, most_z] = gains.acceleration_m_s2;
        let [jerk_xy, jerk_z] = gains.jerk_m_s3;
        let feed = wanted.velocity_m_s * gains.velocity_feed_forward;
        let ahead = wanted.acceleration_m_s2 * gains.acceleration_feed_forward;
        // Horizontal, as a vector.
        let k = jerk_xy / most_xy;
        let pull = off.truncate() * slope(off.truncate(), k / TIME_RATIO, most_xy * (1.0 - 1.0 / TIME_RATIO));
        let velocity = (feed.truncate() + pull).clamp_length_max(gains.speed_m_s[0]);
        let behind = velocity - self.velocity_m_s.truncate();
        let asked = (ahead.truncate() + behind * slope(behind, k, jerk_xy)).clamp_length_max(most_xy);
        let change = (asked - self.acceleration_m_s2.truncate()).clamp_length_max(jerk_xy * dt_s);
        // Vertical.
        let k = jerk_z / most_z;
        let climb = (feed.z + odd_root(off.z, k / TIME_RATIO, most_z * (1.0 - 1.0 / TIME_RATIO)))
            .clamp(-gains.speed_m_s[2], gains.speed_m_s[1]);
        let rise = (ahead.z + odd_root(climb - self.velocity_m_s.z, k, jerk_z)).clamp(-most_z, most_z);
        let lift = (rise - self.acceleration_m_s2.z).clamp(-jerk_z * dt_s, jerk_z * dt_s);
        self.acceleration_m_s2 += change.extend(lift);
        self.velocity_m_s += self.acceleration_m_s2 * dt_s;
        self.position_m += self.velocity_m_s * dt_s;
    }
}

/// The square-root controller for an error that is not negative: `p e` near zero, then the speed from which a constant deceleration
/// ends at the goal.
#[inline]
fn root(error: f64, gain: f64, limit: f64) -> f64 {
    let knee = limit / (gain * gain);
    if error <= knee { gain * error } else { (2.0 * limit * (error - 0.5 * knee)).sqrt() }
}

/// The square-root controller of a vector over its length: the gain itself near zero, where no root is drawn.
#[inline]
fn slope(error: DVec2, gain: f64, limit: f64) -> f64 {
    let knee = limit / (gain * gain);
    let squared = error.length_squared();
    if squared <= knee * knee {
        return gain;
    }
    let length = squared.sqrt();
    root(length, gain, limit) / length
}

#[inline]
fn odd_root(error: f64, gain: f64, limit: f64) -> f64 {
    root(error.abs(), gain, limit).copysign(error)
}
