use kapok_show::{DVec3, MAX_DEGREE, Nwu, Segment, Trajectory};

use super::cursor::Cursor;
use crate::{Place, ReadBounds, ReadError, WriteError};
use kapok_motion::bezier::{elevate, restrict};

/// Longest segment that is written, milliseconds: some builders refuse longer ones.
const MAX_SEGMENT_MS: i64 = 60_000;
/// Largest scale: millimetres per unit.
const MAX_SCALE: u8 = 127;
/// Bytes before the first segment.
const HEADER_BYTES: usize = 9;
/// A coordinate that differs by less than this from a straight line is written as one, metres.
const STRAIGHT_M: f64 = 1e-9;

/// The trajectory block as it stands in a file: integers in units of `scale` millimetres, north-west-up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SkybTrajectory {
    /// Millimetres per unit, 1 to 127; 0 means that nothing is flown.
    pub scale: u8,
    /// Start.
    pub start: [i16; 3],
    /// Segments, from time 0 on.
    pub segments: Vec<SkybSegment>,
    /// Does the block carry yaw values, which today's readers skip? Never written.
    pub has_retired_yaw: bool,
}

/// One segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SkybSegment {
    /// Duration, milliseconds.
    pub duration_ms: u16,
    /// x, y and z.
    pub axes: [Axis; 3],
}

/// One coordinate of a segment: the control points after the start, which is the end of the segment before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    /// Rests.
    Constant,
    /// Degree 1.
    Linear([i16; 1]),
    /// Degree 3.
    Cubic([i16; 3]),
    /// Degree 7.
    Seventh([i16; 7]),
}

impl Axis {
    /// The control points after the start.
    pub fn values(&self) -> &[i16] {
        match self {
            Self::Constant => &[],
            Self::Linear(v) => v,
            Self::Cubic(v) => v,
            Self::Seventh(v) => v,
        }
    }

    fn code(&self) -> u8 {
        match self {
            Self::Constant => 0,
            Self::Linear(_) => 1,
            Self::Cubic(_) => 2,
            Self::Seventh(_) => 3,
        }
    }

    fn read(cursor: &mut Cursor, code: u8) -> Result<Self, ReadError> {
        Ok(match code & 3 {
            0 => Self::Constant,
            1 => Self::Linear(cursor.i16s()?),
            2 => Self::Cubic(cursor.i16s()?),
            _ => Self::Seventh(cursor.i16s()?),
        })
    }
}

impl SkybTrajectory {
    /// Rounds a trajectory to the finest grid of at least `min_scale` that holds it, and says how far a point of the
    /// curve is off at most, in metres: the largest distance of a control point, which no point of the curve exceeds.
    ///
    /// # Errors
    /// [`WriteError::TooLarge`] beyond 4161 m from the origin; [`WriteError::NotCarried`] before time 0.
    pub fn from_trajectory(trajectory: &Trajectory, min_scale: u8) -> Result<(Self, f64), WriteError> {
        if trajectory.start_ms() < 0 {
            return Err(WriteError::NotCarried {
                what: format!("a trajectory that starts at {} ms", trajectory.start_ms()),
                format: ".skyb",
                why: "the file begins at time 0: move the show so that nothing happens before",
            });
        }
        let farthest_mm =
            trajectory.control_points_m().iter().map(|p| p.abs().max_element() * 1000.0).fold(0.0, f64::max);
        let needed = (farthest_mm / (f64::from(i16::MAX) + 0.499)).ceil().max(f64::from(min_scale.max(1)));
        if needed > f64::from(MAX_SCALE) {
            return Err(WriteError::TooLarge {
                what: "the largest coordinate in metres".into(),
                value: farthest_mm / 1000.0,
                limit: f64::from(MAX_SCALE) * f64::from(i16::MAX) / 1000.0,
                format: ".skyb",
                remedy: "move the origin of the show nearer",
            });
        }
        let scale = needed as u8;
        let mut rounder = Rounder { scale, max_error_m: 0.0 };
        let start = rounder.round(nwu(trajectory.start_point_m()));
        let mut out = Self { scale, start, segments: Vec::new(), has_retired_yaw: false };
        let mut now = start;
        out.push_hold(trajectory.start_ms());
        for segment in trajectory.segments() {
            let span_ms = segment.end_ms - segment.start_ms;
            let parts = (span_ms + MAX_SEGMENT_MS - 1) / MAX_SEGMENT_MS;
            for k in 0..parts {
                // Cuts at whole milliseconds, computed from the start so that nothing drifts.
                let (from_ms, to_ms) = (span_ms * k / parts, span_ms * (k + 1) / parts);
                let share = |ms: i64| ms as f64 / span_ms as f64;
                let axes = rounder.axes(&segment, share(from_ms), share(to_ms), &mut now);
                out.segments.push(SkybSegment { duration_ms: (to_ms - from_ms) as u16, axes });
            }
        }
        Ok((out, rounder.max_error_m))
    }

