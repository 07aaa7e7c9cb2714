use glam::{DVec2, DVec3};

use super::{Gains, Setpoint};

/// Gains of position are half of those of velocity, as ArduPilot has them since 4.3 (`shape_pos_vel_accel`); 4.2 had a quarter.
const TIME_RATIO: f64 = 2.0;

/// The path that an autopilot makes of its setpoints: a point with velocity and acceleration that chases the setpoint within
/// limits of speed, acceleration and jerk.
///
/// With j and a the limits, `k = j / a`: wanted velocity `v_s + s(p_s − p; k/2)`, wanted acceleration `a_s + s(v − v; k)`, and the
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

/// The square-root controller: `p e` near zero, then the speed from which a constant deceleration ends at the goal.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Root {
    gain: f64,
    limit: f64,
    /// Error up to which it is linear.
    knee: f64,
}

/// The constants of a path: worked out once from the gains.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Chase {
    /// Of position and of velocity, horizontal, then vertical.
    roots: [[Root; 2]; 2],
    feed: [f64; 2],
    speed_m_s: [f64; 3],
    acceleration_m_s2: [f64; 2],
    /// Change of acceleration in a step.
    change_m_s2: [f64; 2],
    dt_s: f64,
}

impl Root {
    fn new(gain: f64, limit: f64) -> Self {
        Self { gain, limit, knee: limit / (gain * gain) }
    }

    /// For an error that is not negative.
    #[inline]
    fn of(&self, error: f64) -> f64 {
        if error <= self.knee { self.gain * error } else { (2.0 * self.limit * (error - 0.5 * self.knee)).sqrt() }
    }

    #[inline]
    fn odd(&self, error: f64) -> f64 {
        self.of(error.abs()).copysign(error)
    }

    /// For a vector: the gain itself near zero, where no root is drawn.
    #[inline]
    fn along(&self, error: DVec2) -> DVec2 {
        let squared = error.length_squared();
        if squared <= self.knee * self.knee {
            return error * self.gain;
        }
        let length = squared.sqrt();
        error * (self.of(length) / length)
    }
}

impl Chase {
    /// For gains and a step of `dt_s` seconds.
    pub fn new(gains: &Gains, dt_s: f64) -> Self {
        let roots = [0, 1].map(|axis| {
            let (jerk, most) = (gains.jerk_m_s3[axis], gains.acceleration_m_s2[axis]);
            let k = jerk / most;
            [Root::new(k / TIME_RATIO, most * (1.0 - 1.0 / TIME_RATIO)), Root::new(k, jerk)]
        });
        Self {
            roots,
            feed: [gains.velocity_feed_forward, gains.acceleration_feed_forward],
            speed_m_s: gains.speed_m_s,
            acceleration_m_s2: gains.acceleration_m_s2,
            change_m_s2: gains.jerk_m_s3.map(|jerk| jerk * dt_s),
            dt_s,
        }
    }
}

impl Shaper {
    /// A path that begins at rest or in motion.
    pub fn at(position_m: DVec3, velocity_m_s: DVec3) -> Self {
        Self { position_m, velocity_m_s, acceleration_m_s2: DVec3::ZERO }
    }

    /// Advances by a step towards a setpoint.
    #[inline]
    pub fn chase(&mut self, wanted: &Setpoint, chase: &Chase) {
        let off = wanted.position_m - self.position_m;
        let feed = wanted.velocity_m_s * chase.feed[0];
        let ahead = wanted.acceleration_m_s2 * chase.feed[1];
        let [horizontal, vertical] = &chase.roots;
        let velocity = (feed.truncate() + horizontal[0].along(off.truncate())).clamp_length_max(chase.speed_m_s[0]);
        let behind = velocity - self.velocity_m_s.truncate();
        let asked = (ahead.truncate() + horizontal[1].along(behind)).clamp_length_max(chase.acceleration_m_s2[0]);
        let change = (asked - self.acceleration_m_s2.truncate()).clamp_length_max(chase.change_m_s2[0]);
        let climb = (feed.z + vertical[0].odd(off.z)).clamp(-chase.speed_m_s[2], chase.speed_m_s[1]);
        let most = chase.acceleration_m_s2[1];
        let rise = (ahead.z + vertical[1].odd(climb - self.velocity_m_s.z)).clamp(-most, most);
        let lift = (rise - self.acceleration_m_s2.z).clamp(-chase.change_m_s2[1], chase.change_m_s2[1]);
        self.acceleration_m_s2 += change.extend(lift);
        self.velocity_m_s += self.acceleration_m_s2 * chase.dt_s;
        self.position_m += self.velocity_m_s * chase.dt_s;
    }
}
