//! Every recorded request is answered again, and its answer is held against what it means.
//!
//! One test a file, by the table at the end; a file of `tests/data` that is not in the table is a failure.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use crate::support;

use std::collections::BTreeSet;
use std::io::{Cursor, Read};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kapok_format::{Format, ReadBounds, detect, read};
use kapok_proof::{ProofSettings, Rule, Verdict, prove};
use kapok_show::{DVec3, Limits, Nwu, Rgb, Show, Silent};
use serde_json::{Value, json};
use support::flown::{RETURN_RULES, assert_proved, eased, landing, separated, show_of, smart_return, takeoff};
use support::{Reply, answer_recorded, assert_exchanged_for_distance, data, numbers, points, post, recorded};

/// What an answer is held against.
type Check = fn(&Value, &Reply);

fn replay(file: &str, check: Check) {
    let (_, body) = recorded(file);
    let mut first: Option<Vec<u8>> = None;
    for _ in 0..2 {
        let reply = answer_recorded(file);
        check(&body, &reply);
        // Now or later: the same bytes.
        assert_eq!(*first.get_or_insert_with(|| reply.body.clone()), reply.body);
    }
}

fn version(_: &Value, reply: &Reply) {
    assert_eq!(reply.status, 200);
    let json = reply.json();
    let text = json["version"].as_str().unwrap();
    let parts: Vec<u32> =
        text.split('.').map(|p| p.parse().expect("no suffix: the add-on takes it for older")).collect();
    assert!(parts.len() == 3 && (parts[0], parts[1]) >= (2, 43), "{text}");
}

fn limits(_: &Value, reply: &Reply) {
    assert_eq!(reply.status, 200);
    let json = reply.json();
    assert_eq!(json["num_drones"], Value::Null, "no limit");
    // Only what can be written is offered.
    assert_eq!(json["features"], json!(["export:kmz", "export:plot", "export:vviz"]));
}

fn square(a: [f64; 3], b: [f64; 3]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum()
}

/// One entry per target, each source once, of least Σd² among all permutations (then, and only then, no cycle of
/// exchanges gains anything; Bellman and Ford find the gain of the best one), or exchanged for distance.
fn matched(source: &[[f64; 3]], target: &[[f64; 3]], mapping: &Value) -> Vec<usize> {
    let mapping: Vec<usize> = serde_json::from_value(mapping.clone()).unwrap();
    let n = target.len();
    assert_eq!(mapping.len(), n, "one entry per target");
    assert_eq!(mapping.iter().copied().collect::<BTreeSet<_>>(), (0..source.len()).collect(), "each source once");
    let gain = |from: usize, to: usize| {
        square(source[mapping[from]], target[to]) - square(source[mapping[from]], target[from])
    };
    let mut least = vec![0.0_f64; n];
    for round in 0..=n {
        let mut better = false;
        for from in 0..n {
            for to in 0..n {
                let through = least[from] + gain(from, to);
                if through < least[to] - 1e-7 {
                    (least[to], better) = (through, true);
                }
            }
        }
        if !better {
            break;
        }
        if round == n - 1 {
            assert_exchanged_for_distance(source, target, &mapping);
            break;
        }
    }
    mapping
}

/// Do straight lines with one timing keep this distance? Proved with the add-on's easing.
fn keeps_apart(source: &[[f64; 3]], target: &[[f64; 3]], mapping: &[usize], seconds: f64, clearance_m: f64) {
    let flights = mapping.iter().zip(target).map(|(&s, &t)| eased(source[s], t, 0.0, seconds, 24.0)).collect();
    let show = show_of(flights, Limits { min_navigation_altitude_m: 0.01, ..separated(clearance_m - 1e-3) });
    assert_proved(&show, &[Rule::Separation], "transition");
}

