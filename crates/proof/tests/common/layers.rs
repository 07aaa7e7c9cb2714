//! A show in two layers beside a shore, for what happened at real shows.

use kapok_show::{
    Audience, DVec2, DVec3, Geofence, Limits, ReturnAction, ReturnEntry, ReturnToHomePlan, Show, Trajectory,
};

use super::{p, show};

/// Rest-to-rest quintic step.
fn step(t: &mut Trajectory, to: DVec3, end_ms: i64) {
    let from = t.end_point_m();
    t.push(end_ms, &[from, from, to, to, to]).unwrap();
}

/// Two layers over 2 m pads that lift together, fly 60 m out, hold, and come back.
pub fn layered_show() -> Show {
    let trajectories = (0..18).map(|k| {
        let (x, y, layer) = (f64::from(k % 3), f64::from(k / 3 % 3), f64::from(k / 9));
        let pad = p(100.0 + 4.0 * x + 2.0 * layer, 4.0 * y, 0.0);
        let mut t = Trajectory::starting_at(0, pad).unwrap();
        step(&mut t, pad.with_z(20.0 + 2.0 * layer), 30_000);
        step(&mut t, p(100.0 + 4.0 * x, 4.0 * y + 60.0, 20.0 + 2.0 * layer), 60_000);
        t.push_hold(65_000).unwrap();
        step(&mut t, pad.with_z(20.0 + 2.0 * layer), 95_000);
        step(&mut t, pad, 125_000);
        t
    });
    let mut s = show(trajectories.collect());
    s.limits = Limits { ground_separation_m: 1.5, ..Limits::default() };
    let polygon = |c: &[(f64, f64)]| c.iter().map(|&(x, y)| DVec2::new(x, y)).collect();
    s.environment.geofence =
        Some(Geofence::around(polygon(&[(80.0, -20.0), (130.0, -20.0), (130.0, 90.0), (80.0, 90.0)])));
    s.environment.audiences.push(Audience {
        name: "shore".into(),
        polygon_m: polygon(&[(80.0, -80.0), (130.0, -80.0), (130.0, -20.0), (80.0, -20.0)]),
        eye_m: p(105.0, -50.0, 2.0),
        look_at_m: p(105.0, 30.0, 20.0),
        fov_deg: None,
    });
    s
}

/// The layered show with its shore `metres` further away.
pub fn with_shore_further(metres: f64) -> Show {
    let mut s = layered_show();
    for corner in &mut s.environment.audiences[0].polygon_m {
        corner.y -= metres;
    }
    s
}

/// A way straight back over the own pad for every second until all are above it again.
pub fn with_return_to_home(mut s: Show, duration_ms: i64) -> Show {
    for v in &mut s.vehicles {
        let (pad, layer_m) = (v.trajectory.start_point_m(), v.trajectory.sample(62_000.0).position_m.z);
        // A vehicle that is at its place waits: readers do not agree on moves that go nowhere, or 2 cm in 30 s.
        let is_there =
            |t: u32| v.trajectory.sample(f64::from(t) * 1000.0).position_m.distance(pad.with_z(layer_m)) < 0.1;
        let returns = |t: u32| (30..95).contains(&t);
        let action = |t: u32| {
            if returns(t) && !is_there(t) {
                ReturnAction::Straight { target_m: pad.with_z(layer_m), duration_ms, neck: None }
            } else {
                ReturnAction::Land
            }
        };
        let entry = |time_s| ReturnEntry {
            time_s,
            action: action(time_s),
            pre_delay_ms: if returns(time_s) && is_there(time_s) { duration_ms } else { 0 },
            post_delay_ms: 0,
            landing_altitude_m: None,
        };
        v.return_to_home = Some(ReturnToHomePlan {
            landing_speed_m_s: 1.0,
            landing_altitude_m: 0.0,
            max_acceleration_m_s2: Some(2.0),
            entries: (0..=125).map(entry).collect(),
        });
    }
    s
}
