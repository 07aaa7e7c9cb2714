//! The planning operations: wire types, and the planners of `plan` and `design` that they ask.

pub mod formation;
pub mod landing;
pub mod layers;
pub mod match_points;
pub mod smart_rth;
pub mod transition;