fn matching(body: &Value, reply: &Reply) {
    let answer = reply.answer();
    let (source, target) = (points(&body["source"]), points(&body["target"]));
    assert_ne!(source, target);
    let mapping = matched(&source, &target, &answer["mapping"]);
    let clearance_m = answer["clearance"].as_f64().unwrap();
    assert!(clearance_m > 0.3, "{clearance_m}");
    keeps_apart(&source, &target, &mapping, 30.0, clearance_m);
}

/// Source and target are the same points: every drone stays.
fn identity(body: &Value, reply: &Reply) {
    assert_eq!(body["source"], body["target"]);
    assert_eq!(reply.answer()["mapping"], json!((0..20).collect::<Vec<_>>()));
}

fn transition(body: &Value, reply: &Reply) {
    let answer = reply.answer();
    let (source, target) = (points(&body["source"]), points(&body["target"]));
    let mapping = matched(&source, &target, &answer["mapping"]);
    let (starts, durations) = (numbers(&answer["start_times"]), numbers(&answer["durations"]));
    assert_eq!([starts.len(), durations.len()], [target.len(); 2], "one of each per target");
    assert!(starts.iter().all(|s| *s == 0.0) && durations.iter().all(|d| *d == durations[0]), "one timing for all");
    let limit = |name: &str| body[name].as_f64().unwrap();
    let limits = Limits {
        max_velocity_xy_m_s: limit("max_velocity_xy"),
        max_velocity_up_m_s: limit("max_velocity_z"),
        max_velocity_down_m_s: limit("max_velocity_z"),
        max_acceleration_m_s2: limit("max_acceleration"),
        ..separated(0.1)
    };
    let rules = [Rule::VelocityXy, Rule::VelocityUp, Rule::VelocityDown, Rule::Acceleration];
    let flown = |seconds: f64| {
        mapping.iter().zip(&target).map(|(&s, &t)| eased(source[s], t, 0.0, seconds, 24.0)).collect::<Vec<_>>()
    };
    assert_proved(&show_of(flown(durations[0]), limits), &rules, "transition");
    // And no longer than that takes.
    let hasty = show_of(flown(0.97 * durations[0]), limits);
    let certificate = prove(&hasty, &ProofSettings::default(), &Silent);
    assert!(rules.iter().any(|r| certificate.rule(*r).unwrap().verdict == Verdict::Violated), "{} s", durations[0]);
}

fn groups_of(body: &Value, reply: &Reply) -> (Vec<[f64; 3]>, Vec<usize>) {
    let groups: Vec<usize> = serde_json::from_value(reply.answer()["groups"].clone()).unwrap();
    let pads = points(&body["points"]);
    assert_eq!(groups.len(), pads.len(), "exactly one per point: the add-on does not notice a missing one");
    let layers = groups.iter().max().unwrap() + 1;
    assert!((0..layers).all(|g| groups.contains(&g)), "from 0 without gaps: {groups:?}");
    // Nine pads of a 3 x 3 square are all within 2.83 m of each other.
    assert_eq!(layers, 9);
    (pads, groups)
}

/// Layers, and the take-off into them as the add-on flies it: 1.5 m/s, first layer at 6 m, 5 m between layers.
fn takeoff_layers(body: &Value, reply: &Reply) {
    let (pads, groups) = groups_of(body, reply);
    let distance_m = body["min_distance"].as_f64().unwrap();
    for fps in [24.0, 25.0, 30.0] {
        let limits = Limits { max_velocity_up_m_s: 1.5, ground_separation_m: 0.99, ..separated(distance_m - 0.01) };
        let show = show_of(takeoff(&pads, &groups, 1.5, 6.0, 5.0, fps), limits);
        assert_proved(
            &show,
            &[Rule::Separation, Rule::GroundSeparation, Rule::VelocityUp, Rule::GroundMotion],
            "take-off",
        );
        // Group 0 flies highest.
        let tops: Vec<f64> = show.vehicles.iter().map(|v| v.trajectory.end_point_m().z).collect();
        let highest = tops.iter().copied().fold(0.0, f64::max);
        assert!(groups.iter().zip(&tops).all(|(g, z)| (*g == 0) == (*z == highest)));
    }
}

