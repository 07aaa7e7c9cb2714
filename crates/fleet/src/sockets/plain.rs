use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

use crate::datagrams::Datagrams;

/// The longest datagram that there is.
const MAX_LEN: usize = 65_536;
/// What has come is looked for this often.
const LOOK: Duration = Duration::from_millis(1);

/// Room for a datagram.
#[derive(Debug)]
pub struct Batch {
    buffer: Vec<u8>,
}

impl Batch {
    pub fn new(_networks: usize) -> Self {
        Self { buffer: vec![0; MAX_LEN] }
    }

    /// All that has come to a socket.
    pub fn receive(&mut self, _network: u16, socket: &UdpSocket, mut each: impl FnMut(SocketAddr, &[u8])) {
        while let Ok((len, from)) = socket.recv_from(&mut self.buffer) {
            each(from, &self.buffer[..len]);
        }
    }

    /// The system does not say.
    pub fn dropped(&self) -> u64 {
        0
    }
}

pub fn count_drops(_socket: &UdpSocket) {}

/// All sockets, after a short rest.
pub fn ready(sockets: &[UdpSocket], at_most: Duration) -> Vec<u16> {
    std::thread::sleep(at_most.min(LOOK));
    (0..sockets.len() as u16).collect()
}

/// Sends all of them to an address; how many could not be sent.
pub fn send(socket: &UdpSocket, datagrams: &Datagrams, to: SocketAddr) -> u64 {
    datagrams.iter().filter(|bytes| socket.send_to(bytes, to).is_err()).count() as u64
}
