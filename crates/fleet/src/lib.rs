//! The twin: a fleet with physics that speaks the field protocol, so that a ground station cannot tell it from a real one.
//!
//! Row of the architecture: **knows** how a protocol machine and a body with physics make one vehicle, networks of vehicles on
//! sockets, what links do to datagrams; **imports** `show`, `format`, `sim`, `link`. The core ([`Twin`]) opens no sockets and knows no
//! clock: bytes and steps in, datagrams out. [`Sockets`] and [`run`] are the shell around it, the only place of the room with either.
//!
//! # A vehicle
//! [`kapok_link::Vehicle`] says and does what the open show firmware does; [`kapok_sim::Fleet`] flies. Between them, ten times a second:
//!
//! | from | to | what |
//! | --- | --- | --- |
//! | body | machine | what it believes: place, velocity, heading, fix, pack, ground contact, whether the estimator or a motor has failed |
//! | machine | pilot | a demand: follow this setpoint, climb, hold, hold the height, land, return, motors off |
//! | pilot | body | an order in the site frame; a setpoint made at t_m is moved on, `p + v (t − t_m)` |
//!
//! The machine's failsafes act, those of the simulation are off. The estimate is the truth plus the estimator's errors; nothing that the
//! ground receives is the truth.
//!
//! # Time
//! Steps of [`STEP_MS`] for the protocol, ticks of 100 ms for the physics. The twin's time runs from the GPS time it is given; at
//! any speed but 1 it leaves the ground's clocks behind.
//!
//! # Networks and ports
//! Up to 250 vehicles a network, system ids from 1. Network n listens at `base + 10 n + 5` for what is sent to one or to all, and
//! sends to the ground at `base + 10 n`; with base 14550 the first network has the ports of the field, 14550 and 14555. Others that say something
//! a vehicle understands hear the network too, up to [`MAX_GUESTS`], until they are silent for ten seconds.
//!
//! # Datagrams
//! [`DatagramMode::Tick`]: the frames of a network and step together, up to [`MAX_DATAGRAM_LEN`] bytes; [`DatagramMode::Message`]: one
//! frame each. Frames are never cut.
//!
//! # Links
//! [`LinkQuality`] for each vehicle and direction: with transmission time `8 n / b`, a packet that leaves at t arrives at
//! `t + 8 n / b + delay + U jitter` unless it is lost; one that would wait over a second for its turn is dropped. Several that go to all are lost by
//! each vehicle alone.
//!
//! # Faults
//! A [`kapok_sim::FaultScript`] counts from the start that the first network has been told; a start that is moved before it has come moves
//! the faults. Jammers, wind and fronts go into the surroundings, sensors, rotors and packs are met by the simulation's own
//! timetable, reboots and links here. A stale upload is the ground's to make.
//!
//! # Determinism
//! The datagrams are a function of field, settings, GPS time and of what is received at which step, on any number of threads.
//!
//! # Limits
//! [`kapok_show::MAX_VEHICLES`] vehicles; everything received is bounded by the room `link`, packets on their way by [`MAX_IN_THE_AIR`] a network
//! and direction.

mod air;
mod arming;
mod datagrams;
mod drill;
mod fault;
mod field;
mod guests;
mod link_quality;
mod links;
mod network;
mod pilot;
mod reader;
mod report;
mod run;
mod settings;
mod sockets;
mod twin;
mod vehicle_body;

pub use air::MAX_IN_THE_AIR;
pub use datagrams::{DatagramMode, Datagrams, MAX_DATAGRAM_LEN};
pub use fault::FleetFault;
pub use field::Field;
pub use guests::MAX_GUESTS;
pub use kapok_link::Strictness;
pub use kapok_sim::FaultScript;
pub use link_quality::LinkQuality;
pub use network::NetworkCounts;
pub use reader::SkybReader;
pub use report::{FleetReport, StageCounts};
pub use run::{Pace, gps_now, run};
pub use settings::FleetSettings;
pub use sockets::{Ports, Sockets};
pub use twin::{STEP_MS, Twin};