/// Layers of the return to home, first one at 10 m: every drone in its column keeps the distance, up to hovering there.
fn home_layers(body: &Value, reply: &Reply) {
    let (pads, groups) = groups_of(body, reply);
    let distance_m = body["min_distance"].as_f64().unwrap();
    let arrived = takeoff(&pads, &groups, 2.0, 10.0, 5.0, 24.0);
    assert_proved(&show_of(arrived, separated(distance_m - 0.01)), &[Rule::Separation], "layers");
}

/// Straight down at the asked speed, one after the other where they are close.
fn landing_in_time(body: &Value, reply: &Reply) {
    let answer = reply.answer();
    let hover = points(&body["points"]);
    let (starts, durations) = (numbers(&answer["start_times"]), numbers(&answer["durations"]));
    for (p, d) in hover.iter().zip(&durations) {
        assert!(
            (d - (p[2] - body["target_altitude"].as_f64().unwrap()) / body["velocity"].as_f64().unwrap()).abs() < 1e-9
        );
    }
    assert!(starts.iter().all(|s| *s >= 0.0));
    let (distance_m, spindown_s) = (body["min_distance"].as_f64().unwrap(), body["spindown_time"].as_f64().unwrap());
    for fps in [24.0, 25.0, 30.0] {
        let flown = landing(body, &answer, fps);
        // The recorded drones hover in two layers, 1 m from each other: none comes closer than that in the air …
        assert_proved(&show_of(flown.clone(), separated(0.999)), &[Rule::Separation, Rule::GroundMotion], "landing");
        // … and no pair closer than 3 m, or than it was, while both have their motors on.
        for i in 0..flown.len() {
            for j in 0..i {
                let needed_m = square(hover[i], hover[j]).sqrt().min(distance_m);
                let off_ms = |k: usize| flown[k].end_ms() as f64 + 1000.0 * spindown_s;
                let both_until_ms = off_ms(i).min(off_ms(j));
                let mut t_ms = 0.0;
                while t_ms <= both_until_ms {
                    let at = |k: usize| flown[k].sample(t_ms).position_m;
                    let apart_m = at(i).distance(at(j));
                    assert!(apart_m >= needed_m - 1e-3, "{i} and {j}: {apart_m} m at {t_ms} ms, {fps} frames a second");
                    t_ms += 50.0;
                }
            }
        }
    }
}

fn home(body: &Value, reply: &Reply) {
    let answer = reply.answer();
    for fps in [24.0, 25.0, 30.0] {
        assert_proved(&smart_return(body, &answer, fps), &RETURN_RULES, "smart return");
    }
    assert!(numbers(&answer["start_times"]).iter().all(|t| t.fract() == 0.0), "whole seconds are whole frames");
}

fn formation(body: &Value, reply: &Reply) {
    let answer = reply.answer();
    let parameters = &body["parameters"];
    let (count, size_m) = (parameters["n"].as_u64().unwrap() as usize, parameters["size"].as_f64().unwrap());
    let found = points(&answer["points"]);
    let colours: Vec<[u8; 3]> = serde_json::from_value(answer["colors"].clone()).unwrap();
    assert_eq!([found.len(), colours.len()], [count; 2]);
    // A red circle: every point as far from the middle as the others, the circle as large as asked.
    assert!(colours.iter().all(|c| *c == [255, 0, 0]));
    assert!(found.iter().all(|p| p[2] == 0.0), "in the plane that the add-on stands up");
    let extent = |axis: usize| {
        let v = || found.iter().map(|p| p[axis]);
        v().fold(f64::NEG_INFINITY, f64::max) - v().fold(f64::INFINITY, f64::min)
    };
    assert!((extent(0).max(extent(1)) - size_m).abs() < 1e-9, "{} {}", extent(0), extent(1));
    let radius = |p: &[f64; 3]| kapok_show::math::hypot(p[0], p[1]);
    assert!(found.iter().all(|p| (radius(p) - size_m / 2.0).abs() < 0.1 * size_m));
    let nearest = |i: usize| {
        (0..count).filter(|&j| j != i).map(|j| square(found[i], found[j])).fold(f64::INFINITY, f64::min).sqrt()
    };
    let (least, most) = (0..count).map(nearest).fold((f64::INFINITY, 0.0_f64), |(l, m), d| (l.min(d), m.max(d)));
    assert!(most < 1.5 * least, "evenly spread: {least} to {most}");
}

