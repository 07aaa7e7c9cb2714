use std::net::SocketAddr;

/// Why a fleet cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum FleetFault {
    /// A setting makes no sense.
    #[error("{field} {why}")]
    Setting {
        /// Which one, by its name in [`FleetSettings`](crate::FleetSettings).
        field: &'static str,
        /// What is wrong and what would be right.
        why: String,
    },
    /// The show has no vehicles.
    #[error("the show has no vehicles")]
    NoVehicles,
    /// The ports do not suffice.
    #[error("{networks} networks from port {base_port} on need ports up to {last}, but there are only 65535")]
    Ports {
        /// How many networks there are.
        networks: usize,
        /// The first port.
        base_port: u16,
        /// The last that would be needed.
        last: usize,
    },
    /// A socket cannot be opened.
    #[error("cannot listen on {address}: {source}")]
    Socket {
        /// Where.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// Ground and vehicles do not speak the same version of IP.
    #[error("the ground is at {ground}, but the fleet listens on {bind}: both must be IPv4, or both IPv6")]
    Family {
        /// The ground's address.
        ground: std::net::IpAddr,
        /// The fleet's.
        bind: std::net::IpAddr,
    },
}
