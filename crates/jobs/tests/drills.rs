//! The drills of known accidents: each shows the signature of its accident with our protections off, and not with them on.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use kapok_certify::Source;
use kapok_jobs::{NamedText, RehearsalInputs, RehearsalRequest, RehearsalRun, rehearse};
use kapok_show::{Audience, DVec2, DVec3, Geofence, LightProgram, Show, Silent, Trajectory, Vehicle};

/// The mean wind of the drills, m/s.
const WIND_M_S: f64 = 4.0;

fn drills() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../drills")
}

/// Twenty-four vehicles, 6 m apart, 45 m ahead of the origin, that rise to a sheet at 40 m, 5 m apart, stand there for more than two
/// minutes and land; a fence 80 m around them, and spectators in front of it.
fn show() -> Show {
    let vehicle = |i: u32| {
        let (column, row) = (f64::from(i % 6) - 2.5, f64::from(i / 6) - 1.5);
        let pad = DVec3::new(6.0 * column, 45.0 + 6.0 * row, 0.0);
        let high = DVec3::new(5.0 * column, 45.0 + 5.0 * row, 40.0);
        let above = pad + DVec3::Z * 40.0;
        let mut trajectory = Trajectory::starting_at(0, pad).unwrap();
        trajectory.push(20_000, &[pad, above, above]).unwrap();
        trajectory.push(25_000, &[above, high, high]).unwrap();
        trajectory.push_hold(170_000).unwrap();
        trajectory.push(175_000, &[high, above, above]).unwrap();
        trajectory.push(205_000, &[above, pad, pad]).unwrap();
        Vehicle::new(format!("v{}", i + 1), pad, trajectory, LightProgram::dark())
    };
    let mut show = Show { title: "Sheet".to_owned(), ..Show::of_vehicles((0..24).map(vehicle).collect()) };
    let square = |low: DVec2, high: DVec2| vec![low, DVec2::new(high.x, low.y), high, DVec2::new(low.x, high.y)];
    show.environment.geofence = Some(Geofence::around(square(DVec2::new(-80.0, -35.0), DVec2::new(80.0, 125.0))));
    show.environment.audiences.push(Audience {
        name: "square".to_owned(),
        polygon_m: square(DVec2::new(-400.0, -400.0), DVec2::new(400.0, -35.0)),
        eye_m: DVec3::new(0.0, -60.0, 1.7),
        look_at_m: DVec3::Z * 40.0,
        fov_deg: None,
    });
    show
}

/// What a drill says beside its run: what of it is not simulated.
struct Drilled {
    run: RehearsalRun,
    not_simulated: Vec<String>,
}

fn drilled(drill: &str, profile: &str, protections: bool) -> Drilled {
    let text = std::fs::read_to_string(drills().join(format!("{drill}.toml"))).unwrap();
    let faults = NamedText { name: format!("{drill}.toml"), text };
    let source = Source::file("sheet.skyc", kapok_format::write_skyc(&show()).unwrap());
    let inputs = RehearsalInputs { source: &source, profile: None, faults: Some(&faults) };
    let request = RehearsalRequest {
        wind_m_s: WIND_M_S,
        seed: 5,
        profile: Some(profile.to_owned()),
        protections,
        ..RehearsalRequest::default()
    };
    let answer = rehearse(inputs, &request, &Silent).unwrap_or_else(|error| panic!("{drill}: {error:?}"));
    let not_simulated = answer.faults.unwrap().not_simulated;
    Drilled { run: answer.each[0].clone(), not_simulated }
}

/// The run with protections off, and with them on.
fn both(drill: &str, profile: &str) -> (RehearsalRun, RehearsalRun) {
    let run = |protections| drilled(drill, profile, protections).run;
    (run(false), run(true))
}

/// The start was refused for this reason, and nothing flew.
fn is_refused(run: &RehearsalRun, why: &str) -> bool {
    run.refused.as_ref().is_some_and(|reason| reason.starts_with(why)) && run.flew == 0 && run.landed == 24
}

