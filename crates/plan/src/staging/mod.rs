//! How a fleet gets into the air and down again over pads that are closer together than vehicles may fly: layers, rise and
//! descent, descents one after the other.

mod landing;
mod layer_groups;
mod layers;
mod vertical;

pub use landing::{LandingError, LandingSchedule, LandingSettings, landing_schedule};
pub use layer_groups::{LayerGroupsError, layer_groups};
pub use layers::Layers;
pub use vertical::VerticalRequest;
