//! Return plans: what to do when the show is stopped. For "land" the target is the vehicle's place at that time, and for
//! "goToKeepAlt" the height of the target is that of the vehicle: neither says anything of its own.

use kapok_show::{DVec2, DVec3, Neck, Nwu, ReturnAction, ReturnEntry, ReturnToHomePlan, Trajectory, seconds};
use serde::Deserialize;

use super::parts::Part;
use super::times::Times;
use super::trajectory::push_point;
use crate::error::shortened;
use crate::text::number::{push_f64, push_member, push_seconds};
use crate::{ReadBounds, ReadError};

/// How far a target that says nothing may be from the vehicle without a note, metres.
const PLACE_TOLERANCE_M: f64 = 0.01;

/// The member `rthPlan` as it stands in a file.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PlanJson {
    #[serde(default)]
    version: Option<f64>,
    landing_speed: f64,
    #[serde(default)]
    landing_altitude: Option<f64>,
    entries: Vec<EntryJson>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct EntryJson {
    time: f64,
    action: String,
    target: [f64; 3],
    #[serde(default)]
    duration: Option<f64>,
    #[serde(default)]
    pre_delay: Option<f64>,
    #[serde(default)]
    post_delay: Option<f64>,
    #[serde(default)]
    pre_neck: Option<f64>,
    #[serde(default)]
    pre_neck_duration: Option<f64>,
    #[serde(default)]
    landing_altitude: Option<f64>,
}

/// Appends the plan as JSON; `show` is the motion of the vehicle.
pub(super) fn push_plan(out: &mut String, plan: &ReturnToHomePlan, show: &Trajectory) {
    out.push_str("{\"version\":1,\"landingSpeed\":");
    push_f64(out, plan.landing_speed_m_s);
    out.push_str(",\"landingAltitude\":");
    push_f64(out, plan.landing_altitude_m);
    out.push_str(",\"entries\":[");
    for (i, entry) in plan.entries.iter().enumerate() {
        out.push_str(if i == 0 { "\n{\"time\":" } else { ",\n{\"time\":" });
        push_seconds(out, i64::from(entry.time_s) * 1000);
        let place_m = show.sample(f64::from(entry.time_s) * 1000.0).position_m;
        let (action, target_m, duration_ms, neck) = match entry.action {
            ReturnAction::Land => ("land", place_m, 0, None),
            ReturnAction::KeepAltitude { target_m, duration_ms } => {
                ("goToKeepAlt", target_m.extend(place_m.z), duration_ms, None)
            }
            ReturnAction::Straight { target_m, duration_ms, neck } => ("goToStraight", target_m, duration_ms, neck),
        };
        push_member(out, "action");
        for piece in ["\"", action, "\""] {
            out.push_str(piece);
        }
        push_member(out, "target");
        push_point(out, target_m);
        let times = [
            ("duration", Some(duration_ms)),
            ("preDelay", Some(entry.pre_delay_ms).filter(|&ms| ms != 0)),
            ("postDelay", Some(entry.post_delay_ms).filter(|&ms| ms != 0)),
            ("preNeckDuration", neck.map(|n| n.duration_ms)),
        ];
        for (name, ms) in times {
            if let Some(ms) = ms {
                push_member(out, name);
                push_seconds(out, ms);
            }
        }
        for (name, m) in [("preNeck", neck.map(|n| n.height_m)), ("landingAltitude", entry.landing_altitude_m)] {
            if let Some(m) = m {
                push_member(out, name);
                push_f64(out, m);
            }
        }
        out.push('}');
    }
    out.push_str("]}");
}

