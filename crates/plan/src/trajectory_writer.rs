use kapok_motion::bezier::line_as_cubic;
use kapok_show::{DVec3, Trajectory, TrajectoryFault};

/// Control points after the start of one written piece.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WrittenPiece {
    pub duration_ms: i64,
    control_m: [DVec3; 3],
    len: usize,
}

impl WrittenPiece {
    /// To a place, evenly.
    pub fn line(duration_ms: i64, end_m: DVec3) -> Self {
        Self { duration_ms, control_m: [end_m; 3], len: 1 }
    }

    /// With the control points after the start.
    pub fn cubic(duration_ms: i64, control_m: [DVec3; 3]) -> Self {
        Self { duration_ms, control_m, len: 3 }
    }

    /// One point for a line, three for a cubic.
    pub fn control_m(&self) -> &[DVec3] {
        &self.control_m[..self.len]
    }

    pub fn end_m(&self) -> DVec3 {
        self.control_m[self.len - 1]
    }

    /// Both ends and what lies between, a line raised to a cubic.
    pub fn cubic_m(&self, start_m: DVec3) -> [DVec3; 4] {
        if self.len == 1 {
            return line_as_cubic(start_m, self.control_m[0]);
        }
        [start_m, self.control_m[0], self.control_m[1], self.control_m[2]]
    }
}

/// Writes one vehicle's trajectory forwards from parts; rests in a row become one piece, and pieces of no motion become
/// rests.
#[derive(Clone, Debug)]
pub struct TrajectoryWriter {
    trajectory: Trajectory,
    rests_until_ms: i64,
}

impl TrajectoryWriter {
    /// At rest from 0 ms on.
    pub fn starting_at(point_m: DVec3) -> Result<Self, TrajectoryFault> {
        Ok(Self { trajectory: Trajectory::starting_at(0, point_m)?, rests_until_ms: 0 })
    }

    /// Rests where it is, until then.
    pub fn rest_until(&mut self, t_ms: i64) {
        self.rests_until_ms = self.rests_until_ms.max(t_ms);
    }

    /// Appends a piece that starts when the last one or its rest ends.
    pub fn fly(&mut self, piece: &WrittenPiece) -> Result<(), TrajectoryFault> {
        let end_ms = self.rests_until_ms + piece.duration_ms;
        let here_m = self.trajectory.end_point_m();
        if piece.control_m().iter().any(|&c| c != here_m) {
            self.flush()?;
            self.trajectory.push(end_ms, piece.control_m())?;
        }
        self.rests_until_ms = end_ms;
        Ok(())
    }

    /// Appends a part that starts where this ends and whose times count from `start_ms`.
    pub fn append(&mut self, start_ms: i64, part: &Trajectory) -> Result<(), TrajectoryFault> {
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

    /// The trajectory.
    pub fn finish(mut self) -> Result<Trajectory, TrajectoryFault> {
        self.flush()?;
        Ok(self.trajectory)
    }
}
