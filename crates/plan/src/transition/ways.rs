use std::collections::BTreeMap;

use kapok_motion::PositionGrid;
use kapok_motion::bezier::cubic_at;
use kapok_motion::timing::{LawPiece, TimeLaw};
use kapok_show::DVec3;

use super::detour_basis::DetourBasis;
use crate::trajectory_writer::WrittenPiece;

/// Points at which detours are measured, a piece.
const STEPS: u32 = 8;

/// All vehicles from rest to rest with one time law: on straight lines, some with detours. Both ends lie on the position grid.
#[derive(Clone, Debug, PartialEq)]
pub struct Ways {
    pub from: Vec<DVec3>,
    pub to: Vec<DVec3>,
    pub law: TimeLaw,
    pub detours: Detours,
}

/// Vehicles that leave the straight line, and how: coefficients of the basis on the law, metres.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Detours {
    /// None where no vehicle does.
    pub basis: Option<DetourBasis>,
    pub of: BTreeMap<u32, Vec<DVec3>>,
}

impl Ways {
    /// The same ways, flown more slowly.
    pub fn slow_to(&mut self, duration_ms: i64) {
        self.law = self.law.stretched(duration_ms);
        if let Some(basis) = &mut self.detours.basis {
            *basis = basis.on(&self.law);
        }
    }

    /// The pieces of one vehicle as written; `pieces` are those of the law.
    pub fn written(&self, vehicle: usize, pieces: &[LawPiece], grid: &PositionGrid) -> Vec<WrittenPiece> {
        let (from, trip) = (self.from[vehicle], self.to[vehicle] - self.from[vehicle]);
        if let (Some(basis), Some(offsets)) = (&self.detours.basis, self.detours.of.get(&(vehicle as u32))) {
            return (0..basis.pieces())
                .map(|piece| {
                    let duration_ms = basis.knots_ms[piece + 1] - basis.knots_ms[piece];
                    let control_m = [1, 2, 3].map(|k| {
                        let offset = offset_m(basis, piece, k, offsets);
                        grid.snap(from + trip * basis.law[piece][k] + offset)
                    });
                    WrittenPiece::cubic(duration_ms, control_m)
                })
                .collect();
        }
        let at = |share: f64| grid.snap(from + trip * share);
        pieces
            .iter()
            .map(|piece| {
                let duration_ms = piece.duration_ms;
                if piece.is_line {
                    return WrittenPiece::line(duration_ms, at(piece.values[2]));
                }
                WrittenPiece::cubic(duration_ms, piece.values.map(at))
            })
            .collect()
    }

    /// Durations and control points of a detour before rounding; nothing for a straight way.
    pub fn cubics_m(&self, vehicle: u32) -> impl Iterator<Item = (i64, [DVec3; 4])> {
        let i = vehicle as usize;
        let (from, trip) = (self.from[i], self.to[i] - self.from[i]);
        self.detours.basis.iter().zip(self.detours.of.get(&vehicle)).flat_map(move |(basis, offsets)| {
            (0..basis.pieces()).map(move |piece| {
                let control_m =
                    [0, 1, 2, 3].map(|k| from + trip * basis.law[piece][k] + offset_m(basis, piece, k, offsets));
                (basis.knots_ms[piece + 1] - basis.knots_ms[piece], control_m)
            })
        })
    }

    /// How far a detour leads off the straight line at most, metres, at [`STEPS`] points a piece.
    pub fn farthest_off_m(&self, vehicle: u32) -> f64 {
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
pub fn offset_m(basis: &DetourBasis, piece: usize, k: usize, offsets: &[DVec3]) -> DVec3 {
    // Only four functions reach a piece.
    let first = piece.saturating_sub(3);
    let last = (piece + 1).min(basis.count());
    (first..last).fold(DVec3::ZERO, |sum, function| sum + offsets[function] * basis.shape[piece][function][k])
}