/// Samples of a drone of a request: seconds and places.
fn samples(drone: &Value) -> Vec<(f64, DVec3)> {
    let trajectory = &drone["settings"]["trajectory"];
    assert_eq!(trajectory["version"], 2);
    let bytes = STANDARD.decode(trajectory["points"].as_str().unwrap()).unwrap();
    bytes
        .chunks_exact(16)
        .map(|q| {
            let f = |k: usize| f64::from(f32::from_le_bytes(q[4 * k..4 * k + 4].try_into().unwrap()));
            (f(0), DVec3::new(f(1), f(2), f(3)))
        })
        .collect()
}

fn drones(body: &Value) -> &[Value] {
    body["input"]["data"]["swarm"]["drones"].as_array().unwrap()
}

/// Colour at an instant by the meaning of the keys: hold, or fade from the key before.
fn colour(drone: &Value, t_s: f64) -> [f64; 3] {
    let keys: Vec<(f64, [f64; 3], u8)> = serde_json::from_value(drone["settings"]["lights"]["data"].clone()).unwrap();
    let next = keys.partition_point(|k| k.0 <= t_s);
    let Some(before) = next.checked_sub(1).map(|i| keys[i]) else { return [0.0; 3] };
    match keys.get(next) {
        Some(after) if after.2 == 1 => {
            let u = (t_s - before.0) / (after.0 - before.0);
            std::array::from_fn(|c| before.1[c] + u * (after.1[c] - before.1[c]))
        }
        _ => before.1,
    }
}

fn near(found: Rgb, expected: [f64; 3], within: f64) -> bool {
    [found.r, found.g, found.b].iter().zip(expected).all(|(f, e)| (f64::from(*f) - e).abs() <= within)
}

fn decoded(bytes: &[u8], format: Format) -> Show {
    let limits = ReadBounds::default();
    assert_eq!(detect(bytes, &limits), Some(format));
    read(bytes, "file", &limits).unwrap().show
}

/// Motion and names of a decoded file against the samples of the request.
fn assert_motion(show: &Show, body: &Value, within_m: f64) {
    assert_eq!(show.vehicles.len(), drones(body).len());
    for (vehicle, drone) in show.vehicles.iter().zip(drones(body)) {
        assert_eq!(vehicle.name, drone["settings"]["name"].as_str().unwrap(), "in the same order");
        for (t_s, place) in samples(drone) {
            let off_m = vehicle.trajectory.sample(1000.0 * t_s).position_m.distance(Nwu(place).to_site());
            assert!(off_m <= within_m, "{} is {off_m} m off its sample at {t_s} s", vehicle.name);
        }
    }
}

/// The verdict in the head is that of every proof of the file.
fn assert_judged(reply: &Reply, show: &Show) {
    let certificate = prove(show, &ProofSettings::default(), &Silent);
    let word = match certificate.verdict {
        Verdict::Proved => "proved",
        Verdict::Violated => "violated",
        _ => "undecided",
    };
    assert_eq!(reply.header("x-kapok-verdict"), Some(word));
    assert_eq!(word, "violated", "the recorded shows are not safe");
    assert!(show.title.contains("not proved safe: Separation in flight"), "{}", show.title);
    let why = reply.header("x-kapok-violations").unwrap();
    assert!(why.contains("separation in flight") && why.contains("limit 3.000 m (of the scene)"), "{why}");
}

