//! Yaw programs on the grid of the file: tenths of a degree, steps of at most 65,535 ms, from time 0 on.

use kapok_show::{YawKey, YawProgram};

use super::file::SkybYaw;
use crate::{Place, ReadError, WriteError};

/// Longest step, milliseconds.
const MAX_STEP_MS: i64 = u16::MAX as i64;
/// Most steps that a block holds.
const MAX_STEPS: i64 = (65_535 - 3) / 4;
/// Largest change in a step, tenths of a degree.
const MAX_CHANGE_DECIDEG: i64 = i16::MAX as i64;

impl SkybYaw {
    /// Rounds a program, and says by how many degrees the yaw is off at most, at any instant from 0 on.
    ///
    /// Absolute angles are rounded, so that nothing drifts. Steps that are too long or turn too far are divided.
    ///
    /// # Errors
    /// [`WriteError::TooLarge`] for more steps than a block holds; [`WriteError::NotCarried`] for a start beyond ±3276.7 degrees and for turns of more than that in a millisecond.
    pub fn from_program(yaw: &YawProgram) -> Result<(Self, f64), WriteError> {
        let refused = |what: String, why| Err(WriteError::NotCarried { what, format: ".skyb", why });
        let start_deg = yaw.sample_deg(0.0);
        let start = decideg(start_deg);
        let Some(start_decideg) = i16::try_from(start).ok().filter(|v| *v != i16::MIN) else {
            let why = "it must be within 3276.7 degrees: take off whole circles";
            return refused(format!("a yaw of {start_deg} degrees at time 0"), why);
        };
        let mut out = Self { auto_yaw: yaw.auto_offset_deg().is_some(), start_decideg, steps: Vec::new() };
        let mut max_error_deg = (start as f64 / 10.0 - start_deg).abs();
        let (mut now_ms, mut now) = (0, start);
        for key in yaw.keys().iter().filter(|key| key.t_ms > 0) {
            let (span_ms, change) = (key.t_ms - now_ms, decideg(key.yaw_deg).saturating_sub(now));
            let parts =
                parts(span_ms, MAX_STEP_MS).max(parts(change.unsigned_abs().min(1 << 62) as i64, MAX_CHANGE_DECIDEG));
            if out.steps.len() as i64 + parts > MAX_STEPS {
                return Err(WriteError::TooLarge {
                    what: "the number of yaw steps".into(),
                    value: out.steps.len() as f64 + parts as f64,
                    limit: MAX_STEPS as f64,
                    format: "a block of .skyb",
                    remedy: "give fewer keys, shorter pauses and smaller turns",
                });
            }
            if parts > span_ms {
                let why = "that is more than 3276.7 degrees in a millisecond: give the turn more time";
                return refused(format!("a turn by {} degrees in {span_ms} ms", change as f64 / 10.0), why);
            }
            let (from_ms, from) = (now_ms, now);
            for k in 1..=parts {
                // Cuts at whole milliseconds, each angle from the program itself, so that nothing adds up.
                let t_ms = if k == parts { key.t_ms } else { from_ms + mul_div(span_ms, k, parts) };
                let wanted_deg = yaw.sample_deg(t_ms as f64);
                let mut next = decideg(wanted_deg);
                if parts > 1 && k < parts {
                    // A rounded cut may be a unit too far from the one before.
                    next = next.clamp(now.saturating_sub(MAX_CHANGE_DECIDEG), now.saturating_add(MAX_CHANGE_DECIDEG));
                }
                let Ok(step) = i16::try_from(next.saturating_sub(now)) else {
                    let why = "divide the turn by a key between";
                    return refused(format!("a turn by {} degrees", next.saturating_sub(from) as f64 / 10.0), why);
                };
                out.steps.push(((t_ms - now_ms) as u16, step));
                max_error_deg = max_error_deg.max((next as f64 / 10.0 - wanted_deg).abs());
                (now_ms, now) = (t_ms, next);
            }
        }
        Ok((out, max_error_deg))
    }

    /// The program that a vehicle follows from this block; a rest at the beginning needs no keys.
    ///
    /// # Errors
    /// [`ReadError::BadValue`] for a turn that takes no time.
    pub fn to_program(&self) -> Result<YawProgram, ReadError> {
        let bad = |i: usize, value: String, why: &str| ReadError::BadValue {
            place: Place::in_member("yaw block", format!("step {i}")),
            value,
            why: why.into(),
            remedy: "export the file again with times that increase",
        };
        let (mut t_ms, mut now) = (0, i64::from(self.start_decideg));
        let mut keys = vec![YawKey { t_ms, yaw_deg: now as f64 / 10.0 }];
        for (i, &(duration_ms, change)) in self.steps.iter().enumerate() {
            if duration_ms == 0 {
                if change != 0 {
                    return Err(bad(i, format!("a turn by {} degrees in 0 ms", f64::from(change) / 10.0), "is a jump"));
                }
                continue;
            }
            t_ms += i64::from(duration_ms);
            now += i64::from(change);
            let key = YawKey { t_ms, yaw_deg: now as f64 / 10.0 };
            match &mut keys[..] {
                [only] if only.yaw_deg == key.yaw_deg => *only = key,
                _ => keys.push(key),
            }
        }
        YawProgram::from_keys(keys, self.auto_yaw.then_some(0.0))
            .ok_or_else(|| bad(0, "the list of steps".into(), "is not in the order of time"))
    }
}

/// The nearest tenth of a degree; angles beyond all reason end at the largest number.
fn decideg(deg: f64) -> i64 {
    (deg * 10.0).round() as i64
}

fn parts(total: i64, largest: i64) -> i64 {
    total / largest + i64::from(total % largest != 0)
}

fn mul_div(span: i64, k: i64, parts: i64) -> i64 {
    (i128::from(span) * i128::from(k) / i128::from(parts)) as i64
}
