use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::cursor::Cursor;
use crate::light::encode_varuint;
use crate::{Place, ReadError, WriteError};

/// Longest duration, seconds.
const MAX_DURATION_S: u32 = 1 << 24;

/// The three layouts of the return plan. Which one a firmware expects has to be agreed with its builder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum RthLayout {
    /// Released C library up to 4.3.0, which the public firmware branch 4.6 has: plane points, no descent.
    #[serde(rename = "released-4")]
    Released4,
    /// Development state of the C library of March 2026: points with height, largest acceleration.
    #[serde(rename = "main-2026")]
    Main2026,
    /// Rust crate 0.1.x and C library 6.0.x: landing velocity, flags per entry.
    #[serde(rename = "crate-0.1")]
    Crate01,
}

impl RthLayout {
    /// All layouts.
    pub const ALL: [Self; 3] = [Self::Released4, Self::Main2026, Self::Crate01];

    /// Its name on command lines and in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Released4 => "released-4",
            Self::Main2026 => "main-2026",
            Self::Crate01 => "crate-0.1",
        }
    }

    /// The layout of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|layout| layout.name() == name)
    }
}

/// A return plan: what to do if the vehicle has to come home, by show time.
///
/// Lengths are in units of `scale` millimetres, north-west-up; times in whole seconds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RthPlan {
    /// Millimetres per unit, 1 to 127.
    pub scale: u8,
    /// Largest acceleration, mm/s²; 0: none stated. Not in [`RthLayout::Released4`].
    pub max_acceleration_mm_s2: u16,
    /// Speed of the final descent, mm/s; 0: no descent. Only in [`RthLayout::Crate01`].
    pub landing_velocity_mm_s: u16,
    /// Altitude at which the descent ends if an entry says nothing else. Only in [`RthLayout::Crate01`].
    pub landing_altitude: i16,
    /// Targets; the height is only in [`RthLayout::Main2026`] and is that of the final descent.
    pub points: Vec<[i16; 3]>,
    /// Entries in the order of time.
    pub entries: Vec<RthEntry>,
}

/// What to do up to and including a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RthEntry {
    /// Show time, seconds.
    pub time_s: u32,
    /// Climb before the move: height and duration in seconds.
    pub neck: Option<(i16, u32)>,
    /// Index of the target; `None`: stay above the present place.
    pub point: Option<u32>,
    /// Altitude at arrival; `None`: keep the present one.
    pub altitude: Option<i16>,
    /// Duration of the move, seconds; 0 if there is none.
    pub duration_s: u32,
    /// Altitude at which the descent ends. Only in [`RthLayout::Crate01`].
    pub landing_altitude: Option<i16>,
    /// Rest before, seconds.
    pub pre_delay_s: u32,
    /// Rest after the move, seconds.
    pub post_delay_s: u32,
}

impl RthEntry {
    /// Without time and delays.
    fn movement(self) -> Self {
        Self { time_s: 0, pre_delay_s: 0, post_delay_s: 0, ..self }
    }

    fn durations_s(&self) -> [u32; 4] {
        [self.duration_s, self.pre_delay_s, self.post_delay_s, self.neck.map_or(0, |(_, s)| s)]
    }

    fn without_time(self) -> Self {
        Self { time_s: 0, ..self }
    }
}

impl RthPlan {
    /// The entry that counts at a show time: the first whose time is not before it. `None`: land in place.
    ///
    /// The readers of [`RthLayout::Released4`] use the last entry for ever instead of landing after it.
    pub fn entry_at(&self, t_s: f64) -> Option<&RthEntry> {
        if t_s < 0.0 {
            return None;
        }
        self.entries.iter().find(|e| f64::from(e.time_s) >= t_s)
    }

