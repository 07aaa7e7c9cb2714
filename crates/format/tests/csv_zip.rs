//! Zipped CSV as other programs write and read it.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking, like tests")]
#![allow(clippy::float_cmp, reason = "exact values are the point")]

use crate::support;

use std::io::{Cursor, Read};

use kapok_format::{
    DEFAULT_CSV_RATE_HZ, Format, ReadBounds, WriteError, read, read_csv_zip, write_csv_zip, write_vviz,
};
use kapok_show::{DVec3, LightKey, LightProgram, Rgb, Trajectory};
use support::{archive, show_of};

fn arc() -> kapok_show::Show {
    let mut t = Trajectory::starting_at(0, DVec3::ZERO).unwrap();
    t.push(1000, &[DVec3::new(0.0, 0.0, 1.0), DVec3::new(1.0, 2.0, 1.0)]).unwrap();
    let key = |t_ms, colour, fade| LightKey { t_ms, colour, fade };
    let lights = vec![key(0, Rgb::new(255, 0, 0), false), key(1000, Rgb::new(0, 0, 255), true)];
    show_of(vec![(t, LightProgram::from_keys(lights).unwrap())])
}

#[test]
fn rows_are_what_the_field_expects() {
    let export = write_csv_zip(&arc(), 4.0).unwrap();
    assert_eq!((export.rows, export.rate_hz), (5, 4.0));
    let mut zip = zip::ZipArchive::new(Cursor::new(&export.bytes)).unwrap();
    let mut text = String::new();
    zip.by_name("d0.csv").unwrap().read_to_string(&mut text).unwrap();
    // Position 2 u (1-u) (0,0,1) + u² (1,2,1), written north-west-up.
    assert_eq!(
        text,
        "Time [msec],x [m],y [m],z [m],Red,Green,Blue\n\
         0,0.0000,0.0000,0.0000,255,0,0\n\
         250,0.1250,-0.0625,0.4375,191,0,63\n\
         500,0.5000,-0.2500,0.7500,127,0,127\n\
         750,1.1250,-0.5625,0.9375,63,0,191\n\
         1000,2.0000,-1.0000,1.0000,0,0,255\n"
    );
}

#[test]
fn the_deviation_shrinks_with_the_square_of_the_rate() {
    // |p''| = 2 |(1, 2, -1)| = 4.9 m/s²: the sagitta over 1/f seconds is |p''| / (8 f²).
    for rate_hz in [4.0, 8.0, 16.0] {
        let expected_m = 2.0 * 6f64.sqrt() / 8.0 / (rate_hz * rate_hz);
        let found_m = write_csv_zip(&arc(), rate_hz).unwrap().max_deviation_m;
        assert!(found_m >= expected_m - 1e-9 && found_m < 1.3 * expected_m + 2e-4, "{found_m} against {expected_m}");
    }
    assert!(write_csv_zip(&arc(), DEFAULT_CSV_RATE_HZ).unwrap().max_deviation_m < 0.0015);
}

#[test]
fn foreign_files_are_read_in_natural_order() {
    let rows = b"\xef\xbb\xbftime_MSEC, x,y,z\r\n\r\n0, 1, 2, 3\r\n500.4,1,2,3\r\n1000,1,2,3\r\n2000,1,2,5\r\n";
    let bytes = archive(&[("d10.csv", rows), ("d9.CSV", rows), ("notes.txt", b"x"), ("folder/d1.csv", rows)]);
    let decoded = read(&bytes, "my show.zip", &ReadBounds::default()).unwrap();
    assert_eq!(decoded.format, Format::CsvZip);
    assert_eq!(decoded.show.title, "my show");
    let names: Vec<&str> = decoded.show.vehicles.iter().map(|v| v.name.as_str()).collect();
    assert_eq!(names, ["d9", "d10", "d1"]);
    let drone = &decoded.show.vehicles[0];
    assert_eq!(drone.trajectory.segment_count(), 2, "rows at rest are one piece");
    assert_eq!(drone.trajectory.sample(1500.0).position_m, DVec3::new(-2.0, 1.0, 4.0));
    assert_eq!(drone.lights.sample(0.0), Rgb::WHITE);
    assert!((decoded.time_error_ms - 0.4).abs() < 1e-9, "{}", decoded.time_error_ms);
    for text in ["1 member of the archive is no CSV", "straight lines", "3 times", "3 drones", "without a colour"] {
        assert!(decoded.notes.iter().any(|n| n.contains(text)), "{text}: {:?}", decoded.notes);
    }
}

#[test]
fn the_same_bytes_every_time() {
    assert_eq!(write_csv_zip(&arc(), 25.0).unwrap(), write_csv_zip(&arc(), 25.0).unwrap());
}

#[test]
fn what_csv_cannot_say_is_refused() {
    let mut show = arc();
    for rate_hz in [0.0, -1.0, f64::NAN, 2000.0] {
        assert!(matches!(write_csv_zip(&show, rate_hz), Err(WriteError::Setting(_))), "{rate_hz}");
    }
    show.vehicles[0].name = "a/b".into();
    assert!(matches!(write_csv_zip(&show, 25.0), Err(WriteError::NotCarried { .. })));
    let mut show = arc();
    show.vehicles[0].trajectory.push_hold(1 << 50).unwrap();
    assert!(matches!(write_csv_zip(&show, 25.0), Err(WriteError::TooLarge { .. })));
    // A day in steps of a millisecond: 86 million rows, gigabytes of text from a show of a hundred bytes.
    let mut show = arc();
    let end_ms = show.vehicles[0].trajectory.end_ms();
    show.vehicles[0].trajectory.push_hold(86_400_000 - end_ms).unwrap();
    assert!(matches!(write_csv_zip(&show, 1000.0), Err(WriteError::TooLarge { .. })));
    assert!(matches!(write_vviz(&show, 1000.0, 1.0), Err(WriteError::TooLarge { .. })));
    assert!(matches!(write_vviz(&show, 1.0, 1000.0), Err(WriteError::TooLarge { .. })));
}

#[test]
fn a_show_that_begins_before_zero_has_rows_before_zero() {
    let mut t = Trajectory::starting_at(-1500, DVec3::ZERO).unwrap();
    t.push(0, &[DVec3::Z]).unwrap();
    let export = write_csv_zip(&show_of(vec![(t, LightProgram::dark())]), 2.0).unwrap();
    let back = read_csv_zip(&export.bytes, &ReadBounds::default()).unwrap().show;
    assert_eq!(back.vehicles[0].trajectory.start_ms(), -1500);
    assert!(export.max_deviation_m < 1e-4);
}
