use std::fmt;

use kapok_show::{DVec3, LightKey, LightProgram, Rgb, Show, Site, Trajectory, Vehicle, Wgs84};
use serde::Deserialize;

use crate::error::shortened;
use crate::light::with_white;
use crate::swarm::decoded::{check_show, finished, unplaced};
use crate::swarm::notes::{Note, Notes};
use crate::swarm::reader::{VehicleRead, check_count, read_vehicles};
use crate::swarm::rounding::Rounding;
use crate::text::json::{Known, References, Skipped, parse, scan, text_of};
use crate::text::number::millis_from_seconds;
use crate::{Decoded, Format, LimitSources, Place, ReadBounds, ReadError};

/// Text, or a number that stands for one: writers differ.
#[derive(Deserialize)]
#[serde(untagged)]
enum Label {
    Text(String),
    Number(f64),
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Number(number) => write!(f, "{number}"),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct VvizJson {
    version: Label,
    #[serde(default)]
    performance_name: Option<String>,
    #[serde(default)]
    coordinate_frame: Option<String>,
    #[serde(default)]
    global_reference_frame: Option<ReferenceJson>,
    default_position_rate: f64,
    #[serde(default)]
    default_color_rate: Option<f64>,
    #[serde(default)]
    time_offset_secs: f64,
    performances: Vec<PerformanceJson>,
}

#[derive(Deserialize)]
struct ReferenceJson {
    lat: f64,
    lon: f64,
    #[serde(default)]
    alt: f64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PerformanceJson {
    id: Label,
    #[serde(default)]
    agent_name: Option<String>,
    agent_description: AgentJson,
    #[serde(default)]
    payload_description: Vec<PayloadJson>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AgentJson {
    home_x: f64,
    home_y: f64,
    home_z: f64,
    #[serde(default)]
    home_h: Option<f64>,
    #[serde(default)]
    agent_traversal: Vec<StepJson>,
}

#[derive(Deserialize)]
struct StepJson {
    dx: f64,
    dy: f64,
    dz: f64,
    #[serde(default)]
    dh: Option<f64>,
    #[serde(default)]
    dt: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PayloadJson {
    #[serde(default, rename = "id")]
    _id: Known,
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    payload_actions: Vec<ColourJson>,
}

#[derive(Deserialize)]
struct ColourJson {
    #[serde(default)]
    r: Option<f64>,
    #[serde(default)]
    g: Option<f64>,
    #[serde(default)]
    b: Option<f64>,
    #[serde(default)]
    w: Option<f64>,
    #[serde(default)]
    frames: Option<f64>,
}

/// Does the file begin like a JSON object?
pub(crate) fn looks_like_vviz(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    bytes.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'{')
}

/// Reads a .vviz file.
///
/// # Errors
/// Any [`ReadError`] but [`ReadError::UnknownFormat`].
///
/// # Complexity
/// Linear in the size of the file, which [`ReadBounds::max_member_bytes`] bounds.
pub fn read_vviz(bytes: &[u8], bounds: &ReadBounds) -> Result<Decoded, ReadError> {
    const FILE: &str = "the .vviz file";
    let place = |at: &str| Place::in_member(FILE, at);
    let over =
        |what, value: u64, limit: u64, field| Err(ReadError::OverLimit { place: place(""), what, value, limit, field });
    if bytes.len() as u64 > bounds.max_member_bytes {
        return over("its size in bytes", bytes.len() as u64, bounds.max_member_bytes, "max_member_bytes");
    }
    let text = text_of(bytes, || place(""))?;
    scan(text, || place(""), References::None)?;
    let skipped = Skipped::default();
    let json: VvizJson = parse(text, || place(""), &skipped)?;
    let bad = |at: &str, value: String, why: &str, remedy| {
        Err(ReadError::BadValue { place: place(at), value, why: why.into(), remedy })
    };
    let version = json.version.to_string();
    if !(version == "1" || version.starts_with("1.")) {
        let value = format!("version \"{}\"", shortened(&version));
        return bad("version", value, "is not known", "export the file as version 1.0");
    }
    if let Some(frame) = json.coordinate_frame.as_deref().filter(|&frame| frame != "ogl") {
        let value = format!("coordinate frame \"{}\"", shortened(frame));
        return bad("coordinateFrame", value, "is not known", "export the file in the frame \"ogl\"");
    }
    let colour_rate_hz = json.default_color_rate.unwrap_or(json.default_position_rate);
    for (at, rate_hz) in [("defaultPositionRate", json.default_position_rate), ("defaultColorRate", colour_rate_hz)] {
        if !(rate_hz > 0.0 && rate_hz.is_finite()) {
            return bad(at, rate_hz.to_string(), "is no rate", "state samples a second, above 0");
        }
    }
    if json.performances.is_empty() {
        return Err(ReadError::Missing {
            place: place("performances"),
            what: "every drone".into(),
            remedy: "a show needs drones",
        });
    }
    check_count(&place(""), json.performances.len(), bounds)?;

    let rates =
        Rates { position_hz: json.default_position_rate, colour_hz: colour_rate_hz, offset_s: json.time_offset_secs };
    let mut notes = Notes::default();
    let read = |i: usize, performance: &PerformanceJson| {
        let name = performance.agent_name.clone().unwrap_or_else(|| match &performance.id {
            Label::Text(id) => id.clone(),
            Label::Number(id) => format!("Drone {id}"),
        });
        read_performance(performance, &name, &rates, &place(&format!("performances[{i}]")), bounds)
            .map_err(|e| e.of_vehicle(i, &name))
    };
    let swarm = read_vehicles(&json.performances, &place(""), bounds, &mut notes, read, |_, ()| Ok(()))?;
    swarm.rounding.note(&mut notes);
    notes.add("straight lines between positions and held colours are assumed: the format does not say");
    notes.add("`frames` of a colour is taken as how long it is held, as the format's page says; some programs write how long after \
               the colour before");
    notes.add("z is taken as forward, away from the audience; some programs write it towards the audience, which mirrors the show");
    skipped.note().into_iter().for_each(|text| notes.add(Note::left_out(text)));
    let origin = json.global_reference_frame.map_or_else(
        || {
            notes.add("the file does not say where the show stands: latitude and longitude 0 are assumed");
            Wgs84::default()
        },
        |r| Wgs84 { latitude_deg: r.lat, longitude_deg: r.lon, amsl_m: r.alt },
    );
    if !(origin.latitude_deg.abs() <= 90.0 && origin.longitude_deg.abs() <= 180.0 && origin.amsl_m.abs() <= 12_000.0) {
        let value = format!("{}, {}, {}", origin.latitude_deg, origin.longitude_deg, origin.amsl_m);
        return bad("globalReferenceFrame", value, "is no place on earth", "state degrees and metres");
    }
    notes.add("the format does not state a heading: 0 is assumed");
    let limits_from_file = LimitSources::all_default();
    let site = Site { origin, heading_deg: 0.0 };
    let show = Show { site, ..unplaced(json.performance_name.unwrap_or_default(), swarm.vehicles) };
    limits_from_file.note(&show.limits).into_iter().for_each(|note| notes.add(note));
    check_show(&show, place("performances"), "give each drone its own id")?;
    Ok(finished(show, Format::Vviz, notes, limits_from_file))
}

struct Rates {
    position_hz: f64,
    colour_hz: f64,
    offset_s: f64,
}

fn read_performance(
    performance: &PerformanceJson,
    name: &str,
    rates: &Rates,
    place: &Place,
    bounds: &ReadBounds,
) -> Result<VehicleRead, ReadError> {
    let agent = &performance.agent_description;
    let over = |what, value: usize, limit: usize, field| {
        Err(ReadError::OverLimit { place: place.clone(), what, value: value as u64, limit: limit as u64, field })
    };
    if agent.agent_traversal.len() > bounds.max_segments_per_vehicle {
        let count = agent.agent_traversal.len();
        return over("the number of samples", count, bounds.max_segments_per_vehicle, "max_segments_per_vehicle");
    }
    // Right, up, forward are x, z, y of the site frame.
    let home_m = DVec3::new(agent.home_x, agent.home_z, agent.home_y);
    let mut rounding = Rounding::default();
    let mut notes: Vec<Note> = Vec::new();
    let mut clock = Clock { t_s: rates.offset_s, place, bounds, rounding: &mut rounding };
    let start_ms = clock.after(0.0, || "timeOffsetSecs".into())?;
    let fault = |at: &str, fault| ReadError::from_fault(place.at(joined(place, at)), &fault);
    let mut trajectory = Trajectory::starting_at(start_ms, home_m).map_err(|f| fault("homeX", f))?;
    let mut position_m = home_m;
    let mut rest_until_ms = None;
    // Every delta takes its time, the first as well: the vehicle leaves home at the offset.
    for (k, step) in agent.agent_traversal.iter().enumerate() {
        let at = || format!("agentTraversal[{k}]");
        let t_ms = clock.after(step.dt.unwrap_or(1.0 / rates.position_hz), at)?;
        position_m += DVec3::new(step.dx, step.dz, step.dy);
        if trajectory.end_point_m() == position_m {
            rest_until_ms = Some(t_ms).filter(|&t_ms| t_ms > trajectory.end_ms());
            continue;
        }
        if let Some(until_ms) = rest_until_ms.take() {
            trajectory.push_hold(until_ms).map_err(|f| fault(&at(), f))?;
        }
        trajectory.push(t_ms, &[position_m]).map_err(|f| fault(&at(), f))?;
    }
    if let Some(until_ms) = rest_until_ms {
        trajectory.push_hold(until_ms).map_err(|f| fault("agentTraversal", f))?;
    }
    let headings = agent.agent_traversal.iter().map(|step| step.dh).chain([agent.home_h]);
    if headings.flatten().any(|heading| heading != 0.0) {
        notes.push(Note::left_out("its headings are left out: nothing published says which way they turn"));
    }

    let mut lights = LightProgram::dark();
    let mut lamps = performance.payload_description.iter().filter(|p| p.kind.as_deref() == Some("Light"));
    if let Some(lamp) = lamps.next() {
        if lamp.payload_actions.len() > bounds.max_light_commands {
            let count = lamp.payload_actions.len();
            return over("the number of colours", count, bounds.max_light_commands, "max_light_commands");
        }
        lights = read_colours(&lamp.payload_actions, rates, place, bounds, &mut rounding, &mut notes)?;
    } else {
        notes.push("it has no light: dark".into());
    }
    if lamps.next().is_some() {
        notes.push(Note::left_out("of several lights only the first is kept"));
    }
    if performance.payload_description.iter().any(|p| p.kind.as_deref() != Some("Light")) {
        notes.push(Note::left_out("payloads other than light are left out"));
    }
    Ok(VehicleRead::new(Vehicle::new(name, home_m, trajectory, lights), notes, rounding, ()))
}

/// Colours one after the other, each held for its `frames`, the last for ever.
fn read_colours(
    actions: &[ColourJson],
    rates: &Rates,
    place: &Place,
    bounds: &ReadBounds,
    rounding: &mut Rounding,
    notes: &mut Vec<Note>,
) -> Result<LightProgram, ReadError> {
    let mut lights = LightProgram::dark();
    let mut clock = Clock { t_s: rates.offset_s, place, bounds, rounding };
    let mut t_ms = clock.after(0.0, || "timeOffsetSecs".into())?;
    let mut is_whitened = false;
    for (k, action) in actions.iter().enumerate() {
        let at = || format!("payloadActions[{k}]");
        let channel = |value: Option<f64>| {
            value.filter(|v| (0.0..=255.0).contains(v)).map(|v| v.round() as u8).ok_or_else(|| ReadError::BadValue {
                place: place.at(joined(place, &at())),
                value: value.map_or_else(|| "no colour".into(), |v| format!("colour {v}")),
                why: "is no channel from 0 to 255".into(),
                remedy: "state r, g and b, and w if the lamp has white of its own",
            })
        };
        let white = channel(Some(action.w.unwrap_or(0.0)))?;
        is_whitened |= white > 0;
        let colour = with_white(Rgb::new(channel(action.r)?, channel(action.g)?, channel(action.b)?), white);
        if lights.keys().last().is_none_or(|key| key.colour != colour) {
            lights.push(LightKey { t_ms, colour, fade: false });
        }
        t_ms = clock.after(action.frames.unwrap_or(1.0) / rates.colour_hz, at)?;
    }
    if is_whitened {
        notes.push("its white was mixed into red, green and blue".into());
    }
    Ok(lights)
}

/// Adds up durations, and rounds the sums to milliseconds.
struct Clock<'a> {
    t_s: f64,
    place: &'a Place,
    bounds: &'a ReadBounds,
    rounding: &'a mut Rounding,
}

impl Clock<'_> {
    /// The time in milliseconds when so many seconds more have passed.
    fn after(&mut self, duration_s: f64, at: impl Fn() -> String) -> Result<i64, ReadError> {
        let bad = |value: String, why: &str, remedy| ReadError::BadValue {
            place: self.place.at(joined(self.place, &at())),
            value,
            why: why.into(),
            remedy,
        };
        if duration_s < 0.0 {
            return Err(bad(format!("{duration_s} s"), "is no duration", "times only go on: write 0 or more"));
        }
        self.t_s += duration_s;
        let Some((t_ms, off_ms)) = millis_from_seconds(self.t_s, self.bounds.max_time_ms) else {
            let remedy = "times are in seconds, within 24 hours";
            return Err(bad(format!("time {} s", self.t_s), "is beyond any show", remedy));
        };
        self.rounding.add(off_ms);
        Ok(t_ms)
    }
}

/// A place inside a performance.
fn joined(place: &Place, at: &str) -> String {
    format!("{}.{at}", place.at)
}