    /// The body of block 4 in a layout.
    ///
    /// # Errors
    /// [`WriteError::NotCarried`] for what the layout cannot say, for entries out of order, points that are not there
    /// and durations above 2²⁴ s.
    pub fn encode(&self, layout: RthLayout) -> Result<Vec<u8>, WriteError> {
        let refused = |what: String, why| Err(WriteError::NotCarried { what, format: layout.name(), why });
        let count = |n: usize| u16::try_from(n).map(u16::to_le_bytes);
        let (Ok(points), Ok(entries)) = (count(self.points.len()), count(self.entries.len())) else {
            return refused("a return plan".into(), "it has more than 65,535 points or entries");
        };
        if !(1..=127).contains(&self.scale) {
            return refused(format!("scale {}", self.scale), "it must be from 1 to 127");
        }
        let mut out = Vec::new();
        match layout {
            RthLayout::Released4 => out.push(self.scale),
            RthLayout::Main2026 | RthLayout::Crate01 => {
                out.extend_from_slice(&[0, self.scale]);
                out.extend_from_slice(&self.max_acceleration_mm_s2.to_le_bytes());
            }
        }
        if layout == RthLayout::Released4 && self.max_acceleration_mm_s2 != 0 {
            return refused("a largest acceleration".into(), "the layout has no place for it");
        }
        if layout == RthLayout::Crate01 {
            out.extend_from_slice(&self.landing_velocity_mm_s.to_le_bytes());
            out.extend_from_slice(&self.landing_altitude.to_le_bytes());
        } else if self.landing_velocity_mm_s != 0 || self.landing_altitude != 0 {
            return refused("a final descent".into(), "the layout has no place for it");
        }
        out.extend_from_slice(&points);
        for point in &self.points {
            let kept = if layout == RthLayout::Main2026 { 3 } else { 2 };
            if point[kept..].iter().any(|&z| z != 0) {
                return refused("the height of a target".into(), "the layout has no place for it");
            }
            for v in &point[..kept] {
                out.extend_from_slice(&v.to_le_bytes());
            }
        }
        out.extend_from_slice(&entries);
        let mut last: Option<&RthEntry> = None;
        for (i, entry) in self.entries.iter().enumerate() {
            let since_s = entry.time_s.checked_sub(last.map_or(0, |e| e.time_s));
            let Some(since_s) = since_s.filter(|_| last.is_none_or(|e| e.time_s < entry.time_s)) else {
                return refused(format!("entry {i} at {} s", entry.time_s), "times must increase");
            };
            if entry.point.is_some_and(|p| p as usize >= self.points.len()) {
                return refused(format!("entry {i}"), "its point is not in the list");
            }
            if entry.durations_s().iter().any(|&s| s > MAX_DURATION_S) {
                return refused(format!("entry {i}"), "a duration is above 2^24 seconds");
            }
            if entry.point.is_none() && entry.altitude.is_none() && entry.duration_s != 0 {
                return refused(format!("entry {i}"), "it has a duration but nowhere to move");
            }
            match layout {
                RthLayout::Released4 | RthLayout::Main2026 => {
                    if let Err(why) = encode_action(&mut out, entry, since_s, last) {
                        return refused(format!("entry {i}"), why);
                    }
                }
                RthLayout::Crate01 => encode_flags(&mut out, entry, since_s, last),
            }
            last = Some(entry);
        }
        Ok(out)
    }

    /// Reads the body of block 4 in a stated layout, strictly: every byte is used, every point is there.
    ///
    /// # Errors
    /// [`ReadError::Damaged`] and [`ReadError::BadValue`].
    pub fn decode(body: &[u8], layout: RthLayout) -> Result<Self, ReadError> {
        let mut cursor = Cursor::new(body, "return plan block");
        let bad = |cursor: &Cursor, value: String, why: &str| {
            Err(ReadError::BadValue {
                place: cursor.place(),
                value,
                why: format!("{why} (read as layout {})", layout.name()),
                remedy: "state the layout that the file was written in",
            })
        };
        let mut plan = Self::default();
        if layout != RthLayout::Released4 && cursor.u8()? != 0 {
            return bad(&cursor, "a flag".into(), "is not known");
        }
        plan.scale = cursor.u8()?;
        if !(1..=127).contains(&plan.scale) {
            return bad(&cursor, format!("scale {}", plan.scale), "is not from 1 to 127");
        }
        if layout != RthLayout::Released4 {
            plan.max_acceleration_mm_s2 = cursor.u16()?;
        }
        if layout == RthLayout::Crate01 {
            plan.landing_velocity_mm_s = cursor.u16()?;
            plan.landing_altitude = cursor.i16()?;
        }
        for _ in 0..cursor.u16()? {
            let [x, y] = cursor.i16s()?;
            let z = if layout == RthLayout::Main2026 { cursor.i16()? } else { 0 };
            plan.points.push([x, y, z]);
        }
        let entries = if cursor.is_at_end() && layout == RthLayout::Crate01 { 0 } else { cursor.u16()? };
        for i in 0..entries {
            let last = plan.entries.last().copied();
            let mut entry = if layout == RthLayout::Crate01 {
                decode_flags(&mut cursor, last)?
            } else {
                decode_action(&mut cursor, last)?
            };
            let Some(time_s) = last.map_or(0, |e| e.time_s).checked_add(entry.time_s) else {
                return bad(&cursor, format!("the time of entry {i}"), "needs more than 32 bits");
            };
            if last.is_some() && entry.time_s == 0 {
                return bad(&cursor, format!("entry {i}"), "is at the same time as the one before");
            }
            entry.time_s = time_s;
            if let Some(point) = entry.point.filter(|&p| p as usize >= plan.points.len()) {
                return bad(&cursor, format!("point {point}"), "is not in the list");
            }
            if entry.durations_s().iter().any(|&s| s > MAX_DURATION_S) {
                return bad(&cursor, format!("entry {i}"), "has a duration above 2^24 seconds");
            }
            plan.entries.push(entry);
        }
        if !cursor.is_at_end() {
            return bad(&cursor, format!("{} bytes", cursor.remaining()), "are left over");
        }
        Ok(plan)
    }

