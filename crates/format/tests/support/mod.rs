//! Shows and archives for the tests.
#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking, like tests")]

use std::io::{Cursor, Write};

use kapok_show::{
    Audience, Audio, Chapter, ChapterKind, DVec2, DVec3, Environment, Geofence, KeepOut, KeepOutShape, LightKey,
    LightProgram, Limits, Neck, PyroEvent, PyroPayload, PyroProgram, ReturnAction, ReturnEntry, ReturnToHomePlan, Rgb,
    Road, Show, Site, Trajectory, Vehicle, VehicleProfile, Wgs84, YawKey, YawProgram,
};
use proptest::prelude::*;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A ZIP archive of these members.
pub fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in members {
        zip.start_file(*name, SimpleFileOptions::default().compression_method(CompressionMethod::Deflated)).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// One member of an archive written byte by byte, so that it can say what no honest program writes.
#[derive(Clone, Default)]
pub struct Raw {
    pub name: Vec<u8>,
    pub content: Vec<u8>,
    pub flags: u16,
    /// Extra fields of the header, and of the directory.
    pub extras: [Vec<u8>; 2],
    /// What follows the content: a data descriptor.
    pub behind: Vec<u8>,
    /// Upper byte of the version, and the attributes.
    pub system: u8,
    pub attributes: u32,
}

impl Raw {
    pub fn new(name: &str, content: &[u8]) -> Self {
        Self { name: name.as_bytes().to_vec(), content: content.to_vec(), ..Self::default() }
    }

    /// Checksum, packed size, size.
    pub fn numbers(&self) -> Vec<u8> {
        let size = (self.content.len() as u32).to_le_bytes();
        [crc32(&self.content).to_le_bytes(), size, size].concat()
    }
}

/// An archive of stored members.
pub fn raw_zip(members: &[Raw]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut directory = Vec::new();
    for m in members {
        let lengths = |extra: &[u8]| [(m.name.len() as u16).to_le_bytes(), (extra.len() as u16).to_le_bytes()].concat();
        let head = [&m.flags.to_le_bytes()[..], &[0, 0, 0, 0, 33, 0], &m.numbers()].concat();
        let at = (out.len() as u32).to_le_bytes();
        for part in
            [&b"PK\x03\x04\x14\0"[..], &head, &lengths(&m.extras[0]), &m.name, &m.extras[0], &m.content, &m.behind]
        {
            out.extend_from_slice(part);
        }
        let entry = [&b"PK\x01\x02\x14"[..], &[m.system], b"\x14\0", &head, &lengths(&m.extras[1]), &[0; 6]].concat();
        for part in [&entry[..], &m.attributes.to_le_bytes(), &at, &m.name, &m.extras[1]] {
            directory.extend_from_slice(part);
        }
    }
    let count = (members.len() as u16).to_le_bytes();
    let [size, at] = [directory.len(), out.len()].map(|n| (n as u32).to_le_bytes());
    out.extend_from_slice(&directory);
    for part in [&b"PK\x05\x06\0\0\0\0"[..], &count, &count, &size, &at, &[0, 0]] {
        out.extend_from_slice(part);
    }
    out
}

/// The checksum of ZIP.
pub fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    })
}

/// A .skyc with nothing but this show.json.
pub fn skyc(show_json: &str) -> Vec<u8> {
    archive(&[("show.json", show_json.as_bytes())])
}

