//! Witnesses are measured by evaluation: those of the proof agree, forged ones do not.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use crate::common;

use common::{certify, fly, line, p, show};
use kapok_proof::{ProofSettings, Rule, Verdict, WitnessFault, prove, verify_witness};
use kapok_show::{
    Audience, DVec2, Geofence, KeepOut, KeepOutShape, LightKey, LightProgram, PyroEvent, PyroPayload, PyroProgram, Rgb,
    Road, Show, Silent, YawKey, YawProgram,
};

/// Without returns to home and without counts of bytes these have no case.
const WITHOUT_CASE: [Rule; 2] = [Rule::ReturnToHome, Rule::Payload];

/// Two crossing paths, a curve with jumps, a fence, a cylinder and a prism.
fn busy() -> Show {
    let mut s = show(vec![
        line(p(0.0, 0.0, 10.0), p(30.0, 1.0, 20.0), 0, 7000),
        line(p(30.0, 0.0, 12.0), p(0.0, 0.5, 17.0), 500, 7000),
        fly(0, p(5.0, 5.0, 0.0), &[(3000, &[p(5.0, 5.0, 0.0), p(5.0, 6.0, 1.0), p(5.0, 9.0, 2.0)])]),
        fly(
            1000,
            p(5.5, 5.0, 0.0),
            &[(2000, &[p(6.0, 5.0, 3.0)]), (4000, &[p(7.0, 7.0, 3.5), p(9.0, 5.0, 9.0)]), (5001, &[p(9.0, 5.0, 1.0)])],
        ),
    ]);
    s.profile.max_airspeed_m_s = Some(12.0);
    let square = |a: f64, b: f64| vec![DVec2::new(a, a), DVec2::new(b, a), DVec2::new(b, b), DVec2::new(a, b)];
    s.environment.geofence = Some(Geofence::around(square(-1.0, 25.0)));
    s.environment.keep_outs = vec![
        KeepOut {
            name: "tower".into(),
            shape: KeepOutShape::Cylinder {
                centre_m: DVec2::new(20.0, 3.0),
                radius_m: 2.0,
                bottom_m: 0.0,
                top_m: 14.0,
            },
        },
        KeepOut {
            name: "stand".into(),
            shape: KeepOutShape::Prism { polygon_m: square(6.0, 8.0), bottom_m: 0.0, top_m: 2.0 },
        },
    ];
    s.environment.geofence.as_mut().unwrap().holes_m.push(square(12.0, 13.0));
    s.environment.audiences.push(Audience {
        name: "shore".into(),
        polygon_m: square(40.0, 60.0),
        eye_m: p(50.0, 50.0, 2.0),
        look_at_m: p(0.0, 0.0, 10.0),
        fov_deg: None,
    });
    s.environment.roads.push(Road { name: "road".into(), polygon_m: square(-90.0, -80.0) });
    let key = |t_ms, yaw_deg| YawKey { t_ms, yaw_deg };
    s.vehicles[1].yaw = YawProgram::from_keys(vec![key(0, 0.0), key(1000, 20.0), key(2000, 90.0)], None);
    let late = LightKey { t_ms: i64::MAX, colour: Rgb::WHITE, fade: false };
    s.vehicles[2].lights = LightProgram::from_keys(vec![late]).unwrap();
    let flare = PyroPayload { duration_ms: Some(2000), ..PyroPayload::default() };
    s.vehicles[3].pyro = Some(PyroProgram {
        events: vec![PyroEvent { t_ms: 2000, channel: 0, payload: "flare".into() }],
        payloads: [("flare".to_owned(), flare)].into(),
    });
    s
}

