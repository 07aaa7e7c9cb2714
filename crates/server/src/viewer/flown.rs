//! A flight beside its plan: what a log says of the vehicles of a show, for the pages that replay it.

use axum::body::Bytes;
use kapok_log::{EventLevel, FlightLog, VehicleStatus};
use kapok_show::{DVec3, Show};
use schemars::JsonSchema;
use serde::Serialize;

use super::error::ViewError;

/// Frames of a block: pages fetch those around the instant that they show.
const BLOCK_FRAMES: usize = 32;

/// Two vehicles that came near each other.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
struct FlownPair {
    /// Their indices.
    pair: [u16; 2],
    /// Distance of their centres, metres.
    distance_m: f64,
}

/// The vehicle that was farthest from its plan.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
struct FlownError {
    /// Its index.
    vehicle: u16,
    /// Distance to the planned place, metres.
    distance_m: f64,
}

/// One instant of the flight.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
struct FlownFrame {
    /// Time of the show, milliseconds.
    t_ms: i64,
    /// Vehicles by status: parked, flying, landing, landed, returning, failsafe, fallen, silent.
    vehicles: Vec<u32>,
    /// The closest pair in flight, where one is near enough to be watched.
    closest: Option<FlownPair>,
    /// Of the vehicles that fly what they shall, the one that is farthest from its plan.
    farthest: Option<FlownError>,
    /// Wind 10 m above the ground, metres a second towards x and y.
    wind_m_s: Option<[f64; 2]>,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
struct FlownEvent {
    /// Time of the show, milliseconds.
    t_ms: i64,
    /// How much it matters.
    level: FlownLevel,
    /// What it is about.
    subject: String,
    /// What happened.
    message: String,
}

/// How much an event matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum FlownLevel {
    /// It was meant to happen.
    Info,
    /// Something is worth a look.
    Warning,
    /// A vehicle is lost, or a limit was broken.
    Error,
}

/// An entry of the head of a log.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
struct FlownFact {
    /// What it is.
    name: String,
    /// What is said of it.
    value: String,
}

/// What a flight log says of the show; where the vehicles were is asked for by block.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub(super) struct FlownAnswer {
    /// Title of the show that was flown.
    title: String,
    /// Was it this very file?
    is_same_file: bool,
    /// Are the positions the truth of a simulation? Otherwise they are what the vehicles reported.
    is_truth: bool,
    /// Why the log ends before its end, if it does.
    cut: Option<String>,
    /// What else the log says of itself.
    about: Vec<FlownFact>,
    /// Frames of a block of positions.
    block_frames: usize,
    /// The instants, in order of time.
    frames: Vec<FlownFrame>,
    /// What happened.
    events: Vec<FlownEvent>,
}

/// A flight that is shown beside its plan: the answers of a [`View`](super::view::View), made once.
#[derive(Clone, Debug)]
pub struct Flown {
    pub(super) json: Bytes,
    pub(super) blocks: Vec<Bytes>,
}

