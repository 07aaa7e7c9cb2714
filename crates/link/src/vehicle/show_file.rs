use kapok_show::{LightProgram, ReturnToHomePlan, Trajectory, YawProgram};

/// Where the show lies on a vehicle (show-protocol, section 4).
pub const SHOW_PATH: &str = "collmot/show.skyb";

/// Makes sense of a show file. The room of file formats does that; this room does not know it.
pub trait ShowReader {
    /// What the file says; `None`: it is damaged, or no show.
    fn read(&self, file: &[u8]) -> Option<LoadedShow>;
}

/// What a vehicle keeps of its show file; positions in the site frame, times in show milliseconds.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadedShow {
    /// Its motion.
    pub trajectory: Trajectory,
    /// Its light.
    pub lights: LightProgram,
    /// Which way it looks.
    pub yaw: Option<YawProgram>,
    /// Its return to home when the show is stopped.
    pub return_to_home: Option<ReturnToHomePlan>,
}

/// When a loaded show begins and ends to fly, show milliseconds.
#[allow(clippy::struct_field_names, reason = "the unit belongs to the name")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FlightTimes {
    /// The motors start.
    pub takeoff_ms: i64,
    /// The path is at the take-off altitude for the first time.
    pub risen_ms: i64,
    /// It comes down to the take-off altitude for the last time.
    pub landing_ms: i64,
}

/// Steps of the search for a crossing; the finest is below a millisecond.
const HALVINGS: u32 = 40;

impl LoadedShow {
    /// `None` if the path never rises that far: there is no valid take-off time.
    ///
    /// # Source
    /// show-protocol, section 13: the time the trajectory first rises by the altitude, minus the climb, minus the spool time, not
    /// below 0. The landing time is not stated there; that it is the mirror image, the last descent through the same altitude above
    /// the end, is derived (observed: +22 s where this gives 21.5 s).
    pub(super) fn flight_times(&self, takeoff_m: f64, climb_speed_m_s: f64, spool_ms: u64) -> Option<FlightTimes> {
        let path = &self.trajectory;
        let height = |t_ms: f64| path.sample(t_ms).position_m.z;
        let (start_m, end_m) = (path.start_point_m().z + takeoff_m, path.end_point_m().z + takeoff_m);
        // Control points bound a piece: only pieces that can cross are searched, by halving between their ends and the middle.
        let crossing = |above: &dyn Fn(f64) -> bool, mut low: f64, mut high: f64| {
            for _ in 0..HALVINGS {
                let middle = f64::midpoint(low, high);
                if above(middle) { high = middle } else { low = middle }
            }
            high
        };
        let risen = path.segments().find_map(|piece| {
            let (t0, t1) = (piece.start_ms as f64, piece.end_ms as f64);
            let highest = samples(t0, t1).find(|&t| height(t) >= start_m)?;
            Some(crossing(&|t| height(t) >= start_m, t0, highest))
        })?;
        let landing = path.segments().rev().find_map(|piece| {
            let (t0, t1) = (piece.start_ms as f64, piece.end_ms as f64);
            let last = samples(t0, t1).filter(|&t| height(t) >= end_m).last()?;
            Some(crossing(&|t| height(t) < end_m, last, t1))
        })?;
        let climb_ms = (takeoff_m / climb_speed_m_s * 1000.0) as i64 + spool_ms as i64;
        let risen_ms = risen as i64;
        Some(FlightTimes { takeoff_ms: (risen_ms - climb_ms).max(0), risen_ms, landing_ms: landing as i64 })
    }
}

/// Both ends of a stretch of time and points between, in order.
fn samples(t0: f64, t1: f64) -> impl Iterator<Item = f64> {
    const PARTS: u32 = 16;
    (0..=PARTS).map(move |i| t0 + (t1 - t0) * f64::from(i) / f64::from(PARTS))
}
