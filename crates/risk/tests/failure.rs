//! Footprints on water, sectors and the reserve against the wind.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use crate::common::{hover, in_the_air, p, show};
use crate::figures;
use kapok_proof::{ProofSettings, prove};
use kapok_risk::{RiskSettings, failure};
use kapok_show::{DVec2, Limits, Show, Silent, Water};

fn square(centre: DVec2, half_m: f64) -> Vec<DVec2> {
    [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)].map(|(x, y)| centre + DVec2::new(x, y) * half_m).to_vec()
}

#[test]
fn water_is_a_figure() {
    let mut s = show(vec![hover(p(45.0, 0.0, 40.0), 20_000)]);
    s.environment.waters.push(Water { name: "river".into(), polygon_m: square(DVec2::new(50.0, 0.0), 10.0) });
    let water = figures(&s).water.unwrap();
    assert!(water.distance_m < 0.0 && water.name == "river" && water.vehicle.index == 0);
}

#[test]
fn sectors_and_wind_are_figures() {
    let mut s = show(vec![hover(p(10.0, 0.0, 20.0), 1000), hover(p(-30.0, 0.0, 20.0), 1000)]);
    s.limits = Limits { max_wind_m_s: 2.0, max_acceleration_m_s2: 2.0, ..s.limits };
    s.environment.geofence = Some(kapok_show::Geofence::around(square(DVec2::ZERO, 50.0)));
    s.vehicles[0].group = 1;
    s.vehicles[1].group = 2;
    let f = figures(&s);
    assert_eq!(f.sectors.len(), 2);
    // 40 m and 20 m to the fence, 10 s of drifting at 2 m/s.
    assert!((f.sectors[0].fence_left_m.unwrap() - 20.0).abs() < 1e-5);
    assert!(f.sectors[1].fence_left_m.unwrap().abs() < 1e-5);
    assert!((f.sectors[1].first_contact_s.unwrap() - 10.0).abs() < 1e-5);
    assert!(f.wind.reserve_m_s.unwrap() > 0.0);
    s.limits.max_wind_m_s = 30.0;
    assert!(figures(&s).wind.reserve_m_s.unwrap() < 0.0);
}

#[test]
fn what_makes_no_sense_has_no_figures() {
    let with = |s: &Show, proof: &ProofSettings, risk: &RiskSettings| {
        failure(s, &prove(s, proof, &Silent), proof, risk, &Silent).is_some()
    };
    let s = show(vec![hover(p(0.0, 0.0, 20.0), 1000)]);
    let (proof, risk) = (in_the_air(), RiskSettings::default());
    let empty = show(Vec::new());
    assert!(with(&s, &proof, &risk) && !with(&empty, &proof, &risk));
    assert!(!with(&s, &ProofSettings { tolerance: -1.0, ..proof.clone() }, &risk));
    for bad in [
        RiskSettings { gnss_reaction_s: f64::NAN, ..risk.clone() },
        RiskSettings { gnss_reaction_s: -1.0, ..risk.clone() },
        RiskSettings { max_tilt_deg: 90.0, ..risk.clone() },
    ] {
        assert!(!with(&s, &proof, &bad), "{bad:?}");
    }
}
