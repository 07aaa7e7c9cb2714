use kapok_link::VehicleStatus;
use kapok_sim::{Fault, FaultScript, FaultTimeline, Fleet, Surroundings};

/// Milliseconds of a GPS week.
const WEEK_MS: i64 = kapok_link::WEEK_S as i64 * 1000;

/// Plays a fault script to a fleet whose start the ground sets.
#[derive(Clone, Debug)]
pub struct Drill {
    script: FaultScript,
    /// What the fleet flies in without the faults.
    plain: Surroundings,
    /// When the show starts, seconds of the fleet's time, and what the simulation does of the script.
    started: Option<(f64, FaultTimeline)>,
    /// Up to when reboots have been made, seconds of show time.
    done_s: f64,
}

impl Drill {
    pub fn new(script: FaultScript, plain: Surroundings) -> Self {
        Self { script, plain, started: None, done_s: f64::NEG_INFINITY }
    }

    pub fn script(&self) -> &FaultScript {
        &self.script
    }

    /// Before a tick of the fleet: when the start is known, brings about what begins or ends; which vehicles reboot now, and whether
    /// they lose their show.
    pub fn play(&mut self, start_s: Option<f64>, fleet: &mut Fleet) -> Vec<(usize, bool)> {
        let now_s = fleet.t_s();
        if let Some(start_s) = start_s {
            // A start that has passed stays, whatever the vehicles make of it later.
            let moved = match &self.started {
                None => true,
                Some((known_s, _)) => *known_s > now_s && (known_s - start_s).abs() > 0.5,
            };
            if moved {
                let mut surroundings = self.plain.clone();
                self.script.disturb(&mut surroundings, start_s);
                fleet.set_surroundings(&surroundings);
                self.started = Some((start_s, FaultTimeline::new(&self.script, start_s)));
                self.done_s = f64::NEG_INFINITY;
            }
        }
        let Some((start_s, timeline)) = &mut self.started else { return Vec::new() };
        timeline.apply(fleet);
        let show_s = now_s - *start_s;
        let mut reboots = Vec::new();
        for timed in &self.script.faults {
            if let Fault::Reboot { forgets } = timed.fault
                && self.done_s < timed.at_s
                && timed.at_s <= show_s
            {
                reboots.extend(timed.vehicles.indices(fleet.crafts().len()).map(|i| (i, forgets)));
            }
        }
        self.done_s = show_s;
        reboots
    }

    /// Seconds since the start of the show, once that is known.
    pub fn show_s(&self, now_s: f64) -> Option<f64> {
        self.started.as_ref().map(|(start_s, _)| now_s - start_s)
    }
}

/// When the start is that a vehicle states, seconds from `now_s`; `None` if it knows none.
pub fn start_s(status: &VehicleStatus, now_s: f64, time_of_week_ms: u32) -> Option<f64> {
    let ((tow_s, ms), elapsed_s) = (status.start?, status.elapsed_s?);
    let ahead_ms = i64::from(tow_s) * 1000 + i64::from(ms) - i64::from(time_of_week_ms);
    // The week may turn between now and the start.
    let weeks = i64::from(elapsed_s < 0 && ahead_ms < 0) - i64::from(elapsed_s >= 0 && ahead_ms > 0);
    Some(now_s + (ahead_ms + weeks * WEEK_MS) as f64 / 1000.0)
}
