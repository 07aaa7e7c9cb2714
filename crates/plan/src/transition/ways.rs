use std::collections::BTreeMap;

use kapok_show::{DVec3, Trajectory, TrajectoryFault};

use super::bumps::Bumps;
use kapok_motion::PositionGrid;
use kapok_motion::bezier::{cubic_at, line_as_cubic};
use kapok_motion::timing::{LawPiece, TimeLaw};

/// Points at which detours are measured, a piece.
const STEPS: u32 = 8;

/// Everybody from rest to rest with one time law: on straight lines, some with detours. Both ends lie on the position grid.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ways {
    pub(crate) from: Vec<DVec3>,
    pub(crate) to: Vec<DVec3>,
    pub(crate) law: TimeLaw,
    pub(crate) detours: Detours,
}

/// Who leaves the straight line, and how: coefficients of the bumps of the law, metres.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Detours {
    /// None where nobody does.
    pub(crate) bumps: Option<Bumps>,
    pub(crate) of: BTreeMap<u32, Vec<DVec3>>,
}

/// Control points after the start of one written piece.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Written {
    pub(crate) duration_ms: i64,
    control_m: [DVec3; 3],
    len: usize,
}

impl Written {
    /// One point for a line, three for a cubic.
    pub(crate) fn control_m(&self) -> &[DVec3] {
        &self.control_m[..self.len]
    }

    pub(crate) fn end_m(&self) -> DVec3 {
        self.control_m[self.len - 1]
    }

    /// Both ends and what lies between, a line raised to a cubic.
    pub(crate) fn cubic_m(&self, start_m: DVec3) -> [DVec3; 4] {
        if self.len == 1 {
            return line_as_cubic(start_m, self.control_m[0]);
        }
        [start_m, self.control_m[0], self.control_m[1], self.control_m[2]]
    }
}

impl Ways {
    /// The same ways, flown more slowly.
    pub(crate) fn slow_to(&mut self, duration_ms: i64) {
        self.law = self.law.stretched(duration_ms);
        if let Some(bumps) = &mut self.detours.bumps {
            *bumps = bumps.on(&self.law);
        }
    }

    /// The pieces of one vehicle as written; `pieces` are those of the law.
    pub(crate) fn written(&self, vehicle: usize, pieces: &[LawPiece], grid: &PositionGrid) -> Vec<Written> {
        let (from, trip) = (self.from[vehicle], self.to[vehicle] - self.from[vehicle]);
        if let (Some(bumps), Some(offsets)) = (&self.detours.bumps, self.detours.of.get(&(vehicle as u32))) {
            return (0..bumps.pieces())
                .map(|piece| {
                    let duration_ms = bumps.knots_ms[piece + 1] - bumps.knots_ms[piece];
                    let control_m = [1, 2, 3].map(|k| {
                        let offset = offset_m(bumps, piece, k, offsets);
                        grid.snap(from + trip * bumps.law[piece][k] + offset)
                    });
                    Written { duration_ms, control_m, len: 3 }
                })
                .collect();
        }
        let at = |share: f64| grid.snap(from + trip * share);
        pieces
            .iter()
            .map(|piece| {
                let duration_ms = piece.duration_ms;
                if piece.is_line {
                    return Written { duration_ms, control_m: [at(piece.values[2]); 3], len: 1 };
                }
                Written { duration_ms, control_m: piece.values.map(at), len: 3 }
            })
            .collect()
    }

    /// Durations and control points of a detour before rounding; nothing for a straight way.
    pub(super) fn cubics_m(&self, vehicle: u32) -> impl Iterator<Item = (i64, [DVec3; 4])> {
        let i = vehicle as usize;
        let (from, trip) = (self.from[i], self.to[i] - self.from[i]);
        self.detours.bumps.iter().zip(self.detours.of.get(&vehicle)).flat_map(move |(bumps, offsets)| {
            (0..bumps.pieces()).map(move |piece| {
                let control_m =
                    [0, 1, 2, 3].map(|k| from + trip * bumps.law[piece][k] + offset_m(bumps, piece, k, offsets));
                (bumps.knots_ms[piece + 1] - bumps.knots_ms[piece], control_m)
            })
        })
    }

    /// How far a detour leads off the straight line at most, metres, at [`STEPS`] points a piece.
    pub(super) fn farthest_off_m(&self, vehicle: u32) -> f64 {
        let i = vehicle as usize;
        let (from, trip) = (self.from[i], self.to[i] - self.from[i]);
        let along = trip.normalize_or_zero();
        let off = |p: DVec3| (p - from) - along * (p - from).dot(along).clamp(0.0, trip.length());
        let points = self
            .cubics_m(vehicle)
            .flat_map(|(_, c)| (0..STEPS).map(move |k| cubic_at(&c, f64::from(k) / f64::from(STEPS))));
        points.map(|p| off(p).length()).fold(0.0, f64::max)
    }
}

/// How far a detour is off the straight line at one control point.
pub(super) fn offset_m(bumps: &Bumps, piece: usize, k: usize, offsets: &[DVec3]) -> DVec3 {
    // Only four bumps reach a piece.
    let first = piece.saturating_sub(3);
    let last = (piece + 1).min(bumps.count());
    (first..last).fold(DVec3::ZERO, |sum, bump| sum + offsets[bump] * bumps.shape[piece][bump][k])
}

/// Writes one vehicle's trajectory forwards; rests in a row become one piece, and pieces of no motion become rests.
#[derive(Clone, Debug)]
pub(crate) struct TrajectoryWriter {
    trajectory: Trajectory,
    rests_until_ms: i64,
}

impl TrajectoryWriter {
    /// At rest from 0 ms on.
    pub(crate) fn starting_at(point_m: DVec3) -> Result<Self, TrajectoryFault> {
        Ok(Self { trajectory: Trajectory::starting_at(0, point_m)?, rests_until_ms: 0 })
    }

    pub(crate) fn rest_until(&mut self, t_ms: i64) {
        self.rests_until_ms = self.rests_until_ms.max(t_ms);
    }

    pub(crate) fn fly(
        &mut self,
        ways: &Ways,
        vehicle: usize,
        pieces: &[LawPiece],
        grid: &PositionGrid,
    ) -> Result<(), TrajectoryFault> {
        for piece in ways.written(vehicle, pieces, grid) {
            let end_ms = self.rests_until_ms + piece.duration_ms;
            let here_m = self.trajectory.end_point_m();
            if piece.control_m().iter().any(|&c| c != here_m) {
                self.flush()?;
                self.trajectory.push(end_ms, piece.control_m())?;
            }
            self.rests_until_ms = end_ms;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), TrajectoryFault> {
        if self.rests_until_ms > self.trajectory.end_ms() {
            self.trajectory.push_hold(self.rests_until_ms)?;
        }
        Ok(())
    }

    pub(crate) fn finish(mut self) -> Result<Trajectory, TrajectoryFault> {
        self.flush()?;
        Ok(self.trajectory)
    }
}
