/// Flight modes of the autopilot that matter to shows; the number is HEARTBEAT's `custom_mode`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FlightMode {
    /// Keeps its height.
    AltHold,
    /// Goes where it is told.
    Guided,
    /// Stays where it is.
    #[default]
    Loiter,
    /// Returns home.
    ReturnToLaunch,
    /// Lands where it is.
    Land,
    /// Stays where it is, with a pilot.
    PosHold,
    /// Flies its show.
    Show,
}

impl FlightMode {
    const ALL: [(Self, u32); 7] = [
        (Self::AltHold, 2),
        (Self::Guided, 4),
        (Self::Loiter, 5),
        (Self::ReturnToLaunch, 6),
        (Self::Land, 9),
        (Self::PosHold, 16),
        (Self::Show, 127),
    ];

    /// From its number; `None` for modes that are not modelled.
    pub fn from_number(number: f32) -> Option<Self> {
        Self::ALL.iter().find(|(_, n)| *n as f32 == number).map(|(mode, _)| *mode)
    }

    /// Its number.
    pub fn number(self) -> u32 {
        Self::ALL.iter().find(|(mode, _)| *mode == self).map_or(0, |(_, n)| *n)
    }
}
