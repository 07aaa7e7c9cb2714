use std::mem::{Discriminant, discriminant};

use kapok_link::Demand;
use kapok_show::{DVec3, Site};
use kapok_sim::{Order, Setpoint};

use crate::vehicle_body::yaw_rad;

/// Above home, a return begins to cross when it is this near to its height, metres.
const RISEN_M: f64 = 0.5;
/// It begins to descend when it is this near to home, metres.
const HOME_M: f64 = 1.0;

/// What a vehicle believes of itself when it is asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Belief {
    /// Where it is, site frame, metres.
    pub position_m: DVec3,
    /// Where its nose points, radians from the x axis.
    pub yaw_rad: f64,
    /// It flies.
    pub airborne: bool,
}

/// Legs of a return.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Leg {
    Rise,
    Cross,
    Descend,
}

/// Makes orders in the frame of the simulation of what the protocol machine demands: the part of an autopilot between flight mode and
/// position control.
///
/// A demand that says nothing of the place (hold, climb) is for the place, and the heading, at which it began.
#[derive(Clone, Copy, Debug)]
pub struct Pilot {
    kind: Discriminant<Demand>,
    from_m: DVec3,
    yaw_rad: f64,
    leg: Leg,
}

impl Default for Pilot {
    fn default() -> Self {
        Self { kind: discriminant(&Demand::Off), from_m: DVec3::ZERO, yaw_rad: 0.0, leg: Leg::Rise }
    }
}

impl Pilot {
    /// The order for the tick that begins at `now_ms`.
    pub fn order(&mut self, demand: &Demand, belief: &Belief, site: &Site, now_ms: u64) -> Order {
        if discriminant(demand) != self.kind {
            *self =
                Self { kind: discriminant(demand), from_m: belief.position_m, yaw_rad: belief.yaw_rad, leg: Leg::Rise };
        }
        match *demand {
            Demand::Off if belief.airborne => Order::Cut,
            Demand::Off | Demand::Idle => Order::Wait,
            Demand::Climb { amsl_m } => self.be_at(self.from_m.with_z(amsl_m - site.origin.amsl_m)),
            Demand::Hold => self.be_at(self.from_m),
            Demand::HoldAltitude => Order::HoldAltitude,
            Demand::Land => Order::Land,
            Demand::Follow { site: own, position_m, velocity_m_s, acceleration_m_s2, heading_deg, at_ms } => {
                let later_s = (now_ms as f64 - at_ms as f64) / 1000.0;
                let moved_m = position_m + velocity_m_s * later_s;
                let turned = |v: DVec3| site.site_from_enu(own.enu_from_site(v));
                // A vehicle whose origin was set through 32-bit numbers has another one than the field.
                let place_m = if own == *site { moved_m } else { site.site_from_wgs84(own.wgs84_from_site(moved_m)) };
                Order::Fly(Setpoint {
                    position_m: place_m,
                    velocity_m_s: turned(velocity_m_s),
                    acceleration_m_s2: turned(acceleration_m_s2),
                    yaw_rad: yaw_rad(site, heading_deg),
                })
            }
            Demand::ReturnHome { home, altitude_m } => {
                let home_m = site.site_from_wgs84(home);
                let height_m = self.from_m.z.max(home_m.z + altitude_m);
                let (risen, near) = (
                    (belief.position_m.z - height_m).abs() < RISEN_M,
                    (belief.position_m - home_m).truncate().length() < HOME_M,
                );
                self.leg = match self.leg {
                    Leg::Rise if risen => Leg::Cross,
                    Leg::Cross if near => Leg::Descend,
                    leg => leg,
                };
                match self.leg {
                    Leg::Rise => self.be_at(self.from_m.with_z(height_m)),
                    Leg::Cross => self.be_at(home_m.with_z(height_m)),
                    Leg::Descend => Order::Land,
                }
            }
        }
    }

