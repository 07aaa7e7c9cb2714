//! A safe return to home from every instant of a show, the collective hold of its clock, and returns of fleets
//! that hover anywhere.

mod hold;
mod outcome;
mod return_to_home;
mod settings;
mod smart_return;
mod solve;

pub use hold::{BrakingLaw, DerivativeBounds};
pub use outcome::{InstantOutcome, NoReturn, ReturnToHomeError, ReturnToHomeOutcome};
pub use return_to_home::return_to_home;
pub use settings::ReturnToHomeSettings;
pub use smart_return::{
    NoSmartReturn, ReturnEnd, SmartReturn, SmartReturnError, SmartReturnLimits, SmartReturnOutcome, smart_return,
};
