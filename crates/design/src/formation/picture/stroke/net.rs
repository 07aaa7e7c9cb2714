//! Lines as a net: cut where they meet, cross or bend sharply, with a knot at each such place and at each end.

use kapok_motion::segment::{cross, nearest_point};
use kapok_show::DVec2;

/// Lines meet where an end comes so close to another line, units of [`super::alphabet::CAPITAL`] a capital.
const TOUCH: f64 = 1.6;
/// A bend is judged by arms of this length ...
const ARM: f64 = 7.0;
/// ... and is a corner if the line turns there by more than this: the cosine of 48°.
const CORNER_COS: f64 = 0.669;

/// A piece of a line between two knots; a closed line without any has the same knot at both ends.
#[derive(Clone, Debug)]
pub(super) struct Chain {
    /// At least two points.
    pub points: Vec<DVec2>,
    /// Knots at its start and end.
    pub ends: [usize; 2],
    /// Letter.
    pub group: u32,
    /// Connected part of a letter.
    pub part: u32,
}

/// Lines of a whole text.
#[derive(Clone, Debug, Default)]
pub(super) struct Net {
    pub chains: Vec<Chain>,
    pub knots: Vec<DVec2>,
    /// Parts that are a single dot: knot, letter and part.
    pub dots: Vec<(usize, u32, u32)>,
    /// Connected parts.
    pub parts: u32,
}

impl Net {
    /// Adds the lines of a letter, each with at least one point; `unit` is a hundredth of a capital's height.
    pub fn add(&mut self, lines: &[Vec<DVec2>], group: u32, unit: f64) {
        let cuts = cuts(lines, unit);
        let first_chain = self.chains.len();
        let first_knot = self.knots.len();
        for (line, mut cuts) in lines.iter().zip(cuts) {
            if let [dot] = line[..] {
                self.knot(dot, first_knot, unit);
                continue;
            }
            cuts.sort_by(|a, b| a.0.total_cmp(&b.0));
            let lengths = lengths(line);
            let whole = lengths[lengths.len() - 1];
            cuts.retain(|(s, _)| *s > 0.0 && *s < whole);
            let mut pieces = vec![vec![line[0]]];
            let mut next = 1;
            for (s, at) in cuts.into_iter().chain([(whole, line[line.len() - 1])]) {
                let Some(piece) = pieces.last_mut() else { break };
                while next < line.len() && lengths[next] < s {
                    piece.push(line[next]);
                    next += 1;
                }
                piece.push(at);
                pieces.push(vec![at]);
            }
            for mut points in pieces {
                points.dedup();
                if points.len() < 2 {
                    continue;
                }
                let ends = [points[0], points[points.len() - 1]].map(|p| self.knot(p, first_knot, unit));
                let length: f64 = points.windows(2).map(|pair| pair[0].distance(pair[1])).sum();
                if ends[0] == ends[1] && length < 4.0 * TOUCH * unit {
                    continue;
                }
                let last = points.len() - 1;
                (points[0], points[last]) = (self.knots[ends[0]], self.knots[ends[1]]);
                self.chains.push(Chain { points, ends, group, part: 0 });
            }
        }
        self.number_parts(first_chain, first_knot, group);
    }

    /// The knot at a place, a new one if none is near.
    fn knot(&mut self, at: DVec2, first: usize, unit: f64) -> usize {
        if let Some(k) = (first..self.knots.len()).find(|&k| self.knots[k].distance(at) <= TOUCH * unit) {
            return k;
        }
        self.knots.push(at);
        self.knots.len() - 1
    }

    fn number_parts(&mut self, first_chain: usize, first_knot: usize, group: u32) {
        let mut part_of: Vec<usize> = (0..self.knots.len() - first_knot).collect();
        for chain in &self.chains[first_chain..] {
            let [a, b] = chain.ends.map(|k| root(&part_of, k - first_knot));
            part_of[a.max(b)] = a.min(b);
        }
        let mut numbers = vec![None; part_of.len()];
        for k in 0..part_of.len() {
            let number = numbers[root(&part_of, k)].get_or_insert_with(|| {
                self.parts += 1;
                self.parts - 1
            });
            let number = *number;
            let knot = k + first_knot;
            let mut is_dot = true;
            for chain in self.chains[first_chain..].iter_mut().filter(|c| c.ends.contains(&knot)) {
                chain.part = number;
                is_dot = false;
            }
            if is_dot {
                self.dots.push((knot, group, number));
            }
        }
    }

    /// Ends of chains at each knot: chain, and whether it is its start (0) or its end (1).
    pub fn at_knots(&self) -> Vec<Vec<(usize, usize)>> {
        let mut at = vec![Vec::new(); self.knots.len()];
        for (k, chain) in self.chains.iter().enumerate() {
            at[chain.ends[0]].push((k, 0));
            at[chain.ends[1]].push((k, 1));
        }
        at
    }

