use glam::DVec3;

/// Highest degree of a Bézier piece that any supported file format carries.
pub const MAX_DEGREE: usize = 7;

/// One vehicle's motion: Bézier pieces on consecutive time intervals, at rest before and after.
///
/// # Shapes, units and frames
/// Positions in metres, in the site frame. Knots in whole milliseconds of show time. The pieces share their end
/// points, so position is continuous by construction.
///
/// # Guarantees
/// Every stored value is finite, knots increase strictly, degrees are 1 to [`MAX_DEGREE`]. No other value can be built.
///
/// ```
/// use kapok_show::{DVec3, Trajectory};
/// let up = |z: f64| DVec3::new(0.0, 0.0, z);
/// let mut flight = Trajectory::starting_at(0, up(0.0))?;
/// // A cubic that starts and ends at rest, then a hold.
/// flight.push(4000, &[up(0.0), up(10.0), up(10.0)])?;
/// flight.push_hold(6000)?;
/// assert_eq!((flight.segment_count(), flight.end_ms()), (2, 6000));
/// let halfway = flight.sample(2000.0);
/// assert_eq!(halfway.position_m, up(5.0));
/// assert_eq!(halfway.velocity_m_s, up(3.75));
/// assert_eq!(flight.sample(9000.0).velocity_m_s, DVec3::ZERO);
/// // Time moves forward only, and what is refused changes nothing.
/// assert!(flight.push(6000, &[up(0.0)]).is_err());
/// # Ok::<(), kapok_show::TrajectoryFault>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Trajectory {
    /// Start of the first piece, then the end of each piece.
    knots_ms: Vec<i64>,
    /// Index into `points_m` of the first control point of each piece, then of the last point.
    offsets: Vec<u32>,
    /// Control points, ends shared.
    points_m: Vec<DVec3>,
}

/// One piece of a trajectory.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Segment<'a> {
    /// Start, milliseconds.
    pub start_ms: i64,
    /// End, milliseconds; later than the start.
    pub end_ms: i64,
    /// Control points, degree + 1 of them, both ends included.
    pub control_m: &'a [DVec3],
}

/// Position and derivatives at an instant, site frame.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Motion {
    /// Position, metres.
    pub position_m: DVec3,
    /// Velocity, m/s.
    pub velocity_m_s: DVec3,
    /// Acceleration, m/s².
    pub acceleration_m_s2: DVec3,
}

/// Why a piece could not be appended.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TrajectoryFault {
    /// Time does not move forward.
    #[error("a segment would end at {end_ms} ms, but the one before ends at {last_ms} ms: times must increase")]
    TimeNotIncreasing {
        /// End of the trajectory so far.
        last_ms: i64,
        /// End asked for.
        end_ms: i64,
    },
    /// Too many or no control points.
    #[error("a segment of degree {degree} cannot be stored: degrees are 1 to {MAX_DEGREE}")]
    BadDegree {
        /// Degree asked for.
        degree: usize,
    },
    /// A coordinate is NaN or infinite.
    #[error("the segment ending at {end_ms} ms has a coordinate that is not a finite number")]
    NotFinite {
        /// End of the segment.
        end_ms: i64,
    },
}

impl Trajectory {
    /// A trajectory that so far is only a start: at rest at `point_m`, nothing flown.
    ///
    /// # Errors
    /// [`TrajectoryFault::NotFinite`].
    pub fn starting_at(t_ms: i64, point_m: DVec3) -> Result<Self, TrajectoryFault> {
        if !point_m.is_finite() {
            return Err(TrajectoryFault::NotFinite { end_ms: t_ms });
        }
        Ok(Self { knots_ms: vec![t_ms], offsets: vec![0], points_m: vec![point_m] })
    }

    /// Appends a Bézier piece from the present end to the last of `control_m` (the control points after the start:
    /// 1 for a line, 2 for a quadratic, 3 for a cubic, 7 for the highest degree), ending at `end_ms`.
    ///
    /// # Errors
    /// Any [`TrajectoryFault`]; the trajectory is then unchanged.
    pub fn push(&mut self, end_ms: i64, control_m: &[DVec3]) -> Result<(), TrajectoryFault> {
        let last_ms = self.end_ms();
        if end_ms <= last_ms {
            return Err(TrajectoryFault::TimeNotIncreasing { last_ms, end_ms });
        }
        if control_m.is_empty() || control_m.len() > MAX_DEGREE {
            return Err(TrajectoryFault::BadDegree { degree: control_m.len() });
        }
        if !control_m.iter().all(|p| p.is_finite()) {
            return Err(TrajectoryFault::NotFinite { end_ms });
        }
        self.knots_ms.push(end_ms);
        self.points_m.extend_from_slice(control_m);
        self.offsets.push((self.points_m.len() - 1) as u32);
        Ok(())
    }

