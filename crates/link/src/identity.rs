/// Vehicles of one network: what one byte numbers, with room for ground stations.
pub const NETWORK_SIZE: u32 = 250;

/// Which vehicle: system ids are unique within a network only.
///
/// # Source
/// show-protocol, section 1 (networks of 250); simulation-and-control, section 4 (32-bit ids).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VehicleId {
    /// Which network, from 0.
    pub network: u16,
    /// System id in it; 1 to [`NETWORK_SIZE`] on a network with ids of one byte.
    pub system: u32,
}

impl VehicleId {
    /// The `index`-th vehicle of a fleet, from 0, in full networks of [`NETWORK_SIZE`]; `None` beyond the last network.
    ///
    /// ```
    /// use kapok_link::VehicleId;
    /// assert_eq!(VehicleId::from_index(250), Some(VehicleId { network: 1, system: 1 }));
    /// assert_eq!(VehicleId::from_index(22_579), Some(VehicleId { network: 90, system: 80 }));
    /// ```
    pub fn from_index(index: usize) -> Option<Self> {
        let size = NETWORK_SIZE as usize;
        Some(Self { network: u16::try_from(index / size).ok()?, system: (index % size) as u32 + 1 })
    }

    /// Its place in the fleet, from 0; `None` for ids that are not in a full network.
    pub fn index(self) -> Option<usize> {
        let in_network = self.system.checked_sub(1).filter(|&i| i < NETWORK_SIZE)?;
        Some(usize::from(self.network) * NETWORK_SIZE as usize + in_network as usize)
    }
}

/// One end of a link: a system and a component of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identity {
    /// System id.
    pub system: u32,
    /// Component id.
    pub component: u8,
}

impl Identity {
    /// The ground station that vehicles expect (show-protocol, section 1).
    pub const GROUND: Self = Self { system: 254, component: 190 };
    /// All systems, all components.
    pub const ALL: Self = Self { system: 0, component: 0 };

    /// The autopilot of a vehicle, component 1.
    pub const fn autopilot(system: u32) -> Self {
        Self { system, component: 1 }
    }

    /// What a payload's target byte says: ids above 255 are in the header, the byte is 255 then.
    pub(crate) fn target_byte(self) -> u8 {
        u8::try_from(self.system).unwrap_or(255)
    }

    /// What the header says besides.
    pub(crate) fn target_header(self) -> Option<u32> {
        (self.system > 255).then_some(self.system)
    }
}