fn assert_skyc(bytes: &[u8], body: &Value) -> Show {
    let show = decoded(bytes, Format::Skyc);
    // Ten millimetres of the fit, half the diagonal of the grid of 0.1 mm.
    assert_motion(&show, body, 0.0101);
    let scene = &body["input"]["data"];
    for (vehicle, drone) in show.vehicles.iter().zip(drones(body)) {
        let s = samples(drone);
        assert_eq!(vehicle.trajectory.start_ms(), (1000.0 * s[0].0).round() as i64);
        assert_eq!(vehicle.trajectory.end_ms(), (1000.0 * s[s.len() - 1].0).round() as i64);
        assert!(vehicle.trajectory.segment_count() < s.len(), "curves, not lines");
        for k in 0..600 {
            let t_s = 0.1 * f64::from(k) + 0.05;
            let (found, expected) = (vehicle.lights.sample(1000.0 * t_s), colour(drone, t_s));
            assert!(near(found, expected, 1.0), "{}: {found:?} for {expected:?} at {t_s} s", vehicle.name);
        }
        for (key, found) in [("yawControl", vehicle.yaw.is_some()), ("pyro", vehicle.pyro.is_some())] {
            let asked = &drone["settings"][key];
            let empty = asked["events"].as_array().is_some_and(Vec::is_empty);
            assert!(found == asked.is_object() || empty && !found, "{key} of {}", vehicle.name);
        }
        if let Some(yaw) = &vehicle.yaw {
            let points: Vec<(f64, f64)> =
                serde_json::from_value(drone["settings"]["yawControl"]["setpoints"].clone()).unwrap();
            assert!(points.iter().all(|(t, deg)| (yaw.sample_deg(1000.0 * t) - deg).abs() < 1e-9));
        }
    }
    let (l, asked) = (show.limits, &scene["settings"]["validation"]);
    for (found, name) in [
        (l.max_altitude_m, "maxAltitude"),
        (l.max_velocity_xy_m_s, "maxVelocityXY"),
        (l.max_velocity_up_m_s, "maxVelocityZ"),
        (l.max_velocity_down_m_s, "maxVelocityZ"),
        (l.max_acceleration_m_s2, "maxAccelerationXY"),
        (l.min_separation_m, "minDistance"),
        (l.min_navigation_altitude_m, "minNavAltitude"),
        (l.max_yaw_rate_deg_s, "maxYawRate"),
    ] {
        assert_eq!(found, asked[name].as_f64().unwrap(), "{name}");
    }
    assert!(show.title.starts_with(scene["meta"]["title"].as_str().unwrap()), "{}", show.title);
    for cue in scene["settings"]["cues"]["items"].as_array().unwrap() {
        let (name, t_ms) = (cue["name"].as_str().unwrap(), (1000.0 * cue["time"].as_f64().unwrap()).round() as i64);
        // The last one, a frame behind the end of the export, has no time of its own.
        let over = t_ms > show.vehicles[0].trajectory.end_ms();
        assert!(
            over || show.chapters.iter().any(|c| c.name == name && c.start_ms == t_ms),
            "{name}: {:?}",
            show.chapters
        );
    }
    if let Some(origin) = scene["environment"]["location"]["origin"].as_array() {
        let deg = |k: usize| origin[k].as_f64().unwrap() / 1e7;
        assert!((show.site.origin.latitude_deg - deg(0)).abs() < 1e-9);
        assert!((show.site.origin.longitude_deg - deg(1)).abs() < 1e-9);
    }
    let cameras = scene["environment"]["cameras"].as_array().map_or(0, Vec::len);
    assert_eq!(show.environment.audiences.len(), cameras, "a camera stands in the audience");
    show
}

fn skyc(body: &Value, reply: &Reply) {
    let show = assert_skyc(reply.file(), body);
    assert_judged(reply, &show);
}

