//! One row of points along a net.
//!
//! Knots get a point of their own, the sharpest first, as long as they are about a distance apart; what lies between two of
//! them is cut into equal steps. The number of steps of each piece follows from the count: the piece with the longest
//! steps gets the next point, again and again, so that the longest step of all is as short as it can be.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use kapok_motion::segment::nearest_point;
use kapok_show::{DVec2, DVec3};

use super::net::{Net, lengths, place};
use crate::formation::relax::{Ground, Mass, Site};

/// Knots with a point are at least this many typical distances apart.
const APART: f64 = 0.8;
/// If there are more knots than points, fewer get one: the distance grows by this factor, ...
const GROWTH: f64 = 1.2;
/// ... so many times.
const TRIES: usize = 30;
/// Which line goes on at a knot without a point is told by arms of this many distances.
const ARM: f64 = 0.5;
/// Masses per distance.
const FINENESS: f64 = 8.0;
/// Most masses.
const MOST_MASSES: f64 = 400_000.0;
/// Area of a point's cell in the best packing, as a share of the squared distance: √3/2.
const HEX: f64 = 0.866_025_403_784_438_6;

/// A stretch of the net between two knots that have a point, or once around.
struct Stretch {
    line: Vec<DVec2>,
    length: f64,
    is_ring: bool,
    part: u32,
    steps: usize,
}

/// Exactly `count` points in one row along the net; `None` if there are more parts than points.
pub(super) fn row(net: &Net, count: usize) -> Option<Vec<Site>> {
    if count < net.parts as usize {
        return None;
    }
    let part_of = parts(net);
    let mut distance_m = net.length() / count as f64;
    for _ in 0..TRIES {
        let has_point = chosen(net, &part_of, APART * distance_m);
        let mut stretches = stretches(net, &has_point, ARM * distance_m);
        let pinned: Vec<usize> = (0..net.knots.len()).filter(|&k| has_point[k]).collect();
        let least = pinned.len() + stretches.iter().map(least_points).sum::<usize>();
        if least <= count {
            share_out(&mut stretches, count - least);
            let mut sites: Vec<Site> = Vec::with_capacity(count);
            sites.extend(pinned.iter().map(|&k| site(net.knots[k], part_of[k], true)));
            for stretch in &stretches {
                let lengths = lengths(&stretch.line);
                let first = usize::from(!stretch.is_ring);
                sites.extend((first..stretch.steps).map(|k| {
                    let s = stretch.length * k as f64 / stretch.steps as f64;
                    site(place(&stretch.line, &lengths, s), stretch.part, false)
                }));
            }
            return (sites.len() == count).then_some(sites);
        }
        distance_m *= GROWTH;
    }
    None
}

fn site(at: DVec2, part: u32, pinned: bool) -> Site {
    Site { position_m: DVec3::new(at.x, 0.0, at.y), region: part, pinned }
}

fn least_points(stretch: &Stretch) -> usize {
    usize::from(stretch.is_ring)
}

/// The part that each knot belongs to.
fn parts(net: &Net) -> Vec<u32> {
    let mut parts = vec![0; net.knots.len()];
    net.dots.iter().for_each(|&(knot, _, part)| parts[knot] = part);
    net.chains.iter().for_each(|chain| chain.ends.iter().for_each(|&end| parts[end] = chain.part));
    parts
}

/// Knots in the order in which they get points: dots, corners and ends, junctions, and where a ring begins.
fn in_order(net: &Net) -> Vec<usize> {
    let at = net.at_knots();
    let rank = |knot: usize| match at[knot][..] {
        [] => 0,
        [(a, _), (b, _)] if a == b => 3,
        [_] | [_, _] => 1,
        _ => 2,
    };
    let mut order: Vec<usize> = (0..net.knots.len()).collect();
    order.sort_by_key(|&knot| (rank(knot), knot));
    order
}

/// The knots that get a point: those that are far enough from the ones before, and one of every part.
fn chosen(net: &Net, part_of: &[u32], apart_m: f64) -> Vec<bool> {
    let mut has_point = vec![false; net.knots.len()];
    let mut is_begun = vec![false; net.parts as usize];
    let mut taken: Vec<DVec2> = Vec::new();
    for knot in in_order(net) {
        let at = net.knots[knot];
        let is_first = !std::mem::replace(&mut is_begun[part_of[knot] as usize], true);
        if is_first || taken.iter().all(|t| t.distance(at) >= apart_m) {
            has_point[knot] = true;
            taken.push(at);
        }
    }
    has_point
}

/// What lies between the knots that have a point. At another knot the two lines that run on most straightly are one.
fn stretches(net: &Net, has_point: &[bool], arm_m: f64) -> Vec<Stretch> {
    let at = net.at_knots();
    // Which end of a chain goes on into which.
    let mut onward = vec![[None; 2]; net.chains.len()];
    for knot in (0..net.knots.len()).filter(|&k| !has_point[k]) {
        let way = |&(chain, end): &(usize, usize)| {
            let mut points = net.chains[chain].points.clone();
            if end == 1 {
                points.reverse();
            }
            let lengths = lengths(&points);
            (place(&points, &lengths, arm_m) - points[0]).normalize_or_zero()
        };
        let mut free = at[knot].clone();
        while free.len() > 1 {
            let pairs = (0..free.len()).flat_map(|a| (0..a).map(move |b| (a, b)));
            let turn = |(a, b): (usize, usize)| way(&free[a]).dot(way(&free[b]));
            let Some((a, b)) = pairs.min_by(|p, q| turn(*p).total_cmp(&turn(*q))) else { break };
            let (p, q) = (free[a], free[b]);
            onward[p.0][p.1] = Some(q);
            onward[q.0][q.1] = Some(p);
            free.remove(a);
            free.remove(b);
        }
    }
    let mut done = vec![false; net.chains.len()];
    let all = || (0..net.chains.len()).flat_map(|chain| [(chain, 0), (chain, 1)]);
    // Those that end somewhere first; what is left then are rings.
    let (open, rings): (Vec<_>, Vec<_>) = all().partition(|&(chain, end)| onward[chain][end].is_none());
    open.into_iter().chain(rings).filter_map(|start| walked(net, &onward, &mut done, start)).collect()
}

