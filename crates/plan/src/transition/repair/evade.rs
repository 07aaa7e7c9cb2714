use kapok_motion::bezier::cubic_at;
use kapok_show::DVec3;

use super::state::{OBSTACLE_MARGIN_M, Repair, Start};
use crate::airspace::Obstacle;
use crate::transition::obstacle_clearance;

impl Repair<'_, '_> {
    /// Pushes a vehicle out of every obstacle at its worst moment there; returns what it lacked, metres, infinite if no way leads out.
    pub fn evade(&mut self, vehicle: u32) -> f64 {
        let margin_m = self.problem.airspace.margin_m();
        let mut lacking_m = 0.0;
        for index in 0..self.obstacles.len() {
            let obstacle = self.obstacles[index];
            let mut worst: Option<(f64, usize, f64)> = None;
            for piece in 0..self.curves.basis.pieces() {
                let below_m = worst.map_or(margin_m + 0.5 * OBSTACLE_MARGIN_M, |w| w.0);
                let c = self.curves.piece_m(vehicle as usize, piece);
                if let Some((clearance_m, u)) = obstacle_clearance::worst(&obstacle, &c, below_m) {
                    worst = Some((clearance_m, piece, u));
                }
            }
            let Some((clearance_m, piece, u)) = worst else { continue };
            let at_m = cubic_at(&self.curves.piece_m(vehicle as usize, piece), u);
            let (from_m, to_m) = (self.ways.from[vehicle as usize], self.ways.to[vehicle as usize]);
            let known = self.sides.get(&(vehicle, index)).copied();
            let push = match obstacle {
                // A vehicle that only strays beyond the fence is led back the shortest way.
                Obstacle::Fence(_) if !self.problem.airspace.leaves_fence(from_m, to_m) => {
                    obstacle.back(at_m) * (margin_m + OBSTACLE_MARGIN_M - clearance_m)
                }
                _ => {
                    let side = known.unwrap_or_else(|| self.side(vehicle as usize, &obstacle, at_m));
                    self.sides.insert((vehicle, index), side);
                    let exit_m = if clearance_m < 0.0 { obstacle.exit_m(at_m, side).max(0.0) } else { 0.0 };
                    if !exit_m.is_finite() {
                        return f64::INFINITY;
                    }
                    side * (exit_m + margin_m + OBSTACLE_MARGIN_M)
                }
            };
            lacking_m += push.length();
            self.push(vehicle as usize, piece, u, push);
        }
        lacking_m
    }

    /// The side on which a vehicle leaves an obstacle it is in: the nearest one that is free, the time it takes counted; the
    /// side asked for at the start, if that is free.
    fn side(&self, vehicle: usize, obstacle: &Obstacle<'_>, at_m: DVec3) -> DVec3 {
        let (room, limits) = (&self.problem.airspace, &self.problem.settings.limits);
        let trip = self.ways.to[vehicle] - self.ways.from[vehicle];
        let ahead = DVec3::new(trip.x, trip.y, 0.0).normalize_or(DVec3::Y);
        let left = DVec3::new(-ahead.y, ahead.x, 0.0);
        let least_m = room.margin_m() + OBSTACLE_MARGIN_M;
        let choices =
            [(left, Start::Left), (-left, Start::Right), (DVec3::Z, Start::Over), (-DVec3::Z, Start::Straight)];
        let cost = |(n, name): &(DVec3, Start)| {
            let exit_m = obstacle.exit_m(at_m, *n);
            let there_m = at_m + *n * (exit_m + least_m);
            let is_free = exit_m.is_finite()
                && (room.floor_m..=room.ceiling_m).contains(&there_m.z)
                && self.obstacles.iter().all(|o| o.clearance_m(there_m) > room.margin_m());
            let speed = match n.z {
                z if z > 0.0 => limits.max_velocity_up_m_s,
                z if z < 0.0 => limits.max_velocity_down_m_s,
                _ => limits.max_velocity_xy_m_s,
            };
            (!is_free, *name != self.start, exit_m / speed)
        };
        let is_asked = matches!(self.start, Start::Over | Start::Left | Start::Right);
        let key = |choice: &(DVec3, Start)| {
            let (is_barred, is_other, time) = cost(choice);
            (is_barred, is_asked && is_other, time)
        };
        let mut best = choices[0];
        for next in &choices[1..] {
            let (a, b) = (key(next), key(&best));
            if (a.0, a.1).cmp(&(b.0, b.1)).then(a.2.total_cmp(&b.2)).is_lt() {
                best = *next;
            }
        }
        best.0
    }
}
