//! Geofences: what they are, and how they travel as missions of type 1.

mod area;
mod download;
mod message;
mod receive;
mod upload;

pub use area::{Fence, FenceArea, FenceFault, FencePoint, MAX_FENCE_ITEMS};
pub use download::FenceDownload;
pub use receive::FenceReceiver;
pub use upload::{FenceFailure, FenceTiming, FenceUpload};
