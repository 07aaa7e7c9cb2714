use kapok_show::{DVec3, Trajectory, TrajectoryFault, Vehicle};

use crate::kernel::bernstein::{Bernstein, COORDINATE};

/// A trajectory with its rests before and after as pieces of their own, so that every instant has a piece.
#[derive(Clone, Copy)]
pub struct Track<'a> {
    trajectory: &'a Trajectory,
    /// From the pad to the start of the trajectory, if these differ: the rest before the start is on the pad then, and the
    /// last millisecond of it is a piece of its own.
    approach: Option<&'a Approach>,
}

/// A pad, and the start of the trajectory that begins elsewhere.
pub type Approach = [DVec3; 2];

/// How long a vehicle takes from its pad to a start elsewhere, milliseconds: no time, as far as a show knows.
pub const APPROACH_MS: i64 = 1;

/// The pad and the start of a vehicle whose trajectory does not begin on its pad.
pub fn approach(v: &Vehicle) -> Option<Approach> {
    let start_m = v.trajectory.start_point_m();
    (v.home_m != start_m).then_some([v.home_m, start_m])
}

/// Where a vehicle is that stands on its pad until its trajectory begins.
pub fn standing_m(v: &Vehicle, t_ms: f64) -> DVec3 {
    match approach(v) {
        Some([home_m, start_m]) if t_ms < v.trajectory.start_ms() as f64 => {
            let share = 1.0 - (v.trajectory.start_ms() as f64 - t_ms) / APPROACH_MS as f64;
            home_m.lerp(start_m, share.max(0.0))
        }
        _ => v.trajectory.sample(t_ms).position_m,
    }
}

/// A piece of a track. A rest that has no end of its own has one control point.
#[derive(Clone, Copy, Debug)]
pub struct Piece<'a> {
    pub start_ms: i64,
    pub end_ms: i64,
    pub control_m: &'a [DVec3],
}

/// The three coordinates of a motion on some interval.
pub type Curve = [Bernstein<COORDINATE>; 3];

impl<'a> Track<'a> {
    pub fn new(trajectory: &'a Trajectory) -> Self {
        Self { trajectory, approach: None }
    }

    /// The same motion of a vehicle that stands on its pad before.
    pub fn from_pad(trajectory: &'a Trajectory, approach: Option<&'a Approach>) -> Self {
        Self { trajectory, approach }
    }

    /// Piece 0 is the rest before the start, the last one the rest after the end.
    pub fn piece(self, index: usize) -> Piece<'a> {
        let t = self.trajectory;
        let index = match (self.approach, index) {
            (None, _) => index,
            (Some(way), 0) => {
                return Piece { start_ms: i64::MIN, end_ms: t.start_ms() - APPROACH_MS, control_m: &way[..1] };
            }
            (Some(way), 1) => {
                return Piece { start_ms: t.start_ms() - APPROACH_MS, end_ms: t.start_ms(), control_m: way };
            }
            (Some(_), _) => index - 1,
        };
        if index == 0 {
            let control_m = &t.control_points_m()[..1];
            return Piece { start_ms: i64::MIN, end_ms: t.start_ms(), control_m };
        }
        if index > t.segment_count() {
            let all = t.control_points_m();
            return Piece { start_ms: t.end_ms(), end_ms: i64::MAX, control_m: &all[all.len() - 1..] };
        }
        let s = t.segment(index - 1);
        Piece { start_ms: s.start_ms, end_ms: s.end_ms, control_m: s.control_m }
    }

    /// Index of the piece that holds the time just after `t_ms`.
    pub fn index_after(self, t_ms: i64) -> usize {
        let t = self.trajectory;
        if t_ms < t.start_ms() {
            return usize::from(self.approach.is_some() && t_ms >= t.start_ms() - APPROACH_MS);
        }
        let (mut low, mut high) = (0, t.segment_count());
        while low < high {
            let middle = usize::midpoint(low, high);
            if t.segment(middle).end_ms <= t_ms { low = middle + 1 } else { high = middle }
        }
        low + 1 + usize::from(self.approach.is_some())
    }
}

impl Piece<'_> {
    /// The motion on the whole piece.
    pub fn whole(&self) -> Curve {
        let axis = |get: fn(&DVec3) -> f64| Bernstein::exact(self.control_m.iter().map(get));
        [axis(|p| p.x), axis(|p| p.y), axis(|p| p.z)]
    }

    /// The motion on `[from_ms, to_ms]`, which lies inside the piece.
    pub fn curve(&self, from_ms: i64, to_ms: i64) -> Curve {
        part(&self.whole(), (self.start_ms, self.end_ms), (from_ms, to_ms))
    }

    /// The time of the piece. The rest before the start stands for one millisecond: it matters to vehicles that never move.
    pub fn window_ms(&self) -> (i64, i64) {
        if self.start_ms == i64::MIN { (self.end_ms, self.end_ms + 1) } else { (self.start_ms, self.end_ms) }
    }

    /// The box of its control points: lowest and highest corner.
    pub fn hull(&self) -> (DVec3, DVec3) {
        let start = (DVec3::INFINITY, DVec3::NEG_INFINITY);
        self.control_m.iter().fold(start, |(low, high), &c| (low.min(c), high.max(c)))
    }

    pub fn is_rest(&self) -> bool {
        self.control_m.iter().all(|p| *p == self.control_m[0])
    }
}