/// Zipped CSV, read by the rules of the add-on's own importer.
fn csv(body: &Value, reply: &Reply) {
    let fps = body["output"]["parameters"]["fps"].as_f64().unwrap();
    let show = decoded(reply.file(), Format::CsvZip);
    // The fit, the grid of the file, and half a millisecond of a rounded time at up to 10 m/s.
    assert_motion(&show, body, 0.0106);
    let mut archive = zip::ZipArchive::new(Cursor::new(reply.file())).unwrap();
    let names: Vec<String> = archive.file_names().map(|n| n.unwrap().into_owned()).collect();
    assert_eq!(names.len(), drones(body).len(), "nothing but one file per drone");
    for (i, drone) in drones(body).iter().enumerate() {
        let name = drone["settings"]["name"].as_str().unwrap();
        assert_eq!(names[i], format!("{name}.csv"));
        let mut text = String::new();
        archive.by_name(&names[i]).unwrap().read_to_string(&mut text).unwrap();
        assert!(text.is_ascii());
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("Time [msec],x [m],y [m],z [m],Red,Green,Blue"));
        let rows: Vec<(f64, DVec3, [u8; 3])> = lines
            .map(|line| {
                let f: Vec<&str> = line.split(',').collect();
                assert_eq!(f.len(), 7, "{line}");
                let n = |k: usize| f[k].parse::<f64>().unwrap();
                (n(0), DVec3::new(n(1), n(2), n(3)), std::array::from_fn(|k| f[4 + k].parse().unwrap()))
            })
            .collect();
        assert!(rows.windows(2).all(|w| w[0].0 < w[1].0 && w[1].0 - w[0].0 <= 1000.0 / fps + 1e-9));
        let s = samples(drone);
        // Even rows from the first sample on, the last one at the end or less than a period behind it.
        let (first_ms, last_ms) = (1000.0 * s[0].0, 1000.0 * s[s.len() - 1].0);
        let behind_ms = rows[rows.len() - 1].0 - last_ms;
        assert!(rows[0].0 == first_ms && (-0.5..1000.0 / fps).contains(&behind_ms), "{behind_ms} ms");
        for (t_ms, place, rgb) in rows {
            // Where a row is at a sample, it is at its place; the files have the scene's own axes.
            if let Some((_, there)) = s.iter().find(|(t, _)| *t == t_ms / 1000.0) {
                assert!(place.distance(*there) < 0.0101, "{name} at {t_ms} ms");
            }
            assert!(near(Rgb::new(rgb[0], rgb[1], rgb[2]), colour(drone, t_ms / 1000.0), 1.0), "{name} at {t_ms} ms");
        }
    }
    assert_eq!(reply.header("x-kapok-verdict"), Some("violated"));
    assert!(reply.header("x-kapok-note").unwrap().contains("straight lines between the samples"));
}

fn vviz(body: &Value, reply: &Reply) {
    let show = decoded(reply.file(), Format::Vviz);
    assert_eq!(show.vehicles.len(), drones(body).len());
    for (vehicle, drone) in show.vehicles.iter().zip(drones(body)) {
        for (t_s, place) in samples(drone) {
            let off_m = vehicle.trajectory.sample(1000.0 * t_s).position_m.distance(Nwu(place).to_site());
            assert!(off_m <= 0.0106, "{} is {off_m} m off its sample at {t_s} s", vehicle.name);
            // A colour is up to one period of 24 a second late.
            let found = vehicle.lights.sample(1000.0 * t_s);
            let around = [0.0, 0.02, 0.042].map(|late| colour(drone, t_s - late));
            assert!(around.iter().any(|c| near(found, *c, 22.0)), "{found:?} at {t_s} s");
        }
    }
    let json: Value = serde_json::from_slice(reply.file()).unwrap();
    let rate = |name: &str| json[name].as_f64().unwrap();
    assert_eq!([rate("defaultPositionRate"), rate("defaultColorRate")], [4.0, 24.0], "as asked");
    assert_eq!(reply.header("x-kapok-verdict"), Some("violated"));
}

