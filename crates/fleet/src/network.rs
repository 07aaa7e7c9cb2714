use std::net::SocketAddr;
use std::ops::Range;
use std::sync::Arc;

use kapok_link::{NETWORK_SIZE, Now, Outbox, Power, Received, ShowStage, Vehicle, VehicleConfig, VehicleStatus};
use kapok_sim::Order;

use crate::air::{Air, Direction};
use crate::arming::SETTLING_MS;
use crate::datagrams::{DatagramMode, Datagrams};
use crate::guests::Guests;
use crate::links::Links;
use crate::pilot::{Belief, Pilot};
use crate::twin::STEP_MS;
use crate::vehicle_body::{VehicleBody, World};

/// What has passed through the links of a network, or of all networks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NetworkCounts {
    /// Datagrams received.
    pub datagrams_in: u64,
    /// Messages in them that made sense.
    pub messages_in: u64,
    /// Datagrams sent, one for each that hears them.
    pub datagrams_out: u64,
    /// Messages from vehicles to the ground.
    pub messages_out: u64,
    /// Bytes of the datagrams sent.
    pub bytes_out: u64,
    /// Packets that the links have lost, both ways.
    pub lost: u64,
    /// Datagrams from too many addresses, and pieces of frames that made no sense.
    pub refused: u64,
}

impl std::ops::Add for NetworkCounts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            datagrams_in: self.datagrams_in + other.datagrams_in,
            messages_in: self.messages_in + other.messages_in,
            datagrams_out: self.datagrams_out + other.datagrams_out,
            messages_out: self.messages_out + other.messages_out,
            bytes_out: self.bytes_out + other.bytes_out,
            lost: self.lost + other.lost,
            refused: self.refused + other.refused,
        }
    }
}

/// One vehicle: the protocol machine and what keeps it together with its body.
struct Member {
    vehicle: Vehicle,
    pilot: Pilot,
    /// When the machine has something to do.
    due_ms: u64,
    /// Since when it works.
    running_ms: Option<u64>,
}

/// Up to 250 vehicles that share a socket and a space of system ids.
pub struct Network {
    /// Index of its first vehicle in the fleet.
    first: usize,
    members: Vec<Member>,
    guests: Guests,
    mode: DatagramMode,
    up: Air<Arc<Received>>,
    down: Air<Datagrams>,
    datagrams: Datagrams,
    outbox: Outbox,
    counts: NetworkCounts,
}

impl Network {
    pub fn new(
        number: u16,
        configs: Vec<VehicleConfig>,
        ground: SocketAddr,
        mode: DatagramMode,
        seed: u64,
        now: Now,
    ) -> Self {
        let size = configs.len();
        let member = |config| {
            let vehicle = Vehicle::new(config, now);
            Member { vehicle, pilot: Pilot::default(), due_ms: now.ms, running_ms: None }
        };
        Self {
            first: usize::from(number) * NETWORK_SIZE as usize,
            members: configs.into_iter().map(member).collect(),
            guests: Guests::new(ground),
            mode,
            up: Air::new(seed, number, Direction::Up, size),
            down: Air::new(seed, number, Direction::Down, size),
            datagrams: Datagrams::default(),
            outbox: Outbox::default(),
            counts: NetworkCounts::default(),
        }
    }

    /// Its vehicles, by their indices in the fleet.
    pub fn range(&self) -> Range<usize> {
        self.first..self.first + self.members.len()
    }

    pub fn vehicles(&self) -> impl Iterator<Item = &Vehicle> {
        self.members.iter().map(|member| &member.vehicle)
    }

    /// Takes a datagram from an address.
    pub fn receive(&mut self, now: Now, from: SocketAddr, bytes: &[u8], world: World, links: &Links) {
        self.counts.datagrams_in += 1;
        let mut heard = Vec::new();
        match self.guests.endpoint(now.ms, from) {
            Some(endpoint) => endpoint.receive(bytes, now.signing, |received| heard.push(received)),
            None => self.counts.refused += 1,
        }
        if heard.is_empty() {
            return;
        }
        self.guests.believe(now.ms, from);
        self.counts.messages_in += heard.len() as u64;
        // Each message with its share of the datagram.
        let len = bytes.len() / heard.len();
        for received in heard {
            let whose = match received.to.map_or(0, |to| to.system) {
                0 => 0..self.members.len(),
                system => (system - 1) as usize..system as usize,
            };
            // Of systems that are not in this network nothing is known here.
            let whose = whose.start..whose.end.min(self.members.len());
            let packet = Arc::new(received);
            for i in whose {
                let quality = links.of(self.first + i);
                if quality.is_perfect() {
                    self.handle(i, now, &packet, world, links);
                } else {
                    self.up.send(now.ms, i, len, quality, Arc::clone(&packet));
                }
            }
        }
    }

