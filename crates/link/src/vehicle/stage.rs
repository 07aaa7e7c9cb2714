use kapok_show::{Nwu, Site, Wgs84};

use super::body::{Body, Demand, Observation};
use super::machine::{Flight, Vehicle};
use super::mode::FlightMode;
use crate::show_packet::{Authorization, ShowStage};

/// Before the take-off time the home is set, milliseconds.
const HOME_BEFORE_MS: i64 = 10_000;
/// Before the take-off time the motors are tried.
const ARM_BEFORE_MS: i64 = 8_000;
/// After it the vehicle gives up.
const GIVE_UP_AFTER_MS: i64 = 5_000;
/// After it one that still waits counts as landed.
const LANDED_AFTER_MS: i64 = 6_000;
/// A new start for a vehicle that has landed: at least and at most this far ahead.
const NEW_START_MS: std::ops::RangeInclusive<i64> = -12 * 3_600_000..=-10_000;
/// An altitude parameter below this is not set.
const UNSET_AMSL_MM: f64 = -9_999_999.0;

impl Vehicle {
    /// One step of what the flight mode does.
    pub(super) fn run(&mut self, now_ms: u64, body: &dyn Body) {
        let seen = self.seen;
        if now_ms >= self.next_check_ms {
            self.next_check_ms = now_ms + 1000;
            self.preflight.prearm = body.check_arming().err();
            if self.stage == ShowStage::WaitForStart {
                self.check_preflight(&seen);
            }
        }
        self.check_failsafes(now_ms, &seen);
        if self.armed && seen.motors_failed {
            self.disarm();
            if matches!(self.stage, ShowStage::Takeoff | ShowStage::Performing) {
                self.say("Motors stopped");
                self.stage = ShowStage::Error;
            }
        }
        if self.mode == FlightMode::Show { self.run_show(now_ms, &seen, body) } else { self.run_mode(&seen) }
    }

    fn run_show(&mut self, now_ms: u64, seen: &Observation, body: &dyn Body) {
        match self.stage {
            ShowStage::Off | ShowStage::Init => {
                self.flight = Flight { home: self.flight.home, failsafe: self.flight.failsafe, ..Flight::default() };
                if seen.on_ground {
                    self.flight.home = seen.position;
                    self.stage = ShowStage::WaitForStart;
                    self.next_arm_ms = now_ms;
                    self.check_preflight(seen);
                } else {
                    self.stage = ShowStage::Loiter;
                }
            }
            ShowStage::WaitForStart => self.wait_for_start(now_ms, seen, body),
            ShowStage::Takeoff => self.take_off(now_ms, seen),
            ShowStage::Performing => self.perform(now_ms, seen),
            ShowStage::ReturnToHome => self.return_home(now_ms, seen),
            ShowStage::Loiter => {
                self.demand = if self.armed { Demand::Hold } else { Demand::Off };
            }
            ShowStage::Landing => {
                self.demand = Demand::Land;
                if seen.on_ground {
                    self.disarm();
                    self.stage = ShowStage::Landed;
                }
            }
            ShowStage::Landed => {
                self.disarm_on(seen);
                if self.to_takeoff_ms(now_ms).is_some_and(|ms| NEW_START_MS.contains(&ms)) {
                    self.stage = ShowStage::Init;
                }
            }
            // Whatever arms it, here it is disarmed.
            ShowStage::Error | ShowStage::TestingLights => self.disarm_on(seen),
        }
    }

    /// Other modes: what they do with a show's vehicle.
    fn run_mode(&mut self, seen: &Observation) {
        if !self.armed {
            self.demand = Demand::Off;
            return;
        }
        if self.mode == FlightMode::Guided && self.climbs_as_told(seen) {
            return;
        }
        let lands = matches!(self.mode, FlightMode::ReturnToLaunch | FlightMode::Land);
        if seen.on_ground && lands {
            self.disarm();
            return;
        }
        self.demand = match self.mode {
            _ if seen.on_ground => Demand::Idle,
            FlightMode::ReturnToLaunch => self.straight_home(),
            FlightMode::Land => Demand::Land,
            FlightMode::AltHold => Demand::HoldAltitude,
            _ => Demand::Hold,
        };
    }