    fn be_at(&self, position_m: DVec3) -> Order {
        Order::Fly(Setpoint {
            position_m,
            velocity_m_s: DVec3::ZERO,
            acceleration_m_s2: DVec3::ZERO,
            yaw_rad: self.yaw_rad,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kapok_show::Wgs84;

    fn site(heading_deg: f64) -> Site {
        Site { origin: Wgs84 { latitude_deg: 23.1, longitude_deg: 113.3, amsl_m: 5.0 }, heading_deg }
    }

    fn at(position_m: DVec3) -> Belief {
        Belief { position_m, yaw_rad: 0.5, airborne: true }
    }

    fn place(order: Order) -> DVec3 {
        let Order::Fly(setpoint) = order else { panic!("{order:?}") };
        setpoint.position_m
    }

    #[test]
    fn a_hold_is_for_the_place_where_it_began() {
        let mut pilot = Pilot::default();
        let began = DVec3::new(1.0, 2.0, 20.0);
        assert_eq!(place(pilot.order(&Demand::Hold, &at(began), &site(0.0), 0)), began);
        assert_eq!(place(pilot.order(&Demand::Hold, &at(began + DVec3::X), &site(0.0), 100)), began);
        let climb = Demand::Climb { amsl_m: 35.0 };
        let next = pilot.order(&climb, &at(began + DVec3::X), &site(0.0), 200);
        assert_eq!(place(next), DVec3::new(2.0, 2.0, 30.0), "30 m above the site's origin, which is at 5 m");
        assert_eq!(pilot.order(&Demand::Off, &at(began), &site(0.0), 300), Order::Cut);
        let grounded = Belief { airborne: false, ..at(began) };
        assert_eq!(pilot.order(&Demand::Off, &grounded, &site(0.0), 400), Order::Wait);
    }

    /// A setpoint of a show that is turned and moved against the field is the same place on the earth, moved on to the instant.
    #[test]
    fn a_setpoint_keeps_its_place_on_the_earth() {
        let field = site(30.0);
        let own = Site { origin: field.wgs84_from_site(DVec3::new(3.0, -4.0, 0.0)), heading_deg: 120.0 };
        let follow = Demand::Follow {
            site: own,
            position_m: DVec3::new(10.0, 0.0, 8.0),
            velocity_m_s: DVec3::new(2.0, 0.0, 1.0),
            acceleration_m_s2: DVec3::ZERO,
            heading_deg: 120.0,
            at_ms: 1000,
        };
        let order = Pilot::default().order(&follow, &at(DVec3::ZERO), &field, 1500);
        let Order::Fly(setpoint) = order else { panic!("{order:?}") };
        // Turned by 90° clockwise seen from above: what was x is −y.
        assert!((setpoint.position_m - DVec3::new(3.0, -4.0 - 11.0, 8.5)).length() < 1e-3, "{setpoint:?}");
        assert!((setpoint.velocity_m_s - DVec3::new(0.0, -2.0, 1.0)).length() < 1e-9, "{setpoint:?}");
        assert!(setpoint.yaw_rad.abs() < 1e-9, "it looks along the field's x axis: {setpoint:?}");
    }

    #[test]
    fn a_return_rises_crosses_and_descends() {
        let site = site(0.0);
        let home = site.wgs84_from_site(DVec3::new(5.0, 5.0, 0.0));
        let demand = Demand::ReturnHome { home, altitude_m: 15.0 };
        let mut pilot = Pilot::default();
        let mut order = |x: f64, y: f64, z: f64| pilot.order(&demand, &at(DVec3::new(x, y, z)), &site, 0);
        let first = place(order(40.0, 0.0, 9.0));
        assert!((first - DVec3::new(40.0, 0.0, 15.0)).length() < 1e-6, "{first}");
        let above = place(order(40.0, 0.0, 14.6));
        assert!((above - DVec3::new(5.0, 5.0, 15.0)).length() < 1e-3, "{above}");
        assert!((place(order(20.0, 3.0, 13.0)) - above).length() < 1e-9, "it does not go back to the first leg");
        assert_eq!(order(5.5, 5.2, 15.0), Order::Land);
        assert_eq!(order(9.0, 5.2, 3.0), Order::Land);
        // From higher up it does not come down first.
        let mut high = Pilot::default();
        let first = high.order(&demand, &at(DVec3::new(40.0, 0.0, 60.0)), &site, 0);
        assert!((place(first) - DVec3::new(5.0, 5.0, 60.0)).length() < 1e-3, "{first:?}");
    }
}
