use kapok_show::Site;

use super::body::Observation;
use super::breach::is_breached;
use super::machine::{FailsafeLevel, Vehicle};
use super::mode::FlightMode;

/// A battery below its threshold for this long counts, milliseconds (ArduPilot's BATT_LOW_TIMER).
const BATTERY_MS: u64 = 10_000;
/// A ground station silent for this long is lost, milliseconds (ArduPilot's FS_GCS_TIMEOUT).
const GROUND_MS: u64 = 5_000;

/// What a failsafe does.
enum Action {
    Nothing,
    Land,
    Return,
    AltHold,
    Disarm,
}

impl Vehicle {
    /// Estimator, battery, ground station and geofence: each acts when it begins, a graver one after a lesser one.
    ///
    /// # Source
    /// show-protocol, section 17; FS_EKF_ACTION: simulation-and-control, section 11.
    pub(super) fn check_failsafes(&mut self, now_ms: u64, seen: &Observation) {
        self.watch_fence(seen);
        self.watch_hard_fence(now_ms, seen);
        let battery = self.watch_battery(now_ms, seen);
        let silent = self.ground_heard_ms.is_some_and(|heard_ms| now_ms > heard_ms + GROUND_MS);
        let ground_lost = self.params.value("FS_GCS_ENABLE") != 0.0 && silent;
        let level = match battery {
            _ if seen.estimator_failed => FailsafeLevel::Estimator,
            Some((level, _)) => level,
            None if ground_lost => FailsafeLevel::Ground,
            None => FailsafeLevel::None,
        };
        let before = std::mem::replace(&mut self.flight.failsafe, level);
        if level <= before || !self.armed || seen.on_ground {
            return;
        }
        let action = match (level, battery) {
            (FailsafeLevel::None, _) => Action::Nothing,
            (FailsafeLevel::Ground, _) => {
                self.say("GCS Failsafe");
                Action::Return
            }
            (FailsafeLevel::Estimator, _) => {
                self.say("EKF Failsafe");
                // Only in modes that need a position.
                match (self.mode, self.params.value("FS_EKF_ACTION") as i32) {
                    (FlightMode::AltHold, _) | (_, 0) => Action::Nothing,
                    (_, 2) => Action::AltHold,
                    (_, 42) => Action::Disarm,
                    _ => Action::Land,
                }
            }
            (_, battery) => {
                self.say("Battery Failsafe");
                match battery.map(|(_, action)| action) {
                    Some(1) => Action::Land,
                    Some(2) => Action::Return,
                    _ => Action::Nothing,
                }
            }
        };
        self.act(&action);
    }

    fn act(&mut self, action: &Action) {
        match action {
            Action::Nothing => {}
            Action::Land => self.set_mode(FlightMode::Land),
            Action::Return => self.set_mode(FlightMode::ReturnToLaunch),
            Action::AltHold => self.set_mode(FlightMode::AltHold),
            Action::Disarm => self.disarm(),
        }
    }

    /// Level and action of a battery that has been low or critical long enough.
    fn watch_battery(&mut self, now_ms: u64, seen: &Observation) -> Option<(FailsafeLevel, i32)> {
        let below = |volt: &str, mah: &str| {
            let (volt, mah) = (self.params.value(volt), self.params.value(mah));
            (volt > 0.0 && seen.battery.voltage_v < volt) || (mah > 0.0 && seen.battery.remaining_mah < mah)
        };
        let action = |name| self.params.value(name) as i32;
        let rows = [
            (FailsafeLevel::BatteryLow, below("BATT_LOW_VOLT", "BATT_LOW_MAH"), action("BATT_FS_LOW_ACT")),
            (FailsafeLevel::BatteryCritical, below("BATT_CRT_VOLT", "BATT_CRT_MAH"), action("BATT_FS_CRT_ACT")),
        ];
        let mut worst = None;
        for (since, (level, low, action)) in self.flight.battery_ms.iter_mut().zip(rows) {
            *since = low.then(|| since.unwrap_or(now_ms));
            if since.is_some_and(|since_ms| now_ms - since_ms >= BATTERY_MS) {
                worst = Some((level, action));
            }
        }
        worst
    }

    fn watch_fence(&mut self, seen: &Observation) {
        let (Some(home), Some(position)) = (self.flight.home, seen.position) else { return };
        let breached = is_breached(&self.params, self.fence.fence(), home, position);
        let newly = breached && !self.flight.fence_breached;
        self.flight.fence_breached = breached;
        self.flight.left_fence_at = breached.then(|| self.flight.left_fence_at.unwrap_or(position));
        if !newly || !self.armed || seen.on_ground {
            return;
        }
        self.say("Fence Breached");
        // FENCE_ACTION: 0 report, 1 return, 2 land, 4 stop.
        match self.params.value("FENCE_ACTION") as i32 {
            0 => {}
            2 => self.set_mode(FlightMode::Land),
            4 => self.set_mode(FlightMode::PosHold),
            _ => self.set_mode(FlightMode::ReturnToLaunch),
        }
    }

    /// Motors off when it is too far from where it left the geofence for too long; an unknown position is too far.
    fn watch_hard_fence(&mut self, now_ms: u64, seen: &Observation) {
        let on = self.params.value("SHOW_HFENCE_EN") != 0.0;
        let Some(left_at) = self.flight.left_fence_at.filter(|_| on && self.armed && !seen.on_ground) else {
            self.flight.far_outside_ms = None;
            return;
        };
        let local = Site { origin: left_at, heading_deg: 0.0 };
        let away_m = seen.position.map(|at| local.site_from_wgs84(at).truncate().length());
        if away_m.is_some_and(|away_m| away_m <= self.params.value("SHOW_HFENCE_DIST")) {
            self.flight.far_outside_ms = None;
            return;
        }
        let since_ms = *self.flight.far_outside_ms.get_or_insert(now_ms);
        if (now_ms - since_ms) as f64 >= self.params.value("SHOW_HFENCE_TO") * 1000.0 {
            self.say("Hard fence breached, motors off");
            self.disarm();
        }
    }
}
