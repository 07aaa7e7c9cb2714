use kapok_link::{FlightMode, Power, ShowStage, Vehicle};
use schemars::JsonSchema;
use serde::Serialize;

/// How many vehicles are where in their show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StageCounts {
    /// Without power.
    pub off: u32,
    /// Coming up.
    pub booting: u32,
    /// Saving power.
    pub asleep: u32,
    /// In another flight mode than that of shows.
    pub other_mode: u32,
    /// On their pads, before the start.
    pub waiting: u32,
    /// Climbing to where the show takes over.
    pub takeoff: u32,
    /// Flying their trajectories.
    pub performing: u32,
    /// Returning home.
    pub returning: u32,
    /// Staying where they are.
    pub loitering: u32,
    /// Descending.
    pub landing: u32,
    /// Landed.
    pub landed: u32,
    /// Given up.
    pub error: u32,
}

impl StageCounts {
    pub(crate) fn of<'a>(vehicles: impl Iterator<Item = &'a Vehicle>) -> Self {
        let mut counts = Self::default();
        for vehicle in vehicles {
            let slot = match (vehicle.power(), vehicle.stage()) {
                (Power::Off, _) => &mut counts.off,
                (Power::Booting(_), _) => &mut counts.booting,
                (Power::Asleep, _) => &mut counts.asleep,
                _ if vehicle.mode() != FlightMode::Show => &mut counts.other_mode,
                (_, ShowStage::Off | ShowStage::Init | ShowStage::WaitForStart | ShowStage::TestingLights) => {
                    &mut counts.waiting
                }
                (_, ShowStage::Takeoff) => &mut counts.takeoff,
                (_, ShowStage::Performing) => &mut counts.performing,
                (_, ShowStage::ReturnToHome) => &mut counts.returning,
                (_, ShowStage::Loiter) => &mut counts.loitering,
                (_, ShowStage::Landing) => &mut counts.landing,
                (_, ShowStage::Landed) => &mut counts.landed,
                (_, ShowStage::Error) => &mut counts.error,
            };
            *slot += 1;
        }
        counts
    }

    /// Those that there are, with their names in words, in the order of a show.
    pub fn present(&self) -> impl Iterator<Item = (&'static str, u32)> {
        let all = [
            ("off", self.off),
            ("booting", self.booting),
            ("asleep", self.asleep),
            ("in another mode", self.other_mode),
            ("waiting", self.waiting),
            ("taking off", self.takeoff),
            ("performing", self.performing),
            ("returning", self.returning),
            ("loitering", self.loitering),
            ("landing", self.landing),
            ("landed", self.landed),
            ("in error", self.error),
        ];
        all.into_iter().filter(|(_, count)| *count > 0)
    }
}

/// What a simulated fleet does, each second.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct FleetReport {
    /// Time since the fleet was switched on, seconds of the field.
    pub t_s: f64,
    /// GPS time of week of the field, seconds.
    pub time_of_week_s: f64,
    /// Since the start of the show, negative before it, as the first network knows it, seconds.
    pub elapsed_s: Option<i16>,
    /// Vehicles of the fleet.
    pub vehicles: u32,
    /// Networks of up to 250 of them.
    pub networks: u32,
    /// Where in their show they are.
    pub stages: StageCounts,
    /// In the air.
    pub airborne: u32,
    /// Lying where they fell.
    pub crashed: u32,
    /// Datagrams to the ground, a second.
    pub datagrams_out_per_s: f64,
    /// Messages in them, a second.
    pub messages_out_per_s: f64,
    /// Bytes in them, a second.
    pub bytes_out_per_s: f64,
    /// Datagrams from the ground, a second.
    pub datagrams_in_per_s: f64,
    /// Packets that the simulated links have lost since the beginning, both ways.
    pub lost: u64,
    /// Datagrams that the system has dropped since the beginning, because they were not fetched or could not be sent.
    pub dropped: u64,
    /// Datagrams and frames since the beginning that made no sense.
    pub refused: u64,
    /// Seconds of the field a second.
    pub real_time_factor: f64,
}