fn assert_pdf(bytes: &[u8]) {
    assert!(bytes.starts_with(b"%PDF-") && bytes.trim_ascii_end().ends_with(b"%%EOF") && bytes.len() > 10_000);
    // Several pages.
    let pages = bytes.windows(11).filter(|w| w == b"/Type /Page" || w == b"/Type/Page\n").count();
    assert!(pages >= 2, "{pages} pages");
}

fn report(_: &Value, reply: &Reply) {
    assert_pdf(reply.file());
    assert_eq!(reply.header("x-kapok-verdict"), Some("violated"));
}

fn skyc_and_report(body: &Value, reply: &Reply) {
    let mut archive = zip::ZipArchive::new(Cursor::new(reply.file())).unwrap();
    let names: BTreeSet<String> = archive.file_names().map(|n| n.unwrap().into_owned()).collect();
    let ending = |name: &String| name.rsplit('.').next().map(str::to_owned);
    assert_eq!(names.iter().filter_map(ending).collect::<BTreeSet<_>>(), BTreeSet::from(["pdf".into(), "skyc".into()]));
    for name in names {
        let mut bytes = Vec::new();
        archive.by_name(&name).unwrap().read_to_end(&mut bytes).unwrap();
        if bytes.starts_with(b"%PDF") {
            assert_pdf(&bytes);
        } else {
            assert_judged(reply, &assert_skyc(&bytes, body));
        }
    }
}

/// The error body that the add-on shows, `Bad Request: <detail>`, and nothing else in it.
fn refusal(reply: &Reply) -> String {
    assert_eq!(reply.status, 400, "only 400, 403 and 500 are shown with their text");
    let json = reply.json();
    assert_eq!(json.as_object().unwrap().keys().collect::<Vec<_>>(), ["detail"]);
    json["detail"].as_str().unwrap().to_owned()
}

/// Formats whose bytes are documented nowhere: refused by name, with what can be exported instead.
fn not_documented(body: &Value, reply: &Reply) {
    let detail = refusal(reply);
    let format = body["output"]["format"].as_str().unwrap();
    assert!(detail.contains(&format!("\"{format}\" cannot be written")), "{detail}");
    assert!(detail.contains("not published") && detail.contains("Export .skyc"), "{detail}");
}

fn not_importable(body: &Value, reply: &Reply) {
    assert_eq!((&body["input"]["format"], &body["output"]["format"]), (&json!("dss"), &json!("csv")));
    let detail = refusal(reply);
    assert!(detail.contains("cannot be imported") && detail.contains("not published"), "{detail}");
}

/// A test for each file.
macro_rules! replays {
    ($($test:ident: $file:literal => $check:ident,)*) => {
        $(
            #[test]
            fn $test() {
                replay($file, $check);
            }
        )*

        const REPLAYED: &[&str] = &[$($file),*];
    };
}