/// A piece by itself, for callers that come back to it often: it lies in one place in memory.
#[derive(Clone, Copy, Debug)]
pub struct CachedPiece {
    pub index: usize,
    pub start_ms: i64,
    pub end_ms: i64,
    whole: Curve,
}

impl CachedPiece {
    pub fn new(track: Track, index: usize) -> Self {
        let piece = track.piece(index);
        Self { index, start_ms: piece.start_ms, end_ms: piece.end_ms, whole: piece.whole() }
    }

    /// The motion on `[from_ms, to_ms]`, which lies inside the piece.
    pub fn curve(&self, from_ms: i64, to_ms: i64) -> Curve {
        part(&self.whole, (self.start_ms, self.end_ms), (from_ms, to_ms))
    }
}

fn part(whole: &Curve, piece_ms: (i64, i64), (from_ms, to_ms): (i64, i64)) -> Curve {
    // A rest without start or end of its own has no length to take parts of.
    if (from_ms, to_ms) == piece_ms || whole.iter().all(|c| c.degree() == 0) {
        return *whole;
    }
    let (from, to, span) = (from_ms - piece_ms.0, to_ms - piece_ms.0, piece_ms.1 - piece_ms.0);
    whole.map(|c| c.part(from, to, span))
}

/// The motion in a window, each control point replaced; time 0 is its start.
pub fn excerpt(
    of: &Trajectory,
    (from_ms, to_ms): (i64, i64),
    map: impl Fn(DVec3) -> DVec3,
) -> Result<Trajectory, TrajectoryFault> {
    let mut result = Trajectory::starting_at(0, map(of.sample(from_ms as f64).position_m))?;
    let track = Track::new(of);
    let (mut t, mut index) = (from_ms, track.index_after(from_ms));
    while t < to_ms {
        let piece = track.piece(index);
        let end = piece.end_ms.min(to_ms);
        let curve = piece.curve(t, end);
        let degree = piece.control_m.len().max(2) - 1;
        let axes = curve.map(|c| c.elevated(degree));
        let control: Vec<DVec3> =
            (1..=degree).map(|k| map(DVec3::from_array([0, 1, 2].map(|axis| axes[axis].coefficients()[k])))).collect();
        result.push(end - from_ms, &control)?;
        (t, index) = (end, index + 1);
    }
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_instant_has_a_piece() {
        let mut t = Trajectory::starting_at(100, DVec3::ZERO).unwrap();
        t.push(200, &[DVec3::X]).unwrap();
        t.push(300, &[DVec3::Y]).unwrap();
        let track = Track::new(&t);
        let at = |t_ms| track.index_after(t_ms);
        assert_eq!([at(99), at(100), at(199), at(200), at(299), at(300), at(999)], [0, 1, 1, 2, 2, 3, 3]);
        assert!(track.piece(2).curve(250, 300)[0].end().abs() < 1e-15);
        assert!((track.piece(2).curve(250, 300)[0].start() - 0.5).abs() < 1e-15);
        assert_eq!(track.piece(3).control_m, &[DVec3::Y]);
        assert_eq!(track.piece(0).control_m, &[DVec3::ZERO]);
    }

    #[test]
    fn a_vehicle_stands_on_its_pad_until_it_begins() {
        let mut t = Trajectory::starting_at(100, DVec3::ZERO).unwrap();
        t.push(200, &[DVec3::X]).unwrap();
        let v = Vehicle::new("a", DVec3::Z, t, kapok_show::LightProgram::dark());
        let way = approach(&v).unwrap();
        let track = Track::from_pad(&v.trajectory, Some(&way));
        let at = |t_ms| track.index_after(t_ms);
        assert_eq!([at(0), at(98), at(99), at(100), at(199), at(200)], [0, 0, 1, 2, 2, 3]);
        for (t_ms, expected) in [(0.0, DVec3::Z), (99.0, DVec3::Z), (99.5, 0.5 * DVec3::Z), (100.0, DVec3::ZERO)] {
            assert!((standing_m(&v, t_ms) - expected).length() < 1e-12, "{t_ms}");
        }
        assert_eq!((track.piece(0).end_ms, track.piece(0).control_m), (99, &[DVec3::Z][..]));
        assert_eq!((track.piece(1).end_ms, track.piece(1).control_m), (100, &[DVec3::Z, DVec3::ZERO][..]));
        assert_eq!(track.piece(2).control_m, &[DVec3::ZERO, DVec3::X]);
        assert_eq!((track.piece(3).start_ms, track.piece(3).control_m), (200, &[DVec3::X][..]));
    }
}
