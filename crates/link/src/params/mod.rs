//! Parameters: what a vehicle has, how they travel, who asks.

mod client;
mod message;
mod packed;
mod table;

pub use client::{ParamClient, ParamFailure, ParamHeld, ParamTiming};
pub use message::{param_request, param_set, param_value};
pub use packed::{PACKED_PATH, PackedFault, PackedParam, apply_packed, pack, pack_bundle, pack_with_defaults, unpack};
pub use table::{ParamDefinition, ParamFault, ParamTable, ParamType};