impl Flown {
    /// A log beside the show of a file whose bytes have this SHA-256.
    ///
    /// A block holds, for each of its frames and little-endian, x, y, z of every vehicle as f32 (metres, site frame; no
    /// number where a vehicle was not heard of), then a byte of status for each, padded with zeros to a multiple of four.
    ///
    /// # Errors
    /// [`ViewError::OtherFleet`] if the log has another number of vehicles, [`ViewError::NoFrames`] if it has no frame.
    ///
    /// # Complexity
    /// O(frames · vehicles).
    pub fn new(show: &Show, sha256: &str, log: &FlightLog) -> Result<Self, ViewError> {
        let count = show.vehicles.len();
        if log.head.vehicles as usize != count {
            return Err(ViewError::OtherFleet { log: log.head.vehicles as usize, show: count });
        }
        // A log whose clock was set back is shown in the order of time, of two frames of an instant the later.
        let t_ms = |t_ns: u64| (i128::from(t_ns) - i128::from(log.head.show_start_ns)).div_euclid(1_000_000) as i64;
        let mut order: Vec<usize> = (0..log.frames.len()).collect();
        order.sort_by_key(|&k| t_ms(log.frames[k].t_ns));
        order.reverse();
        order.dedup_by_key(|k| t_ms(log.frames[*k].t_ns));
        order.reverse();
        if order.is_empty() {
            return Err(ViewError::NoFrames);
        }
        let mut frames = Vec::with_capacity(order.len());
        let mut blocks = Vec::new();
        for part in order.chunks(BLOCK_FRAMES) {
            let status_bytes = count.next_multiple_of(4);
            let mut block = Vec::with_capacity(part.len() * (12 * count + status_bytes));
            for &k in part {
                let frame = &log.frames[k];
                let at_ms = t_ms(frame.t_ns);
                let mut places = vec![[f32::NAN; 3]; count];
                let mut states = vec![VehicleStatus::Silent as u8; status_bytes];
                states[count..].fill(0);
                let mut farthest: Option<FlownError> = None;
                for mark in frame.marks() {
                    let index = usize::from(mark.id);
                    places[index] = mark.position_m;
                    states[index] = mark.status as u8;
                    let flown = &show.vehicles[index].trajectory;
                    if mark.status == VehicleStatus::Flying && (flown.start_ms()..=flown.end_ms()).contains(&at_ms) {
                        let [x, y, z] = mark.position_m.map(f64::from);
                        let distance_m = flown.sample(at_ms as f64).position_m.distance(DVec3::new(x, y, z));
                        if farthest.is_none_or(|most| most.distance_m < distance_m) {
                            farthest = Some(FlownError { vehicle: mark.id, distance_m });
                        }
                    }
                }
                let mut vehicles = vec![0; VehicleStatus::ALL.len()];
                states[..count].iter().for_each(|&status| vehicles[usize::from(status)] += 1);
                let known = |pair: &[u16; 2]| pair.iter().all(|&i| usize::from(i) < count) && pair[0] != pair[1];
                let closest = frame.state.closest.filter(|c| known(&c.pair) && c.distance_m.is_finite());
                frames.push(FlownFrame {
                    t_ms: at_ms,
                    vehicles,
                    closest: closest.map(|c| FlownPair { pair: c.pair, distance_m: c.distance_m }),
                    farthest,
                    wind_m_s: frame.state.wind_m_s.filter(|wind| wind.iter().all(|w| w.is_finite())),
                });
                block.extend(places.iter().flatten().flat_map(|metres| metres.to_le_bytes()));
                block.extend(states);
            }
            blocks.push(block.into());
        }
        let level = |level| match level {
            EventLevel::Info => FlownLevel::Info,
            EventLevel::Warning => FlownLevel::Warning,
            EventLevel::Error => FlownLevel::Error,
        };
        let events = log.events.iter().map(|e| FlownEvent {
            t_ms: t_ms(e.t_ns),
            level: level(e.level),
            subject: e.subject.clone(),
            message: e.message.clone(),
        });
        let about = log.head.about.iter().map(|(name, value)| FlownFact { name: name.clone(), value: value.clone() });
        let answer = FlownAnswer {
            title: log.head.title.clone(),
            is_same_file: log.head.show_sha256.eq_ignore_ascii_case(sha256),
            is_truth: log.frames.iter().any(|frame| !frame.truth.is_empty()),
            cut: log.cut.clone(),
            about: about.collect(),
            block_frames: BLOCK_FRAMES,
            frames,
            events: events.collect(),
        };
        Ok(Self { json: serde_json::to_vec(&answer)?.into(), blocks })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kapok_log::{ClosestPair, FleetState, LogEvent, LogHead, LoggedFrame, VehicleMark};
    use kapok_show::{LightProgram, Rgb, Trajectory, Vehicle};

    fn mark(id: u16, x: f32, status: VehicleStatus) -> VehicleMark {
        VehicleMark { id, position_m: [x, 0.0, 10.0], light: Rgb::WHITE, status, charge_percent: None }
    }

    fn log(frames: Vec<LoggedFrame>) -> FlightLog {
        let head = LogHead {
            title: "Two".into(),
            show_sha256: "AB".repeat(32),
            vehicles: 2,
            separation_m: 1.0,
            show_start_ns: 5_000_000_000,
            about: [("seed".to_owned(), "7".to_owned())].into(),
        };
        let events = vec![LogEvent {
            t_ns: 4_500_000_000,
            level: EventLevel::Error,
            subject: "1".into(),
            message: "fell".into(),
        }];
        FlightLog { head, frames, events, site: None, cut: None }
    }

    fn show() -> Show {
        let hover = |x: f64| Trajectory::starting_at(0, DVec3::new(x, 0.0, 10.0)).unwrap();
        let vehicle = |name: &str, x: f64| Vehicle::new(name, DVec3::new(x, 0.0, 0.0), hover(x), LightProgram::dark());
        Show::of_vehicles(vec![vehicle("1", 0.0), vehicle("2", 5.0)])
    }

    #[test]
    fn frames_are_told_in_show_time_with_the_plan_beside_them() {
        let closest = Some(ClosestPair { pair: [0, 1], distance_m: 4.0 });
        let frame = |t_ns, truth| LoggedFrame {
            t_ns,
            truth,
            state: FleetState { closest, ..FleetState::default() },
            ..LoggedFrame::default()
        };
        let both = vec![mark(0, 3.0, VehicleStatus::Flying), mark(1, 5.5, VehicleStatus::Flying)];
        let one = vec![mark(1, 9.0, VehicleStatus::Failsafe)];
        let flown =
            Flown::new(&show(), &"ab".repeat(32), &log(vec![frame(5_000_000_000, both), frame(5_500_000_000, one)]))
                .unwrap();
        let seen: serde_json::Value = serde_json::from_slice(&flown.json).unwrap();
        assert_eq!(seen["is_same_file"], true);
        assert_eq!(seen["frames"][0]["t_ms"], 0);
        assert_eq!(seen["frames"][0]["farthest"], serde_json::json!({ "vehicle": 0, "distance_m": 3.0 }));
        assert_eq!(seen["frames"][0]["closest"]["distance_m"], 4.0);
        assert_eq!(seen["frames"][1]["vehicles"], serde_json::json!([0, 0, 0, 0, 0, 1, 0, 1]));
        assert_eq!(seen["frames"][1]["farthest"], serde_json::Value::Null, "a failsafe has no plan");
        assert_eq!(seen["events"][0]["t_ms"], -500);
        let floats: Vec<f32> =
            flown.blocks[0][28..].chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect();
        assert!(floats[0].is_nan() && floats[3] == 9.0, "{floats:?}");
        assert_eq!(flown.blocks[0][24..28], [1, 1, 0, 0]);
    }

    #[test]
    fn another_fleet_and_an_empty_log_are_refused() {
        let one = Show::of_vehicles(show().vehicles.drain(..1).collect());
        let frame = LoggedFrame { t_ns: 0, ..LoggedFrame::default() };
        assert!(matches!(Flown::new(&one, "", &log(vec![frame])), Err(ViewError::OtherFleet { log: 2, show: 1 })));
        assert!(matches!(Flown::new(&show(), "", &log(Vec::new())), Err(ViewError::NoFrames)));
    }
}