    /// A step: what is on its way arrives, what vehicles have to do is done.
    pub fn step(&mut self, now: Now, world: World, links: &Links) {
        while let Some((i, received)) = self.up.arrived(now.ms) {
            self.handle(i, now, &received, world, links);
        }
        for i in 0..self.members.len() {
            if self.members[i].due_ms > now.ms {
                continue;
            }
            let body = self.body(i, now.ms, world);
            let member = &mut self.members[i];
            member.vehicle.tick(now, &body, &mut self.outbox);
            let running = member.vehicle.power() == Power::Running;
            member.running_ms = running.then(|| member.running_ms.unwrap_or(now.ms));
            let deadline_ms = member.vehicle.deadline_ms(now.ms);
            member.due_ms = deadline_ms.map_or(u64::MAX, |at_ms| at_ms.max(now.ms + STEP_MS));
            self.send(i, now.ms, links);
        }
        while let Some((_, packet)) = self.down.arrived(now.ms) {
            self.counts.messages_out += packet.len() as u64;
            packet.iter().for_each(|frame| self.datagrams.push(frame, self.mode));
        }
    }

    /// What its vehicles are to do in the tick that begins at `now_ms`.
    pub fn order(&mut self, now_ms: u64, world: World, orders: &mut [Order]) {
        for ((member, index), order) in self.members.iter_mut().zip(self.first..).zip(orders) {
            let belief = Belief {
                position_m: world.believed_m(index),
                yaw_rad: world.believed_yaw_rad(index),
                airborne: world.fleet.crafts()[index].is_airborne(),
            };
            *order = member.pilot.order(&member.vehicle.demand(), &belief, world.site, now_ms);
        }
    }

    /// Hands over the datagrams that wait, with all that hear them.
    pub fn flush(&mut self, now_ms: u64, mut send: impl FnMut(&Datagrams, &[SocketAddr])) {
        if self.datagrams.is_empty() {
            return;
        }
        let listeners: Vec<SocketAddr> = self.guests.listeners(now_ms).collect();
        send(&self.datagrams, &listeners);
        let copies = listeners.len() as u64;
        self.counts.datagrams_out += copies * self.datagrams.len() as u64;
        self.counts.bytes_out += copies * self.datagrams.iter().map(|d| d.len() as u64).sum::<u64>();
        self.datagrams.clear();
    }

    pub fn counts(&self) -> NetworkCounts {
        let heard = self.guests.counts();
        let stream = heard.stream;
        let refused = stream.unknown_flags + stream.unknown_messages + stream.wrong_checksums + heard.malformed;
        NetworkCounts { lost: self.up.lost() + self.down.lost(), refused: self.counts.refused + refused, ..self.counts }
    }

    /// A vehicle loses its power for a moment, and perhaps its show.
    pub fn reboot(&mut self, index: usize, forgets: bool, now: Now) {
        let member = &mut self.members[index - self.first];
        if forgets {
            member.vehicle.lose_show();
        }
        member.vehicle.power_on(now);
        (member.due_ms, member.running_ms) = (now.ms, None);
    }

    /// What its first vehicle that works says of itself.
    pub fn status(&self, now_ms: u64) -> Option<VehicleStatus> {
        let first = self.vehicles().find(|vehicle| vehicle.power() == Power::Running)?;
        Some(first.status(now_ms))
    }

    /// Seconds since the start of the show, if its first vehicle that works knows one.
    pub fn elapsed_s(&self, now_ms: u64) -> Option<i16> {
        let status = self.status(now_ms)?;
        status.elapsed_s.filter(|_| status.stage != ShowStage::Landed)
    }

    fn body<'a>(&self, i: usize, now_ms: u64, world: World<'a>) -> VehicleBody<'a> {
        let settled = self.members[i].running_ms.is_some_and(|since_ms| now_ms >= since_ms + SETTLING_MS);
        VehicleBody { world, index: self.first + i, settled }
    }

    fn handle(&mut self, i: usize, now: Now, received: &Received, world: World, links: &Links) {
        let body = self.body(i, now.ms, world);
        let member = &mut self.members[i];
        member.vehicle.handle(now, received, &body, &mut self.outbox);
        // What it was told may have to be done at once.
        member.due_ms = member.due_ms.min(now.ms + STEP_MS);
        self.send(i, now.ms, links);
    }

    /// Puts what a vehicle says on its link.
    fn send(&mut self, i: usize, now_ms: u64, links: &Links) {
        let quality = links.of(self.first + i);
        if quality.is_perfect() {
            self.counts.messages_out += self.outbox.len() as u64;
            self.outbox.frames().for_each(|frame| self.datagrams.push(frame, self.mode));
        } else if !self.outbox.is_empty() {
            let mut packet = Datagrams::default();
            for frame in self.outbox.frames() {
                packet.push(frame, DatagramMode::Message);
                if self.mode == DatagramMode::Message {
                    self.down.send(now_ms, i, frame.len(), quality, std::mem::take(&mut packet));
                }
            }
            if !packet.is_empty() {
                self.down.send(now_ms, i, self.outbox.bytes().len(), quality, packet);
            }
        }
        self.outbox.clear();
    }
}