/// Vehicles that were lost: fell, or were still in the air when all should have been down.
fn lost(run: &RehearsalRun) -> u32 {
    run.fallen + run.aloft
}

/// Jammed in flight: with the board's own failsafe the jammed vehicles hold their height and slide off with the wind over the fence;
/// with dead reckoning they land inside it, and the others with them.
#[test]
fn xian_2018_jammed_vehicles_drift_away() {
    let (off, on) = both("xian-2018", "show-1kg");
    assert!(off.failsafes >= 8 && off.outside_fence >= 6 && off.tracking_error_max_m > 150.0, "{off:?}");
    assert!(on.stopped.as_ref().is_some_and(|why| why.contains("lost their fix together")), "{on:?}");
    assert_eq!((on.outside_fence, on.aloft, on.among_spectators), (0, 0, 0), "{on:?}");
    assert!(2 * lost(&on) < lost(&off), "{off:?}\n{on:?}");
}

#[test]
fn hong_kong_2018_half_of_the_fleet_starts_blind() {
    let (off, on) = both("hong-kong-2018", "show-1kg");
    assert!(off.flew == 24 && off.outside_fence >= 8 && lost(&off) >= 8, "{off:?}");
    assert!(is_refused(&on, "positioning: 12 of 24"), "{on:?}");
}

#[test]
fn chengdu_2020_a_jammer_at_the_edge_takes_those_near_it() {
    let (off, on) = both("chengdu-2020", "show-1kg");
    assert!((4..24).contains(&off.failsafes) && off.outside_fence >= 4, "{off:?}");
    assert_eq!((on.outside_fence, on.aloft), (0, 0), "{on:?}");
}

#[test]
fn chongqing_2021_cold_packs_end_flights_early() {
    let (off, on) = both("chongqing-2021", "show-1kg");
    assert!(off.failsafes == 8 && off.energy_margin_min < 0.0, "{off:?}");
    assert!(is_refused(&on, "packs: 8 of 24"), "{on:?}");
}

/// Without corrections a group errs by metres, each vehicle its own way, with good conscience.
#[test]
fn shanghai_2021_a_group_errs_by_metres() {
    let (off, on) = both("shanghai-2021", "show-1kg");
    assert!(off.tracking_error_max_m > 4.0 && off.failsafes == 0, "{off:?}");
    assert!(on.stopped_s.is_some_and(|t_s| (30.0..34.0).contains(&t_s)), "{on:?}");
    assert!(on.tracking_error_max_m < 2.5 && lost(&on) == 0, "{on:?}");
}

#[test]
fn zhengzhou_2021_vehicles_come_down_among_spectators() {
    let (off, on) = both("zhengzhou-2021", "show-280g");
    assert!(off.among_spectators >= 12, "{off:?}");
    assert_eq!((on.among_spectators, on.outside_fence, on.aloft), (0, 0, 0), "{on:?}");
}

#[test]
fn perth_2022_single_vehicles_are_lost() {
    let (off, on) = both("perth-2022", "show-1kg");
    assert!(off.failsafes == 2 && off.outside_fence >= 1 && lost(&off) >= 1, "{off:?}");
    assert!(on.stopped.is_none(), "two vehicles stop no show: {on:?}");
    assert_eq!((on.outside_fence, lost(&on)), (0, 0), "{on:?}");
}

#[test]
fn davao_2023_the_show_is_flown_on_a_single_solution() {
    let (off, on) = both("davao-2023", "show-1kg");
    assert!(off.flew == 24 && off.tracking_error_max_m > 4.0, "{off:?}");
    assert!(is_refused(&on, "positioning: 24 of 24"), "{on:?}");
}

/// The ground station saw the wind, and nothing alarmed: vehicles are swept off, and the gust takes them.
#[test]
fn melbourne_2023_the_wind_sweeps_the_fleet_off() {
    let (off, on) = both("melbourne-2023", "show-1kg");
    assert!(off.outside_fence >= 12 && lost(&off) >= 12, "{off:?}");
    assert!(on.stopped.as_ref().is_some_and(|why| why.starts_with("wind: ")), "{on:?}");
    assert_eq!((on.outside_fence, lost(&on)), (0, 0), "{on:?}");
    assert!(on.tracking_error_max_m < 3.0, "{on:?}");
}