replays! {
    m1_01: "grid-1m/01-GET-version.json" => version,
    m1_02: "grid-1m/02-GET-limits.json" => limits,
    m1_03: "grid-1m/03-POST-plan-takeoff.json" => takeoff_layers,
    m1_04: "grid-1m/04-POST-match-points.json" => identity,
    m1_05: "grid-1m/05-POST-plan-transition.json" => transition,
    m1_06: "grid-1m/06-POST-plan-transition.json" => transition,
    m1_07: "grid-1m/07-POST-match-points.json" => identity,
    m1_08: "grid-1m/08-POST-match-points.json" => matching,
    m1_09: "grid-1m/09-POST-match-points.json" => matching,
    m1_10: "grid-1m/10-POST-plan-takeoff.json" => home_layers,
    m1_11: "grid-1m/11-POST-match-points.json" => matching,
    m1_12: "grid-1m/12-POST-plan-landing.json" => landing_in_time,
    m1_13: "grid-1m/13-POST-render-skyc-cameras.json" => skyc,
    m1_14: "grid-1m/14-POST-render-skyc-yaw-pyro.json" => skyc,
    m1_15: "grid-1m/15-POST-render-csv.json" => csv,
    m1_16: "grid-1m/16-POST-render-plot.json" => report,
    m1_17: "grid-1m/17-POST-multi-render-skyc-plot.json" => skyc_and_report,
    m1_18: "grid-1m/18-POST-render-dac.json" => not_documented,
    m1_19: "grid-1m/19-POST-render-ddsf.json" => not_documented,
    m1_20: "grid-1m/20-POST-render-drotek.json" => not_documented,
    m1_21: "grid-1m/21-POST-render-dss.json" => not_documented,
    m1_22: "grid-1m/22-POST-render-dss3.json" => not_documented,
    m1_23: "grid-1m/23-POST-render-evsky.json" => not_documented,
    m1_24: "grid-1m/24-POST-render-litebee.json" => not_documented,
    m1_25: "grid-1m/25-POST-render-vviz.json" => vviz,
    m1_26: "grid-1m/26-POST-plan-takeoff.json" => home_layers,
    m1_27: "grid-1m/27-POST-plan-smart-rth.json" => home,
    m1_28: "grid-1m/28-POST-match-points.json" => identity,
    m1_29: "grid-1m/29-POST-create-static-formation.json" => formation,
    m1_30: "grid-1m/30-POST-render-import-dss-to-csv.json" => not_importable,
    m3_01: "grid-3m/01-GET-version.json" => version,
    m3_02: "grid-3m/02-GET-limits.json" => limits,
    m3_03: "grid-3m/03-POST-match-points.json" => identity,
    m3_04: "grid-3m/04-POST-plan-transition.json" => transition,
    m3_05: "grid-3m/05-POST-plan-transition.json" => transition,
    m3_06: "grid-3m/06-POST-match-points.json" => identity,
    m3_07: "grid-3m/07-POST-match-points.json" => matching,
    m3_08: "grid-3m/08-POST-match-points.json" => matching,
    m3_09: "grid-3m/09-POST-match-points.json" => matching,
    m3_10: "grid-3m/10-POST-render-skyc-cameras.json" => skyc,
    m3_11: "grid-3m/11-POST-render-skyc-yaw-pyro.json" => skyc,
    m3_12: "grid-3m/12-POST-render-csv.json" => csv,
}

#[test]
fn every_recorded_request_is_replayed() {
    let mut found = Vec::new();
    for folder in std::fs::read_dir(data()).unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_dir()) {
        for file in std::fs::read_dir(&folder).unwrap() {
            let name = file.unwrap().file_name().into_string().unwrap();
            found.push(format!("{}/{name}", folder.file_name().unwrap().to_str().unwrap()));
        }
    }
    found.sort();
    assert_eq!(found, REPLAYED);
    assert_eq!(found.len(), 42);
}

/// The whole of the layers' life: take-off into them, and a landing out of them that keeps 3 m, proved.
#[test]
fn take_off_and_landing_of_the_recorded_grid_keep_the_distance() {
    let (path, body) = recorded("grid-1m/10-POST-plan-takeoff.json");
    let (pads, groups) = groups_of(&body, &post(&path, &body));
    let hover: Vec<[f64; 3]> =
        takeoff(&pads, &groups, 2.0, 10.0, 5.0, 24.0).iter().map(|t| t.end_point_m().to_array()).collect();
    let (path, mut body) = recorded("grid-1m/12-POST-plan-landing.json");
    body["points"] = json!(hover);
    let answer = post(&path, &body).answer();
    for fps in [24.0, 25.0, 30.0, 60.0] {
        let show = show_of(landing(&body, &answer, fps), separated(3.0));
        assert_proved(&show, &[Rule::Separation, Rule::GroundMotion], "landing");
    }
}
