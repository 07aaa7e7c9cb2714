//! All tests of this room in one binary: each binary more is linked anew with everything that it uses.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failing test may panic")]

mod accidents;
#[path = "../../proof/tests/common/mod.rs"]
mod common;
mod failure;
mod losses;
mod safety;

use kapok_proof::prove;
use kapok_risk::{FailureFigures, RiskSettings};
use kapok_show::{Show, Silent};

/// The figures of a crafted show.
fn figures(show: &Show) -> FailureFigures {
    figures_within(show, RiskSettings::default().loss_budget)
}

/// The same with a budget for the loss-of-vehicle analysis.
fn figures_within(show: &Show, loss_budget: u64) -> FailureFigures {
    let (proof, risk) = (common::in_the_air(), RiskSettings { loss_budget, ..RiskSettings::default() });
    kapok_risk::failure(show, &prove(show, &proof, &Silent), &proof, &risk, &Silent).unwrap()
}
