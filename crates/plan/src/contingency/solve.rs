//! The returns to home from one instant.

use kapok_motion::Metric;
use kapok_show::{DVec2, DVec3, Limits, Neck, ReturnAction, ReturnEntry, ReturnToHomePlan, Trajectory};

use super::outcome::NoReturn;
use crate::airspace::Surroundings;
use crate::assignment::{AssignSettings, assign};
use crate::conflict::{ConflictGrid, Meeting, ReturnMotion, ReturnSeparation, meeting};

/// Horizontal distance at which a vehicle counts as above a pad, metres.
const ABOVE_PAD_M: f64 = 1e-3;
/// Share of a speed limit that is used: whole milliseconds of a ramp can cost a little.
const SPEED_SHARE: f64 = 0.99;
/// Rounds over all vehicles in conflict, at most.
const MAX_ROUNDS: usize = 12;
/// Longest wait before a move, seconds.
const MAX_WAIT_S: u32 = 12;
/// Levels of arrival.
const LEVELS: u8 = 4;
/// Shortest ramp of a move that is planned, seconds. A reader in the field jumps where a ramp is below a millisecond.
const MIN_RAMP_S: f64 = 0.003;
/// Shortest move and climb, metres.
const MIN_MOVE_M: f64 = 0.02;

/// What one vehicle does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ReturnChoice {
    /// Straight down to this altitude.
    Land { ground_m: f64 },
    /// To above a place.
    Move(Move),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Move {
    /// Index of the place.
    place: u32,
    /// Which level of arrival.
    level: u8,
    wait_s: u32,
    /// Climb before the move, metres.
    neck_m: f64,
    flight_s: u32,
}

/// What is the same at every instant.
pub struct ReturnProblem<'a> {
    pub limits: &'a Limits,
    pub around: Surroundings<'a>,
    pub rule: ReturnSeparation,
    /// The pads: exact, and above them on the grid of stored targets at the lowest level of arrival.
    pub pads_m: Vec<DVec3>,
    pub arrivals_m: Vec<DVec3>,
    /// Which of two levels a pad has in a pattern whose neighbours differ.
    pub colours: Vec<u8>,
    /// Height of a level.
    pub level_m: f64,
    /// Step of the grid of stored lengths.
    pub step_m: f64,
    /// Without entries: speeds and altitudes of every plan.
    pub template: ReturnToHomePlan,
    pub acceleration_m_s2: f64,
}

/// How arrivals are laid out, and how many times longer than the shortest the moves are.
const ATTEMPTS: [(bool, f64); 5] = [(false, 1.0), (true, 1.15), (true, 1.5), (false, 2.0), (true, 3.0)];

/// Solves one instant after the other, each like the one before if that is possible.
pub struct Instants<'a> {
    field: &'a ReturnProblem<'a>,
    last: Option<Vec<ReturnChoice>>,
}

/// Where all vehicles are.
pub struct Instant<'a> {
    pub time_s: u32,
    pub trajectories: &'a [&'a Trajectory],
    pub at_m: Vec<DVec3>,
}

/// The returns to home from one instant.
#[derive(Clone, Debug)]
pub struct Solution {
    choices: Vec<ReturnChoice>,
    /// What the format says of them; the times are those of the instant that was solved.
    pub entries: Vec<ReturnEntry>,
    /// When the last one is down, seconds after the stop.
    pub end_s: f64,
}

impl<'a> Instants<'a> {
    pub fn new(field: &'a ReturnProblem<'a>) -> Self {
        Self { field, last: None }
    }

    pub fn solve(&mut self, now: &Instant<'_>) -> Result<Solution, NoReturn> {
        let field = self.field;
        if let Some(choices) = field.all_above_pads(now) {
            self.last = None;
            return field.finish(now, choices, 1);
        }
        if let Some(choices) = self.last.as_ref().and_then(|h| field.again(now, h))
            && let Ok(solution) = field.finish(now, choices, 3)
        {
            self.last = Some(solution.choices.clone());
            return Ok(solution);
        }
        let mut first = None;
        for (layered, stretch) in ATTEMPTS {
            match field.fresh(now, layered, stretch).and_then(|choices| field.finish(now, choices, MAX_ROUNDS)) {
                Ok(solution) => {
                    self.last = Some(solution.choices.clone());
                    return Ok(solution);
                }
                Err(why) => first = first.or(Some(why)),
            }
        }
        self.last = None;
        Err(first.unwrap_or(NoReturn::TooFewPlaces))
    }
}

