use kapok_link::{Battery, Body, Gnss, GnssFix, GpsTime, Observation};
use kapok_show::{DVec3, Enu, Site, math};
use kapok_sim::{Aiding, Fix, Fleet, Phase};

use crate::arming::check_arming;

/// MAV_SYS_STATUS_SENSOR_GPS.
const GPS: u32 = 0x20;

/// What all vehicles of a fleet have in common at an instant.
#[derive(Clone, Copy)]
pub struct World<'a> {
    pub fleet: &'a Fleet,
    pub site: &'a Site,
    pub time: GpsTime,
}

/// One vehicle of the simulation, as its autopilot sees it.
#[derive(Clone, Copy)]
pub struct VehicleBody<'a> {
    pub world: World<'a>,
    /// Its index in the fleet.
    pub index: usize,
    /// Its filters have settled since it booted.
    pub settled: bool,
}

impl World<'_> {
    /// Where a vehicle believes to be, site frame, metres.
    pub fn believed_m(&self, index: usize) -> DVec3 {
        self.fleet.bodies()[index].position_m + self.fleet.estimators()[index].position_m
    }

    /// Where it believes that its nose points: from the x axis of the site towards y, radians.
    pub fn believed_yaw_rad(&self, index: usize) -> f64 {
        let ahead = self.fleet.estimators()[index].turn() * self.fleet.bodies()[index].attitude * DVec3::X;
        math::atan2(ahead.y, ahead.x)
    }
}

/// Compass heading, degrees, of a yaw in a site, and back.
pub fn heading_deg(site: &Site, yaw_rad: f64) -> f64 {
    (site.heading_deg + 90.0 - yaw_rad.to_degrees()).rem_euclid(360.0)
}

pub fn yaw_rad(site: &Site, heading_deg: f64) -> f64 {
    (site.heading_deg + 90.0 - heading_deg).to_radians()
}

impl Body for VehicleBody<'_> {
    fn observe(&self) -> Observation {
        let World { fleet, site, time } = self.world;
        let index = self.index;
        let (craft, estimator, battery) =
            (&fleet.crafts()[index], &fleet.estimators()[index], &fleet.batteries()[index]);
        let fix = fleet.receivers()[index].fix;
        let quality = fix.quality();
        let Enu(velocity_enu_m_s) = site.enu_from_site(fleet.bodies()[index].velocity_m_s + estimator.velocity_m_s);
        let broken = matches!(craft.phase, Phase::Falling | Phase::Down) || craft.rotor_health.contains(&0.0);
        let capacity_mah = 1000.0 * fleet.profile().pack.capacity_ah * battery.health;
        let lost = estimator.aiding() == Aiding::Lost;
        let spread = |white: f64, slow: f64| (white * white + slow * slow).sqrt();
        Observation {
            position: (!lost).then(|| site.wgs84_from_site(self.world.believed_m(index))),
            velocity_enu_m_s,
            heading_deg: heading_deg(site, self.world.believed_yaw_rad(index)),
            on_ground: !craft.is_airborne(),
            motors_failed: broken,
            estimator_failed: craft.phase == Phase::Flying && estimator.has_failed(),
            unhealthy: if fix == Fix::None { GPS } else { 0 },
            gnss: Gnss {
                fix: match fix {
                    Fix::None => GnssFix::NoFix,
                    Fix::Single => GnssFix::ThreeD,
                    Fix::Float => GnssFix::RtkFloat,
                    Fix::Fixed | Fix::Indoor => GnssFix::RtkFixed,
                },
                satellites: match fix {
                    Fix::None => 2,
                    Fix::Single => 13,
                    Fix::Float => 17,
                    Fix::Fixed | Fix::Indoor => 21,
                },
                time: (fix != Fix::None).then_some(time),
                horizontal_m: spread(quality.white_m.x, quality.slow_m.x),
                vertical_m: spread(quality.white_m.z, quality.slow_m.z),
            },
            battery: Battery {
                voltage_v: battery.voltage_v,
                current_a: battery.current_a,
                used_mah: capacity_mah * (1.0 - battery.charge),
                remaining_percent: 100.0 * battery.charge,
                remaining_mah: capacity_mah * battery.charge,
            },
        }
    }

    fn check_arming(&self) -> Result<(), &'static str> {
        check_arming(self.world.fleet, self.index, self.settled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kapok_show::Wgs84;

    #[test]
    fn yaw_and_heading_are_each_others_inverse() {
        let site = Site { origin: Wgs84::default(), heading_deg: 30.0 };
        // Straight ahead of the site is its heading; its x axis is a right angle clockwise.
        assert!((heading_deg(&site, std::f64::consts::FRAC_PI_2) - 30.0).abs() < 1e-9);
        assert!((heading_deg(&site, 0.0) - 120.0).abs() < 1e-9);
        for heading in [0.0, 77.0, 200.0, 359.0] {
            assert!((heading_deg(&site, yaw_rad(&site, heading)) - heading).abs() < 1e-9);
        }
    }
}