    /// All places by a map.
    pub fn map(&mut self, change: impl Fn(DVec2) -> DVec2) {
        self.knots.iter_mut().chain(self.chains.iter_mut().flat_map(|c| &mut c.points)).for_each(|p| *p = change(*p));
    }

    /// Corners of the box around all lines.
    pub fn bounds(&self) -> Option<(DVec2, DVec2)> {
        let mut all = self.knots.iter().chain(self.chains.iter().flat_map(|c| &c.points));
        let first = *all.next()?;
        Some(all.fold((first, first), |(low, high), p| (low.min(*p), high.max(*p))))
    }

    /// Length of all lines.
    pub fn length(&self) -> f64 {
        self.chains.iter().flat_map(|c| c.points.windows(2)).map(|pair| pair[0].distance(pair[1])).sum()
    }
}

/// The first of those that are joined with one.
fn root(part_of: &[usize], mut k: usize) -> usize {
    while part_of[k] != k {
        k = part_of[k];
    }
    k
}

/// Where each line is cut: how far along, and the place.
fn cuts(lines: &[Vec<DVec2>], unit: f64) -> Vec<Vec<(f64, DVec2)>> {
    let mut cuts: Vec<Vec<(f64, DVec2)>> = vec![Vec::new(); lines.len()];
    let starts: Vec<Vec<f64>> = lines.iter().map(|line| lengths(line)).collect();
    for (i, line) in lines.iter().enumerate() {
        cuts[i].extend(corners(line, &starts[i], ARM * unit));
        for end in [line.first(), line.last()].into_iter().flatten() {
            for (j, other) in lines.iter().enumerate() {
                let touched = other.windows(2).enumerate().map(|(k, pair)| {
                    let at = nearest_point(*end, pair[0], pair[1]);
                    (at.distance(*end), starts[j][k] + pair[0].distance(at), at)
                });
                let whole = starts[j].last().copied().unwrap_or(0.0);
                let is_inside = |s: f64| s > TOUCH * unit && s < whole - TOUCH * unit;
                let near = touched.filter(|(gap, s, _)| *gap <= TOUCH * unit && is_inside(*s));
                if let Some((_, s, at)) = near.min_by(|a, b| a.0.total_cmp(&b.0)) {
                    cuts[j].push((s, at));
                }
            }
        }
        for j in i..lines.len() {
            for (k, a) in line.windows(2).enumerate() {
                for (l, b) in lines[j].windows(2).enumerate() {
                    if (j > i || l > k + 1) && cross(a[0], a[1], b[0], b[1]) {
                        let (along_a, along_b) = (a[1] - a[0], b[1] - b[0]);
                        let share = (b[0] - a[0]).perp_dot(along_b) / along_a.perp_dot(along_b);
                        let at = a[0] + along_a * share;
                        cuts[i].push((starts[i][k] + a[0].distance(at), at));
                        cuts[j].push((starts[j][l] + b[0].distance(at), at));
                    }
                }
            }
        }
    }
    cuts
}

/// How far along a line each of its points is.
pub(super) fn lengths(line: &[DVec2]) -> Vec<f64> {
    let mut lengths = vec![0.0];
    for pair in line.windows(2) {
        lengths.push(lengths[lengths.len() - 1] + pair[0].distance(pair[1]));
    }
    lengths
}

/// The place so far along a line of at least two points.
pub(super) fn place(line: &[DVec2], lengths: &[f64], s: f64) -> DVec2 {
    let k = lengths.partition_point(|l| *l <= s).clamp(1, line.len() - 1);
    let share = (s - lengths[k - 1]) / (lengths[k] - lengths[k - 1]).max(f64::MIN_POSITIVE);
    line[k - 1].lerp(line[k], share.clamp(0.0, 1.0))
}

/// Sharp bends of a line, the sharpest within an arm.
fn corners(line: &[DVec2], starts: &[f64], arm: f64) -> Vec<(f64, DVec2)> {
    let whole = starts.last().copied().unwrap_or(0.0);
    let is_ring = line.len() > 3 && line.first() == line.last();
    let mut found: Vec<(f64, f64, DVec2)> = Vec::new();
    for (k, &at) in line.iter().enumerate().skip(1).take(line.len().saturating_sub(2)) {
        let s = starts[k];
        if !is_ring && s.min(whole - s) < 0.4 * arm {
            continue;
        }
        let (low, high) = if is_ring {
            ((s - arm).rem_euclid(whole), (s + arm).rem_euclid(whole))
        } else {
            ((s - arm).max(0.0), (s + arm).min(whole))
        };
        let arms = [at - place(line, starts, low), place(line, starts, high) - at].map(DVec2::normalize_or_zero);
        let cos = arms[0].dot(arms[1]);
        if cos > CORNER_COS {
            continue;
        }
        match found.last_mut() {
            Some(last) if s - last.1 < arm => {
                if cos < last.0 {
                    *last = (cos, s, at);
                }
            }
            _ => found.push((cos, s, at)),
        }
    }
    found.into_iter().map(|(_, s, at)| (s, at)).collect()
}
