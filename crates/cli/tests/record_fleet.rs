//! The show of 22,580 vehicles, end to end; it takes minutes, so the nightly run has it.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use crate::common;

use kapok_proof::{ProofSettings, Verdict, prove};
use kapok_show::{ChapterKind, Silent};

#[test]
#[ignore = "takes minutes: cargo xtask test --nightly runs it"]
fn ten_pictures_of_the_record_fleet_are_planned_and_proved() {
    let bytes = common::plan_to_skyc(&common::shows().join("record-fleet.toml"));
    let show = kapok_format::read_skyc(&bytes, &kapok_format::ReadBounds::default()).unwrap().show;
    assert_eq!(show.vehicles.len(), 22_580);
    assert_eq!(show.chapters.iter().filter(|c| c.kind == ChapterKind::Formation).count(), 10);
    let certificate = prove(&show, &ProofSettings::default(), &Silent);
    assert_eq!(certificate.verdict, Verdict::Proved, "{:?}", certificate.rules);
}
