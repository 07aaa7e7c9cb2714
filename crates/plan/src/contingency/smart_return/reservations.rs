//! The reservation table: where every planned vehicle is, by place and second.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use kapok_motion::segment::squared_distance_to_origin;
use kapok_show::DVec3;

use super::limits::{SmartReturnLimits, TOLERANCE_M};
use super::route::Route;

/// Latest start, seconds.
const MAX_START_S: usize = 7200;

/// Indices by cell, see [`key`].
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

/// A vehicle that hovers at a point during [`from_s`, `until_s`).
struct Hover {
    vehicle: usize,
    place_m: DVec3,
    from_s: usize,
    /// `usize::MAX`: no departure is planned yet.
    until_s: usize,
}

/// The motion of a vehicle since its first start.
#[derive(Clone, Debug, Default)]
pub(super) struct Track {
    pub start_s: usize,
    /// Places at whole seconds from the start on.
    pub places_m: Vec<DVec3>,
}

/// The motion of all planned vehicles, and where the others hover.
pub(super) struct Reservations {
    limits: SmartReturnLimits,
    cell_m: f64,
    hovers: Vec<Hover>,
    hover_cells: Cells,
    /// Index into `hovers` of the vehicles that hover and have no departure yet.
    hover_of: Vec<Option<usize>>,
    /// Moving vehicles in each second.
    moving: Vec<Cells>,
    tracks: Vec<Option<Track>>,
}

impl Reservations {
    pub fn new(sources: &[DVec3], limits: SmartReturnLimits) -> Self {
        let mut table = Self {
            limits,
            cell_m: limits.min_distance_m + limits.step_m(),
            hovers: Vec::new(),
            hover_cells: Cells::default(),
            hover_of: vec![None; sources.len()],
            moving: Vec::new(),
            tracks: vec![None; sources.len()],
        };
        for (i, &p) in sources.iter().enumerate() {
            // A vehicle on the ground blocks none: below the least distance all only go up and down, and one that flies
            // across is the least distance above. A vehicle higher than the tolerance does, and so does each whose
            // neighbours rise above the rule of the ground within the least distance.
            if p.z > TOLERANCE_M || !limits.pads_may_be_closer() {
                table.hover(i, p, 0);
            }
        }
        table
    }

    fn hover(&mut self, vehicle: usize, place_m: DVec3, from_s: usize) {
        let index = self.hovers.len();
        self.hover_cells.entry(key(cell(place_m, self.cell_m))).or_default().push(index as u32);
        self.hover_of[vehicle] = Some(index);
        self.hovers.push(Hover { vehicle, place_m, from_s, until_s: usize::MAX });
    }

    /// When the vehicle can start at the earliest: at once, or when it has reached the place where it waits.
    fn ready_s(&self, vehicle: usize) -> usize {
        self.tracks[vehicle].as_ref().map_or(0, |track| track.start_s + track.places_m.len() - 1)
    }

