//! Polynomial CSV: exact motion both ways, yaw in straight lines, no lights.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking, like tests")]
#![allow(clippy::float_cmp, reason = "exact values are the point")]

use crate::support;

use kapok_format::{
    Format, ReadBounds, ReadError, WriteError, detect, read, read_crazyswarm, read_crazyswarm_files, write_crazyswarm,
};
use kapok_show::{DVec3, LightProgram, Trajectory, Vehicle, YawKey, YawProgram};
use proptest::prelude::*;
use support::{archive, rich_show, show_of, trajectory_of};

const HEADER: &str = "duration,x^0,x^1,x^2,x^3,x^4,x^5,x^6,x^7,y^0,y^1,y^2,y^3,y^4,y^5,y^6,y^7,\
                      z^0,z^1,z^2,z^3,z^4,z^5,z^6,z^7,yaw^0,yaw^1,yaw^2,yaw^3,yaw^4,yaw^5,yaw^6,yaw^7";

fn row(duration_s: f64, x: [f64; 8], y: [f64; 8], z: [f64; 8], yaw: [f64; 8]) -> String {
    let fields: Vec<String> =
        [duration_s].into_iter().chain(x).chain(y).chain(z).chain(yaw).map(|v| v.to_string()).collect();
    fields.join(",")
}

fn one(rows: &[String]) -> Vec<u8> {
    archive(&[("cf1.csv", format!("{HEADER}\n{}\n", rows.join("\n")).as_bytes())])
}

fn value(a: &[f64; 8], t_s: f64) -> f64 {
    a.iter().rev().fold(0.0, |sum, c| sum * t_s + c)
}

