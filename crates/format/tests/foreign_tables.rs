//! Tables and interchange files as other programs leave them: read as they are meant, or refused with place and remedy.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking, like tests")]

use crate::support;

use kapok_format::{Decoded, Format, ReadBounds, ReadError, detect, read, read_folder, write_vviz};
use kapok_show::{DVec3, Rgb, Trajectory};
use support::{archive, rich_show};

fn tables(files: &[(&str, &[u8])]) -> Result<Decoded, ReadError> {
    read(&archive(files), "show.zip", &ReadBounds::default())
}

fn one(text: &str) -> Result<Decoded, ReadError> {
    tables(&[("Drone 1.csv", text.as_bytes())])
}

fn says(error: &ReadError, words: &[&str]) {
    let text = error.to_string();
    for word in words {
        assert!(text.contains(word), "no \"{word}\" in: {text}");
    }
}

fn refused(text: &str, words: &[&str]) {
    says(&one(text).unwrap_err(), words);
}

fn end_m(decoded: &Decoded) -> DVec3 {
    decoded.show.vehicles[0].trajectory.end_point_m()
}

fn noted(decoded: &Decoded, text: &str) -> bool {
    decoded.notes.iter().any(|note| note.contains(text))
}

fn left_out(decoded: &Decoded, text: &str) -> bool {
    decoded.left_out.iter().any(|note| note.contains(text)) && noted(decoded, text)
}

const HEADER: &str = "Time [msec],x [m],y [m],z [m],Red,Green,Blue";

#[test]
fn columns_are_read_by_name_and_unit() {
    // x ahead, y to the left: y and -x of the site frame.
    let plain = one(&format!("{HEADER}\n0,0,0,0,1,2,3\n1000,1,2,3,4,5,6\n")).unwrap();
    assert_eq!(end_m(&plain), DVec3::new(-2.0, 1.0, 3.0));
    assert!(plain.left_out.is_empty(), "{:?}", plain.left_out);
    let swapped = one("Time [msec],z [m],y [m],x [m],Blue,Red,Green\n0,0,0,0,3,1,2\n1000,3,2,1,6,4,5\n").unwrap();
    assert_eq!(swapped.show.vehicles, plain.show.vehicles);
    let feet = one("Time [msec],x [ft],y [ft],z [ft],Red,Green,Blue\n0,0,0,0,1,2,3\n1000,5,0,10,4,5,6\n").unwrap();
    assert!(end_m(&feet).distance(DVec3::new(0.0, 1.524, 3.048)) < 1e-12);
    assert!(noted(&feet, "converted to metres"));
    let small = one("Time [s],x [cm],y [mm],z [in],Red,Green,Blue\n0,0,0,0,1,2,3\n1.5,40,250,100,4,5,6\n").unwrap();
    assert!(end_m(&small).distance(DVec3::new(-0.25, 0.4, 2.54)) < 1e-12);
    assert_eq!(small.show.vehicles[0].trajectory.end_ms(), 1500);
    let server = one("Time_msec,x_m,y_m,z_m,Red,Green,Blue\n0,0,0,0,1,2,3\n1000,1,2,3,4,5,6\n").unwrap();
    assert_eq!(server.show.vehicles, plain.show.vehicles);
}