/// Reads the member. The format has no largest acceleration: that of the added object is given.
pub(super) fn read_plan(
    part: &Part,
    bounds: &ReadBounds,
    show: &Trajectory,
    max_acceleration_m_s2: Option<f64>,
    times: &mut Times,
) -> Result<ReturnToHomePlan, ReadError> {
    let json: PlanJson = part.parse()?;
    part.check_version(json.version, "a return plan")?;
    let count = json.entries.len();
    part.check_count(
        "entries",
        count,
        "the number of entries of the return plan",
        (bounds.max_return_entries, "max_return_entries"),
    )?;
    let bad = |at: &str, value, why: &str, remedy| {
        Err(ReadError::BadValue { place: part.place_at(at), value, why: why.into(), remedy })
    };
    if json.landing_speed <= 0.0 {
        let value = format!("landing speed {}", json.landing_speed);
        return bad("landingSpeed", value, "brings no vehicle down", "it is in m/s, above 0");
    }
    let mut entries: Vec<ReturnEntry> = Vec::with_capacity(count);
    let (mut other_place, mut other_height) = (false, false);
    for (i, entry) in json.entries.iter().enumerate() {
        let at = format!("entries[{i}]");
        let name = |name: &str| format!("{at}.{name}");
        let t_s = entry.time;
        let latest_s = (bounds.max_time_ms / 1000).clamp(0, i64::from(u32::MAX));
        if t_s.fract() != 0.0 || !(0.0..=latest_s as f64).contains(&t_s) {
            let remedy = "times are whole seconds from 0 on, within 24 hours";
            return bad(&name("time"), format!("time {t_s} s"), "is no time of a return plan", remedy);
        }
        let time_s = t_s as u32;
        if let Some(last) = entries.last().filter(|last| last.time_s >= time_s) {
            let why = format!("is not later than the entry before it, which is at {} s", last.time_s);
            return bad(&name("time"), format!("time {t_s} s"), &why, "sort the entries; every time occurs once");
        }
        let mut duration =
            |what: &str, value: Option<f64>| times.duration_ms(part, || format!("{at}.{what}"), value.unwrap_or(0.0));
        let duration_ms = duration("duration", entry.duration)?;
        let (pre_delay_ms, post_delay_ms) =
            (duration("preDelay", entry.pre_delay)?, duration("postDelay", entry.post_delay)?);
        let neck_ms = duration("preNeckDuration", entry.pre_neck_duration)?;
        let neck = (entry.pre_neck.is_some() || entry.pre_neck_duration.is_some())
            .then(|| Neck { height_m: entry.pre_neck.unwrap_or(0.0), duration_ms: neck_ms });
        if neck.is_some_and(|n| n.height_m != 0.0 && n.duration_ms == 0) {
            let value = "a neck without a duration".to_owned();
            return bad(&name("preNeck"), value, "would be a jump", "state preNeckDuration in seconds");
        }
        let target_m = Nwu(DVec3::from_array(entry.target)).to_site() + 0.0;
        let place_m = show.sample(t_s * 1000.0).position_m;
        let action = match entry.action.as_str() {
            "land" => {
                other_place |= target_m.distance(place_m) > PLACE_TOLERANCE_M;
                ReturnAction::Land
            }
            "goToKeepAlt" => {
                other_height |= (target_m.z - place_m.z).abs() > PLACE_TOLERANCE_M;
                ReturnAction::KeepAltitude { target_m: DVec2::new(target_m.x, target_m.y), duration_ms }
            }
            "goToStraight" => ReturnAction::Straight { target_m, duration_ms, neck },
            other => {
                let value = format!("action \"{}\"", shortened(other));
                return bad(&name("action"), value, "is not known", "known are land, goToKeepAlt and goToStraight");
            }
        };
        let moves = matches!(action, ReturnAction::Straight { .. });
        if !moves && neck.is_some_and(|n| n.height_m != 0.0 || n.duration_ms != 0) {
            let remedy = "remove it or use goToStraight";
            return bad(&name("preNeck"), "a neck".into(), "goes with goToStraight only", remedy);
        }
        if action == ReturnAction::Land && duration_ms != 0 {
            let value = format!("duration {}", seconds(duration_ms));
            return bad(&name("duration"), value, "has no move to last: the entry lands", "remove it or name a move");
        }
        let landing_altitude_m = entry.landing_altitude;
        entries.push(ReturnEntry { time_s, action, pre_delay_ms, post_delay_ms, landing_altitude_m });
    }
    for (noted, what) in [
        (other_place, "\"land\" entries of its return plan have targets elsewhere than the vehicle: it lands in place"),
        (
            other_height,
            "\"goToKeepAlt\" entries of its return plan have targets of another height: the vehicle's is kept",
        ),
    ] {
        if noted {
            times.notes.push(what.into());
        }
    }
    Ok(ReturnToHomePlan {
        landing_speed_m_s: json.landing_speed,
        landing_altitude_m: json.landing_altitude.unwrap_or(0.0),
        max_acceleration_m_s2,
        entries,
    })
}
