//! .skyb: what one vehicle carries, one file per drone.
//!
//! # The format
//! `skyb`, a version byte (1 or 2), in version 2 a byte of features (bit 0: a CRC follows), the CRC, then blocks until the
//! end: u8 type, u16 length, body. All integers are little-endian. Block types: 1 trajectory, 2 lights, 3 comment, 4
//! return plan, 5 yaw, 6 events, 7 light set-up of the ground station, 8 show metadata. Readers take the first block of a
//! type and skip types they do not know; type 0 ends the file.
//!
//! A trajectory has integer coordinates, north-west-up, in units of `scale` millimetres, scale 1 to 127. It begins at
//! time 0. Each segment has a duration in whole milliseconds and per axis its own degree: constant, linear, cubic or 7th.
//!
//! # Loss, and how it is kept small
//! Coordinates are rounded to the **nearest** unit of the finest scale that fits, so no point of a curve is off by more
//! than half a unit per axis; the largest deviation is returned. Durations are differences of absolute milliseconds, so
//! nothing drifts. Pieces longer than 60 s are split; quadratics become cubics, degrees 4 to 6 the 7th.
//!
//! Yaw is rounded to tenths of a degree, as an absolute angle; pyrotechnic events keep their milliseconds, but not the
//! names and directions of their payloads.
//!
//! # Return plans
//! There are three incompatible layouts of block 4 and nothing in the file tells them apart, and a vehicle that reads a
//! foreign one may see an empty plan: land in place, at any time. The layout is therefore always named by the caller when
//! writing, and when reading a plan counts only if it fits exactly one layout, or the layout is stated. Durations are whole
//! seconds: moves are rounded up, so that none is faster than planned. Layouts differ in what they hold of the final descent
//! and of the largest acceleration; what is left out is returned.

mod crc;
mod cursor;
mod file;
mod pyro;
mod return_to_home;
mod rth;
mod show;
mod trajectory;
mod yaw;

pub use crc::skyb_crc32;
pub use file::{LightSetup, Metadata, Skyb, SkybEvent, SkybHeader, SkybYaw};
pub use pyro::{events_from_pyro, pyro_from_events};
pub use return_to_home::{ASSUMED_LANDING_SPEED_M_S, ReturnToHomeLoss};
pub use rth::{RthEntry, RthLayout, RthPlan};
pub use show::{RthWriting, SkybExport, SkybOptions, read_skyb, read_skyb_as, write_skyb};
pub use trajectory::{Axis, SkybSegment, SkybTrajectory};

pub(crate) use show::{RthReading, VehicleRead, read_vehicle, step_m, vehicle_name};
