use glam::DVec3;

/// What a receiver can say of its place, from nothing to the best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fix {
    /// No position.
    None,
    /// Satellites alone.
    Single,
    /// Carrier phases with unresolved ambiguities.
    Float,
    /// Carrier phases with whole ambiguities.
    Fixed,
    /// Indoors: a motion-capture system.
    Indoor,
}

/// Standard deviations of a fix, and the gains that an estimator takes it with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FixQuality {
    /// Noise from measurement to measurement, metres.
    pub white_m: DVec3,
    /// The slow part, a Gauss–Markov process, metres.
    pub slow_m: DVec3,
    /// Time constant of the slow part, seconds.
    pub slow_s: f64,
    /// Share of the slow part's variance that all receivers of one base station have in common.
    pub station_share: f64,
    /// Share that all receivers of a sector have in common; the rest is each receiver's own.
    pub sector_share: f64,
    /// Noise of the velocity, m/s.
    pub velocity_m_s: DVec3,
    /// What of a difference in position the estimator takes over at each measurement.
    pub position_gain: f64,
    /// What of a difference in velocity.
    pub velocity_gain: f64,
}

impl Fix {
    /// The figures of the fix.
    ///
    /// White noise, slow part and velocity noise of fixed and single solutions from makers' data and PX4's simulation; the float
    /// solution's between them, and its time constant, are choices: no figure is published. So are the shares: at the distances
    /// of a show, errors of satellites and atmosphere are common to all (single), what is left after differences is mostly local.
    pub fn quality(self) -> FixQuality {
        let v = |xy: f64, z: f64| DVec3::new(xy, xy, z);
        match self {
            Self::None | Self::Single => FixQuality {
                white_m: v(0.3, 0.5),
                slow_m: v(1.5, 3.0),
                slow_s: 60.0,
                station_share: 0.8,
                sector_share: 0.1,
                velocity_m_s: v(0.2, 0.4),
                position_gain: 0.05,
                velocity_gain: 0.25,
            },
            Self::Float => FixQuality {
                white_m: v(0.05, 0.08),
                slow_m: v(0.3, 0.5),
                slow_s: 120.0,
                station_share: 0.3,
                sector_share: 0.2,
                velocity_m_s: v(0.05, 0.1),
                position_gain: 0.1,
                velocity_gain: 0.3,
            },
            Self::Fixed => FixQuality {
                white_m: v(0.015, 0.02),
                slow_m: v(0.01, 0.015),
                slow_s: 60.0,
                station_share: 0.3,
                sector_share: 0.2,
                velocity_m_s: v(0.02, 0.04),
                position_gain: 0.25,
                velocity_gain: 0.35,
            },
            Self::Indoor => FixQuality {
                white_m: v(0.001, 0.001),
                slow_m: v(0.002, 0.002),
                slow_s: 60.0,
                station_share: 0.5,
                sector_share: 0.0,
                velocity_m_s: v(0.01, 0.01),
                position_gain: 0.5,
                velocity_gain: 0.5,
            },
        }
    }
}
