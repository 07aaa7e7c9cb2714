use kapok_show::{DVec3, Motion, Site, Wgs84};

use super::body::{Demand, Observation};
use super::machine::Vehicle;
use super::mode::FlightMode;
use crate::show_packet::ShowStage;

/// Share of the take-off altitude from which on the show takes over.
const TAKEN_OVER_AT: f64 = 0.7;
/// Share of it at which a test of take-off is over.
const REACHED_AT: f64 = 0.95;
/// The farthest from its take-off point that a vehicle may be to return by [`POST_RETURN_IF_NEAR`], metres.
const NEAR_M: f64 = 1.0;
/// How far start and end of a circular path are apart at most, metres.
const CIRCULAR_M: f64 = 0.5;

/// SHOW_POST_ACTION.
const POST_LOITER: i32 = 0;
const POST_RETURN: i32 = 2;
const POST_RETURN_IF_NEAR: i32 = 3;

impl Vehicle {
    pub(super) fn take_off(&mut self, now_ms: u64, seen: &Observation) {
        self.climb();
        let Some(position) = seen.position else { return };
        let home_m = self.flight.home.map_or(position.amsl_m, |home| home.amsl_m);
        let altitude_m = self.params.value("SHOW_TAKEOFF_ALT");
        let share = if self.flight.takeoff_test { REACHED_AT } else { TAKEN_OVER_AT };
        if position.amsl_m - home_m < share * altitude_m {
            return;
        }
        if self.flight.takeoff_test {
            self.stage = ShowStage::Loiter;
            return;
        }
        let (Some(site), Some(elapsed_ms), Some(held)) = (self.flight.site, self.elapsed_ms(now_ms), &self.held) else {
            return;
        };
        let path_m = held.show.trajectory.sample(elapsed_ms as f64).position_m.z + site.origin.amsl_m;
        let risen = held.times.is_some_and(|times| elapsed_ms >= times.risen_ms);
        // A path that has been at the altitude and is below again would never be met.
        if path_m >= position.amsl_m || risen {
            self.stage = ShowStage::Performing;
            self.next_setpoint_ms = now_ms;
            self.perform(now_ms, seen);
        }
    }

    /// Is it on its way up to where guided mode was told?
    pub(super) fn climbs_as_told(&mut self, seen: &Observation) -> bool {
        let Some(amsl_m) = self.flight.guided_climb_amsl_m else { return false };
        let home_m = self.flight.home.map_or(0.0, |home| home.amsl_m);
        let share = REACHED_AT * (amsl_m - home_m);
        if seen.position.is_some_and(|position| position.amsl_m - home_m >= share) {
            self.flight.guided_climb_amsl_m = None;
            return false;
        }
        self.demand = Demand::Climb { amsl_m };
        true
    }

    pub(super) fn perform(&mut self, now_ms: u64, seen: &Observation) {
        let (Some(site), Some(elapsed_ms), Some(held)) = (self.flight.site, self.elapsed_ms(now_ms), &self.held) else {
            // The start was cleared: the firmware has nothing to fly by.
            self.stage = ShowStage::Loiter;
            return;
        };
        let Some(times) = held.times else {
            self.stage = ShowStage::Loiter;
            return;
        };
        if elapsed_ms >= times.landing_ms {
            self.end_show(seen);
            return;
        }
        let mut motion = held.show.trajectory.sample(elapsed_ms as f64);
        if elapsed_ms < times.risen_ms {
            let held_m = held.show.trajectory.start_point_m().z + self.params.value("SHOW_TAKEOFF_ALT");
            motion.position_m.z = motion.position_m.z.max(held_m);
            (motion.velocity_m_s.z, motion.acceleration_m_s2.z) = (0.0, 0.0);
        }
        let heading_deg = match &held.show.yaw {
            Some(yaw) => (site.heading_deg + yaw.sample_deg(elapsed_ms as f64)).rem_euclid(360.0),
            None => self.flight.heading_deg,
        };
        self.watch(now_ms, seen, &site, motion.position_m);
        if self.stage == ShowStage::Performing && now_ms >= self.next_setpoint_ms {
            self.follow(now_ms, site, &motion, heading_deg);
        }
    }

    /// The next setpoint, as the control parameters want it.
    fn follow(&mut self, now_ms: u64, site: Site, motion: &Motion, heading_deg: f64) {
        let rate_hz = self.params.value("SHOW_CTRL_RATE").max(1.0);
        self.next_setpoint_ms = now_ms + (1000.0 / rate_hz) as u64;
        let feeds = self.params.value("SHOW_CTRL_MODE") as u8;
        let gain = if feeds & 1 != 0 { self.params.value("SHOW_VEL_FF_GAIN") } else { 0.0 };
        self.demand = Demand::Follow {
            site,
            position_m: motion.position_m,
            velocity_m_s: motion.velocity_m_s * gain,
            acceleration_m_s2: if feeds & 2 != 0 { motion.acceleration_m_s2 } else { DVec3::ZERO },
            heading_deg,
            at_ms: now_ms,
        };
    }

