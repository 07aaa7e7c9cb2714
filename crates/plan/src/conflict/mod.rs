//! Do vehicles keep apart? A broad phase finds the pairs that matter, a narrow phase their least distance in continuous time.
//!
//! | motion | broad phase | narrow phase |
//! | --- | --- | --- |
//! | straight lines with one time law | [`approaches`] | closed form |
//! | cubics with common knots | [`CubicSwarm`] | squared distance of cubics |
//! | the same, control points rounded | the pairs of these that are left | [`keeps_apart`] |
//! | trajectories of any degree | [`clearance`] | polynomials of degree 14 at most, both rules of separation |
//! | returns to home | [`ConflictGrid`] | [`meeting`]: quadratics, both rules of separation |
//!
//! Places of a formation at rest: [`spacing_conflict`].

mod approach;
mod broad;
mod narrow;
mod spacing;

pub use approach::{Approach, Approaches};
pub use broad::{ConflictGrid, CubicSwarm, NearestMoment, SeparationRules, TrackClearance, approaches, clearance};
pub use narrow::{Meeting, ReturnMotion, ReturnSeparation, keeps_apart, meeting};
pub use spacing::spacing_conflict;
