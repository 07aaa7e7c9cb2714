//! The ground's end: which vehicles there are, what is said to all, what each is given, and what each holds.

mod broadcast;
mod held;
mod read_back;
mod roster;
mod upload;

pub use broadcast::{Broadcaster, StartPlan};
pub use held::{HeldState, ShowSite, UploadPlan};
pub use read_back::{ReadBack, ReadBackDepth, ReadBackFailure};
pub use roster::{Contact, FleetRoster, RosterEvent, VehicleKind};
pub use upload::{UploadFailure, UploadSettings, VehicleUpload};
