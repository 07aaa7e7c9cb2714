//! How close two vehicles come: Bernstein coefficients of the squared distance, halved until they decide.

mod return_motion;
mod track_pair;
mod written_pair;

pub use return_motion::{Meeting, ReturnMotion, ReturnSeparation, meeting};
pub use track_pair::{LeastDistances, TrackPair};
pub use written_pair::keeps_apart;