    /// The earliest start at which a vehicle meets no other on this route, nor, if it stays at its end, afterwards; `None` if
    /// there is none before `before_s`.
    pub fn earliest_start_s(
        &self,
        vehicle: usize,
        route: &Route,
        before_s: Option<usize>,
        stays: bool,
    ) -> Option<usize> {
        let end_s = before_s.unwrap_or(MAX_START_S).min(MAX_START_S);
        // The last meeting place is where the next start most likely fails too.
        let mut hint = 0;
        let mut start_s = self.ready_s(vehicle);
        'start: while start_s < end_s {
            let steps = route.duration_s();
            for k in std::iter::once(hint).chain(0..steps) {
                match self.meets(vehicle, route.places_m[k], route.places_m[k + 1], start_s + k) {
                    Meeting::None => {}
                    Meeting::Moving => {
                        hint = k;
                        start_s += 1;
                        continue 'start;
                    }
                    Meeting::HoveringUntil(until_s) => {
                        hint = k;
                        start_s = until_s.checked_sub(k).map_or(start_s + 1, |s| s.max(start_s + 1));
                        continue 'start;
                    }
                    Meeting::Hovering => return None,
                }
            }
            if stays {
                let end_m = route.end_m();
                let from_s = start_s + steps;
                for second in from_s..self.moving.len().max(from_s + 1) {
                    match self.meets(vehicle, end_m, end_m, second) {
                        Meeting::None => {}
                        Meeting::Hovering => return None,
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

    /// Plans the motion of a vehicle up to the end of a route, where it stays if `stays`.
    pub fn add(&mut self, vehicle: usize, start_s: usize, route: &Route, stays: bool) {
        if let Some(hover) = self.hover_of[vehicle].take() {
            self.hovers[hover].until_s = start_s;
        }
        let end_s = start_s + route.duration_s();
        if self.moving.len() < end_s {
            self.moving.resize_with(end_s, Cells::default);
        }
        for (k, pair) in route.places_m.windows(2).enumerate() {
            let middle = (pair[0] + pair[1]) / 2.0;
            self.moving[start_s + k].entry(key(cell(middle, self.cell_m))).or_default().push(vehicle as u32);
        }
        let begin = || Track { start_s, places_m: vec![route.places_m[0]] };
        let track = self.tracks[vehicle].get_or_insert_with(begin);
        track.places_m.resize(start_s - track.start_s + 1, route.places_m[0]);
        track.places_m.extend(&route.places_m[1..]);
        if stays {
            self.hover(vehicle, route.end_m(), end_s);
        }
    }

    /// The planned motion, by vehicle.
    pub fn into_tracks(self) -> impl Iterator<Item = Track> {
        self.tracks.into_iter().map(Option::unwrap_or_default)
    }

    /// Which vehicles one meets on the line from `a` to `b` in a second.
    fn meets(&self, vehicle: usize, a: DVec3, b: DVec3, second: usize) -> Meeting {
        let centre = cell((a + b) / 2.0, self.cell_m);
        let mut worst = Meeting::None;
        for place in around(centre) {
            for &h in self.hover_cells.get(&place).into_iter().flatten() {
                let hover = &self.hovers[h as usize];
                let there = hover.vehicle != vehicle && (hover.from_s..hover.until_s).contains(&second);
                if there && self.too_close(a, b, hover.place_m, hover.place_m) {
                    if hover.until_s == usize::MAX {
                        return Meeting::Hovering;
                    }
                    worst = worst.max(Meeting::HoveringUntil(hover.until_s));
                }
            }
        }
        if worst == Meeting::None { self.meets_moving(centre, vehicle, a, b, second) } else { worst }
    }

    fn meets_moving(&self, centre: [i32; 3], vehicle: usize, a: DVec3, b: DVec3, second: usize) -> Meeting {
        let Some(cells) = self.moving.get(second) else { return Meeting::None };
        for place in around(centre) {
            for &j in cells.get(&place).into_iter().flatten() {
                let Some(track) = &self.tracks[j as usize] else { continue };
                let (c, e) = (track.places_m[second - track.start_s], track.places_m[second - track.start_s + 1]);
                if j as usize != vehicle && self.too_close(a, b, c, e) {
                    return Meeting::Moving;
                }
            }
        }
        Meeting::None
    }

    /// Do two vehicles that move from `a` to `b` and from `c` to `e` in the same time come closer than allowed while one of
    /// them is not near the ground?
    fn too_close(&self, a: DVec3, b: DVec3, c: DVec3, e: DVec3) -> bool {
        let d = self.limits.ground_altitude_m();
        let needed_m = self.limits.kept_distance_m();
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
        let near = |u0: f64, u1: f64| {
            u1 >= u0 && squared_distance_to_origin(p.lerp(q, u0), p.lerp(q, u1)) < needed_m * needed_m
        };
        if from > to { near(0.0, 1.0) } else { near(0.0, from) && from > 0.0 || near(to, 1.0) && to < 1.0 }
    }
}

/// Whether a line is free in its second. In rising order of the delay that the start needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Meeting {
    None,
    Moving,
    /// A vehicle hovers in the way until this second.
    HoveringUntil(usize),
    /// A vehicle hovers in the way, and no departure of it is planned.
    Hovering,
}

fn cell(p: DVec3, cell_m: f64) -> [i32; 3] {
    (p / cell_m).to_array().map(|c| c.floor() as i32)
}

/// The lowest 21 bits of each number. Cells that share a key are far apart; what is in one is compared with the other's too.
fn key(cell: [i32; 3]) -> u64 {
    cell.into_iter().fold(0, |key, c| key << 21 | u64::from(c.cast_unsigned() & 0x1f_ffff))
}

/// Keys of the cell and those around it.
fn around([x, y, z]: [i32; 3]) -> impl Iterator<Item = u64> {
    (-1..=1).flat_map(move |i| (-1..=1).flat_map(move |j| (-1..=1).map(move |k| key([x + i, y + j, z + k]))))
}
