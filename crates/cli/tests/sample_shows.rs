//! The sample shows with moving scenes and a close field, end to end: planned, written, read back, proved, sampled.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

mod common;

use common::sampler::sampled_minimum_m;
use kapok_proof::{ProofSettings, Rule, Verdict, prove};
use kapok_show::{ChapterKind, DVec3, Show, Silent};

fn show(name: &str) -> Show {
    let bytes = common::plan_to_skyc(&common::shows().join(name));
    kapok_format::read_skyc(&bytes, &kapok_format::ReadLimits::default()).unwrap().show
}

/// The dragon from the one-metre field: layers at the start, a globe and a dragon that move, two vehicles that stay.
#[test]
fn the_dragon_is_proved_and_moves() {
    let show = show("dragon-field.toml");
    let certificate = prove(&show, &ProofSettings::default(), &Silent);
    assert_eq!(certificate.verdict, Verdict::Proved);
    let separation = certificate.rule(Rule::Separation).unwrap();
    let worst = separation.worst.as_ref().unwrap();
    assert!(worst.value >= 1.5);

    assert_eq!(show.vehicles.len(), 122);
    let resting = show.vehicles.iter().filter(|v| v.trajectory.control_points_m().iter().all(|p| *p == v.home_m));
    assert_eq!(resting.count(), 2, "the spare vehicles");

    // Sampled, too: in flight, that is from the end of the take-off to the start of the landing.
    let mut flying = show.clone();
    flying.vehicles.truncate(120);
    let chapter = |kind: ChapterKind| show.chapters.iter().filter(move |c| c.kind == kind);
    let from_ms = chapter(ChapterKind::Takeoff).map(|c| c.end_ms).max().unwrap();
    let to_ms = chapter(ChapterKind::Landing).map(|c| c.start_ms).min().unwrap();
    for t_ms in (from_ms..to_ms).step_by(100) {
        let at: Vec<DVec3> = flying.vehicles.iter().map(|v| v.trajectory.sample(t_ms as f64).position_m).collect();
        for i in 0..at.len() {
            for j in 0..i {
                assert!(at[i].distance(at[j]) >= 1.5 - 1e-9, "{i} and {j} at {t_ms} ms");
            }
        }
    }
    assert!(sampled_minimum_m(&show, 20, 2.0).distance_m >= 0.4, "nobody meets anybody on the ground either");

    // Both pictures really move while they stand.
    for name in ["Globe", "Dragon"] {
        let hold = show.chapters.iter().find(|c| c.name == name).unwrap();
        let middle_ms = f64::midpoint(hold.start_ms as f64, hold.end_ms as f64);
        let fastest = flying.vehicles.iter().map(|v| v.trajectory.sample(middle_ms).velocity_m_s.length());
        assert!(fastest.fold(0.0, f64::max) > 1.0, "{name} stands still");
    }

    // The lowest layer and the highest are apart at the end of the rise.
    let heights = flying.vehicles.iter().map(|v| v.trajectory.sample(from_ms as f64).position_m.z);
    let (low, high) = heights.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), z| (l.min(z), h.max(z)));
    assert!(high - low > 6.0, "{low} to {high}");
}
