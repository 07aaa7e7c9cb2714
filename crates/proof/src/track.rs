use kapok_show::{DVec3, Trajectory};

use crate::bernstein::{Bernstein, COORDINATE};

/// A trajectory with its rests before and after as pieces of their own, so that every instant has a piece.
#[derive(Clone, Copy)]
pub(crate) struct Track<'a> {
    trajectory: &'a Trajectory,
}

/// A piece of a track. A rest that has no end of its own has one control point.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Piece<'a> {
    pub start_ms: i64,
    pub end_ms: i64,
    pub control_m: &'a [DVec3],
}

/// The three coordinates of a motion on some interval.
pub(crate) type Curve = [Bernstein<COORDINATE>; 3];

impl<'a> Track<'a> {
    pub fn new(trajectory: &'a Trajectory) -> Self {
        Self { trajectory }
    }

    /// Piece 0 is the rest before the start, the last one the rest after the end.
    pub fn piece(self, index: usize) -> Piece<'a> {
        let t = self.trajectory;
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
            return 0;
        }
        let (mut low, mut high) = (0, t.segment_count());
        while low < high {
            let middle = usize::midpoint(low, high);
            if t.segment(middle).end_ms <= t_ms { low = middle + 1 } else { high = middle }
        }
        low + 1
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

    pub fn is_rest(&self) -> bool {
        self.control_m.iter().all(|p| *p == self.control_m[0])
    }
}

/// A piece by itself, for those who come back to it often: it lies in one place in memory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Held {
    pub index: usize,
    pub start_ms: i64,
    pub end_ms: i64,
    whole: Curve,
}

impl Held {
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
}
