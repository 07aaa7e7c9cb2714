use std::fmt;

use kapok_show::{DVec3, MAX_DEGREE, Nwu, Trajectory, seconds};
use serde::de::{DeserializeSeed, Error as _, IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::swarm::rounding::Rounding;
use crate::text::number::{millis_from_seconds, push_f64, push_seconds};
use crate::{Place, ReadBounds, ReadError};

/// Numbers of inner control points that the format's programs take.
pub(super) const INNER_POINTS: [usize; 4] = [0, 1, 2, 6];

/// Appends the trajectory as JSON. The start time is written as `takeoffTime`, from which the other times count.
pub(crate) fn push_trajectory(out: &mut String, trajectory: &Trajectory) {
    let start_ms = trajectory.start_ms();
    out.push_str("{\"version\":1,\"takeoffTime\":");
    push_seconds(out, start_ms);
    out.push_str(",\"points\":[[0,");
    push_point(out, trajectory.start_point_m());
    out.push_str(",[]]");
    for segment in trajectory.segments() {
        out.push_str(",\n[");
        push_seconds(out, segment.end_ms - start_ms);
        out.push(',');
        let (inner, end) = (&segment.control_m[1..segment.degree()], segment.control_m[segment.degree()]);
        push_point(out, end);
        out.push_str(",[");
        for (k, &p) in inner.iter().enumerate() {
            if k > 0 {
                out.push(',');
            }
            push_point(out, p);
        }
        out.push_str("]]");
    }
    out.push_str("]}");
}

/// Appends `[x,y,z]` in NWU.
pub(super) fn push_point(out: &mut String, p_m: DVec3) {
    let nwu = Nwu::from_site(p_m).0;
    for (separator, c) in ['[', ',', ','].into_iter().zip(nwu.to_array()) {
        out.push(separator);
        push_f64(out, c);
    }
    out.push(']');
}

/// The member `trajectory` as it stands in a file.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TrajectoryJson {
    #[serde(default)]
    pub version: Option<f64>,
    pub points: PointsJson,
    #[serde(default)]
    pub takeoff_time: Option<f64>,
}

/// The list of points in flat arrays: per entry its time and the end of its control points in `control`.
#[derive(Debug, Default)]
pub(super) struct PointsJson {
    t_s: Vec<f64>,
    ends: Vec<u32>,
    control: Vec<[f64; 3]>,
}

impl<'de> Deserialize<'de> for PointsJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;
        impl<'de> Visitor<'de> for List {
            type Value = PointsJson;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a list of [t, [x, y, z], [inner control points]]")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<PointsJson, A::Error> {
                let mut points = PointsJson::default();
                loop {
                    let index = points.t_s.len();
                    match seq.next_element_seed(EntrySeed(&mut points)) {
                        Ok(Some(())) => {}
                        Ok(None) => return Ok(points),
                        Err(e) => return Err(A::Error::custom(format!("points[{index}]: {e}"))),
                    }
                }
            }
        }
        deserializer.deserialize_seq(List)
    }
}

/// Reads one entry into the flat arrays.
struct EntrySeed<'a>(&'a mut PointsJson);

impl<'de> DeserializeSeed<'de> for EntrySeed<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for EntrySeed<'_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an entry [t, [x, y, z], [inner control points]]")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let t_s = seq.next_element()?.ok_or_else(|| A::Error::custom("the entry is empty"))?;
        let end: [f64; 3] = seq.next_element()?.ok_or_else(|| A::Error::custom("the entry has no point"))?;
        seq.next_element_seed(InnerSeed(&mut self.0.control))?;
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        self.0.t_s.push(t_s);
        self.0.control.push(end);
        self.0.ends.push(self.0.control.len() as u32);
        Ok(())
    }
}

/// Reads the inner control points of an entry.
struct InnerSeed<'a>(&'a mut Vec<[f64; 3]>);

