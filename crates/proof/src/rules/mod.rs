//! The rules of a certificate, one file or folder each: what is measured of a show, and what it is held against.

pub mod airspeed;
pub mod effects;
pub mod ends;
pub mod energy;
pub mod falls;
pub mod motion;
pub mod payload;
pub mod return_to_home;
pub mod separation;
pub mod site;
pub mod yaw;