/// A link that fails changes nothing of a show that is on board; that it is not simulated is told.
#[test]
fn busan_2024_the_show_needs_no_link() {
    let (off, on) = (drilled("busan-2024", "show-1kg", false), drilled("busan-2024", "show-1kg", true));
    assert_eq!(off.run, on.run);
    assert_eq!((on.run.flew, on.run.landed, on.run.collisions, on.run.failsafes), (24, 24, 0, 0), "{:?}", on.run);
    assert!(
        on.not_simulated.len() == 1 && on.not_simulated[0].starts_with("link: 100 % lost"),
        "{:?}",
        on.not_simulated
    );
}

#[test]
fn nanning_2024_a_storm_blows_the_fleet_away() {
    let (off, on) = both("nanning-2024", "show-1kg");
    assert!(off.outside_fence >= 20 && lost(&off) >= 12, "{off:?}");
    assert!(on.stopped.as_ref().is_some_and(|why| why.starts_with("wind: ")), "{on:?}");
    assert_eq!((on.outside_fence, lost(&on)), (0, 0), "{on:?}");
}

/// Nothing flies either way; the difference is that it is said, and why.
#[test]
fn lawrence_2024_nothing_says_that_no_vehicle_holds_a_show() {
    let (off, on) = both("lawrence-2024", "show-1kg");
    assert!(off.flew == 0 && off.refused.is_none(), "{off:?}");
    assert!(is_refused(&on, "read-back: 24 of 24 vehicles hold no show"), "{on:?}");
}

#[test]
fn orlando_2024_a_part_of_the_fleet_flies_an_earlier_upload() {
    let (off, on) = both("orlando-2024", "show-1kg");
    assert!(off.flew == 24 && off.tracking_error_max_m > 5.0, "{off:?}");
    assert!(off.collisions > 0 && lost(&off) > 1, "{off:?}");
    assert!(is_refused(&on, "read-back: 12 of 24 vehicles hold another show"), "{on:?}");
    let left = drilled("orlando-2024", "show-1kg", true).not_simulated;
    assert!(left.len() == 1 && left[0].starts_with("reboot on the ground"), "{left:?}");
}

#[test]
fn ho_chi_minh_city_2025_the_whole_fleet_loses_its_position() {
    let (off, on) = both("ho-chi-minh-city-2025", "show-1kg");
    assert!(off.failsafes == 24 && off.outside_fence >= 18, "{off:?}");
    assert!(on.stopped_s.is_some_and(|t_s| (50.0..54.0).contains(&t_s)), "{on:?}");
    assert_eq!((on.outside_fence, on.aloft), (0, 0), "{on:?}");
}

#[test]
fn liuyang_2025_the_show_starts_in_too_much_wind() {
    let (off, on) = both("liuyang-2025", "show-1kg");
    assert!(off.flew == 24 && off.tracking_error_max_m > 4.0, "{off:?}");
    assert!(is_refused(&on, "wind: "), "{on:?}");
}

/// Every drill has a test here, and a row in the book.
#[test]
fn every_drill_is_tested_and_told() {
    let listed = std::fs::read_dir(drills()).unwrap();
    let names: BTreeSet<String> =
        listed.map(|e| e.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned()).collect();
    assert!(names.len() >= 15, "{names:?}");
    let tests = include_str!("drills.rs");
    let book = std::fs::read_to_string(drills().join("../docs/rehearsal.md")).unwrap();
    for name in &names {
        assert!(tests.contains(&format!("fn {}_", name.replace('-', "_"))), "{name} has no test");
        assert!(book.contains(&format!("(../drills/{name}.toml)")), "{name} is not in docs/rehearsal.md");
    }
}
