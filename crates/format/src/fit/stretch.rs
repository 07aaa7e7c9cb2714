//! Rests and corners: where the samples themselves say that the motion is in parts.

use kapok_show::DVec3;

/// Shortest rest that is kept as it is, milliseconds.
const REST_MS: i64 = 500;
/// Share of the speed by which the velocities before and behind differ at a corner.
const CORNER_SHARE: f64 = 0.25;
/// Largest such difference that is put down to the tolerance, m/s.
const MAX_EXPLAINED_M_S: f64 = 0.25;

/// Samples with what is asked of them again and again.
pub(super) struct Samples<'a> {
    pub points: &'a [(i64, DVec3)],
    /// Seconds since the first sample.
    pub t_s: Vec<f64>,
    /// Velocity of the straight line from each sample to the next, m/s.
    pub chord_m_s: Vec<DVec3>,
}

/// A part of the samples; both ends are part of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Span {
    /// All the same point.
    Rest {
        first: usize,
        last: usize,
    },
    Motion(Stretch),
}

/// A motion without corners inside.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stretch {
    pub first: usize,
    pub last: usize,
    /// Begins in full motion: what is before has another velocity.
    pub first_is_corner: bool,
    /// Ends in full motion.
    pub last_is_corner: bool,
}

impl<'a> Samples<'a> {
    pub fn new(points: &'a [(i64, DVec3)]) -> Self {
        let first_ms = points.first().map_or(0, |p| p.0);
        let t_s: Vec<f64> = points.iter().map(|p| (p.0 - first_ms) as f64 / 1000.0).collect();
        let chord_m_s = points.windows(2).zip(t_s.windows(2)).map(|(p, t)| (p[1].1 - p[0].1) / (t[1] - t[0])).collect();
        Self { points, t_s, chord_m_s }
    }

    pub fn point(&self, k: usize) -> DVec3 {
        self.points[k].1
    }

    /// Length of the interval that begins at sample `k`, seconds.
    pub fn interval_s(&self, k: usize) -> f64 {
        self.t_s[k + 1] - self.t_s[k]
    }
}

/// The parts of the samples in the order of time; none for a single sample. Rests are at least half a second long, or have one
/// of the instants `known_ms` in them, which increase.
pub(super) fn spans(data: &Samples, known_ms: &[i64], tolerance_m: f64) -> Vec<Span> {
    let mut out = Vec::new();
    let end = data.points.len() - 1;
    let mut motion_from = 0;
    let mut k = 0;
    while k < end {
        let mut last = k;
        while last < end && data.point(last + 1) == data.point(k) {
            last += 1;
        }
        let (from_ms, to_ms) = (data.points[k].0, data.points[last].0);
        let is_known = || known_ms.get(known_ms.partition_point(|ms| *ms < from_ms)).is_some_and(|ms| *ms <= to_ms);
        if to_ms - from_ms >= REST_MS || last > k && is_known() {
            push_motion(data, motion_from, k, tolerance_m, &mut out);
            out.push(Span::Rest { first: k, last });
            motion_from = last;
        }
        k = last.max(k + 1);
    }
    push_motion(data, motion_from, end, tolerance_m, &mut out);
    out
}

/// Divides the motion between two rests (or ends of the data, which are at rest outside) at its corners.
fn push_motion(data: &Samples, from: usize, to: usize, tolerance_m: f64, out: &mut Vec<Span>) {
    if from == to {
        return;
    }
    let corner = |k: usize| is_corner(data, from, to, k, tolerance_m);
    let mut stretch = Stretch { first: from, last: to, first_is_corner: corner(from), last_is_corner: true };
    for k in from + 1..to {
        if corner(k) {
            out.push(Span::Motion(Stretch { last: k, ..stretch }));
            (stretch.first, stretch.first_is_corner) = (k, true);
        }
    }
    out.push(Span::Motion(Stretch { last_is_corner: corner(to), ..stretch }));
}

/// Do the velocities before and behind sample `k` of the motion `from..=to` disagree?
///
/// Each side may have either that of its straight line or that of the parabola through two of them: the former where the
/// farther line lies behind another corner, the latter in smooth motion.
fn is_corner(data: &Samples, from: usize, to: usize, k: usize, tolerance_m: f64) -> bool {
    // Outside the motion there is rest, in intervals as long as the nearest one.
    let interval = |i: Option<usize>| i.filter(|i| (from..to).contains(i));
    let chord = |i: Option<usize>| interval(i).map_or(DVec3::ZERO, |i| data.chord_m_s[i]);
    let sides = |near: Option<usize>, far: Option<usize>| {
        let Some(h) = interval(near).map(|i| data.interval_s(i)) else { return [DVec3::ZERO; 2] };
        let h_far = interval(far).map_or(h, |i| data.interval_s(i));
        [chord(near), chord(near) + (chord(near) - chord(far)) * (h / (h + h_far))]
    };
    let around = [k.checked_sub(2), k.checked_sub(1), Some(k), Some(k + 1)];
    let behind = sides(around[2], around[3]);
    let apart_m_s = sides(around[1], around[0])
        .iter()
        .flat_map(|before| behind.iter().map(|b| before.distance(*b)))
        .fold(f64::INFINITY, f64::min);
    let fastest_m_s = around.iter().map(|&i| chord(i).length()).fold(0.0, f64::max);
    let shortest_s = around[1..3].iter().filter_map(|&i| interval(i)).map(|i| data.interval_s(i)).fold(1e9, f64::min);
    let explained_m_s = (tolerance_m / shortest_s).min(MAX_EXPLAINED_M_S);
    apart_m_s > (CORNER_SHARE * fastest_m_s).max(explained_m_s)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Positions along x, one every 250 ms.
    fn spans_of(x_m: &[f64]) -> Vec<Span> {
        let points: Vec<(i64, DVec3)> = (0..).zip(x_m).map(|(k, &x)| (250 * k, DVec3::X * x)).collect();
        spans(&Samples::new(&points), &[], 0.01)
    }

    #[test]
    fn a_stop_at_full_speed_is_a_corner_and_a_smooth_one_is_not() {
        // Rest, 1 m/s at once, then braking with 1 m/s² to rest.
        let mut x = vec![0.0; 4];
        x.extend((1..=8).map(|k| 0.25 * f64::from(k)));
        x.extend((1..=4).map(|k| 2.0 + 0.25 * f64::from(k) - 0.5 * (0.25 * f64::from(k)).powi(2)));
        x.extend([2.5; 3]);
        let motion = Stretch { first: 3, last: 15, first_is_corner: true, last_is_corner: false };
        assert_eq!(
            spans_of(&x),
            [Span::Rest { first: 0, last: 3 }, Span::Motion(motion), Span::Rest { first: 15, last: 18 }]
        );
    }

    #[test]
    fn a_rest_of_one_interval_is_part_of_the_motion() {
        assert!(matches!(
            spans_of(&[0.0, 0.0, 0.1, 0.4, 0.9, 1.6])[..],
            [Span::Motion(Stretch { first: 0, last: 5, .. })]
        ));
        assert_eq!(spans_of(&[1.0]), []);
        assert_eq!(spans_of(&[1.0, 1.0, 1.0]), [Span::Rest { first: 0, last: 2 }]);
    }
}
