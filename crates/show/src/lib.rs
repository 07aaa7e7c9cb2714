//! The vocabulary of Kapok: units, site frame, trajectories, light, yaw and pyro programs, returns to home,
//! limits, the storyboard and the show.
//!
//! Row of the architecture: **knows** units, the site frame (ENU on WGS-84, turned by the show's heading), piecewise
//! Bézier trajectories, light programs, vehicle profile, limits, the show model; **imports** nothing of ours. No I/O,
//! no clock, no threads; builds in seconds.
//!
//! # Frames
//! The **site frame** is local and right-handed, in metres: x to the right and y straight ahead for an observer who looks
//! along the show's heading, z up, origin on WGS-84. At heading 0 it is ENU. Positions are plain [`DVec3`] values in
//! this frame; whatever is in another frame wears a type of its own ([`Enu`], [`Nwu`], [`Ecef`], [`Wgs84`]).
//!
//! # Time
//! Stored show time is a whole number of milliseconds, `t_ms: i64`, 0 at the start of the show. Evaluation takes
//! fractional milliseconds, `t_ms: f64`.
//!
//! # Trajectories
//! A trajectory is a list of Bézier pieces of degree 1 to 7 on consecutive time intervals. On a piece of degree d over
//! `[t0, t1]` with control points `c_0 … c_d` the position is
//! `p(t) = Σ_k C(d,k) (1−u)^(d−k) u^k c_k`, `u = (t − t0) / (t1 − t0)`.

mod colour;
mod diagnostic;
mod environment;
mod figure;
mod light;
mod limit_field;
mod limits;
pub mod math;
mod natural;
mod printable;
mod progress;
mod pyro;
mod return_to_home;
mod scene_motion;
mod show;
mod site;
mod source_text;
mod storyboard;
mod trajectory;
mod yaw;

pub use colour::Rgb;
pub use diagnostic::{Diagnostic, Diagnostics};
pub use environment::{
    Audience, Environment, FenceLimits, Geofence, KeepOut, KeepOutShape, Landmark, LandmarkShape, Road, Water,
};
pub use figure::{Figure, figure, figure_beside, seconds};
pub use glam::{DVec2, DVec3};
pub use light::{LightKey, LightProgram};
pub use limit_field::LimitField;
pub use limits::{BadSetting, HIGHEST_GROUND_RULE_M, Limits, VehicleProfile};
pub use natural::natural_order;
pub use printable::printable;
pub use progress::{Reporter, Silent};
pub use pyro::{PyroEvent, PyroPayload, PyroProgram};
pub use return_to_home::{Neck, ReturnAction, ReturnEntry, ReturnToHomePlan};
pub use scene_motion::{Ease, Jet, MotionStep, MovingPart, SceneMotion, Spline};
pub use show::{Audio, Chapter, ChapterKind, MAX_VEHICLES, PAD_TOLERANCE_M, Show, ShowFault, Vehicle, pad_below};
pub use site::{Ecef, Enu, Nwu, Site, Wgs84};
pub use source_text::SourceText;
pub use storyboard::{
    Fleet, Landing, PlaceChoice, Scene, ScenePoint, Storyboard, StoryboardFault, Takeoff, Transition, TransitionLights,
    VehicleGroup,
};
pub use trajectory::{MAX_DEGREE, Motion, Segment, Trajectory, TrajectoryFault};
pub use yaw::{YawKey, YawProgram};
