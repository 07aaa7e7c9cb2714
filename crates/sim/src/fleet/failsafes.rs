/// Failsafes that the firmware has and boards ship without: a crew switches them on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Failsafes {
    /// For so many seconds after it has lost its position a vehicle lands by dead reckoning (`FS_DR_ENABLE`, `FS_DR_TIMEOUT`), and
    /// then level; 0: it flies on until its estimator is given up, and then does what the board says.
    pub dead_reckoning_s: f64,
    /// A vehicle that is further than this from its setpoint for five seconds, across or up and down, lands where it is
    /// (`SHOW_BFENCE_DXY`, `_DZ`, `_TO`, `_ACT` 4), metres; infinite: it flies on.
    pub bubble_m: f64,
}

impl Failsafes {
    /// As boards ship.
    pub const NONE: Self = Self { dead_reckoning_s: 0.0, bubble_m: f64::INFINITY };
    /// All of them: dead reckoning for a minute, twice the firmware's 30 s, so that a landing from 80 m ends within; a bubble of 10 m,
    /// the firmware's.
    pub const ALL: Self = Self { dead_reckoning_s: 60.0, bubble_m: 10.0 };

    /// Time without a position after which it lands, seconds. A choice: a second of dead reckoning is declared first.
    pub(crate) const RECKONING_ALARM_S: f64 = 3.0;
    /// Ticks outside the bubble after which it lands: five seconds.
    pub(crate) const BUBBLE_TICKS: u8 = 50;
}