    /// Reads the body of block 4 without a stated layout: only if exactly one layout fits.
    ///
    /// # Errors
    /// [`ReadError::BadValue`] if none or several fit.
    pub fn decode_unstated(body: &[u8]) -> Result<(RthLayout, Self), ReadError> {
        let mut fitting: Vec<(RthLayout, Self)> =
            RthLayout::ALL.into_iter().filter_map(|l| Some((l, Self::decode(body, l).ok()?))).collect();
        match (fitting.pop(), fitting.is_empty()) {
            (Some(only), true) => Ok(only),
            (last, _) => {
                let names: Vec<&str> = fitting.iter().chain(&last).map(|(l, _)| l.name()).collect();
                Err(ReadError::BadValue {
                    place: Place::in_member("return plan block", ""),
                    value: format!("the plan of {} bytes", body.len()),
                    why: format!("fits {} layouts {names:?}", names.len()),
                    remedy: "state the layout that the file was written in",
                })
            }
        }
    }
}

/// An entry of the older layouts.
fn encode_action(
    out: &mut Vec<u8>,
    entry: &RthEntry,
    since_s: u32,
    last: Option<&RthEntry>,
) -> Result<(), &'static str> {
    if entry.landing_altitude.is_some() {
        return Err("the layout has no landing altitude per entry");
    }
    let action = match (entry.point, entry.altitude) {
        (_, None) if entry.neck.is_some() => return Err("the layout has a neck only with a target and altitude"),
        (None, None) => 1,
        (Some(_), None) => 2,
        (Some(_), Some(_)) => 3,
        (None, Some(_)) => return Err("the layout has no altitude without a target"),
    };
    let delays = u8::from(entry.pre_delay_s > 0) << 1 | u8::from(entry.post_delay_s > 0);
    // Everything but the duration can be taken over from the entry before.
    let same =
        last.is_some_and(|last| RthEntry { duration_s: entry.duration_s, ..last.movement() } == entry.movement());
    out.push(if same { 0 } else { action << 4 } | delays);
    encode_varuint(out, since_s);
    if !same {
        if let Some(point) = entry.point {
            encode_varuint(out, point);
        }
        if let Some(altitude) = entry.altitude {
            let (height, duration_s) = entry.neck.unwrap_or((0, 0));
            out.extend_from_slice(&altitude.to_le_bytes());
            out.extend_from_slice(&height.to_le_bytes());
            encode_varuint(out, duration_s);
        }
    }
    if action != 1 {
        encode_varuint(out, entry.duration_s);
    }
    for delay_s in [entry.pre_delay_s, entry.post_delay_s] {
        if delay_s > 0 {
            encode_varuint(out, delay_s);
        }
    }
    Ok(())
}

