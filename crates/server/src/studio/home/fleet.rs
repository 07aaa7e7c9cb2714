use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use kapok_show::DVec3;

use super::way::Way;
use super::{HomeLimits, TOLERANCE_M};

/// Latest start, seconds.
const MAX_START_S: usize = 7200;

/// Who is in which cell, by [`key`].
type Cells = HashMap<u64, Vec<u32>, BuildHasherDefault<KeyHasher>>;

/// Mixes a key quickly: looking cells up is most of the work of a return. Keys that collide cost time, nothing else.
#[derive(Default)]
struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(byte.into());
        }
    }

    fn write_u64(&mut self, number: u64) {
        // 2^64 over the golden ratio; the upper half of the product comes back down.
        let product = (self.0 ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = product ^ product >> 32;
    }
}

/// Somebody who stays in the air at one place.
struct Rest {
    drone: usize,
    place_m: DVec3,
    from_s: usize,
    /// `usize::MAX`: not known to leave.
    until_s: usize,
}

/// Everybody whose motion is decided, and where the others are.
pub(super) struct Fleet {
    limits: HomeLimits,
    cell_m: f64,
    rests: Vec<Rest>,
    rest_cells: Cells,
    /// Index into `rests` of those who are in the air and have not left.
    rest_of: Vec<Option<usize>>,
    /// Who moves in each second.
    moving: Vec<Cells>,
    /// Where each drone is from its first start on.
    tracks: Vec<Option<(usize, Vec<DVec3>)>>,
}

impl Fleet {
    pub fn new(sources: &[DVec3], limits: HomeLimits) -> Self {
        // Nobody covers more than this in a second.
        let step_m = (limits.horizontal_m_s * limits.horizontal_m_s + limits.vertical_m_s * limits.vertical_m_s).sqrt();
        let mut fleet = Self {
            limits,
            cell_m: limits.min_distance_m + step_m,
            rests: Vec::new(),
            rest_cells: Cells::default(),
            rest_of: vec![None; sources.len()],
            moving: Vec::new(),
            tracks: vec![None; sources.len()],
        };
        for (i, &p) in sources.iter().enumerate() {
            // On the ground nobody is in anybody's way: below the least distance all only go up and down, and whoever flies
            // across is the least distance above. On anything higher than the tolerance they are.
            if p.z > TOLERANCE_M {
                fleet.rest(i, p, 0);
            }
        }
        fleet
    }

    fn rest(&mut self, drone: usize, place_m: DVec3, from_s: usize) {
        let index = self.rests.len();
        self.rest_cells.entry(key(cell(place_m, self.cell_m))).or_default().push(index as u32);
        self.rest_of[drone] = Some(index);
        self.rests.push(Rest { drone, place_m, from_s, until_s: usize::MAX });
    }

    /// When the drone can start at the earliest: at once, or when it has reached the place where it waits.
    fn ready_s(&self, i: usize) -> usize {
        self.tracks[i].as_ref().map_or(0, |(start_s, places)| start_s + places.len() - 1)
    }

