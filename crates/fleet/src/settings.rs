use kapok_format::skyb::RthLayout;
use kapok_link::Strictness;
use kapok_sim::{FaultScript, Profile};

use crate::datagrams::DatagramMode;
use crate::fault::FleetFault;
use crate::field::Field;
use crate::link_quality::LinkQuality;

/// Strongest mean wind, m/s: a hurricane's.
const MAX_WIND_M_S: f64 = 40.0;
/// Largest placement error, metres (standard deviation).
const MAX_PLACEMENT_M: f64 = 100.0;
/// From so many vehicles on a datagram for every message is more than the machine can take (simulation-and-control, section 1).
const MANY_VEHICLES: usize = 2000;

/// How a fleet is simulated.
#[derive(Clone, Debug, PartialEq)]
pub struct FleetSettings {
    /// The kind of vehicle, by the name of a profile that ships with Kapok; `None`: the one nearest in mass to the show's, or of 1 kg.
    pub profile: Option<String>,
    /// Mean wind 10 m above the ground, m/s.
    pub wind_m_s: f64,
    /// What the random numbers depend on.
    pub seed: u64,
    /// Standard deviation of where vehicles are put, in each direction, metres; no more than three of them.
    pub placement_m: f64,
    /// What goes into a datagram; `None`: a message each up to 2,000 vehicles, a tick beyond.
    pub datagram: Option<DatagramMode>,
    /// What the links to the vehicles are like.
    pub link: LinkQuality,
    /// What goes wrong, by the time of the show; read against the names and pads of the field.
    pub faults: Option<FaultScript>,
    /// Where the vehicles are stricter than the public firmware.
    pub strictness: Strictness,
    /// The layout of return plans that their firmware reads; `None`: the one that a file fits, if it is the only one.
    pub rth_layout: Option<RthLayout>,
}

impl Default for FleetSettings {
    fn default() -> Self {
        Self {
            profile: None,
            wind_m_s: 0.0,
            seed: 0,
            placement_m: 0.1,
            datagram: None,
            link: LinkQuality::PERFECT,
            faults: None,
            strictness: Strictness::default(),
            rth_layout: None,
        }
    }
}

impl FleetSettings {
    /// The profile that is meant.
    ///
    /// # Errors
    /// [`FleetFault::Setting`] for the first setting that makes no sense.
    pub(crate) fn checked(&self, field: &Field) -> Result<Profile, FleetFault> {
        within("wind_m_s", self.wind_m_s, MAX_WIND_M_S)?;
        within("placement_m", self.placement_m, MAX_PLACEMENT_M)?;
        self.link.checked()?;
        let Some(name) = &self.profile else { return Ok(Profile::nearest_by_mass(field.mass_kg.unwrap_or(1.0))) };
        Profile::builtin(name).ok_or_else(|| {
            let known: Vec<&str> = Profile::builtin_names().collect();
            FleetFault::Setting {
                field: "profile",
                why: format!("is {name:?}, but there are only {}", known.join(", ")),
            }
        })
    }

    /// What goes into a datagram of a fleet of that size.
    pub(crate) fn mode(&self, vehicles: usize) -> DatagramMode {
        let by_size = if vehicles > MANY_VEHICLES { DatagramMode::Tick } else { DatagramMode::Message };
        self.datagram.unwrap_or(by_size)
    }
}

/// A value from 0 to the greatest.
pub(crate) fn within(field: &'static str, value: f64, greatest: f64) -> Result<(), FleetFault> {
    if (0.0..=greatest).contains(&value) {
        return Ok(());
    }
    Err(FleetFault::Setting { field, why: format!("is {value}, but must be a number from 0 to {greatest}") })
}