    /// Appends a rest at the present end until `end_ms`.
    ///
    /// # Errors
    /// [`TrajectoryFault::TimeNotIncreasing`].
    pub fn push_hold(&mut self, end_ms: i64) -> Result<(), TrajectoryFault> {
        self.push(end_ms, &[self.end_point_m()])
    }

    /// Start of the first piece, milliseconds.
    pub fn start_ms(&self) -> i64 {
        self.knots_ms[0]
    }

    /// End of the last piece, milliseconds.
    pub fn end_ms(&self) -> i64 {
        self.knots_ms[self.knots_ms.len() - 1]
    }

    /// Position before and at the start.
    pub fn start_point_m(&self) -> DVec3 {
        self.points_m[0]
    }

    /// Position at and after the end.
    pub fn end_point_m(&self) -> DVec3 {
        self.points_m[self.points_m.len() - 1]
    }

    /// Number of pieces.
    pub fn segment_count(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Number of stored control points, shared ends counted once.
    pub fn point_count(&self) -> usize {
        self.points_m.len()
    }

    /// The i-th piece.
    ///
    /// # Panics
    /// If `i` is not below [`Self::segment_count`].
    pub fn segment(&self, i: usize) -> Segment<'_> {
        let (first, last) = (self.offsets[i] as usize, self.offsets[i + 1] as usize);
        Segment { start_ms: self.knots_ms[i], end_ms: self.knots_ms[i + 1], control_m: &self.points_m[first..=last] }
    }

    /// All pieces in time order.
    pub fn segments(&self) -> impl DoubleEndedIterator<Item = Segment<'_>> + ExactSizeIterator {
        (0..self.segment_count()).map(|i| self.segment(i))
    }

    /// All control points, shared ends once: the hull of these holds the whole motion.
    pub fn control_points_m(&self) -> &[DVec3] {
        &self.points_m
    }

    /// Index of the piece that governs `t_ms`: at a joint the earlier one, as the vehicles do it. `None` before the
    /// start, after the end, or where nothing is flown.
    pub fn segment_at(&self, t_ms: f64) -> Option<usize> {
        if self.segment_count() == 0 || t_ms < self.start_ms() as f64 || t_ms > self.end_ms() as f64 {
            return None;
        }
        Some(self.knots_ms[1..].partition_point(|&k| (k as f64) < t_ms))
    }

    /// Position, velocity and acceleration at an instant; at rest before the start and after the end.
    pub fn sample(&self, t_ms: f64) -> Motion {
        match self.segment_at(t_ms) {
            Some(i) => self.segment(i).sample(t_ms),
            None if t_ms < self.start_ms() as f64 => Motion { position_m: self.start_point_m(), ..Motion::default() },
            None => Motion { position_m: self.end_point_m(), ..Motion::default() },
        }
    }

    /// Length of the path in metres, each piece measured by chords over `steps` equal parts.
    pub fn path_length_m(&self, steps: u32) -> f64 {
        let mut total_m = 0.0;
        for segment in self.segments() {
            let first = segment.control_m[0];
            if segment.control_m.iter().all(|&p| p == first) {
                continue;
            }
            let parts = if segment.degree() == 1 { 1 } else { steps.max(1) };
            let span_ms = (segment.end_ms - segment.start_ms) as f64;
            let mut last = first;
            for k in 1..=parts {
                let t_ms = segment.start_ms as f64 + span_ms * f64::from(k) / f64::from(parts);
                let p = segment.sample(t_ms).position_m;
                total_m += (p - last).length();
                last = p;
            }
        }
        total_m
    }
}