    /// Drift and bubble fence.
    fn watch(&mut self, now_ms: u64, seen: &Observation, site: &Site, target_m: DVec3) {
        let Some(position) = seen.position else { return };
        let off_m = site.site_from_wgs84(position) - target_m;
        let (off_xy_m, off_z_m) = (off_m.truncate().length(), off_m.z.abs());
        let limit = |name: &str| self.params.value(name);
        self.flight.drifted = off_xy_m > limit("SHOW_MAX_XY_ERR") || off_z_m > limit("SHOW_MAX_Z_ERR");
        let outside = off_xy_m > limit("SHOW_BFENCE_DXY") || off_z_m > limit("SHOW_BFENCE_DZ");
        if limit("SHOW_BFENCE_EN") == 0.0 || !outside {
            (self.flight.outside_bubble_ms, self.flight.bubble_breached) = (None, false);
            return;
        }
        let since_ms = *self.flight.outside_bubble_ms.get_or_insert(now_ms);
        let long_enough = (now_ms - since_ms) as f64 >= limit("SHOW_BFENCE_TO") * 1000.0;
        if !long_enough || self.flight.bubble_breached {
            return;
        }
        self.flight.bubble_breached = true;
        self.say("Bubble fence breached");
        match self.params.value("SHOW_BFENCE_ACT") as i32 {
            3 => self.set_mode(FlightMode::ReturnToLaunch),
            4 => self.set_mode(FlightMode::Land),
            5 => self.disarm(),
            _ => {}
        }
    }

    /// What the parameter says to do after the last picture.
    fn end_show(&mut self, seen: &Observation) {
        self.stage = match self.params.value("SHOW_POST_ACTION") as i32 {
            POST_LOITER => ShowStage::Loiter,
            POST_RETURN => ShowStage::ReturnToHome,
            POST_RETURN_IF_NEAR if self.is_near_takeoff(seen) => ShowStage::ReturnToHome,
            _ => ShowStage::Landing,
        };
        self.demand = match self.stage {
            ShowStage::Loiter => Demand::Hold,
            ShowStage::ReturnToHome => self.straight_home(),
            _ => Demand::Land,
        };
    }

    fn is_near_takeoff(&self, seen: &Observation) -> bool {
        let (Some(from), Some(position), Some(held)) = (self.flight.from, seen.position, &self.held) else {
            return false;
        };
        let local = Site { origin: from, heading_deg: 0.0 };
        let path = &held.show.trajectory;
        let apart_m = path.start_point_m().truncate().distance(path.end_point_m().truncate());
        local.site_from_wgs84(position).truncate().length() <= NEAR_M && apart_m <= CIRCULAR_M
    }

    /// The autopilot's own return.
    pub(super) fn straight_home(&self) -> Demand {
        match self.flight.home {
            Some(home) => Demand::ReturnHome { home, altitude_m: self.params.value("RTL_ALT") / 100.0 },
            None => Demand::Land,
        }
    }

    /// The way home that the show file has for this instant; without one the autopilot's own.
    pub(super) fn begin_prepared_return(&mut self, now_ms: u64) {
        self.say("Authorization revoked, returning home");
        self.flight.way_home = None;
        if let (Some(held), Some(elapsed_ms), ShowStage::Performing) = (&self.held, self.elapsed_ms(now_ms), self.stage)
            && let Some(plan) = &held.show.return_to_home
        {
            let path = &held.show.trajectory;
            let way = plan.entry_at(elapsed_ms as f64).map(|entry| plan.trajectory_of(entry, path));
            match way {
                Some(Ok(way)) => self.flight.way_home = Some(way),
                // No entry means: land here.
                None => {
                    self.stage = ShowStage::Landing;
                    return;
                }
                Some(Err(_)) => {}
            }
        }
        self.stage = ShowStage::ReturnToHome;
    }

    pub(super) fn return_home(&mut self, now_ms: u64, seen: &Observation) {
        if seen.on_ground {
            self.disarm();
            self.stage = ShowStage::Landed;
            return;
        }
        let way = (self.flight.way_home.as_ref(), self.flight.site, self.elapsed_ms(now_ms), &self.held);
        let (Some(way), Some(site), Some(elapsed_ms), Some(held)) = way else {
            self.demand = self.straight_home();
            return;
        };
        if elapsed_ms >= way.end_ms() {
            self.stage = ShowStage::Landing;
            self.demand = Demand::Land;
            return;
        }
        // Until its way begins it goes on with the show.
        let path = if elapsed_ms < way.start_ms() { &held.show.trajectory } else { way };
        let motion = path.sample(elapsed_ms as f64);
        if now_ms >= self.next_setpoint_ms {
            self.follow(now_ms, site, &motion, self.flight.heading_deg);
        }
    }

    /// Height above home, metres; 0 without position or home.
    pub(super) fn height_m(&self, position: Option<Wgs84>) -> f64 {
        match (position, self.flight.home) {
            (Some(position), Some(home)) => position.amsl_m - home.amsl_m,
            _ => 0.0,
        }
    }
}
