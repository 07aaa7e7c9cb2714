//! The sockets of a fleet: one for each network.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod plain;
mod ports;

use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};

#[cfg(target_os = "linux")]
use linux as system;
#[cfg(not(target_os = "linux"))]
use plain as system;
pub use ports::Ports;

use crate::datagrams::Datagrams;
use crate::fault::FleetFault;

/// Room that the system is asked for, for what has come and not been fetched; it may give less.
const RECEIVE_BUFFER: usize = 4 << 20;

/// The sockets of a fleet, one a network: what a network hears comes in there, and what it says goes out from there.
///
/// On Linux datagrams are fetched and sent many at a time (recvmmsg, sendmmsg) and what the system drops is counted; elsewhere one at
/// a time.
#[derive(Debug)]
pub struct Sockets {
    list: Vec<UdpSocket>,
    batch: system::Batch,
    /// What could not be sent.
    unsent: u64,
}

impl Sockets {
    /// Opens all of them, or none.
    ///
    /// # Errors
    /// [`FleetFault`] if there are not so many ports, or one is taken; it names the address.
    pub fn bind(ports: &Ports, networks: usize) -> Result<Self, FleetFault> {
        ports.checked(networks)?;
        let list = (0..networks as u16).map(|network| open(ports.fleet(network))).collect::<Result<_, _>>()?;
        Ok(Self { list, batch: system::Batch::new(networks), unsent: 0 })
    }

    /// Waits until something has come, `at_most` so long, and shows all that has: network, sender, bytes. True if there was anything.
    pub fn receive(&mut self, at_most: Duration, mut each: impl FnMut(u16, SocketAddr, &[u8])) -> bool {
        let ready = system::ready(&self.list, at_most);
        let mut any = false;
        for &network in &ready {
            let socket = &self.list[usize::from(network)];
            self.batch.receive(network, socket, |from, bytes| {
                any = true;
                each(network, from, bytes);
            });
        }
        any
    }

    /// Sends datagrams of a network to all that hear it.
    pub fn send(&mut self, network: u16, datagrams: &Datagrams, listeners: &[SocketAddr]) {
        let socket = &self.list[usize::from(network)];
        for to in listeners {
            self.unsent += system::send(socket, datagrams, *to);
        }
    }

    /// Datagrams that the system has dropped: not fetched in time, as far as it says so, or not sent.
    pub fn dropped(&self) -> u64 {
        self.unsent + self.batch.dropped()
    }
}

fn open(address: SocketAddr) -> Result<UdpSocket, FleetFault> {
    let fault = |source| FleetFault::Socket { address, source };
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP)).map_err(fault)?;
    // A small buffer loses datagrams under load, but works.
    let _ = socket.set_recv_buffer_size(RECEIVE_BUFFER);
    socket.set_nonblocking(true).map_err(fault)?;
    socket.bind(&address.into()).map_err(fault)?;
    let socket: UdpSocket = socket.into();
    system::count_drops(&socket);
    Ok(socket)
}