    fn wait_for_start(&mut self, now_ms: u64, seen: &Observation, body: &dyn Body) {
        if self.authorization == Authorization::Revoked && self.armed_by_show {
            self.disarm();
        }
        self.demand = if self.armed { Demand::Idle } else { Demand::Off };
        let Some(to_takeoff_ms) = self.to_takeoff_ms(now_ms) else { return };
        let live = self.authorization == Authorization::Live;
        if (-HOME_BEFORE_MS..-ARM_BEFORE_MS).contains(&to_takeoff_ms) {
            self.flight.home = seen.position;
        }
        let tries = (-ARM_BEFORE_MS..GIVE_UP_AFTER_MS).contains(&to_takeoff_ms);
        if live && tries && !self.armed && now_ms >= self.next_arm_ms {
            self.next_arm_ms = now_ms + 1000;
            self.try_to_arm(seen, body);
        }
        if (0..GIVE_UP_AFTER_MS).contains(&to_takeoff_ms) && live && self.armed {
            self.check_preflight(seen);
            if self.may_take_off() && self.clock.now(now_ms).is_some() {
                self.begin_takeoff(seen);
            }
        } else if to_takeoff_ms >= GIVE_UP_AFTER_MS && live {
            self.say("Failed to start motors, giving up");
            self.disarm();
            self.stage = ShowStage::Error;
        } else if to_takeoff_ms >= LANDED_AFTER_MS {
            self.disarm();
            self.stage = ShowStage::Landed;
        }
    }

    fn try_to_arm(&mut self, seen: &Observation, body: &dyn Body) {
        self.check_preflight(seen);
        if let Some(problem) = self.preflight.problem {
            self.say(format!("Arm: {problem}"));
        } else if self.preflight.not_at_takeoff {
            self.say("Arm: Not at takeoff position");
        } else if let Err(reason) = body.check_arming() {
            self.preflight.prearm = Some(reason);
            self.say(format!("Arm: {reason}"));
        } else {
            self.arm(seen);
            self.armed_by_show = true;
        }
    }

    fn begin_takeoff(&mut self, seen: &Observation) {
        self.flight.site = self.site();
        self.flight.from = seen.position;
        self.flight.takeoff_test = false;
        self.stage = ShowStage::Takeoff;
        self.climb();
    }

    /// Up to the take-off altitude above home.
    pub(super) fn climb(&mut self) {
        let home_m = self.flight.home.map_or(0.0, |home| home.amsl_m);
        self.demand = Demand::Climb { amsl_m: home_m + self.params.value("SHOW_TAKEOFF_ALT") };
    }

    pub(super) fn may_take_off(&self) -> bool {
        self.preflight.problem.is_none() && !self.preflight.not_at_takeoff
    }

    /// What a start needs: show, origin, orientation, the right place and, where that is asked for, the right heading.
    pub(super) fn check_preflight(&mut self, seen: &Observation) {
        self.preflight.not_at_takeoff = self.is_misplaced(seen);
        self.preflight.problem = if self.held.as_ref().is_none_or(|held| held.times.is_none()) {
            Some("No show data")
        } else if self.origin().is_none() {
            Some("Show origin not set")
        } else if self.orientation_deg().is_none() {
            Some("Show orientation not set")
        } else if self.is_turned(seen) {
            Some("Heading does not match show orientation")
        } else {
            None
        };
    }

    fn is_misplaced(&self, seen: &Observation) -> bool {
        let limit_m = self.params.value("SHOW_TAKEOFF_ERR");
        let (Some(site), Some(held)) = (self.site(), &self.held) else { return false };
        let Some(position) = seen.position else { return limit_m > 0.0 };
        let off_m = (site.site_from_wgs84(position) - held.show.trajectory.start_point_m()).truncate().length();
        limit_m > 0.0 && off_m > limit_m
    }