#[test]
fn polynomials_are_read_as_they_are() {
    let x = [1.0, 0.5, -0.25, 0.0, 0.1, -0.02, 0.003, -0.0001];
    let y = [0.0, 0.0, 0.3, 0.0, 0.0, 0.0, 0.0, 0.0];
    let z = [1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
    let yaw = [0.5, 0.1, 0.2, 0.0, 0.0, 0.0, 0.0, 0.0];
    let end = [value(&x, 2.5), value(&y, 2.5), value(&z, 2.5), value(&yaw, 2.5)];
    let rest = |c: f64| [c, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
    let rows = [row(2.5, x, y, z, yaw), row(1.0, rest(end[0]), rest(end[1]), rest(end[2]), rest(end[3]))];
    let bytes = one(&rows);
    assert_eq!(detect(&bytes, &ReadBounds::default()), Some(Format::Crazyswarm));
    let decoded = read(&bytes, "shows/swarm.zip", &ReadBounds::default()).unwrap();
    assert_eq!((decoded.show.title.as_str(), decoded.show.vehicles[0].name.as_str()), ("swarm", "cf1"));
    let vehicle = &decoded.show.vehicles[0];
    for k in 0..=50 {
        let t_s = 0.05 * f64::from(k);
        let p = vehicle.trajectory.sample(t_s * 1000.0).position_m;
        // x ahead and y to the left are y and -x of the site frame.
        let wanted = DVec3::new(-value(&y, t_s), value(&x, t_s), value(&z, t_s));
        assert!(p.distance(wanted) < 1e-12, "{p} at {t_s} s, not {wanted}");
        let yaw_deg = vehicle.yaw.as_ref().unwrap().sample_deg(t_s * 1000.0);
        assert!((yaw_deg + value(&yaw, t_s).to_degrees()).abs() < 0.06, "{yaw_deg} at {t_s} s");
    }
    assert_eq!((vehicle.trajectory.segment_count(), vehicle.trajectory.segment(1).degree()), (2, 1));
    assert_eq!(vehicle.lights, LightProgram::dark());
    for text in ["no lights", "bent yaw", "where the show stands", "pads"] {
        assert!(decoded.notes.iter().any(|n| n.contains(text)), "{text}: {:?}", decoded.notes);
    }
    let files = [("b/cf1.csv".to_owned(), format!("{HEADER}\n{}\n", rows.join("\r\n")).into_bytes())];
    let other = read_crazyswarm_files(&files, "swarm", &ReadBounds::default()).unwrap();
    assert_eq!(other.show, decoded.show);
}

#[test]
fn small_gaps_are_closed_and_jumps_refused() {
    let at = |c: f64, v: f64| [c, v, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
    let rows = |gap: f64| {
        [
            row(1.0, at(0.0, 1.0), at(0.0, 0.0), at(1.0, 0.0), at(0.0, 0.0)),
            row(1.0, at(1.0 + gap, 1.0), at(0.0, 0.0), at(1.0, 0.0), at(0.0, 0.0)),
        ]
    };
    let decoded = read_crazyswarm(&one(&rows(0.001)), &ReadBounds::default()).unwrap();
    assert!(decoded.notes.iter().any(|n| n.contains("0.001000 m")), "{:?}", decoded.notes);
    assert_eq!(decoded.show.vehicles[0].yaw, None, "0 throughout says nothing");
    let error = read_crazyswarm(&one(&rows(0.5)), &ReadBounds::default()).unwrap_err().to_string();
    assert!(error.contains("cf1.csv") && error.contains("line 3") && error.contains("0.500 m"), "{error}");
}

#[test]
fn rows_that_make_no_sense_are_refused() {
    let refused = |rows: &str, words: &[&str]| {
        let error = read_crazyswarm(&one(&[rows.to_owned()]), &ReadBounds::default()).unwrap_err().to_string();
        for word in words {
            assert!(error.contains(word), "no \"{word}\" in: {error}");
        }
    };
    let zeros = vec!["0"; 32].join(",");
    refused(&format!("1,{}", zeros.replacen('0', "3e30", 1)), &["line 2", "control point", "10,000 km"]);
    refused("", &["every row of numbers", "missing"]);
    refused("1,2,3", &["line 2", "3 fields"]);
    refused(&format!("0,{zeros}"), &["duration 0 s"]);
    refused(&format!("-1,{zeros}"), &["duration -1 s"]);
    refused(&format!("1e9,{zeros}"), &["beyond any show"]);
    refused(&format!("nan,{zeros}"), &["\"nan\"", "no finite number"]);
    refused(&format!("1,{}", zeros.replacen('0', "1e999", 1)), &["1e999"]);
    refused(&format!("0.0001,{zeros}"), &["cannot be flown", "times must increase"]);
    let few = ReadBounds { max_segments_per_vehicle: 1, ..ReadBounds::default() };
    let rows = format!("1,{zeros}\n1,{zeros}");
    assert!(matches!(read_crazyswarm(&one(&[rows]), &few), Err(ReadError::OverLimit { .. })));
    assert!(matches!(read_crazyswarm_files(&[], "", &few), Err(ReadError::Missing { .. })));
}

#[test]
fn yaw_keys_cut_pieces_and_come_back() {
    let mut vehicle =
        Vehicle::new("a", DVec3::ZERO, Trajectory::starting_at(500, DVec3::X).unwrap(), LightProgram::dark());
    vehicle.trajectory.push(4000, &[DVec3::X, DVec3::Y, DVec3::Z * 5.0]).unwrap();
    let key = |t_ms, yaw_deg| YawKey { t_ms, yaw_deg };
    let yaw = YawProgram::from_keys(vec![key(1000, 90.0), key(2000, -45.0), key(9000, 400.0)], None).unwrap();
    vehicle.yaw = Some(yaw.clone());
    let show = kapok_show::Show { vehicles: vec![vehicle], ..rich_show() };
    let export = write_crazyswarm(&show, &["a".into()]).unwrap();
    assert!(export.max_error_m < 1e-12, "{}", export.max_error_m);
    let back = read_crazyswarm(&export.to_zip().unwrap(), &ReadBounds::default()).unwrap().show.vehicles.remove(0);
    assert_eq!(back.trajectory.segment_count(), 5, "0, 0.5, 1, 2, 4 and 9 s");
    for k in 0..=100 {
        let t_ms = f64::from(k) * 100.0;
        let off_m =
            back.trajectory.sample(t_ms).position_m.distance(show.vehicles[0].trajectory.sample(t_ms).position_m);
        assert!(off_m < 1e-12, "{off_m} m at {t_ms} ms");
        let off_deg = back.yaw.as_ref().unwrap().sample_deg(t_ms) - yaw.sample_deg(t_ms);
        assert!(off_deg.abs() < 1e-9, "{off_deg} degrees at {t_ms} ms");
    }
    // Clockwise 90 degrees are minus a quarter turn; fields 25 and on are the yaw.
    let text = String::from_utf8(export.files[0].1.clone()).unwrap();
    let quarter = text.lines().nth(1).unwrap().split(',').nth(25).unwrap();
    assert!((quarter.parse::<f64>().unwrap() + std::f64::consts::FRAC_PI_2).abs() < 1e-12, "{quarter}");
}

#[test]
fn what_does_not_exist_there_is_named_or_refused() {
    let mut show = rich_show();
    let names: Vec<String> = (0..show.vehicles.len()).map(|i| format!("cf{i}")).collect();
    let export = write_crazyswarm(&show, &names).unwrap();
    assert_eq!(export.left_out, ["lights", "automatic yaw", "pyrotechnics", "return plans", "groups"]);
    let standing = String::from_utf8(export.files[2].1.clone()).unwrap();
    assert_eq!(standing.lines().count(), 2, "a vehicle that stands has a row");
    assert!(matches!(write_crazyswarm(&show, &names[1..]), Err(WriteError::NotCarried { .. })));
    show.vehicles[0].trajectory = Trajectory::starting_at(-1, DVec3::ZERO).unwrap();
    assert!(matches!(write_crazyswarm(&show, &names), Err(WriteError::NotCarried { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Every motion comes back within the stated rounding, piece by piece.
    #[test]
    fn motion_comes_back_within_its_rounding(
        mut t in trajectory_of(9000, prop::array::uniform3(-300.0..300.0f64).prop_map(DVec3::from_array))
            .prop_filter("begins at 0 or later", |t| t.start_ms() >= 0),
        hold_ms in 1i64..9000,
    ) {
        t.push_hold(t.end_ms() + hold_ms).unwrap();
        let show = show_of(vec![(t, LightProgram::dark())]);
        let export = write_crazyswarm(&show, &["d".into()]).unwrap();
        prop_assert!(export.max_error_m < 1e-6, "{}", export.max_error_m);
        let back = read_crazyswarm(&export.to_zip().unwrap(), &ReadBounds::default()).unwrap();
        let (a, b) = (&show.vehicles[0].trajectory, &back.show.vehicles[0].trajectory);
        prop_assert_eq!(a.end_ms(), b.end_ms());
        for k in 0..300 {
            let t_ms = a.end_ms() as f64 * f64::from(k) / 290.0;
            let off_m = a.sample(t_ms).position_m.distance(b.sample(t_ms).position_m);
            prop_assert!(off_m <= 2.0 * export.max_error_m + 1e-9, "{} m at {} ms", off_m, t_ms);
        }
    }
}