#[test]
fn what_the_header_does_not_say_is_refused_with_its_place() {
    refused("0,0,0,0,255,0,0\n1,0,0,0,255,0,0\n", &["Drone 1.csv", "line 1", "is no header", "Time [msec]"]);
    refused("Time [msec],x [yd],y [m],z [m]\n0,0,0,0\n", &["line 1, column 2", "x [yd]", "ft"]);
    refused("t_ms,x [m],y [m]\n0,0,0\n", &["line 1", "\"z [m]\"", "missing"]);
    refused("Time,x [m],y [m],z [m]\n0,0,0,0\n", &["line 1, column 1", "unit of time"]);
    refused(&format!("{HEADER}\n0,0,0,0,1,2,3\n250,0,5,0,0,5,1,2,3\n"), &["line 3, column 8", "9 fields"]);
    refused(&format!("{HEADER}\n\n0,0,0,0,1,2,3\nx,0,0,0,1,2,3\n"), &["line 4, column 1", "\"x\""]);
    refused(&format!("{HEADER}\n0,0,0,0,1,2\n"), &["line 2, column 7", "colour"]);
    for (separator, name) in [(";", "semicolons"), ("\t", "tabs")] {
        let text = format!("{HEADER}\n0,0,0,0,1,2,3\n").replace(',', separator);
        refused(&text, &["Drone 1.csv", "line 1", name, "by commas"]);
    }
    let utf16: Vec<u8> = [0xfeff].into_iter().chain(HEADER.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    says(&tables(&[("a.csv", &utf16)]).unwrap_err(), &["a.csv", "UTF-16", "save it as UTF-8"]);
    says(&read(&utf16, "a.csv", &ReadBounds::default()).unwrap_err(), &["a.csv", "UTF-16"]);
}

#[test]
fn what_a_table_has_besides_is_told() {
    let yaw = one("Time [msec],x [m],y [m],z [m],Red,Green,Blue,Yaw [deg]\n0,0,0,0,1,2,3,90\n").unwrap();
    assert!(left_out(&yaw, "\"Yaw [deg]\""), "{:?}", yaw.left_out);
    let id = one("Time [msec],id,x [m],y [m],z [m]\n0,7,1,2,3\n").unwrap();
    assert!(left_out(&id, "\"id\"") && end_m(&id) == DVec3::new(-2.0, 1.0, 3.0));
    let white = one(&format!("{HEADER},White\n0,0,0,0,1,2,3,250\n")).unwrap();
    assert_eq!(white.show.vehicles[0].lights.sample(0.0), Rgb::new(251, 252, 253));
    assert!(noted(&white, "white was mixed"));
    let bright = one(&format!("{HEADER},w\n0,0,0,0,100,0,0,200\n")).unwrap();
    assert_eq!(bright.show.vehicles[0].lights.sample(0.0), Rgb::new(255, 200, 200));
    let remarks =
        one(&format!("# made by hand\nsep=,\n{HEADER},\n# more\n0,0,0,0,1,2,3,\n,,,,,,\n250,0,0,1,1,2,3,\n")).unwrap();
    assert_eq!(remarks.show.vehicles[0].trajectory.end_ms(), 250);
    assert!(left_out(&remarks, "2 remarks are left out"));
    assert_eq!(one(&format!("#{HEADER}\n0,1,2,3,1,2,3\n")).unwrap().left_out, Vec::<String>::new());
    let quoted = format!("{HEADER}\n0,1,2,3,1,2,3\n").replace(',', "\",\"").replace('\n', "\"\n\"");
    assert!(one(&format!("\"{}", quoted.trim_end_matches('"'))).is_ok());
}

#[test]
fn archives_as_operating_systems_leave_them() {
    let rows = format!("{HEADER}\n0,0,0,0,1,2,3\n");
    let finder: &[u8] = b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X        \xff\xfe";
    let decoded = tables(&[
        ("Drone 1.csv", rows.as_bytes()),
        ("__MACOSX/._Drone 1.csv", finder),
        (".~lock.Drone 1.csv#", b",user,host,;"),
        ("~$Drone 1.csv", finder),
        (".DS_Store", finder),
        ("show/Thumbs.db", finder),
        ("readme.txt", b"x"),
    ])
    .unwrap();
    assert_eq!(decoded.show.vehicles.len(), 1);
    assert!(left_out(&decoded, "5 members of the archive are of an operating system or office program"));
    assert!(left_out(&decoded, "1 member of the archive is no CSV"));
    // Named like clutter, and a vehicle all the same: it would fly unjudged.
    let error = tables(&[("Drone 1.csv", rows.as_bytes()), ("._Drone 2.csv", rows.as_bytes())]).unwrap_err();
    says(&error, &["._Drone 2.csv", "rename it"]);
    let skyb =
        kapok_format::write_skyb(&rich_show().vehicles[2], &kapok_format::skyb::SkybOptions::default()).unwrap().bytes;
    let folder = |hidden: &[u8]| {
        let files = [("A.skyb".to_owned(), skyb.clone()), ("._A.skyb".to_owned(), hidden.to_vec())];
        read_folder(&files, "show", None, &ReadBounds::default())
    };
    assert!(left_out(&folder(finder).unwrap(), "1 files of the folder"));
    says(&folder(&skyb).unwrap_err(), &["._A.skyb", "rename it"]);
}

#[test]
fn tables_need_not_be_zipped() {
    let rows = |x: i32| format!("{HEADER}\n0,{x},0,0,1,2,3\n1000,{x},0,1,1,2,3\n").into_bytes();
    let single = read(&rows(1), "Drone 1.csv", &ReadBounds::default()).unwrap();
    assert_eq!((single.format, single.show.vehicles[0].name.as_str()), (Format::CsvZip, "Drone 1"));
    assert_eq!(detect(&rows(1), &ReadBounds::default()), Some(Format::CsvZip));
    let files = [("Drone 10.csv".to_owned(), rows(0)), ("Drone 2.csv".to_owned(), rows(5))];
    let folder = read_folder(&files, "my show", None, &ReadBounds::default()).unwrap();
    let names: Vec<&str> = folder.show.vehicles.iter().map(|v| v.name.as_str()).collect();
    assert_eq!((folder.show.title.as_str(), names), ("my show", vec!["Drone 2", "Drone 10"]));
}

/// The bytes of a table stand in a ZIP as they are if it stores them: it is a ZIP all the same.
#[test]
fn an_archive_that_stores_its_tables_is_an_archive() {
    let rows = b"x [m],Time [msec],y [m],z [m]\n1,0,2,3\n";
    let bytes = support::raw_zip(&[support::Raw::new("a.csv", rows), support::Raw::new("b.csv", rows)]);
    let decoded = read(&bytes, "show.zip", &ReadBounds::default()).unwrap();
    assert_eq!(decoded.show.vehicles.len(), 2);
}

fn polynomials(rows: &str) -> String {
    let axes = ["x", "y", "z", "yaw"].map(|axis| (0..8).map(|i| format!("{axis}^{i}")).collect::<Vec<_>>().join(","));
    format!("duration,{}\n{rows}", axes.join(","))
}

#[test]
fn polynomial_tables_with_remarks_and_in_any_order() {
    let zeros = |n: usize| vec!["0"; n].join(",");
    let rise = format!("5,{},1,{}", zeros(17), zeros(14));
    let text = polynomials(&format!("\n#### rise\n{rise}\n"));
    let single = read(text.as_bytes(), "figure.csv", &ReadBounds::default()).unwrap();
    assert_eq!((single.format, end_m(&single)), (Format::Crazyswarm, DVec3::new(0.0, 0.0, 5.0)));
    assert!(left_out(&single, "1 remark is left out"));
    let bad = polynomials(&format!("\n# one\n{rise}\n\n{rise},7\n"));
    says(&read(bad.as_bytes(), "f.csv", &ReadBounds::default()).unwrap_err(), &["line 6", "34 fields"]);
    // The columns of z and yaw exchanged, with their names.
    let text = text.replace("z^", "q^").replace("yaw^", "z^").replace("q^", "yaw^");
    let turned = read(text.as_bytes(), "figure.csv", &ReadBounds::default()).unwrap();
    assert_eq!(end_m(&turned), DVec3::ZERO);
    assert!(turned.show.vehicles[0].yaw.is_some());
    let missing = text.replacen("x^3", "x^9", 1);
    says(&read(missing.as_bytes(), "f.csv", &ReadBounds::default()).unwrap_err(), &["line 1", "\"x^3\"", "missing"]);
}

fn vviz(traversal: &str, actions: &str) -> String {
    format!(
        r#"{{"version":"1.0","defaultPositionRate":4,"defaultColorRate":24,"timeOffsetSecs":2,"performances":[{{"id":0,
        "agentDescription":{{"homeX":0,"homeY":10,"homeZ":0,"agentTraversal":[{traversal}]}},
        "payloadDescription":[{{"id":0,"type":"Light","payloadActions":[{actions}]}}]}}]}}"#
    )
}

