//! What shows add to MAVLink: packets inside DATA16, DATA32, DATA64 and DATA96.

mod data;
mod simple_fence;
mod start_config;
mod status;

pub use data::{ShowPacket, ShowPacketKind};
pub use simple_fence::SimpleFence;
pub use start_config::{Authorization, StartConfig, StartTime};
pub use status::{ExtendedStatus, GnssFix, ShowStage, VehicleStatus};