    fn is_turned(&self, seen: &Observation) -> bool {
        let (Some(limit_deg), Some(orientation_deg)) =
            (self.config.strictness.max_heading_error_deg, self.orientation_deg())
        else {
            return false;
        };
        let off_deg = (seen.heading_deg - orientation_deg + 180.0).rem_euclid(360.0) - 180.0;
        // A heading that is no number is not the right one.
        off_deg.is_nan() || off_deg.abs() > limit_deg
    }

    /// Latitude and longitude of the show's origin, degrees.
    pub(super) fn origin(&self) -> Option<(f64, f64)> {
        let (lat, lon) = (self.params.value("SHOW_ORIGIN_LAT"), self.params.value("SHOW_ORIGIN_LNG"));
        (lat != 0.0 && lon != 0.0).then_some((lat / 1e7, lon / 1e7))
    }

    pub(super) fn orientation_deg(&self) -> Option<f64> {
        Some(self.params.value("SHOW_ORIENTATION")).filter(|&deg| deg >= 0.0)
    }

    /// The show's frame as the parameters have it now: heights from the altitude of the origin if that is set, else from home.
    ///
    /// The firmware works on a flat earth, this on WGS-84: 500 m from the origin they differ by about 2 cm in height.
    pub(super) fn site(&self) -> Option<Site> {
        let (latitude_deg, longitude_deg) = self.origin()?;
        let amsl_mm = self.params.value("SHOW_ORIGIN_AMSL");
        let amsl_m = if amsl_mm < UNSET_AMSL_MM { self.flight.home?.amsl_m } else { amsl_mm / 1000.0 };
        Some(Site { origin: Wgs84 { latitude_deg, longitude_deg, amsl_m }, heading_deg: self.orientation_deg()? })
    }

    /// A place of the show's frame (x ahead, y to the left) on the earth.
    pub(super) fn place(&self, x_m: f64, y_m: f64) -> Option<Wgs84> {
        let p = Nwu(kapok_show::DVec3::new(x_m, y_m, 0.0)).to_site();
        Some(self.site()?.wgs84_from_site(p))
    }

    pub(super) fn arm(&mut self, seen: &Observation) {
        self.armed = true;
        self.flight.heading_deg = seen.heading_deg;
        if seen.on_ground {
            self.demand = Demand::Idle;
        }
    }

    pub(super) fn disarm(&mut self) {
        (self.armed, self.armed_by_show) = (false, false);
        self.flight.guided_climb_amsl_m = None;
        self.demand = Demand::Off;
    }

    fn disarm_on(&mut self, seen: &Observation) {
        // In the air motors are not stopped by a stage.
        if self.armed && seen.on_ground {
            self.disarm();
        } else if self.armed {
            self.demand = Demand::Land;
        } else {
            self.demand = Demand::Off;
        }
    }

    /// Another flight mode; what it does begins with the next step.
    pub(super) fn set_mode(&mut self, mode: FlightMode) {
        if mode != self.mode {
            self.mode = mode;
            self.stage = if mode == FlightMode::Show { ShowStage::Init } else { ShowStage::Off };
            self.flight.way_home = None;
            self.flight.guided_climb_amsl_m = None;
        }
    }

    /// What a change of the authorization does.
    pub(super) fn authorize(&mut self, now_ms: u64, authorization: Authorization) {
        let before = std::mem::replace(&mut self.authorization, authorization);
        if before == authorization {
            return;
        }
        if authorization != Authorization::Revoked && before == Authorization::Revoked {
            if self.seen.on_ground {
                self.flight.home = self.seen.position;
            }
            let boots_into_show = self.params.value("SHOW_MODE_BOOT") as u8 & 2 != 0;
            if boots_into_show && !self.armed {
                self.set_mode(FlightMode::Show);
            }
        }
        if authorization == Authorization::Revoked {
            match self.stage {
                ShowStage::WaitForStart if self.armed_by_show => self.disarm(),
                ShowStage::Takeoff | ShowStage::Performing if self.config.strictness.revoked_returns_home => {
                    self.begin_prepared_return(now_ms);
                }
                _ => {}
            }
        }
    }
}
