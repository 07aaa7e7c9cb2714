//! From a storyboard to a show: take-off, transitions, holds, landing, lights, chapters.

mod builder;
mod course;
mod finish;
mod fleet;
mod light_script;
mod memory;
mod order;
mod outcome;
mod pads;
mod plan;
mod record;
mod scene_motion;
mod settings;
mod validate_times;

pub use memory::PlanMemory;
pub use outcome::{Plan, PlanSummary, Planned};
pub use plan::{plan, plan_with};
pub use settings::PlanSettings;