    fn push_hold(&mut self, mut rest_ms: i64) {
        while rest_ms > 0 {
            let duration_ms = rest_ms.min(MAX_SEGMENT_MS);
            self.segments.push(SkybSegment { duration_ms: duration_ms as u16, axes: [Axis::Constant; 3] });
            rest_ms -= duration_ms;
        }
    }

    /// The motion that a vehicle flies from this block.
    ///
    /// Axes of lower degree are raised to the highest of their segment, which is exact but for the rounding of `f64`
    /// (below 1e-12 m). Consecutive rests are one.
    ///
    /// # Errors
    /// [`ReadError::BadValue`] for a movement that takes no time.
    pub fn to_trajectory(&self) -> Result<Trajectory, ReadError> {
        let metres = |v: i16| metres(v, self.scale);
        let point = |p: [f64; 3]| Nwu(DVec3::from_array(p)).to_site() + 0.0;
        let place = |i: usize| Place::in_member("trajectory block", format!("segment {i}"));
        let mut now = self.start;
        let mut trajectory = Trajectory::starting_at(0, point(now.map(metres)))
            .map_err(|fault| ReadError::from_fault(place(0), &fault))?;
        let mut t_ms: i64 = 0;
        let mut rest_until_ms = None;
        for (i, segment) in self.segments.iter().enumerate() {
            t_ms += i64::from(segment.duration_ms);
            if segment.axes.iter().zip(now).all(|(axis, a)| axis.values().iter().all(|&v| v == a)) {
                rest_until_ms = Some(t_ms);
                continue;
            }
            if segment.duration_ms == 0 {
                return Err(ReadError::BadValue {
                    place: place(i),
                    value: "a movement of 0 ms".into(),
                    why: "is a jump".into(),
                    remedy: "export the file again with times that increase",
                });
            }
            let fault = |f| ReadError::from_fault(place(i), &f);
            if let Some(until_ms) = rest_until_ms.take().filter(|&ms| ms > trajectory.end_ms()) {
                trajectory.push_hold(until_ms).map_err(fault)?;
            }
            let degree = segment.axes.iter().map(|a| a.values().len()).max().unwrap_or(1);
            let mut control = [[0.0; 3]; MAX_DEGREE + 1];
            for (c, axis) in segment.axes.iter().enumerate() {
                let mut values = [metres(now[c]); MAX_DEGREE + 1];
                for (slot, &v) in values[1..].iter_mut().zip(axis.values()) {
                    *slot = metres(v);
                }
                elevate(&mut values, axis.values().len(), degree);
                for (slot, value) in control.iter_mut().zip(values) {
                    slot[c] = value;
                }
                now[c] = axis.values().last().copied().unwrap_or(now[c]);
            }
            let mut points = [DVec3::ZERO; MAX_DEGREE];
            for (slot, &p) in points.iter_mut().zip(&control[1..]) {
                *slot = point(p);
            }
            trajectory.push(t_ms, &points[..degree]).map_err(fault)?;
        }
        if let Some(until_ms) = rest_until_ms.filter(|&ms| ms > trajectory.end_ms()) {
            trajectory.push_hold(until_ms).map_err(|f| ReadError::from_fault(place(self.segments.len()), &f))?;
        }
        Ok(trajectory)
    }

    pub(super) fn decode(body: &[u8], bounds: &ReadBounds) -> Result<Self, ReadError> {
        let mut cursor = Cursor::new(body, "trajectory block");
        if body.len() < HEADER_BYTES {
            return Err(ReadError::Damaged {
                place: cursor.place(),
                fault: format!("the block has {} bytes, its head alone has {HEADER_BYTES}", body.len()),
            });
        }
        let head = cursor.u8()?;
        let start = cursor.i16s()?;
        let start_yaw = cursor.i16()?;
        let mut out = Self {
            scale: head & 0x7f,
            start,
            segments: Vec::new(),
            has_retired_yaw: head & 0x80 != 0 || start_yaw != 0,
        };
        while !cursor.is_at_end() {
            if out.segments.len() == bounds.max_segments_per_vehicle {
                return Err(ReadError::OverLimit {
                    place: cursor.place(),
                    what: "the number of segments",
                    value: out.segments.len() as u64 + 1,
                    limit: bounds.max_segments_per_vehicle as u64,
                    field: "max_segments_per_vehicle",
                });
            }
            let codes = cursor.u8()?;
            let duration_ms = cursor.u16()?;
            let axes = [
                Axis::read(&mut cursor, codes)?,
                Axis::read(&mut cursor, codes >> 2)?,
                Axis::read(&mut cursor, codes >> 4)?,
            ];
            out.has_retired_yaw |= Axis::read(&mut cursor, codes >> 6)? != Axis::Constant;
            out.segments.push(SkybSegment { duration_ms, axes });
        }
        if out.scale == 0 && !out.segments.is_empty() {
            return Err(ReadError::BadValue {
                place: Place::in_member("trajectory block", "byte 0"),
                value: "scale 0".into(),
                why: format!("means that nothing is flown, but {} segments follow", out.segments.len()),
                remedy: "export the file again",
            });
        }
        Ok(out)
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(HEADER_BYTES + 16 * self.segments.len());
        out.push(self.scale & 0x7f);
        for v in self.start {
            out.extend_from_slice(&v.to_le_bytes());
        }
        out.extend_from_slice(&[0, 0]);
        for segment in &self.segments {
            let [x, y, z] = segment.axes;
            out.push(x.code() | y.code() << 2 | z.code() << 4);
            out.extend_from_slice(&segment.duration_ms.to_le_bytes());
            for v in segment.axes.iter().flat_map(Axis::values) {
                out.extend_from_slice(&v.to_le_bytes());
            }
        }
        out
    }
}