/// An entry of the older layouts; its time is that since the entry before.
fn decode_action(cursor: &mut Cursor, last: Option<RthEntry>) -> Result<RthEntry, ReadError> {
    let place = cursor.place();
    let flags = cursor.u8()?;
    if flags & !0x33 != 0 {
        return Err(ReadError::BadValue {
            place,
            value: format!("flags 0x{flags:02x}"),
            why: "are not all known".into(),
            remedy: "state the layout that the file was written in",
        });
    }
    let since_s = cursor.varuint()?;
    let mut entry = match flags >> 4 {
        0 => last.map(RthEntry::movement).unwrap_or_default(),
        1 => RthEntry::default(),
        action => {
            let mut entry = RthEntry { point: Some(cursor.varuint()?), ..RthEntry::default() };
            if action == 3 {
                entry.altitude = Some(cursor.i16()?);
                entry.neck = Some((cursor.i16()?, cursor.varuint()?)).filter(|&neck| neck != (0, 0));
            }
            entry
        }
    };
    entry.time_s = since_s;
    if entry.point.is_some() {
        entry.duration_s = cursor.varuint()?;
    }
    if flags & 2 != 0 {
        entry.pre_delay_s = cursor.varuint()?;
    }
    if flags & 1 != 0 {
        entry.post_delay_s = cursor.varuint()?;
    }
    Ok(entry)
}

const NECK: u8 = 0x01;
const TARGET_XY: u8 = 0x02;
const TARGET_Z: u8 = 0x04;
const LANDING_ALTITUDE: u8 = 0x08;
const PRE_DELAY: u8 = 0x10;
const POST_DELAY: u8 = 0x20;

/// An entry of the newest layout.
fn encode_flags(out: &mut Vec<u8>, entry: &RthEntry, since_s: u32, last: Option<&RthEntry>) {
    let same = last.is_some_and(|last| last.without_time() == entry.without_time());
    let mut flags = 0;
    if !same {
        for (flag, present) in [
            (NECK, entry.neck.is_some()),
            (TARGET_XY, entry.point.is_some()),
            (TARGET_Z, entry.altitude.is_some()),
            (LANDING_ALTITUDE, entry.landing_altitude.is_some()),
            (PRE_DELAY, entry.pre_delay_s > 0),
            (POST_DELAY, entry.post_delay_s > 0),
        ] {
            if present {
                flags |= flag;
            }
        }
        // Without any flag an entry means the same as before: land in place needs one, a pause of no time.
        if flags == 0 && last.is_some() {
            flags = PRE_DELAY;
        }
    }
    out.push(flags);
    encode_varuint(out, since_s);
    if same {
        return;
    }
    if let Some((height, duration_s)) = entry.neck {
        out.extend_from_slice(&height.to_le_bytes());
        encode_varuint(out, duration_s);
    }
    if let Some(point) = entry.point {
        encode_varuint(out, point);
    }
    if let Some(altitude) = entry.altitude {
        out.extend_from_slice(&altitude.to_le_bytes());
    }
    if flags & (TARGET_XY | TARGET_Z) != 0 {
        encode_varuint(out, entry.duration_s);
    }
    if let Some(altitude) = entry.landing_altitude {
        out.extend_from_slice(&altitude.to_le_bytes());
    }
    if flags & PRE_DELAY != 0 {
        encode_varuint(out, entry.pre_delay_s);
    }
    if flags & POST_DELAY != 0 {
        encode_varuint(out, entry.post_delay_s);
    }
}

/// An entry of the newest layout; its time is that since the entry before.
fn decode_flags(cursor: &mut Cursor, last: Option<RthEntry>) -> Result<RthEntry, ReadError> {
    let place = cursor.place();
    let flags = cursor.u8()?;
    if flags & !0x3f != 0 {
        return Err(ReadError::BadValue {
            place,
            value: format!("flags 0x{flags:02x}"),
            why: "are not all known".into(),
            remedy: "state the layout that the file was written in",
        });
    }
    let time_s = cursor.varuint()?;
    if flags == 0 {
        return Ok(RthEntry { time_s, ..last.unwrap_or_default() });
    }
    let mut entry = RthEntry { time_s, ..RthEntry::default() };
    if flags & NECK != 0 {
        entry.neck = Some((cursor.i16()?, cursor.varuint()?));
    }
    if flags & TARGET_XY != 0 {
        entry.point = Some(cursor.varuint()?);
    }
    if flags & TARGET_Z != 0 {
        entry.altitude = Some(cursor.i16()?);
    }
    if flags & (TARGET_XY | TARGET_Z) != 0 {
        entry.duration_s = cursor.varuint()?;
    }
    if flags & LANDING_ALTITUDE != 0 {
        entry.landing_altitude = Some(cursor.i16()?);
    }
    if flags & PRE_DELAY != 0 {
        entry.pre_delay_s = cursor.varuint()?;
    }
    if flags & POST_DELAY != 0 {
        entry.post_delay_s = cursor.varuint()?;
    }
    Ok(entry)
}