impl Segment<'_> {
    /// Degree of the polynomial, 1 to [`MAX_DEGREE`].
    pub fn degree(&self) -> usize {
        self.control_m.len() - 1
    }

    /// Duration in seconds.
    pub fn duration_s(&self) -> f64 {
        (self.end_ms - self.start_ms) as f64 / 1000.0
    }

    /// Position and derivatives by de Casteljau's scheme; `t_ms` outside the piece extends the polynomial.
    pub fn sample(&self, t_ms: f64) -> Motion {
        let d = self.degree();
        let span_s = self.duration_s();
        let u = (t_ms - self.start_ms as f64) / (self.end_ms - self.start_ms) as f64;
        let mut c = [DVec3::ZERO; MAX_DEGREE + 1];
        c[..=d].copy_from_slice(self.control_m);
        let (mut first, mut second) = (DVec3::ZERO, DVec3::ZERO);
        for level in (1..=d).rev() {
            if level == 2 {
                second = (c[2] - 2.0 * c[1] + c[0]) * (d * (d - 1)) as f64;
            }
            if level == 1 {
                first = (c[1] - c[0]) * d as f64;
            }
            for k in 0..level {
                c[k] = c[k] * (1.0 - u) + c[k + 1] * u;
            }
        }
        Motion { position_m: c[0], velocity_m_s: first / span_s, acceleration_m_s2: second / (span_s * span_s) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line() -> Trajectory {
        let mut t = Trajectory::starting_at(1000, DVec3::ZERO).unwrap();
        t.push(3000, &[DVec3::new(4.0, 0.0, 2.0)]).unwrap();
        t.push_hold(5000).unwrap();
        t
    }

    #[test]
    fn line_has_constant_velocity_and_rests_outside() {
        let t = line();
        let m = t.sample(2000.0);
        assert_eq!(m.position_m, DVec3::new(2.0, 0.0, 1.0));
        assert_eq!(m.velocity_m_s, DVec3::new(2.0, 0.0, 1.0));
        assert_eq!(t.sample(0.0), Motion::default());
        assert_eq!(t.sample(9000.0).position_m, DVec3::new(4.0, 0.0, 2.0));
        assert_eq!(t.sample(9000.0).velocity_m_s, DVec3::ZERO);
        assert!((t.path_length_m(16) - 20f64.sqrt()).abs() < 1e-12);
    }

    #[test]
    fn a_joint_belongs_to_the_earlier_segment() {
        assert_eq!(line().segment_at(3000.0), Some(0));
        assert_eq!(line().segment_at(3000.5), Some(1));
        assert_eq!(line().segment_at(999.0), None);
    }

    #[test]
    fn what_cannot_be_stored_is_refused_and_changes_nothing() {
        let mut t = line();
        let before = t.clone();
        assert!(matches!(t.push(5000, &[DVec3::ZERO]), Err(TrajectoryFault::TimeNotIncreasing { .. })));
        assert!(matches!(t.push(6000, &[]), Err(TrajectoryFault::BadDegree { degree: 0 })));
        assert!(matches!(t.push(6000, &[DVec3::ZERO; 8]), Err(TrajectoryFault::BadDegree { degree: 8 })));
        assert!(matches!(t.push(6000, &[DVec3::NAN]), Err(TrajectoryFault::NotFinite { .. })));
        assert_eq!(t, before);
    }

    proptest! {
        /// The derivatives agree with central differences of the position, for every degree.
        #[test]
        fn derivatives_match_differences(
            coords in prop::collection::vec(-50.0..50.0f64, 3..=21).prop_map(|mut v| { v.truncate(v.len() / 3 * 3); v }),
            u in 0.05..0.95f64,
        ) {
            let control: Vec<DVec3> = coords.chunks(3).map(|c| DVec3::new(c[0], c[1], c[2])).collect();
            let mut t = Trajectory::starting_at(0, DVec3::ZERO).unwrap();
            t.push(8000, &control).unwrap();
            let (at, h) = (8000.0 * u, 0.5);
            let (a, m, b) = (t.sample(at - h), t.sample(at), t.sample(at + h));
            let velocity = (b.position_m - a.position_m) / (2.0 * h / 1000.0);
            let acceleration = (b.velocity_m_s - a.velocity_m_s) / (2.0 * h / 1000.0);
            prop_assert!((velocity - m.velocity_m_s).length() < 1e-3);
            prop_assert!((acceleration - m.acceleration_m_s2).length() < 1e-3);
        }
    }
}
