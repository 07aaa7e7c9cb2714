use glam::DVec3;

/// What goes wrong in a rehearsal, and when.
///
/// Read from TOML by [`FaultScript::read`] against a fleet, so that every vehicle that it names is there. Two faults of one kind at
/// one vehicle at one time: the later in the script counts.
#[derive(Clone, Debug, PartialEq)]
pub struct FaultScript {
    /// What it rehearses, in a sentence.
    pub title: String,
    /// The faults, by the time at which they begin; those of one time in the order of their kinds.
    pub faults: Vec<TimedFault>,
}

/// A fault and its time, seconds of show time: negative before the start.
#[derive(Clone, Debug, PartialEq)]
pub struct TimedFault {
    /// When it begins.
    pub at_s: f64,
    /// When it ends; infinite if it stays.
    pub until_s: f64,
    /// Which vehicles it meets; of the kinds that meet the whole site, all.
    pub vehicles: Affected,
    /// What it is.
    pub fault: Fault,
}

/// The vehicles that a fault meets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Affected {
    /// All.
    All,
    /// These, by index in the fleet, in order.
    Some(Vec<u32>),
}

impl Affected {
    /// The indices in a fleet of `count` vehicles.
    pub fn indices(&self, count: usize) -> impl Iterator<Item = usize> {
        let (all, some) = match self {
            Self::All => (count, &[][..]),
            Self::Some(list) => (0, &list[..]),
        };
        (0..all).chain(some.iter().map(|&i| i as usize).filter(move |&i| i < count))
    }
}

/// What can be wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    /// No fix, for reasons outside the vehicle or in its receiver.
    NoFix,
    /// A jammer at a place.
    Jammer {
        /// Where, metres.
        place_m: DVec3,
        /// Within so many metres there is no fix.
        reach_m: f64,
        /// Within so many metres no fix is better than a single solution.
        degraded_m: f64,
    },
    /// A false place that moves off.
    Spoofed {
        /// How fast, m/s.
        drift_m_s: DVec3,
    },
    /// No corrections: a single solution at best.
    NoCorrections,
    /// A compass that reads too far to the left.
    Compass {
        /// By how much, radians.
        off_rad: f64,
    },
    /// A barometer that reads too high.
    Barometer {
        /// By how much, metres.
        off_m: f64,
        /// And by how much more, m/s.
        drift_m_s: f64,
    },
    /// A rotor that pushes less.
    Rotor {
        /// Which, from 0: front left, front right, rear right, rear left.
        rotor: usize,
        /// What is left of its thrust, 0 to 1.
        thrust: f64,
    },
    /// A pack that is weak, old or cold; what is not stated stays.
    Pack {
        /// Charge, 0 to 1.
        charge: Option<f64>,
        /// Capacity over that of a new one, 0 to 1.
        health: Option<f64>,
        /// Temperature, °C.
        temperature_c: Option<f64>,
    },
    /// The mean wind changes over the whole site.
    Wind {
        /// What it comes to, m/s.
        speed_m_s: f64,
        /// At which height, metres.
        height_m: f64,
        /// How long the change takes, seconds.
        over_s: f64,
    },
    /// A gust front crosses the site.
    GustFront {
        /// Wind that it adds, m/s.
        added_m_s: f64,
        /// Where it moves and blows to, radians from x towards y.
        toward_rad: f64,
        /// Speed of the line, m/s.
        travel_m_s: f64,
        /// Width of the rise, metres.
        rise_m: f64,
    },
    /// The computer of a vehicle starts anew: in the air its rotors stop.
    Reboot {
        /// It has lost its show.
        forgets: bool,
    },
    /// An earlier upload than the one that was meant.
    StaleUpload {
        /// Its show is turned about the origin of the site, radians to the left.
        turned_rad: f64,
        /// And so far off, metres.
        shifted_m: DVec3,
        /// And so much later, seconds.
        late_s: f64,
    },
    /// A radio link that loses, delays or repeats datagrams.
    Link {
        /// Share that is lost, 0 to 1.
        loss: f64,
        /// Delay, seconds.
        delay_s: f64,
        /// Share that comes twice, 0 to 1.
        duplicates: f64,
    },
}

impl Fault {
    /// The key of its table in a script.
    pub const fn key(&self) -> &'static str {
        match self {
            Self::NoFix => "gnss_loss",
            Self::Jammer { .. } => "jam",
            Self::Spoofed { .. } => "spoof",
            Self::NoCorrections => "corrections_lost",
            Self::Compass { .. } => "compass",
            Self::Barometer { .. } => "barometer",
            Self::Rotor { .. } => "rotor",
            Self::Pack { .. } => "battery",
            Self::Wind { .. } => "wind",
            Self::GustFront { .. } => "gust_front",
            Self::Reboot { .. } => "reboot",
            Self::StaleUpload { .. } => "stale_upload",
            Self::Link { .. } => "link",
        }
    }

    /// Does it act through the radio link alone? Then a rehearsal without one does not show it.
    pub const fn needs_link(&self) -> bool {
        matches!(self, Self::Link { .. })
    }
}
