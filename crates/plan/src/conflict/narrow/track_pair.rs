use kapok_motion::bezier::Curve;
use kapok_show::DVec3;

/// Halvings of a piece of time before a pair is taken to be as close as its bound says.
const MAX_DEPTH: u32 = 40;
/// Bounds of a distance this near to what is attained are taken as it, grid steps squared relative.
const CLOSE_ENOUGH: f64 = 1e-8;
/// One pair on one piece of time. Lengths are in grid steps.
pub struct TrackPair {
    pub a: Curve,
    pub b: Curve,
    /// Below it the ground's rule applies.
    pub altitude: f64,
    pub downwash_scale: f64,
    /// Squared limits in flight and on the ground.
    pub limits2: [f64; 2],
}

/// The least squared distances found, in flight and on the ground, and where.
pub struct LeastDistances {
    /// Bounds beyond these are of no interest.
    pub cutoff2: [f64; 2],
    pub least2: [f64; 2],
    /// Shares of the piece of time.
    pub at: [f64; 2],
}

impl TrackPair {
    /// Looks for the least distances over the whole piece.
    pub fn search(&self, found: &mut LeastDistances) {
        self.search_part(found, 0.0, 1.0, MAX_DEPTH);
    }

    fn search_part(&self, found: &mut LeastDistances, from: f64, to: f64, depth: u32) {
        let low_high = |c: &Curve| {
            c.control().iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), p| (l.min(p.z), h.max(p.z)))
        };
        let (za, zb) = (low_high(&self.a), low_high(&self.b));
        let both_below = za.1 < self.altitude && zb.1 < self.altitude;
        let one_above = za.0 >= self.altitude || zb.0 >= self.altitude;
        let difference = self.a.minus(self.b);
        let mut open = false;
        for (rule, applies) in [(0, !both_below), (1, !one_above)] {
            if !applies {
                continue;
            }
            let difference = if rule == 0 && self.downwash_scale != 1.0 {
                difference.map(|p| DVec3::new(p.x, p.y, p.z / self.downwash_scale))
            } else {
                difference
            };
            let coefficients = difference.squared();
            let last = 2 * difference.degree();
            let bound = coefficients[..=last].iter().copied().fold(f64::INFINITY, f64::min);
            let cutoff = found.cutoff2[rule].min(found.least2[rule].max(self.limits2[rule]));
            if bound >= cutoff {
                continue;
            }
            let certain = both_below || one_above;
            if certain {
                let ends = [(coefficients[0], from), (coefficients[last], to)];
                for (value, at) in ends {
                    if value < found.least2[rule] {
                        (found.least2[rule], found.at[rule]) = (value, at);
                    }
                }
            }
            if depth == 0 || (certain && bound >= found.least2[rule] * (1.0 - CLOSE_ENOUGH)) {
                if bound < found.least2[rule] {
                    (found.least2[rule], found.at[rule]) = (bound, from);
                }
                continue;
            }
            open = true;
        }
        if open {
            let middle = f64::midpoint(from, to);
            let ((a, c), (b, d)) = (self.a.split(0.5), self.b.split(0.5));
            Self { a, b, ..*self }.search_part(found, from, middle, depth - 1);
            Self { a: c, b: d, ..*self }.search_part(found, middle, to, depth - 1);
        }
    }
}
