//! The motion of one return to home, as quadratic pieces from the instant of the stop, and the meeting of two.

use kapok_motion::bezier::{halves, part, squared_quadratic};
use kapok_show::{DVec3, Trajectory};

/// A piece of at most second degree.
#[derive(Clone, Copy, Debug)]
struct Piece {
    start_s: f64,
    end_s: f64,
    control_m: [DVec3; 3],
}

/// From the stop to the ground; at rest before and after.
#[derive(Clone, Debug)]
pub struct ReturnMotion {
    pieces: Vec<Piece>,
    end_m: DVec3,
    /// Largest speed, m/s.
    pub peak_m_s: f64,
}

impl ReturnMotion {
    /// From the motion that the vocabulary gives an entry: pieces of first and second degree.
    pub fn new(motion: &Trajectory) -> Self {
        let zero_ms = motion.start_ms();
        let seconds = |t_ms: i64| (t_ms - zero_ms) as f64 / 1000.0;
        let mut peak_m_s = 0.0f64;
        let pieces = motion
            .segments()
            .map(|s| {
                let (first, last) = (s.control_m[0], s.control_m[s.degree()]);
                let middle = if s.degree() == 1 { first.midpoint(last) } else { s.control_m[1] };
                let steps_m = first.distance(middle).max(middle.distance(last));
                peak_m_s = peak_m_s.max(2.0 * steps_m / s.duration_s());
                Piece { start_s: seconds(s.start_ms), end_s: seconds(s.end_ms), control_m: [first, middle, last] }
            })
            .collect();
        Self { pieces, end_m: motion.end_point_m(), peak_m_s }
    }

    /// When it is over, seconds after the stop.
    pub fn end_s(&self) -> f64 {
        self.pieces.last().map_or(0.0, |p| p.end_s)
    }

    /// Where it begins.
    fn start_m(&self) -> DVec3 {
        self.pieces.first().map_or(self.end_m, |p| p.control_m[0])
    }

    /// Where the vehicle is.
    pub fn at(&self, t_s: f64) -> DVec3 {
        match self.pieces.get(self.pieces.partition_point(|p| p.end_s < t_s)) {
            Some(p) => p.part(t_s, t_s)[0],
            None => self.end_m,
        }
    }
}

impl Piece {
    /// Control points of the part between two instants.
    fn part(&self, from_s: f64, to_s: f64) -> [DVec3; 3] {
        let span_s = self.end_s - self.start_s;
        let (u, v) = ((from_s - self.start_s) / span_s, (to_s - self.start_s) / span_s);
        part(&self.control_m, u, v)
    }
}

/// The rules of distance.
#[derive(Clone, Copy, Debug)]
pub struct ReturnSeparation {
    /// In flight, z divided by the downwash scale.
    pub flight_m: f64,
    /// Kept above that for the rounding of the vehicles' files, as far as the pair has it when the way begins.
    pub file_m: f64,
    pub downwash_scale: f64,
    /// While both are below the altitude; plain.
    pub ground_m: f64,
    pub altitude_m: f64,
}

/// Two ways that come too close.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Meeting {
    pub t_s: f64,
    pub distance_m: f64,
}

/// Parts of a way that are halved, at most this often; what is undecided then counts as a meeting.
const MAX_HALVINGS: u32 = 26;

/// An instant at which two ways come too close; `None` is a proof that there is none.
///
/// The squared distance of two pieces of second degree is a polynomial of degree 4: it is nowhere below its least
/// Bernstein coefficient.
pub fn meeting(a: &ReturnMotion, b: &ReturnMotion, rule: &ReturnSeparation) -> Option<Meeting> {
    let rule = &rule.of_pair(a.start_m(), b.start_m());
    let (mut i, mut j, mut t_s) = (0, 0, 0.0);
    loop {
        let (p, q) = (a.pieces.get(i), b.pieces.get(j));
        let until_s = p.map_or(f64::INFINITY, |p| p.end_s).min(q.map_or(f64::INFINITY, |q| q.end_s));
        if until_s == f64::INFINITY {
            return rule.broken([a.end_m; 3], [b.end_m; 3], (t_s, t_s), MAX_HALVINGS);
        }
        let of = |piece: Option<&Piece>, end_m: DVec3| piece.map_or([end_m; 3], |p| p.part(t_s, until_s));
        let found = rule.broken(of(p, a.end_m), of(q, b.end_m), (t_s, until_s), 0);
        if found.is_some() {
            return found;
        }
        i += usize::from(p.is_some_and(|p| p.end_s <= until_s));
        j += usize::from(q.is_some_and(|q| q.end_s <= until_s));
        t_s = until_s;
    }
}

impl ReturnSeparation {
    /// The rules for a pair that begins at these places.
    fn of_pair(&self, a_m: DVec3, b_m: DVec3) -> Self {
        let d = a_m - b_m;
        let start_m = DVec3::new(d.x, d.y, d.z / self.downwash_scale).length() * (1.0 - 1e-9);
        Self { flight_m: (self.flight_m + self.file_m).min(start_m).max(self.flight_m), ..*self }
    }

    /// Farthest that a pair can be apart, in plain metres, and still break a rule.
    pub fn reach_m(&self) -> f64 {
        ((self.flight_m + self.file_m) * self.downwash_scale).max(self.ground_m)
    }

    fn broken(&self, p: [DVec3; 3], q: [DVec3; 3], t_s: (f64, f64), halvings: u32) -> Option<Meeting> {
        let low = |c: &[DVec3; 3]| c.iter().all(|m| m.z < self.altitude_m);
        let high = |c: &[DVec3; 3]| c.iter().all(|m| m.z >= self.altitude_m);
        let (both_low, one_high) = (low(&p) && low(&q), high(&p) || high(&q));
        let (limit_m, scale) = if both_low { (self.ground_m, 1.0) } else { (self.flight_m, self.downwash_scale) };
        let d: [DVec3; 3] = std::array::from_fn(|k| {
            let d = p[k] - q[k];
            DVec3::new(d.x, d.y, d.z / scale)
        });
        let squares = squared_quadratic(&d);
        let limit2 = limit_m * limit_m;
        if squares.iter().all(|&s| s >= limit2) {
            return None;
        }
        if both_low || one_high {
            for (square, at_s) in [(squares[0], t_s.0), (squares[4], t_s.1)] {
                if square < limit2 {
                    return Some(Meeting { t_s: at_s, distance_m: square.sqrt() });
                }
            }
        }
        if halvings == MAX_HALVINGS {
            return Some(Meeting { t_s: t_s.0, distance_m: squares[0].min(squares[4]).sqrt() });
        }
        let middle_s = f64::midpoint(t_s.0, t_s.1);
        let ((p0, p1), (q0, q1)) = (halves(&p), halves(&q));
        self.broken(p0, q0, (t_s.0, middle_s), halvings + 1)
            .or_else(|| self.broken(p1, q1, (middle_s, t_s.1), halvings + 1))
    }
}
