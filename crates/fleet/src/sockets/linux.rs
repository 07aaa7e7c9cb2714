use std::io::{IoSlice, IoSliceMut};
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::AsRawFd;
use std::time::Duration;

use nix::sys::socket::{
    ControlMessageOwned, MsgFlags, MultiHeaders, SockaddrStorage, recvmmsg, setsockopt, sockopt::RxqOvfl,
};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::{MMsgHdr, SendAncillaryBuffer, SendFlags, SocketAddrAny, sendmmsg};

use crate::datagrams::Datagrams;

/// Datagrams a call.
const SLOTS: usize = 64;
/// Room for each; longer ones are cut off, and the frame at their end is lost.
const SLOT_LEN: usize = 4096;

/// Room for what comes in, and what the system says that it has dropped.
#[derive(Debug)]
pub struct Batch {
    buffer: Vec<u8>,
    /// Of each network, since its socket was opened.
    dropped: Vec<u32>,
}

impl Batch {
    pub fn new(networks: usize) -> Self {
        Self { buffer: vec![0; SLOTS * SLOT_LEN], dropped: vec![0; networks] }
    }

    /// All that has come to a socket.
    pub fn receive(&mut self, network: u16, socket: &UdpSocket, mut each: impl FnMut(SocketAddr, &[u8])) {
        loop {
            let mut slots: Vec<[IoSliceMut<'_>; 1]> =
                self.buffer.chunks_mut(SLOT_LEN).map(|slot| [IoSliceMut::new(slot)]).collect();
            let mut headers = MultiHeaders::<SockaddrStorage>::preallocate(SLOTS, Some(nix::cmsg_space!(u32)));
            let fetched = recvmmsg(socket.as_raw_fd(), &mut headers, slots.iter_mut(), MsgFlags::MSG_DONTWAIT, None);
            let Ok(messages) = fetched else { return };
            let mut count = 0;
            for message in messages {
                count += 1;
                for control in message.cmsgs().into_iter().flatten() {
                    if let ControlMessageOwned::RxqOvfl(dropped) = control {
                        self.dropped[usize::from(network)] = dropped;
                    }
                }
                if let (Some(from), Some(bytes)) = (message.address.and_then(address), message.iovs().next()) {
                    each(from, bytes);
                }
            }
            if count < SLOTS {
                return;
            }
        }
    }

    pub fn dropped(&self) -> u64 {
        self.dropped.iter().map(|&count| u64::from(count)).sum()
    }
}

fn address(storage: SockaddrStorage) -> Option<SocketAddr> {
    let v4 = storage.as_sockaddr_in().map(|address| SocketAddr::from(*address));
    v4.or_else(|| storage.as_sockaddr_in6().map(|address| SocketAddr::from(*address)))
}

/// Has the system say with each datagram how many it has dropped before.
pub fn count_drops(socket: &UdpSocket) {
    // A system that does not know the option says nothing.
    let _ = setsockopt(socket, RxqOvfl, &1);
}

/// The sockets to which something has come, after waiting for the first of them.
pub fn ready(sockets: &[UdpSocket], at_most: Duration) -> Vec<u16> {
    let mut list: Vec<PollFd<'_>> = sockets.iter().map(|socket| PollFd::new(socket, PollFlags::IN)).collect();
    let timeout = Timespec { tv_sec: at_most.as_secs().cast_signed(), tv_nsec: at_most.subsec_nanos().into() };
    if poll(&mut list, Some(&timeout)).is_err() {
        // Interrupted by a signal: what has come is fetched the next time.
        return Vec::new();
    }
    let come = (0..).zip(&list).filter(|(_, entry)| !entry.revents().is_empty());
    come.map(|(network, _)| network).collect()
}

/// Sends all of them to an address; how many could not be sent.
pub fn send(socket: &UdpSocket, datagrams: &Datagrams, to: SocketAddr) -> u64 {
    let to = SocketAddrAny::from(to);
    let slices: Vec<[IoSlice<'_>; 1]> = datagrams.iter().map(|bytes| [IoSlice::new(bytes)]).collect();
    let mut controls: Vec<SendAncillaryBuffer<'_, '_, '_>> = Vec::new();
    controls.resize_with(slices.len(), SendAncillaryBuffer::default);
    let mut messages: Vec<MMsgHdr<'_>> =
        slices.iter().zip(&mut controls).map(|(slice, control)| MMsgHdr::new_with_addr(&to, slice, control)).collect();
    let (mut rest, mut unsent) = (&mut messages[..], 0);
    while !rest.is_empty() {
        let batch = rest.len().min(SLOTS);
        let sent = sendmmsg(socket, &mut rest[..batch], SendFlags::empty()).unwrap_or_else(|_| {
            // The first one cannot be sent.
            unsent += 1;
            1
        });
        rest = &mut rest[sent..];
    }
    unsent
}