#[test]
fn every_witness_of_a_proof_is_attained() {
    let mut bent = busy();
    // A fence with a dent is measured in another way.
    bent.environment.geofence = Some(Geofence::around(
        [(-2.0, -2.0), (40.0, -2.0), (40.0, 20.0), (15.0, 2.0), (-2.0, 20.0)].map(|(x, y)| DVec2::new(x, y)).to_vec(),
    ));
    for s in [busy(), bent] {
        let certificate = prove(&s, &ProofSettings::default(), &Silent);
        let mut measured = 0;
        for report in &certificate.rules {
            assert_eq!(report.worst.is_none(), WITHOUT_CASE.contains(&report.rule), "{:?}", report.rule);
            for w in report.worst.iter().chain(&report.witnesses) {
                assert_eq!(verify_witness(&s, report.rule, w, &ProofSettings::default()), Ok(()), "{:?}", report.rule);
                measured += 1;
            }
        }
        assert!(measured > Rule::ALL.len(), "{measured}");
        assert_eq!(certificate.verdict, Verdict::Violated);
    }
}

/// Rounding moves the control points of a motion, but a piece at rest stays one.
#[test]
fn a_jump_out_of_a_rest_is_measured_as_it_is_proved() {
    let start = p(0.0, 0.0, 10.0);
    let s = show(vec![
        fly(
            0,
            start,
            &[(100, &[start, start, start]), (4000, &[p(1.0, 0.0, 10.0), p(3.0, 0.0, 10.0), p(4.0, 0.0, 10.0)])],
        ),
        line(p(20.0, 0.0, 10.0), p(20.0, 4.0, 10.0), 0, 4000),
    ]);
    let settings = ProofSettings { coordinate_step_m: 0.001, ..ProofSettings::default() };
    let certificate = prove(&s, &settings, &Silent);
    let report = certificate.rule(Rule::Continuity).unwrap();
    assert_eq!(report.verdict, Verdict::Violated);
    for w in report.worst.iter().chain(&report.witnesses) {
        assert_eq!(verify_witness(&s, Rule::Continuity, w, &settings), Ok(()));
    }
}

#[test]
fn a_forged_witness_is_refused() {
    let s = busy();
    let certificate = prove(&s, &ProofSettings::default(), &Silent);
    for report in certificate.rules.iter().filter(|r| !WITHOUT_CASE.contains(&r.rule)) {
        let good = report.worst.clone().unwrap();
        let refuses = |change: &dyn Fn(&mut kapok_proof::Witness)| {
            let mut forged = good.clone();
            change(&mut forged);
            verify_witness(&s, report.rule, &forged, &ProofSettings::default()).unwrap_err()
        };
        assert!(matches!(refuses(&|w| w.value += 0.01 * (1.0 + w.value.abs())), WitnessFault::Value { .. }));
        assert!(matches!(refuses(&|w| w.value = f64::NAN), WitnessFault::Value { .. }));
        assert!(matches!(refuses(&|w| w.positions_m[0].x += 1e-3), WitnessFault::Position { .. }));
        assert!(matches!(refuses(&|w| w.positions_m[0].x = f64::NAN), WitnessFault::Position { .. }));
        assert!(matches!(refuses(&|w| w.t_ms = f64::INFINITY), WitnessFault::Time { .. }));
        assert!(matches!(refuses(&|w| w.vehicles[0].index = 4), WitnessFault::Vehicle { .. }));
        assert!(matches!(refuses(&|w| w.vehicles[0].name = "?".into()), WitnessFault::Vehicle { .. }));
        assert!(matches!(refuses(&|w| w.vehicles.clear()), WitnessFault::Count { .. }));
    }
}

/// On the ground the rule of flight has nothing to say, even where the distance is right.
#[test]
fn a_witness_of_the_wrong_regime_is_refused() {
    let s = busy();
    let ground = certify(&s).rule(Rule::GroundSeparation).unwrap().worst.clone().unwrap();
    let fault = verify_witness(&s, Rule::Separation, &ground, &ProofSettings::default()).unwrap_err();
    assert_eq!(fault, WitnessFault::NotGoverned { t_ms: ground.t_ms });
}
