//! What is lost if something fails: figures, not verdicts.
//!
//! Row of the architecture: **knows** loss of a vehicle or a sector, the reserve against the wind, where things come down, and how
//! close a show comes to its limits over time and place; **imports** `show`, `proof`. A rule that a show can break stands in `proof`;
//! nothing here is one.
//!
//! # What is assumed
//! A vehicle that fails at an instant stops in the air, drifts with the wind, or falls as [`kapok_proof::Fall`] bounds it; all
//! others fly on as planned. Wind comes from any direction and is never above the limit of the show.
//!
//! # What is computed
//! - [`failure`]: the **loss-of-vehicle analysis** (earliest possible contact and least separation after one vehicle or one sector
//!   fails), for how long a sector that has lost its position stays inside the fence and off the spectators, the largest fall, the
//!   wind that is left to the vehicles.
//! - [`safety`]: the extremes of each second of the show, the closest pairs, and a **footprint**: for how long something could come
//!   down on each patch of ground.
//!
//! Both are made of enclosed values that the proof attains ([`kapok_proof::Findings::evidence`], [`kapok_proof::MotionBox`],
//! [`kapok_proof::area_margins`] …), so they err on the safe side where they are bounds, and where they name a case it can be measured.
//! `loss` opens with
//! the mathematics of the loss-of-vehicle analysis.

mod failure;
mod loss;
mod safety;
mod sectors;
mod settings;
mod wind;

pub use failure::{AreaFigure, FailureFigures, failure};
pub use loss::{LossFigure, LossMode, LossWitness};
pub use safety::{
    AreaKind, SafetyArea, SafetyFootprint, SafetyLimits, SafetyPair, SafetyReport, SafetyTimeline, safety,
};
pub use sectors::SectorLoss;
pub use settings::RiskSettings;
pub use wind::WindReserve;
