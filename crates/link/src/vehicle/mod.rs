//! A vehicle as the open show firmware makes one: what it says and does second by second. No physics: a [`Body`] flies.

mod body;
mod breach;
mod clock;
mod command;
mod config;
mod failsafe;
mod flight;
mod lights;
mod machine;
mod mode;
mod obey;
mod report;
mod show_file;
mod stage;
mod streams;

pub use body::{Battery, Body, Demand, Gnss, Observation};
pub use config::{Strictness, VehicleConfig};
pub use machine::{Now, Power, Vehicle};
pub use mode::FlightMode;
pub use show_file::{LoadedShow, SHOW_PATH, ShowReader};