/// A stored coordinate in metres: the number nearest to the whole millimetres it means.
fn metres(units: i16, scale: u8) -> f64 {
    f64::from(i32::from(units) * i32::from(scale)) / 1000.0
}

fn nwu(p_m: DVec3) -> [f64; 3] {
    Nwu::from_site(p_m).0.to_array()
}

/// Rounds to the grid and keeps the largest error.
struct Rounder {
    scale: u8,
    max_error_m: f64,
}

impl Rounder {
    fn round_one(&self, c_m: f64) -> i16 {
        // The scale was chosen so that this is within i16.
        (c_m * 1000.0 / f64::from(self.scale)).round() as i16
    }

    fn round(&mut self, p_m: [f64; 3]) -> [i16; 3] {
        let rounded = p_m.map(|c| self.round_one(c));
        self.note_error(DVec3::from_array(p_m), DVec3::from_array(rounded.map(|v| metres(v, self.scale))));
        rounded
    }

    fn note_error(&mut self, true_m: DVec3, written_m: DVec3) {
        self.max_error_m = self.max_error_m.max(true_m.distance(written_m));
    }

    /// The axes of the part `u0..u1` of a segment; `now` goes from its start to its end.
    fn axes(&mut self, segment: &Segment, u0: f64, u1: f64, now: &mut [i16; 3]) -> [Axis; 3] {
        let given = segment.degree();
        // Degrees that the format has.
        let degree = match given {
            1 => 1,
            2 | 3 => 3,
            _ => 7,
        };
        let mut written = [[0.0; 3]; MAX_DEGREE + 1];
        let mut wanted = [[0.0; 3]; MAX_DEGREE + 1];
        let mut axes = [Axis::Constant; 3];
        for (c, axis) in axes.iter_mut().enumerate() {
            let mut values = [0.0; MAX_DEGREE + 1];
            for (slot, &p) in values.iter_mut().zip(segment.control_m) {
                *slot = nwu(p)[c];
            }
            if u0 > 0.0 || u1 < 1.0 {
                restrict(&mut values[..=given], u0, u1);
            }
            elevate(&mut values, given, degree);
            let mut units = [now[c]; MAX_DEGREE + 1];
            for (unit, &value) in units[1..=degree].iter_mut().zip(&values[1..]) {
                *unit = self.round_one(value);
            }
            *axis = axis_of(&values[..=degree], &units[..=degree]);
            now[c] = units[degree];
            let mut back = units.map(|v| metres(v, self.scale));
            if let Axis::Linear([end]) = axis {
                back[1] = metres(*end, self.scale);
                elevate(&mut back, 1, degree);
            }
            for k in 0..=degree {
                wanted[k][c] = values[k];
                written[k][c] = back[k];
            }
        }
        for k in 0..=degree {
            self.note_error(DVec3::from_array(wanted[k]), DVec3::from_array(written[k]));
        }
        axes
    }
}

/// The shortest form of one coordinate: `units` are the rounded control points with the start.
fn axis_of(values_m: &[f64], units: &[i16]) -> Axis {
    let degree = units.len() - 1;
    if units.iter().all(|&v| v == units[0]) {
        return Axis::Constant;
    }
    let straight = (1..degree).all(|k| {
        let share = k as f64 / degree as f64;
        (values_m[k] - (values_m[0] * (1.0 - share) + values_m[degree] * share)).abs() < STRAIGHT_M
    });
    match *units {
        [.., end] if straight => Axis::Linear([end]),
        [_, a, b, c] => Axis::Cubic([a, b, c]),
        [_, a, b, c, d, e, f, g] => Axis::Seventh([a, b, c, d, e, f, g]),
        _ => Axis::Constant,
    }
}