impl ReturnProblem<'_> {
    /// The pad a vehicle is above.
    fn pad_below(&self, at_m: DVec3) -> Option<usize> {
        // Pads are few and this is asked once an instant; the nearest is found by looking at all.
        self.pads_m.iter().position(|p| p.truncate().distance_squared(at_m.truncate()) <= ABOVE_PAD_M * ABOVE_PAD_M)
    }

    /// All straight down, if each is above a pad of its own.
    fn all_above_pads(&self, now: &Instant<'_>) -> Option<Vec<ReturnChoice>> {
        let mut taken = vec![false; self.pads_m.len()];
        now.at_m
            .iter()
            .enumerate()
            .map(|(i, &at_m)| {
                let own = self.pads_m[i].truncate().distance(at_m.truncate()) <= ABOVE_PAD_M;
                let pad = if own { i } else { self.pad_below(at_m)? };
                (!std::mem::replace(&mut taken[pad], true)).then(|| ReturnChoice::Land { ground_m: self.pads_m[pad].z })
            })
            .collect()
    }

    /// The choices of the instant before, if all can still fly them.
    fn again(&self, now: &Instant<'_>, choices: &[ReturnChoice]) -> Option<Vec<ReturnChoice>> {
        choices
            .iter()
            .zip(&now.at_m)
            .map(|(choice, &at_m)| match *choice {
                ReturnChoice::Move(m) => {
                    let needed_s = self.shortest_s(at_m + DVec3::Z * m.neck_m, self.target_m(&m))?;
                    // What has become far too slow is better planned anew.
                    let fits = needed_s <= m.flight_s && f64::from(m.flight_s) <= 4.0 * f64::from(needed_s) + 30.0;
                    (fits && at_m.z >= self.limits.min_navigation_altitude_m).then_some(*choice)
                }
                ReturnChoice::Land { .. } => (at_m.z < self.limits.min_navigation_altitude_m
                    && self.pad_below(at_m).is_some())
                .then_some(*choice),
            })
            .collect()
    }

    /// All to a place each, by the least sum of squared ways; one common duration.
    fn fresh(&self, now: &Instant<'_>, layered: bool, stretch: f64) -> Result<Vec<ReturnChoice>, NoReturn> {
        let floor_m = self.limits.min_navigation_altitude_m;
        let mut choices = vec![None; now.at_m.len()];
        let mut free = vec![true; self.pads_m.len()];
        let mut movers = Vec::new();
        for (i, &at_m) in now.at_m.iter().enumerate() {
            match self.pad_below(at_m).filter(|&pad| at_m.z < floor_m && free[pad]) {
                Some(pad) => {
                    free[pad] = false;
                    choices[i] = Some(ReturnChoice::Land { ground_m: self.pads_m[pad].z });
                }
                None => movers.push(i),
            }
        }
        let level = |place: usize| if layered { self.colours[place] } else { 0 };
        let metric = Metric { downwash_scale: self.rule.downwash_scale };
        let neck_m = |i: usize| {
            let missing_m = floor_m - now.at_m[i].z;
            if missing_m > 0.0 { (missing_m.max(self.min_move_m()) / self.step_m).ceil() * self.step_m } else { 0.0 }
        };
        let places: Vec<usize> = (0..free.len()).filter(|&p| free[p]).take(movers.len()).collect();
        if places.len() < movers.len() {
            return Err(NoReturn::TooFewPlaces);
        }
        let starts: Vec<DVec3> = movers.iter().map(|&i| metric.flatten(now.at_m[i] + DVec3::Z * neck_m(i))).collect();
        let goals: Vec<DVec3> = places
            .iter()
            .map(|&p| metric.flatten(self.arrivals_m[p] + DVec3::Z * self.level_m * f64::from(level(p))))
            .collect();
        let found = assign(&starts, &goals, &AssignSettings::default()).map_err(|_| NoReturn::TooFewPlaces)?;
        let mut longest_s = 0;
        for (k, &i) in movers.iter().enumerate() {
            let place = places[found.goal_of_start[k] as usize];
            let m = Move { place: place as u32, level: level(place), wait_s: 0, neck_m: neck_m(i), flight_s: 0 };
            let needed_s = self
                .shortest_s(now.at_m[i] + DVec3::Z * m.neck_m, self.target_m(&m))
                .ok_or(NoReturn::TooLong { vehicle: i })?;
            longest_s = longest_s.max(needed_s);
            choices[i] = Some(ReturnChoice::Move(m));
        }
        let common_s = (f64::from(longest_s) * stretch).ceil() as u32;
        Ok(choices
            .into_iter()
            .map(|choice| match choice {
                Some(ReturnChoice::Move(m)) => ReturnChoice::Move(Move { flight_s: common_s, ..m }),
                Some(land) => land,
                None => ReturnChoice::Land { ground_m: 0.0 },
            })
            .collect())
    }

    fn target_m(&self, m: &Move) -> DVec3 {
        self.arrivals_m[m.place as usize] + DVec3::Z * (self.level_m * f64::from(m.level))
    }

    /// The fewest whole seconds for a move under the limits, as [`ReturnToHomePlan::trajectory_of`] flies it.
    fn shortest_s(&self, from_m: DVec3, to_m: DVec3) -> Option<u32> {
        let d = to_m - from_m;
        let distance_m = d.length();
        if distance_m == 0.0 {
            return Some(0);
        }
        let share = |limit: f64, part: f64| if part > 0.0 { limit * distance_m / part } else { f64::INFINITY };
        let speed_m_s = SPEED_SHARE
            * share(self.limits.max_velocity_xy_m_s, d.truncate().length())
                .min(share(self.limits.max_velocity_up_m_s, d.z))
                .min(share(self.limits.max_velocity_down_m_s, -d.z));
        let a = self.acceleration_m_s2 * 0.999;
        // From a·t·(T − t) = D, the top speed a·t at most the limit.
        let needed_s = if distance_m >= speed_m_s * speed_m_s / a {
            distance_m / speed_m_s + speed_m_s / a
        } else {
            2.0 * (distance_m / a).sqrt()
        };
        // At least two seconds: the ramps are whole milliseconds.
        (needed_s < 36_000.0).then(|| (needed_s.ceil() as u32).max(2))
    }

    /// Length below which a vehicle counts as at its place: a move of one second over it has a ramp of the shortest kind.
    fn min_move_m(&self) -> f64 {
        MIN_MOVE_M.max(self.acceleration_m_s2 * MIN_RAMP_S)
    }

    /// As the format says it, for a vehicle that is at `at_m`. `None`: it would have to move less than can be said.
    ///
    /// A move that is too short for its time waits for the rest of it. A vehicle at its place only waits.
    fn entry(&self, now: &Instant<'_>, vehicle: usize, choice: &ReturnChoice) -> Option<ReturnEntry> {
        let mut entry = ReturnEntry {
            time_s: now.time_s,
            action: ReturnAction::Land,
            pre_delay_ms: 0,
            post_delay_ms: 0,
            landing_altitude_m: None,
        };
        let ground_m = match choice {
            ReturnChoice::Land { ground_m } => *ground_m,
            ReturnChoice::Move(m) => {
                let (from_m, target_m) = (now.at_m[vehicle] + DVec3::Z * m.neck_m, self.target_m(m));
                let distance_m = from_m.distance(target_m);
                let moves = distance_m >= self.min_move_m();
                if m.neck_m != 0.0 && (!moves || m.neck_m.abs() < self.min_move_m()) {
                    return None;
                }
                // From a·t·(T − t) = D, roughly.
                let longest_s = distance_m / (self.acceleration_m_s2 * MIN_RAMP_S);
                let flight_s = if moves { m.flight_s.min(longest_s as u32) } else { 0 };
                if moves {
                    let neck_s = self.shortest_s(DVec3::ZERO, DVec3::Z * m.neck_m).unwrap_or(0);
                    let neck =
                        (m.neck_m != 0.0).then(|| Neck { height_m: m.neck_m, duration_ms: i64::from(neck_s) * 1000 });
                    entry.action = ReturnAction::Straight { target_m, duration_ms: i64::from(flight_s) * 1000, neck };
                }
                entry.pre_delay_ms = i64::from(m.wait_s + m.flight_s - flight_s) * 1000;
                self.pads_m[m.place as usize].z
            }
        };
        entry.landing_altitude_m = (ground_m != self.template.landing_altitude_m).then_some(ground_m);
        Some(entry)
    }

    /// The motion, if a vehicle alone may fly it.
    fn way(&self, now: &Instant<'_>, vehicle: usize, choice: &ReturnChoice) -> Option<ReturnMotion> {
        let at_m = now.at_m[vehicle];
        let entry = self.entry(now, vehicle, choice)?;
        let mut room = at_m;
        if let (ReturnChoice::Move(m), ReturnAction::Straight { .. }) = (choice, entry.action) {
            let (floor_m, ceiling_m) = (self.limits.min_navigation_altitude_m, self.limits.max_altitude_m);
            let (top_m, target_m) = (at_m + DVec3::Z * m.neck_m, self.target_m(m));
            let high = |p: DVec3| (floor_m..=ceiling_m).contains(&p.z);
            if !high(top_m) || !high(target_m) || self.shortest_s(top_m, target_m)? > m.flight_s {
                return None;
            }
            if self.blocked(at_m, top_m) || self.blocked(top_m, target_m) {
                return None;
            }
            room = target_m;
        }
        let motion = self.template.trajectory_of(&entry, now.trajectories[vehicle]).ok()?;
        (!self.blocked(room, motion.end_point_m())).then(|| ReturnMotion::new(&motion))
    }

    fn blocked(&self, from_m: DVec3, to_m: DVec3) -> bool {
        self.around.leaves_fence(from_m, to_m) || self.around.keep_out(from_m, to_m).is_some()
    }

    /// Removes all conflicts by changing single choices and swapping places, in a bounded number of rounds.
    fn finish(&self, now: &Instant<'_>, mut choices: Vec<ReturnChoice>, rounds: usize) -> Result<Solution, NoReturn> {
        let mut ways = Vec::with_capacity(choices.len());
        for (vehicle, choice) in choices.iter_mut().enumerate() {
            let found = self.way(now, vehicle, choice).or_else(|| {
                self.others(choice).find_map(|other| {
                    let way = self.way(now, vehicle, &other)?;
                    *choice = other;
                    Some(way)
                })
            });
            ways.push(found.ok_or(NoReturn::NoRoom { vehicle })?);
        }
        let l = self.limits;
        let peak_m_s = DVec2::new(l.max_velocity_xy_m_s, l.max_velocity_up_m_s.max(l.max_velocity_down_m_s)).length();
        let mut grid = ConflictGrid::new(ways, &self.rule, peak_m_s);
        let mut suspects = grid.in_conflict();
        for round in 0..=rounds {
            suspects.retain(|&i| !grid.meetings(i, &grid.ways[i], None, &[], 1).is_empty());
            if suspects.is_empty() {
                let end_s = grid.ways.iter().fold(0.0f64, |m, w| m.max(w.end_s()));
                let entry = |(vehicle, choice)| self.entry(now, vehicle, choice).ok_or(NoReturn::NoRoom { vehicle });
                let entries = choices.iter().enumerate().map(entry).collect::<Result<_, _>>()?;
                return Ok(Solution { choices, entries, end_s });
            }
            if round == rounds {
                break;
            }
            for i in suspects.clone() {
                self.relieve(now, &mut grid, &mut choices, i, &mut suspects);
            }
            suspects.sort_unstable();
            suspects.dedup();
        }
        let vehicle = suspects[0];
        let found = grid.meetings(vehicle, &grid.ways[vehicle], None, &[], 1);
        match found.first() {
            Some(&(other, meeting)) => Err(NoReturn::Meeting {
                pair: (vehicle.min(other), vehicle.max(other)),
                t_ms: (f64::from(now.time_s) + meeting.t_s) * 1000.0,
                distance_m: meeting.distance_m,
            }),
            None => Err(NoReturn::NoRoom { vehicle }),
        }
    }

    /// Other choices for one vehicle, the nearest first.
    fn others(&self, choice: &ReturnChoice) -> impl Iterator<Item = ReturnChoice> + use<> {
        let mut list = Vec::new();
        if let ReturnChoice::Move(m) = *choice {
            let step_m = self.level_m;
            let waits: Vec<u32> = (0..=MAX_WAIT_S).collect();
            for extra_s in [0, 1, 2, 4, 8] {
                for neck in [0.0, 1.0, -1.0, 2.0, -2.0] {
                    for level in 0..LEVELS {
                        for &wait_s in &waits {
                            let other = Move {
                                wait_s,
                                level,
                                neck_m: m.neck_m + neck * step_m,
                                flight_s: m.flight_s + extra_s,
                                ..m
                            };
                            // How unlike the present choice, and how much slower than it.
                            let changes = [other.level != m.level, neck != 0.0, extra_s != 0, wait_s != m.wait_s];
                            let unlike = changes.iter().filter(|&&c| c).count() as u32;
                            let cost = 10 * unlike + wait_s + extra_s + 2 * u32::from(level);
                            if unlike == 1 || unlike == 2 {
                                list.push((cost, ReturnChoice::Move(other)));
                            }
                        }
                    }
                }
            }
        }
        list.sort_by_key(|(cost, _)| *cost);
        list.into_iter().map(|(_, choice)| choice)
    }

    /// Takes a vehicle out of its conflicts, or lessens them.
    fn relieve(
        &self,
        now: &Instant<'_>,
        grid: &mut ConflictGrid<'_>,
        choices: &mut [ReturnChoice],
        vehicle: usize,
        suspects: &mut Vec<usize>,
    ) {
        let present = grid.meetings(vehicle, &grid.ways[vehicle], None, &[], usize::MAX);
        if present.is_empty() {
            return;
        }
        // What spoilt a choice is likely to spoil the next one.
        let mut likely: Vec<usize> = present.iter().map(|(other, _)| *other).collect();
        let mut best = (present.len(), None);
        for choice in self.others(&choices[vehicle]) {
            let Some(way) = self.way(now, vehicle, &choice) else { continue };
            let met = grid.meetings(vehicle, &way, None, &likely, best.0);
            likely.extend(met.iter().map(|(other, _)| *other).filter(|o| !likely.contains(o)).collect::<Vec<_>>());
            let count = met.len();
            if count < best.0 {
                best = (count, Some((choice, way)));
                if count == 0 {
                    break;
                }
            }
        }
        if best.0 > 0 {
            for partner in self.partners(now, choices, vehicle, &present) {
                if self.swap(now, grid, choices, (vehicle, partner), suspects) {
                    return;
                }
            }
        }
        if let (_, Some((choice, way))) = best {
            choices[vehicle] = choice;
            grid.replace(vehicle, way);
        }
    }

    /// Vehicles that one could change places with: those it meets, then those with the nearest places.
    fn partners(
        &self,
        now: &Instant<'_>,
        choices: &[ReturnChoice],
        vehicle: usize,
        present: &[(usize, Meeting)],
    ) -> Vec<usize> {
        let mut partners: Vec<usize> = present.iter().map(|(other, _)| *other).collect();
        let ReturnChoice::Move(own) = choices[vehicle] else { return partners };
        let place_m = self.arrivals_m[own.place as usize];
        let mut near: Vec<(f64, usize)> = choices
            .iter()
            .enumerate()
            .filter_map(|(i, choice)| match choice {
                ReturnChoice::Move(m) if i != vehicle => {
                    let apart_m = self.arrivals_m[m.place as usize].distance(place_m);
                    let starts_m = now.at_m[i].distance(now.at_m[vehicle]);
                    (apart_m < 4.0 * self.level_m || starts_m < 3.0 * self.level_m).then_some((apart_m + starts_m, i))
                }
                _ => None,
            })
            .collect();
        near.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        partners.extend(near.into_iter().take(12).map(|(_, i)| i));
        partners
    }

    /// Exchanges two places if that lessens the conflicts of the two.
    fn swap(
        &self,
        now: &Instant<'_>,
        grid: &mut ConflictGrid<'_>,
        choices: &mut [ReturnChoice],
        (i, j): (usize, usize),
        suspects: &mut Vec<usize>,
    ) -> bool {
        let (ReturnChoice::Move(a), ReturnChoice::Move(b)) = (choices[i], choices[j]) else { return false };
        let new = [
            Move { place: b.place, level: b.level, flight_s: a.flight_s.max(b.flight_s), ..a },
            Move { place: a.place, level: a.level, flight_s: a.flight_s.max(b.flight_s), ..b },
        ]
        .map(ReturnChoice::Move);
        let (Some(way_i), Some(way_j)) = (self.way(now, i, &new[0]), self.way(now, j, &new[1])) else { return false };
        let count = |grid: &ConflictGrid<'_>, v: usize, way: &ReturnMotion, apart_from| {
            grid.meetings(v, way, apart_from, &[], usize::MAX)
        };
        let before = count(grid, i, &grid.ways[i], Some(j)).len()
            + count(grid, j, &grid.ways[j], Some(i)).len()
            + usize::from(meeting(&grid.ways[i], &grid.ways[j], &self.rule).is_some());
        let (met_i, met_j) = (count(grid, i, &way_i, Some(j)), count(grid, j, &way_j, Some(i)));
        let each_other = usize::from(meeting(&way_i, &way_j, &self.rule).is_some());
        if met_i.len() + met_j.len() + each_other >= before {
            return false;
        }
        // Those that they meet now may have had no conflict before.
        suspects.extend(met_i.iter().chain(&met_j).map(|(other, _)| *other));
        suspects.extend([i, j]);
        grid.replace(i, way_i);
        grid.replace(j, way_j);
        choices[i] = new[0];
        choices[j] = new[1];
        true
    }
}
