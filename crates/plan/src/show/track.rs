use kapok_show::{DVec3, Trajectory, TrajectoryFault};

/// Writes one vehicle's trajectory forwards from parts; rests in a row become one piece, and pieces of no motion become
/// rests.
#[derive(Clone, Debug)]
pub(super) struct Track {
    trajectory: Trajectory,
    rests_until_ms: i64,
}

impl Track {
    /// At rest from 0 ms on.
    pub(super) fn starting_at(point_m: DVec3) -> Result<Self, TrajectoryFault> {
        Ok(Self { trajectory: Trajectory::starting_at(0, point_m)?, rests_until_ms: 0 })
    }

    pub(super) fn rest_until(&mut self, t_ms: i64) {
        self.rests_until_ms = self.rests_until_ms.max(t_ms);
    }

    /// Appends a part that starts where this ends and whose times count from `start_ms`.
    pub(super) fn append(&mut self, start_ms: i64, part: &Trajectory) -> Result<(), TrajectoryFault> {
        for segment in part.segments() {
            let here_m = self.trajectory.end_point_m();
            if segment.control_m[1..].iter().any(|&c| c != here_m) {
                self.rest_until(start_ms + segment.start_ms);
                self.flush()?;
                self.trajectory.push(start_ms + segment.end_ms, &segment.control_m[1..])?;
            }
            self.rest_until(start_ms + segment.end_ms);
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), TrajectoryFault> {
        if self.rests_until_ms > self.trajectory.end_ms() {
            self.trajectory.push_hold(self.rests_until_ms)?;
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<Trajectory, TrajectoryFault> {
        self.flush()?;
        Ok(self.trajectory)
    }
}