impl<'de> DeserializeSeed<'de> for InnerSeed<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for InnerSeed<'_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a list of at most 6 inner control points [x, y, z]")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let mut count = 0;
        while let Some(p) = seq.next_element()? {
            if count == MAX_DEGREE - 1 {
                return Err(A::Error::custom("more than 6 inner control points"));
            }
            count += 1;
            self.0.push(p);
        }
        Ok(())
    }
}

impl TrajectoryJson {
    /// The trajectory, and how many times were rounded to whole milliseconds and by how much at most.
    pub fn build(&self, place: &Place, bounds: &ReadBounds) -> Result<(Trajectory, Rounding), ReadError> {
        let bad = |at: String, value: String, why: &str, remedy| {
            Err(ReadError::BadValue { place: place.at(at), value, why: why.into(), remedy })
        };
        if let Some(version) = self.version.filter(|v| v.total_cmp(&1.0).is_ne()) {
            return bad(
                "version".into(),
                version.to_string(),
                "is no known version of a trajectory",
                "export it as version 1",
            );
        }
        let points = &self.points;
        if points.t_s.len() > bounds.max_segments_per_vehicle {
            return Err(ReadError::OverLimit {
                place: place.at("points"),
                what: "the number of segments",
                value: points.t_s.len() as u64,
                limit: bounds.max_segments_per_vehicle as u64,
                field: "max_segments_per_vehicle",
            });
        }
        let takeoff_s = self.takeoff_time.unwrap_or(0.0);
        let mut rounding = Rounding::default();
        let mut trajectory: Option<Trajectory> = None;
        let mut begin = 0;
        let mut control_m = [DVec3::ZERO; MAX_DEGREE];
        for (i, (&t_s, &end)) in points.t_s.iter().zip(&points.ends).enumerate() {
            let at = || format!("points[{i}]");
            let Some((t_ms, off_ms)) = millis_from_seconds(takeoff_s + t_s, bounds.max_time_ms) else {
                let value = format!("time {t_s} s after take-off at {takeoff_s} s");
                return bad(at(), value, "is beyond any show", "times are in seconds, within 24 hours");
            };
            rounding.add(off_ms);
            let list = &points.control[begin as usize..end as usize];
            begin = end;
            for (slot, &p) in control_m.iter_mut().zip(list) {
                *slot = Nwu(DVec3::from_array(p)).to_site() + 0.0;
            }
            let list = &control_m[..list.len()];
            let inner = list.len() - 1;
            match &mut trajectory {
                None if inner > 0 => {
                    let value = format!("a first point with {inner} inner control points");
                    return bad(at(), value, "has no segment to bend", "the first entry must have an empty list");
                }
                None => {
                    let start = Trajectory::starting_at(t_ms, list[0]);
                    trajectory = Some(start.map_err(|fault| ReadError::from_fault(place.at(at()), &fault))?);
                }
                Some(_) if !INNER_POINTS.contains(&inner) => {
                    let value = format!("a segment of {inner} inner control points");
                    return bad(at(), value, "is in no program's format", "write 0, 1, 2 or 6 inner points");
                }
                Some(trajectory) => {
                    if t_ms <= trajectory.end_ms() {
                        let value = format!("time {t_s} s");
                        let why = format!(
                            "is not later than the entry before it by a millisecond (that one is at {}, this at {})",
                            seconds(trajectory.end_ms()),
                            seconds(t_ms)
                        );
                        return bad(at(), value, &why, "times must increase strictly; remove or merge the entry");
                    }
                    trajectory.push(t_ms, list).map_err(|fault| ReadError::from_fault(place.at(at()), &fault))?;
                }
            }
        }
        match trajectory {
            Some(trajectory) => Ok((trajectory, rounding)),
            None => Err(ReadError::Missing {
                place: place.at("points"),
                what: "every point (the list is empty)".into(),
                remedy: "a trajectory needs at least its start",
            }),
        }
    }
}
