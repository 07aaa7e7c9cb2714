//! Flight logs: where every vehicle was, what it was doing and what happened, in one file that other programs open.
//!
//! Row of the architecture: **knows** the container (MCAP), the well-known schemas and what a log of Kapok must hold; **imports**
//! `show`. No physics, no protocol, no clock: who writes a log states the time.
//!
//! # The file
//! [MCAP](https://mcap.dev/spec), version 0, chunks without compression. A chunk is closed and flushed every second of log time
//! ([`LogWriter`]): a log whose writer died is read up to its last whole chunk ([`FlightLog::read`]).
//!
//! | channel | schema | rate |
//! | --- | --- | --- |
//! | `/fleet` | `foxglove.PointCloud` (protobuf) | every frame: the truth, where a simulation knows it |
//! | `/telemetry` | `foxglove.PointCloud` | every frame: what the vehicles report of themselves |
//! | `/state` | `kapok.FleetState` (JSON) | every frame: stages, the closest pair, the wind |
//! | `/events` | `foxglove.Log` | when something happens |
//! | `/site` | `foxglove.GeoJSON` | once, if the site has a place on the earth |
//! | metadata `kapok.log` | – | once: the show and its hash, vehicles, when the show began |
//!
//! One message holds all vehicles: a channel for each does not scale to a fleet. The schemas are those of Foxglove (MIT), as
//! file descriptor sets, so that any reader of MCAP decodes the messages without Kapok.
//!
//! # A vehicle in a cloud
//! 20 bytes, little endian: `x`, `y`, `z` (f32, metres, the show's frame: x right, y away from the audience, z up, from the
//! site's origin), `red`, `green`, `blue`, `alpha` (u8, its light), `id` (u16, its number in the show, from 0), `status` (u8,
//! [`VehicleStatus`]), `charge` (u8, per cent of a full pack; 255: not known).
//!
//! A vehicle that is not in a cloud was not heard of.

mod error;
mod frame;
mod head;
mod reader;
mod wire;
mod writer;

pub use error::LogError;
pub use frame::{ClosestPair, EventLevel, FleetFrame, FleetState, LogEvent, VehicleMark, VehicleStatus};
pub use head::{LogHead, MAX_LOG_VEHICLES};
pub use reader::{FlightLog, LoggedFrame};
pub use writer::LogWriter;