/// The stretch that begins at this end of this chain; `None` if that was walked before.
fn walked(
    net: &Net,
    onward: &[[Option<(usize, usize)>; 2]],
    done: &mut [bool],
    start: (usize, usize),
) -> Option<Stretch> {
    let (mut chain, mut end) = start;
    let mut line: Vec<DVec2> = Vec::new();
    if done[chain] {
        return None;
    }
    let is_ring = loop {
        if done[chain] {
            break true;
        }
        done[chain] = true;
        let points = &net.chains[chain].points;
        if end == 0 {
            line.extend(points);
        } else {
            line.extend(points.iter().rev());
        }
        match onward[chain][1 - end] {
            Some(next) => (chain, end) = next,
            None => break false,
        }
    };
    line.dedup();
    let length = lengths(&line).last().copied().unwrap_or(0.0);
    (line.len() > 1).then(|| Stretch { line, length, is_ring, part: net.chains[start.0].part, steps: 1 })
}

/// Gives so many more steps, each to the stretch whose steps are longest.
fn share_out(stretches: &mut [Stretch], more: usize) {
    let rank = |stretch: &Stretch| (stretch.length / stretch.steps as f64).to_bits();
    let mut queue: BinaryHeap<(u64, Reverse<usize>)> =
        stretches.iter().enumerate().map(|(k, stretch)| (rank(stretch), Reverse(k))).collect();
    for _ in 0..more {
        let Some((_, Reverse(k))) = queue.pop() else { return };
        stretches[k].steps += 1;
        queue.push((rank(&stretches[k]), Reverse(k)));
    }
}

/// The distance of `count` points in a row along the net, metres.
pub(super) fn distance_for(net: &Net, count: usize) -> f64 {
    // A part of one line has a point more than steps.
    let steps = count.saturating_sub(net.parts as usize).max(1);
    let longest_m = net.bounds().map_or(1.0, |(low, high)| (high - low).max_element());
    let of_dots_m = longest_m / (count as f64).sqrt();
    if net.chains.is_empty() { of_dots_m.max(f64::MIN_POSITIVE) } else { net.length() / steps as f64 }
}

/// The net as a ground to spread points over, where the row of equal steps comes too close to itself.
pub(super) struct Line<'a> {
    net: &'a Net,
    masses: Vec<Mass>,
    pins: Vec<(DVec3, u32)>,
}

impl<'a> Line<'a> {
    pub fn new(net: &'a Net, distance_m: f64) -> Self {
        let step_m = (distance_m / FINENESS).max(net.length() / MOST_MASSES).max(f64::MIN_POSITIVE);
        let mass = |at: DVec2, weight: f64, part: u32| {
            let place_m = DVec3::new(at.x, 0.0, at.y);
            Mass { position_m: place_m, weight, region: part, place_m }
        };
        let mut masses = Vec::new();
        for chain in &net.chains {
            let lengths = lengths(&chain.points);
            let length = lengths[lengths.len() - 1];
            let steps = (length / step_m).ceil().max(1.0) as usize;
            let weight = HEX * distance_m * length / steps as f64;
            masses.extend((0..steps).map(|k| {
                let s = length * (k as f64 + 0.5) / steps as f64;
                mass(place(&chain.points, &lengths, s), weight, chain.part)
            }));
        }
        let dot = HEX * distance_m * distance_m;
        masses.extend(net.dots.iter().map(|&(knot, _, part)| mass(net.knots[knot], dot, part)));
        let part_of = parts(net);
        let pin = |knot: usize| (DVec3::new(net.knots[knot].x, 0.0, net.knots[knot].y), part_of[knot]);
        Self { net, masses, pins: in_order(net).into_iter().map(pin).collect() }
    }
}

impl Ground for Line<'_> {
    fn masses(&self) -> &[Mass] {
        &self.masses
    }

    fn regions(&self) -> usize {
        self.net.parts as usize
    }

    fn pins(&self) -> &[(DVec3, u32)] {
        &self.pins
    }

    fn settle(&self, near_m: DVec3, region: u32) -> Option<DVec3> {
        let near = DVec2::new(near_m.x, near_m.z);
        let chains = self.net.chains.iter().filter(|chain| chain.part == region);
        let on_lines = chains.flat_map(|c| c.points.windows(2)).map(|pair| nearest_point(near, pair[0], pair[1]));
        let dots = self.net.dots.iter().filter(|(_, _, part)| *part == region).map(|&(knot, ..)| self.net.knots[knot]);
        let nearest =
            on_lines.chain(dots).min_by(|a, b| a.distance_squared(near).total_cmp(&b.distance_squared(near)))?;
        Some(DVec3::new(nearest.x, 0.0, nearest.y))
    }
}
