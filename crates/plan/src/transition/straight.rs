use kapok_show::{DVec3, Trajectory, TrajectoryFault};

use super::TimeLaw;
use super::time_law::{Extent, LawPiece};
use crate::lattice::PositionGrid;

/// Everybody on a straight line, all with one time law. Both ends lie on the position grid.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct StraightMove {
    pub(crate) from: Vec<DVec3>,
    pub(crate) to: Vec<DVec3>,
    pub(crate) law: TimeLaw,
}

impl StraightMove {
    /// The largest trips among the vehicles.
    pub(crate) fn extent(from: &[DVec3], to: &[DVec3]) -> Extent {
        from.iter().zip(to).fold(Extent::default(), |e, (a, b)| {
            let d = *b - *a;
            Extent {
                distance: e.distance.max(d.length()),
                horizontal: e.horizontal.max(d.truncate().length()),
                up: e.up.max(d.z),
                down: e.down.max(-d.z),
            }
        })
    }

    /// Control points after the start of one piece of one vehicle, as written.
    pub(crate) fn control_m(&self, vehicle: usize, piece: &LawPiece, grid: &PositionGrid) -> ([DVec3; 3], usize) {
        let (from, trip) = (self.from[vehicle], self.to[vehicle] - self.from[vehicle]);
        let at = |share: f64| grid.snap(from + trip * share);
        if piece.is_line {
            return ([at(piece.values[2]); 3], 1);
        }
        ([at(piece.values[0]), at(piece.values[1]), at(piece.values[2])], 3)
    }
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
        movement: &StraightMove,
        vehicle: usize,
        pieces: &[LawPiece],
        grid: &PositionGrid,
    ) -> Result<(), TrajectoryFault> {
        for piece in pieces {
            let end_ms = self.rests_until_ms + piece.duration_ms;
            let (control_m, len) = movement.control_m(vehicle, piece, grid);
            let here_m = self.trajectory.end_point_m();
            if control_m[..len].iter().any(|&c| c != here_m) {
                self.flush()?;
                self.trajectory.push(end_ms, &control_m[..len])?;
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