    /// The earliest start at which drone `i` meets nobody on this way, nor, if it stays at its end, afterwards; `None` if
    /// there is none before `before_s`.
    pub fn earliest_start_s(&self, i: usize, way: &Way, before_s: Option<usize>, stays: bool) -> Option<usize> {
        let end_s = before_s.unwrap_or(MAX_START_S).min(MAX_START_S);
        // The last meeting place is where the next start most likely fails too.
        let mut hint = 0;
        let mut start_s = self.ready_s(i);
        'start: while start_s < end_s {
            let steps = way.places_m.len() - 1;
            for k in std::iter::once(hint).chain(0..steps) {
                match self.meets(i, way.places_m[k], way.places_m[k + 1], start_s + k) {
                    Meeting::Nobody => {}
                    Meeting::Somebody => {
                        hint = k;
                        start_s += 1;
                        continue 'start;
                    }
                    Meeting::For(until_s) => {
                        hint = k;
                        start_s = until_s.checked_sub(k).map_or(start_s + 1, |s| s.max(start_s + 1));
                        continue 'start;
                    }
                    Meeting::Always => return None,
                }
            }
            if stays {
                let last = way.places_m[steps];
                let from_s = start_s + steps;
                for second in from_s..self.moving.len().max(from_s + 1) {
                    match self.meets(i, last, last, second) {
                        Meeting::Nobody => {}
                        Meeting::Always => return None,
                        _ => {
                            start_s += 1;
                            continue 'start;
                        }
                    }
                }
            }
            return Some(start_s);
        }
        None
    }

    /// Decides the motion of a drone up to the end of a way, where it stays if `stays`.
    pub fn add(&mut self, i: usize, start_s: usize, way: &Way, stays: bool) {
        if let Some(rest) = self.rest_of[i].take() {
            self.rests[rest].until_s = start_s;
        }
        let end_s = start_s + way.places_m.len() - 1;
        if self.moving.len() < end_s {
            self.moving.resize_with(end_s, Cells::default);
        }
        for (k, pair) in way.places_m.windows(2).enumerate() {
            let middle = (pair[0] + pair[1]) / 2.0;
            self.moving[start_s + k].entry(key(cell(middle, self.cell_m))).or_default().push(i as u32);
        }
        let (first_s, track) = self.tracks[i].get_or_insert_with(|| (start_s, vec![way.places_m[0]]));
        track.resize(start_s - *first_s + 1, way.places_m[0]);
        track.extend(&way.places_m[1..]);
        if stays {
            self.rest(i, way.places_m[way.places_m.len() - 1], end_s);
        }
    }

    /// First start and places from then on.
    pub fn into_tracks(self) -> impl Iterator<Item = (usize, Vec<DVec3>)> {
        self.tracks.into_iter().map(Option::unwrap_or_default)
    }

    /// Whom drone `i` meets on the line from `a` to `b` in a second.
    fn meets(&self, i: usize, a: DVec3, b: DVec3, second: usize) -> Meeting {
        let centre = cell((a + b) / 2.0, self.cell_m);
        let mut worst = Meeting::Nobody;
        for place in around(centre) {
            for &r in self.rest_cells.get(&place).into_iter().flatten() {
                let rest = &self.rests[r as usize];
                let there = rest.drone != i && (rest.from_s..rest.until_s).contains(&second);
                if there && self.too_close(a, b, rest.place_m, rest.place_m) {
                    if rest.until_s == usize::MAX {
                        return Meeting::Always;
                    }
                    worst = worst.max(Meeting::For(rest.until_s));
                }
            }
        }
        if worst == Meeting::Nobody { self.meets_moving(centre, i, a, b, second) } else { worst }
    }

    fn meets_moving(&self, centre: [i32; 3], i: usize, a: DVec3, b: DVec3, second: usize) -> Meeting {
        let Some(cells) = self.moving.get(second) else { return Meeting::Nobody };
        for place in around(centre) {
            for &j in cells.get(&place).into_iter().flatten() {
                let Some((first_s, track)) = &self.tracks[j as usize] else { continue };
                let (c, e) = (track[second - first_s], track[second - first_s + 1]);
                if j as usize != i && self.too_close(a, b, c, e) {
                    return Meeting::Somebody;
                }
            }
        }
        Meeting::Nobody
    }

    /// Do two that move from `a` to `b` and from `c` to `e` in the same time come closer than allowed while one of them is
    /// not near the ground?
    fn too_close(&self, a: DVec3, b: DVec3, c: DVec3, e: DVec3) -> bool {
        let d = self.limits.min_distance_m;
        let needed_m = d - TOLERANCE_M;
        // The share of the time in which both are below.
        let (mut from, mut to) = (0.0_f64, 1.0_f64);
        for (begin, end) in [(a.z, b.z), (c.z, e.z)] {
            match (begin < d, end < d) {
                (true, true) => {}
                (false, false) => (from, to) = (1.0, 0.0),
                (true, false) => to = to.min((d - begin) / (end - begin)),
                (false, true) => from = from.max((begin - d) / (begin - end)),
            }
        }
        let (p, q) = (a - c, b - e);
        let near = |u0: f64, u1: f64| u1 >= u0 && distance_m(p.lerp(q, u0), p.lerp(q, u1)) < needed_m;
        if from > to { near(0.0, 1.0) } else { near(0.0, from) && from > 0.0 || near(to, 1.0) && to < 1.0 }
    }
}

/// How a line fares in its second. In rising order of what it means for the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Meeting {
    Nobody,
    Somebody,
    /// Somebody who waits until this second.
    For(usize),
    Always,
}

/// Distance of the origin to a segment.
fn distance_m(a: DVec3, b: DVec3) -> f64 {
    let d = b - a;
    let length2 = d.length_squared();
    let u = if length2 > 0.0 { (-a.dot(d) / length2).clamp(0.0, 1.0) } else { 0.0 };
    (a + d * u).length()
}

fn cell(p: DVec3, cell_m: f64) -> [i32; 3] {
    (p / cell_m).to_array().map(|c| c.floor() as i32)
}

/// The lowest 21 bits of each number. Cells that share a key are far apart; whoever is in one is looked at with the other's.
fn key(cell: [i32; 3]) -> u64 {
    cell.into_iter().fold(0, |key, c| key << 21 | u64::from(c.cast_unsigned() & 0x1f_ffff))
}

/// Keys of the cell and those around it.
fn around([x, y, z]: [i32; 3]) -> impl Iterator<Item = u64> {
    (-1..=1).flat_map(move |i| (-1..=1).flat_map(move |j| (-1..=1).map(move |k| key([x + i, y + j, z + k]))))
}
