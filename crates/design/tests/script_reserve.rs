//! Vehicles without a part in a scene wait, dark, where they disturb no other: checked pair by pair.

use std::collections::BTreeMap;

use kapok_design::load;
use kapok_show::{DVec3, Silent, Storyboard};

struct Case {
    fleet: u32,
    used: u32,
    pad_spacing_m: f64,
    radius_m: f64,
    centre_m: [f64; 2],
    fence_m: f64,
    downwash_scale: f64,
}

fn script(case: &Case) -> String {
    let Case { fleet, used, pad_spacing_m, radius_m, centre_m: [y, z], fence_m: f, downwash_scale } = case;
    format!(
        r#"
title = "Reserve"
site = {{ origin = {{ latitude_deg = 23, longitude_deg = 113 }}, heading_deg = 0 }}
limits = {{ downwash_scale = {downwash_scale} }}

[fleet]
count = {fleet}
grid = {{ spacing_m = {pad_spacing_m} }}

[environment.geofence]
polygon_m = [[-{f}, -{f}], [{f}, -{f}], [{f}, {f}], [-{f}, {f}]]

[[environment.audience]]
name = "bank"
polygon_m = [[-{f}, -{f}], [{f}, -{f}], [{f}, -12.5], [-{f}, -12.5]]
eye_m = [0, -40, 2]
look_at_m = [0, 0, 40]

[[environment.keep_out]]
kind = "cylinder"
name = "crane"
centre_m = [4, 4]
radius_m = 3
bottom_m = 4
top_m = 9

[[scene]]
name = "ring"
hold_s = 4

[[scene.formation]]
source = {{ kind = "circle", radius_m = {radius_m} }}
count = {used}
place = {{ centre_m = [0, {y}, {z}] }}
"#
    )
}

fn storyboard(text: &str) -> Storyboard {
    let assets: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    load(text, "reserve.toml", &assets, &Silent).unwrap_or_else(|diagnostics| panic!("{diagnostics}"))
}

#[test]
fn automatic_places_keep_their_distance_to_everything() {
    let usual = Case {
        fleet: 60,
        used: 20,
        pad_spacing_m: 2.2,
        radius_m: 15.0,
        centre_m: [14.0, 40.0],
        fence_m: 40.0,
        downwash_scale: 1.0,
    };
    let cases = [
        Case { fleet: 20, ..usual },
        // The ring cuts through the columns above the pads.
        Case { radius_m: 13.0, centre_m: [-3.3, 16.5], ..usual },
        // Pads too dense to wait above all of them: lattices must help out.
        Case { fleet: 200, pad_spacing_m: 1.5, ..usual },
        // So narrow that several layers are needed.
        Case { fleet: 300, pad_spacing_m: 1.5, used: 12, fence_m: 20.0, radius_m: 5.0, ..usual },
        Case { fleet: 200, pad_spacing_m: 1.5, downwash_scale: 2.5, used: 12, ..usual },
        Case { used: 1, ..usual },
    ];
    for (number, case) in cases.iter().enumerate() {
        let show = storyboard(&script(case));
        let points = &show.scenes[0].points;
        assert_eq!(points.len(), case.fleet as usize, "case {number}");
        let (used, reserve) = points.split_at(case.used as usize);
        assert!(used.iter().all(|p| !p.lights.keys().is_empty()), "the ring is lit");
        let spacing_m = 2f64.sqrt() * 1.5;
        for (i, p) in reserve.iter().enumerate() {
            assert!(p.lights.keys().is_empty(), "reserve places are dark");
            let DVec3 { x, y, z } = p.position_m;
            assert!(x.abs() <= case.fence_m && y.abs() <= case.fence_m, "case {number}: inside the fence");
            assert!((2.5..=120.0).contains(&z), "case {number}: between the altitudes");
            assert!(y > -12.5, "case {number}: not above the audience");
            for q in reserve[..i].iter().chain(used) {
                let d = p.position_m - q.position_m;
                let distance_m = DVec3::new(d.x, d.y, d.z / case.downwash_scale).length();
                assert!(distance_m >= spacing_m, "case {number}: {distance_m} m");
            }
        }
    }
}

#[test]
fn most_wait_above_their_own_pads() {
    let case = Case {
        fleet: 60,
        used: 20,
        pad_spacing_m: 2.2,
        radius_m: 15.0,
        centre_m: [14.0, 60.0],
        fence_m: 60.0,
        downwash_scale: 1.0,
    };
    let show = storyboard(&script(&case).replace("centre_m = [4, 4]", "centre_m = [40, 40]"));
    let columns: Vec<DVec3> = show.fleet.pads_m.iter().map(|&p| p + show.takeoff.altitude_m * DVec3::Z).collect();
    for place in &show.scenes[0].points[20..] {
        assert!(columns.contains(&place.position_m));
    }
}

#[test]
fn a_declared_reserve_is_taken_as_it_is() {
    let case = Case {
        fleet: 26,
        used: 20,
        pad_spacing_m: 2.2,
        radius_m: 15.0,
        centre_m: [14.0, 60.0],
        fence_m: 60.0,
        downwash_scale: 1.0,
    };
    let text = script(&case) + "[scene.reserve]\ncentre_m = [0, 30, 10]\nspacing_m = 3\ncolumns = 3\n";
    let places: Vec<DVec3> = storyboard(&text).scenes[0].points[20..].iter().map(|p| p.position_m).collect();
    let wanted = [(-3.0, 28.5), (0.0, 28.5), (3.0, 28.5), (-3.0, 31.5), (0.0, 31.5), (3.0, 31.5)];
    assert_eq!(places, wanted.map(|(x, y)| DVec3::new(x, y, 10.0)));
}