#[test]
fn the_first_delta_of_vviz_takes_its_time() {
    let read = |text: &str| read(text.as_bytes(), "x", &ReadBounds::default());
    let decoded = read(&vviz(r#"{"dx":10,"dy":0,"dz":0,"dt":5},{"dx":0,"dy":0,"dz":0,"dt":5}"#, "")).unwrap();
    let t = &decoded.show.vehicles[0].trajectory;
    assert_eq!((t.start_ms(), t.end_ms()), (2000, 12_000));
    assert_eq!(t.sample(2000.0).position_m, DVec3::new(0.0, 0.0, 10.0));
    assert_eq!(t.sample(4500.0).position_m, DVec3::new(5.0, 0.0, 10.0));
    assert_eq!(decoded.show.vehicles[0].home_m, DVec3::new(0.0, 0.0, 10.0));
    // Without a time of its own, a period of the rate.
    let t = read(&vviz(r#"{"dx":1,"dy":0,"dz":0}"#, "")).unwrap().show.vehicles.remove(0).trajectory;
    assert_eq!((t.start_ms(), t.end_ms(), t.start_point_m().x, t.end_point_m().x), (2000, 2250, 0.0, 1.0));
    // No time and no way is nothing; a way without time is a jump; time never runs back.
    assert!(read(&vviz(r#"{"dx":0,"dy":0,"dz":0,"dt":0},{"dx":1,"dy":0,"dz":0}"#, "")).is_ok());
    says(
        &read(&vviz(r#"{"dx":1,"dy":0,"dz":0,"dt":0}"#, "")).unwrap_err(),
        &["agentTraversal[0]", "times must increase"],
    );
    says(&read(&vviz(r#"{"dx":0,"dy":0,"dz":0,"dt":-1}"#, "")).unwrap_err(), &["agentTraversal[0]", "is no duration"]);
}

#[test]
fn colours_of_vviz_are_held_for_their_frames() {
    let text =
        vviz("", r#"{"r":255,"g":0,"b":0,"frames":240},{"r":0,"g":255,"b":0,"frames":240},{"r":0,"g":0,"b":255}"#);
    let decoded = read(text.as_bytes(), "x", &ReadBounds::default()).unwrap();
    let lights = &decoded.show.vehicles[0].lights;
    let [red, green, blue] = [Rgb::new(255, 0, 0), Rgb::new(0, 255, 0), Rgb::new(0, 0, 255)];
    for (t_ms, colour) in
        [(2000.0, red), (11_999.0, red), (12_000.0, green), (21_999.0, green), (22_000.0, blue), (1e6, blue)]
    {
        assert_eq!(lights.sample(t_ms), colour, "{t_ms}");
    }
    assert!(noted(&decoded, "how long it is held") && noted(&decoded, "z is taken as forward"));
    let white = vviz("", r#"{"r":0,"g":10,"b":0,"w":250}"#).replace("\"type\"", "\"colorType\":\"RGBW\",\"type\"");
    let decoded = read(white.as_bytes(), "x", &ReadBounds::default()).unwrap();
    assert_eq!(decoded.show.vehicles[0].lights.sample(2000.0), Rgb::new(250, 255, 250));
    assert!(noted(&decoded, "white was mixed"));
    assert!(left_out(&decoded, "`performances.payloadDescription.colorType`"), "{:?}", decoded.left_out);
    let back = vviz("", r#"{"r":0,"g":0,"b":0,"frames":-1}"#);
    says(&read(back.as_bytes(), "x", &ReadBounds::default()).unwrap_err(), &["payloadActions[0]", "is no duration"]);
}

#[test]
fn what_is_written_as_vviz_starts_where_it_is() {
    let mut show = rich_show();
    show.vehicles.truncate(1);
    let mut t = Trajectory::starting_at(0, DVec3::new(1.0, 2.0, 0.0)).unwrap();
    t.push(2000, &[DVec3::new(1.0, 2.0, 5.0)]).unwrap();
    show.vehicles[0].trajectory = t;
    let back = read(&write_vviz(&show, 25.0, 25.0).unwrap().bytes, "x", &ReadBounds::default()).unwrap().show;
    assert!(back.vehicles[0].home_m.distance(show.vehicles[0].trajectory.start_point_m()) < 1e-3);
    assert!(back.vehicles[0].trajectory.start_point_m() == back.vehicles[0].home_m);
}

#[test]
fn labels_of_vviz_may_be_text_or_numbers() {
    let text = vviz("", "").replace("\"1.0\"", "1.0").replace("\"id\":0,\n", "\"id\":\"D001\",\n");
    let decoded = read(text.as_bytes(), "x", &ReadBounds::default()).unwrap();
    assert_eq!(decoded.show.vehicles[0].name, "D001");
    let title = vviz("", "").replacen('{', "{\"performanceName\":\"a\\u001b[2J\",", 1);
    assert_eq!(
        read(title.as_bytes(), "x", &ReadBounds::default()).unwrap().show.title,
        "a\u{1b}[2J",
        "data stays as it is"
    );
}

#[test]
fn a_fade_that_ends_a_program_is_followed_by_a_tick() {
    use kapok_format::{compile_lights, decode_lights};
    use kapok_show::{LightKey, LightProgram};
    let key = |t_ms, colour, fade| LightKey { t_ms, colour, fade };
    let keys =
        vec![key(0, Rgb::new(255, 0, 0), false), key(1000, Rgb::new(255, 0, 0), false), key(2000, Rgb::BLACK, true)];
    let program = LightProgram::from_keys(keys).unwrap();
    let code = compile_lights(&program).unwrap().bytes;
    assert!(code.ends_with(&[0x0a, 50, 0x02, 1, 0]), "{code:?}");
    assert_eq!(decode_lights(&code, &ReadBounds::default()).unwrap(), program);
}
