use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use crate::fault::FleetFault;

/// Ports from one network to the next.
const STRIDE: usize = 10;
/// From the port of the ground to that of the vehicles: 14550 and 14555 in the field (show-protocol, section 1).
const VEHICLES: usize = 5;

/// Where a fleet listens and where its ground station does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ports {
    /// Address that the fleet listens on.
    pub bind: IpAddr,
    /// Address of the ground station.
    pub ground: IpAddr,
    /// Port of the ground station for the first network.
    pub base: u16,
}

impl Default for Ports {
    /// Loopback, 14550.
    fn default() -> Self {
        Self { bind: Ipv4Addr::LOCALHOST.into(), ground: Ipv4Addr::LOCALHOST.into(), base: 14_550 }
    }
}

impl Ports {
    /// Where the vehicles of a network listen.
    pub fn fleet(&self, network: u16) -> SocketAddr {
        SocketAddr::new(self.bind, self.at(network) + VEHICLES as u16)
    }

    /// Where the ground station of a network listens.
    pub fn ground(&self, network: u16) -> SocketAddr {
        SocketAddr::new(self.ground, self.at(network))
    }

    fn at(&self, network: u16) -> u16 {
        self.base + STRIDE as u16 * network
    }

    /// Are there so many ports?
    pub(crate) fn checked(&self, networks: usize) -> Result<(), FleetFault> {
        if self.bind.is_ipv4() != self.ground.is_ipv4() {
            return Err(FleetFault::Family { ground: self.ground, bind: self.bind });
        }
        let last = usize::from(self.base) + STRIDE * networks.saturating_sub(1) + VEHICLES;
        if self.base == 0 || last > usize::from(u16::MAX) {
            return Err(FleetFault::Ports { networks, base_port: self.base, last });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_network_has_the_ports_of_the_field() {
        let ports = Ports::default();
        assert_eq!((ports.ground(0).port(), ports.fleet(0).port()), (14_550, 14_555));
        assert_eq!((ports.ground(90).port(), ports.fleet(90).port()), (15_450, 15_455));
        assert!(ports.checked(91).is_ok() && ports.checked(200).is_ok());
        assert!(Ports { base: 65_000, ..ports }.checked(91).is_err());
        assert!(Ports { base: 65_530, ..ports }.checked(1).is_ok());
        assert!(Ports { base: 65_531, ..ports }.checked(1).is_err());
        assert!(Ports { base: 0, ..ports }.checked(1).is_err());
        assert!(Ports { ground: "::1".parse().unwrap(), ..ports }.checked(1).is_err());
    }
}