/// show.json of one drone with these settings.
pub fn one_drone(settings: &str) -> String {
    format!(r#"{{"version":1,"swarm":{{"drones":[{{"type":"generic","settings":{settings}}}]}}}}"#)
}

/// A trajectory of two points as JSON.
pub const LINE: &str = r#"{"version":1,"points":[[0,[0,0,0],[]],[10,[1,2,3],[]]]}"#;

/// A member of a .skyc file as JSON.
pub fn member(bytes: &[u8], name: &str) -> serde_json::Value {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    serde_json::from_reader(zip.by_name(name).unwrap()).unwrap()
}

/// A small show that uses every field of the vocabulary.
pub fn rich_show() -> Show {
    let mut trajectory = Trajectory::starting_at(1500, DVec3::new(1.1, 2.2, 0.0)).unwrap();
    trajectory.push(4001, &[DVec3::new(1.1, 2.2, 10.0 / 3.0)]).unwrap();
    trajectory.push(5002, &[DVec3::new(2.0, 2.0, 4.0), DVec3::new(0.1 + 0.2, -7.0, 5.0)]).unwrap();
    trajectory.push(9003, &[DVec3::X, DVec3::Y, DVec3::new(1e-9, -1e9, 123.456)]).unwrap();
    trajectory.push(9999, &[DVec3::ONE; 7]).unwrap();
    let key = |t_ms, colour, fade| LightKey { t_ms, colour, fade };
    let on_ticks = vec![
        key(0, Rgb::WHITE, false),
        key(1000, Rgb::new(255, 0, 0), true),
        key(1000, Rgb::new(1, 2, 3), false),
        key(5000, Rgb::new(9, 9, 9), false),
    ];
    let off_ticks = vec![key(-7, Rgb::WHITE, false), key(333, Rgb::new(1, 0, 0), true), key(333, Rgb::BLACK, true)];
    let vehicle = |name: &str, lights: Vec<LightKey>| {
        Vehicle::new(name, DVec3::new(1.1, 2.2, -0.05), trajectory.clone(), LightProgram::from_keys(lights).unwrap())
    };
    let square = vec![DVec2::new(-50.0, -50.0), DVec2::new(50.0, -50.0), DVec2::new(0.0, 71.5)];
    Show {
        title: "廣州 \"2017\"".into(),
        site: Site {
            origin: Wgs84 { latitude_deg: 23.106_512_345_678, longitude_deg: 113.324_512_345_678, amsl_m: 8.123_456_7 },
            heading_deg: 123.456_789_012_3,
        },
        environment: Environment {
            geofence: Some(Geofence {
                polygon_m: square.clone(),
                holes_m: vec![vec![DVec2::new(1.5, 0.0), DVec2::new(9.0, 0.25), DVec2::new(2.0, 8.0)]],
                also_inside_m: Vec::new(),
            }),
            roads: vec![Road { name: "quay".into(), polygon_m: square.clone() }],
            keep_outs: vec![
                KeepOut {
                    name: "tower".into(),
                    shape: KeepOutShape::Cylinder {
                        centre_m: DVec2::new(3.0, 200.0),
                        radius_m: 40.0,
                        bottom_m: 0.0,
                        top_m: 600.0,
                    },
                },
                KeepOut {
                    name: "hall".into(),
                    shape: KeepOutShape::Prism { polygon_m: square.clone(), bottom_m: 0.0, top_m: 9.5 },
                },
            ],
            audiences: vec![Audience {
                name: "east bank".into(),
                polygon_m: square,
                eye_m: DVec3::new(0.0, -120.0, 1.7),
                look_at_m: DVec3::new(0.0, 30.0, 60.0),
                fov_deg: Some(52.5),
            }],
            ..Environment::default()
        },
        limits: Limits {
            min_separation_m: 1.7,
            max_velocity_up_m_s: 3.5,
            max_yaw_rate_deg_s: 41.5,
            battery_reserve: 0.31,
            ..Limits::default()
        },
        profile: VehicleProfile { name: "other".into(), mass_kg: 0.9, ..VehicleProfile::default() },
        vehicles: vec![
            Vehicle {
                yaw: Some(rich_yaw()),
                pyro: Some(rich_pyro()),
                return_to_home: Some(rich_return_to_home()),
                group: 255,
                ..vehicle("Drone 1", on_ticks)
            },
            vehicle("中/..\\x", off_ticks),
            Vehicle {
                trajectory: Trajectory::starting_at(0, DVec3::Z).unwrap(),
                yaw: Some(YawProgram::default()),
                pyro: Some(PyroProgram::default()),
                group: 1,
                ..vehicle("rests", Vec::new())
            },
        ],
        chapters: vec![
            Chapter { name: "up".into(), kind: ChapterKind::Takeoff, start_ms: 1500, end_ms: 4001 },
            Chapter { name: "福".into(), kind: ChapterKind::Transition, start_ms: 4001, end_ms: 5002 },
            Chapter { name: "福".into(), kind: ChapterKind::Formation, start_ms: 5002, end_ms: 9003 },
            Chapter { name: "down".into(), kind: ChapterKind::Landing, start_ms: 9003, end_ms: 9999 },
        ],
        audio: Some(Audio {
            media_type: "audio/mpeg".into(),
            file_name: Some("夜 \"1\".mp3".into()),
            start_ms: -1001,
            bytes: (0..=255u8).chain([0; 300]).collect::<Vec<u8>>().into(),
        }),
        draft: true,
    }
}

/// Turns beyond a full circle, and an automatic yaw.
pub fn rich_yaw() -> YawProgram {
    let key = |t_ms, yaw_deg| YawKey { t_ms, yaw_deg };
    YawProgram::from_keys(vec![key(-3, 0.0), key(4001, 350.0), key(4002, 1e-7), key(9999, -1234.567)], Some(-90.5))
        .unwrap()
}

/// Two events at once, a payload with everything and one with nothing.
pub fn rich_pyro() -> PyroProgram {
    let event = |t_ms, channel, payload: &str| PyroEvent { t_ms, channel, payload: payload.into() };
    let full = PyroPayload {
        name: "噴泉 30 s".into(),
        prefire_ms: Some(1),
        duration_ms: Some(30_250),
        yaw_deg: Some(-12.5),
        pitch_deg: Some(-90.0),
    };
    PyroProgram {
        events: vec![event(2000, 0, "gerb"), event(4567, 255, "\"\\"), event(4567, 3, "gerb")],
        payloads: [("gerb".to_owned(), full), ("\"\\".to_owned(), PyroPayload::default())].into(),
    }
}

/// All actions, with and without everything that is optional.
pub fn rich_return_to_home() -> ReturnToHomePlan {
    let entry =
        |time_s, action| ReturnEntry { time_s, action, pre_delay_ms: 0, post_delay_ms: 0, landing_altitude_m: None };
    let neck = Some(Neck { height_m: 4.75, duration_ms: 2001 });
    let straight = |neck| ReturnAction::Straight { target_m: DVec3::new(0.1, -7.3, 12.0), duration_ms: 30_001, neck };
    let keep = ReturnAction::KeepAltitude { target_m: DVec2::new(-4.2, 0.3), duration_ms: 20_000 };
    ReturnToHomePlan {
        landing_speed_m_s: 1.25,
        landing_altitude_m: -0.05,
        max_acceleration_m_s2: Some(3.2),
        entries: vec![
            entry(0, ReturnAction::Land),
            entry(3, keep),
            ReturnEntry {
                pre_delay_ms: 1500,
                post_delay_ms: 3,
                landing_altitude_m: Some(0.5),
                ..entry(5, straight(neck))
            },
            entry(9, straight(None)),
        ],
    }
}

/// Any finite coordinate, mostly of ordinary size.
pub fn coordinate() -> impl Strategy<Value = f64> + Clone {
    prop_oneof![
        8 => -500.0..500.0f64,
        2 => (-500_000i32..500_000).prop_map(|mm| f64::from(mm) / 1000.0),
        1 => prop::num::f64::NORMAL.prop_filter("products stay finite", |v| v.abs() < 1e100),
        1 => Just(0.0),
        1 => Just(-0.0),
    ]
}

pub fn point() -> impl Strategy<Value = DVec3> + Clone {
    (coordinate(), coordinate(), coordinate()).prop_map(|(x, y, z)| DVec3::new(x, y, z))
}

/// A trajectory of pieces of degrees 1, 2, 3 and 7.
pub fn trajectory() -> impl Strategy<Value = Trajectory> {
    trajectory_of(200_000, point())
}

/// A trajectory of pieces of at most `max_ms` through such points.
pub fn trajectory_of(max_ms: i64, point: impl Strategy<Value = DVec3> + Clone) -> impl Strategy<Value = Trajectory> {
    let degree = prop_oneof![Just(1usize), Just(2), Just(3), Just(7)];
    let piece = (1i64..max_ms, degree).prop_flat_map({
        let point = point.clone();
        move |(ms, d)| (Just(ms), prop::collection::vec(point.clone(), d))
    });
    (-5_000i64..100_000.min(max_ms), point, prop::collection::vec(piece, 0..12)).prop_map(
        |(start_ms, start, pieces)| {
            let mut t = Trajectory::starting_at(start_ms, start).unwrap();
            for (ms, control) in pieces {
                t.push(t.end_ms() + ms, &control).unwrap();
            }
            t
        },
    )
}

pub fn colour() -> impl Strategy<Value = Rgb> {
    prop_oneof![
        Just(Rgb::BLACK),
        Just(Rgb::WHITE),
        any::<u8>().prop_map(|v| Rgb::new(v, v, v)),
        any::<[u8; 3]>().prop_map(Rgb::from)
    ]
}

/// A light program; keys at multiples of `grid_ms` after one another, fades only where time passes.
pub fn lights(grid_ms: i64) -> impl Strategy<Value = LightProgram> {
    let key = (prop_oneof![Just(0i64), Just(1), Just(5), 0i64..3000], colour(), any::<bool>());
    let pattern = prop::collection::vec(key, 0..8);
    (prop::collection::vec((pattern, 1usize..6), 0..5)).prop_map(move |patterns| {
        let mut program = LightProgram::dark();
        let mut tick = 0;
        for (pattern, times) in patterns {
            for (gap, colour, fade) in (0..times).flat_map(|_| pattern.iter().copied()) {
                tick += gap;
                program.push(LightKey { t_ms: tick * grid_ms, colour, fade: fade && gap > 0 });
            }
        }
        program
    })
}

/// A show of these vehicles' motions and lights.
pub fn show_of(parts: Vec<(Trajectory, LightProgram)>) -> Show {
    let vehicles = parts
        .into_iter()
        .enumerate()
        .map(|(i, (trajectory, lights))| Vehicle::new(format!("d{i}"), trajectory.start_point_m(), trajectory, lights))
        .collect();
    Show { vehicles, chapters: Vec::new(), ..rich_show() }
}

/// Everything that a vehicle may have beside motion and light.
pub fn extras() -> impl Strategy<Value = (Option<YawProgram>, Option<PyroProgram>, Option<ReturnToHomePlan>, u8)> {
    (prop::option::of(yaw()), prop::option::of(pyro()), prop::option::of(return_to_home()), any::<u8>())
}

fn yaw() -> impl Strategy<Value = YawProgram> {
    let keys = prop::collection::vec((1i64..90_000, coordinate()), 0..9);
    (-5000i64..5000, keys, prop::option::of(coordinate())).prop_map(|(start_ms, steps, auto)| {
        let mut t_ms = start_ms;
        let mut keys = Vec::new();
        for (ms, yaw_deg) in steps {
            keys.push(YawKey { t_ms, yaw_deg: yaw_deg + 0.0 });
            t_ms += ms;
        }
        YawProgram::from_keys(keys, auto.map(|deg| deg + 0.0)).unwrap()
    })
}

fn pyro() -> impl Strategy<Value = PyroProgram> {
    let payload = (
        prop_oneof![Just("gerb".to_owned()), Just("\"\\\n中".to_owned()), "[a-z]{0,9}"],
        prop::option::of(0i64..9000),
        prop::option::of(0i64..90_000),
        prop::option::of(-360.0..360.0f64),
        prop::option::of(-90.0..90.0f64),
    )
        .prop_map(|(name, prefire_ms, duration_ms, yaw_deg, pitch_deg)| PyroPayload {
            name,
            prefire_ms,
            duration_ms,
            yaw_deg,
            pitch_deg,
        });
    (prop::collection::vec(payload, 1..4), prop::collection::vec((-500i64..99_000, any::<u8>(), 0usize..9), 0..9))
        .prop_map(|(payloads, events)| {
            let id = |i: usize| format!("p{}", i % payloads.len());
            let mut events: Vec<PyroEvent> =
                events.into_iter().map(|(t_ms, channel, p)| PyroEvent { t_ms, channel, payload: id(p) }).collect();
            events.sort_by_key(|e| e.t_ms);
            let payloads = payloads.iter().cloned().enumerate().map(|(i, p)| (id(i), p)).collect();
            PyroProgram { events, payloads }
        })
}

fn return_to_home() -> impl Strategy<Value = ReturnToHomePlan> {
    let neck =
        prop::option::of((-3.0..9.0f64, 1i64..9000).prop_map(|(height_m, duration_ms)| Neck { height_m, duration_ms }));
    let action = (0..3, point(), 0i64..90_000, neck).prop_map(|(kind, target_m, duration_ms, neck)| {
        let target_m = target_m + 0.0;
        match kind {
            0 => ReturnAction::Land,
            1 => ReturnAction::KeepAltitude { target_m: target_m.truncate(), duration_ms },
            _ => ReturnAction::Straight { target_m, duration_ms, neck },
        }
    });
    let entry = (1u32..900, action, 0i64..9000, 0i64..9000, prop::option::of(-9.0..9.0f64));
    (0.1..9.0f64, -9.0..9.0f64, prop::option::of(0.1..9.0f64), prop::collection::vec(entry, 0..9)).prop_map(
        |(landing_speed_m_s, landing_altitude_m, max_acceleration_m_s2, steps)| {
            let mut time_s = 0;
            let mut entries = Vec::new();
            for (step_s, action, pre_delay_ms, post_delay_ms, landing_altitude_m) in steps {
                entries.push(ReturnEntry { time_s, action, pre_delay_ms, post_delay_ms, landing_altitude_m });
                time_s += step_s;
            }
            ReturnToHomePlan { landing_speed_m_s, landing_altitude_m, max_acceleration_m_s2, entries }
        },
    )
}

/// Music of any bytes.
pub fn audio() -> impl Strategy<Value = Option<Audio>> {
    let types = prop_oneof![Just("audio/mpeg"), Just("audio/ogg"), Just("Audio/X-WAV"), Just("video/mp4"), Just("")];
    prop::option::of(
        (types, prop::option::of(".{0,9}"), -9000i64..9000, prop::collection::vec(any::<u8>(), 0..300)).prop_map(
            |(media_type, file_name, start_ms, bytes)| Audio {
                media_type: media_type.into(),
                file_name,
                start_ms,
                bytes: bytes.into(),
            },
        ),
    )
}

/// A fence of any outline with any holes, or none.
pub fn fence() -> impl Strategy<Value = Option<Geofence>> {
    let outline = prop::collection::vec((coordinate(), coordinate()), 3..6)
        .prop_map(|p| p.into_iter().map(|(x, y)| DVec2::new(x + 0.0, y + 0.0)).collect::<Vec<_>>());
    prop::option::of(
        (outline.clone(), prop::collection::vec(outline.clone(), 0..3), prop::collection::vec(outline, 0..2))
            .prop_map(|(polygon_m, holes_m, also_inside_m)| Geofence { polygon_m, holes_m, also_inside_m }),
    )
}
