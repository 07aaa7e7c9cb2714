//! How far from the place where it fails a vehicle can come down: a bound, not a simulation.
//!
//! A vehicle of mass m fails at height h with horizontal speed u₀ and vertical speed v₀. From then on gravity and a drag of
//! `½ρ·C_dA·|v−w|·(v−w)` act on it, in any wind w that is horizontal, never above W, and may change with time and
//! height; `C_dA` is anything from nothing to what the profile says and may change too, as the vehicle tumbles.
//! With `κ = ½ρ·C_dA/m` of the profile, `a(t) ≤ κ|v−w|` the drag per speed, `A(t) = ∫a` and `E = e^(−A)`:
//!
//! 1. **Horizontal speed.** `u' = −a(u−w)` gives `u(t) = E·u₀ + (1−E)·w̄` with w̄ a mean of winds, so
//!    `|u| ≤ E·|u₀| + (1−E)·W`: at most |u₀| if that is above W, else at most `W − (W−|u₀|)·E`, which grows as E
//!    falls. The speed against the air is therefore never above `R = max(u, W) + W`, u the greatest of the show.
//! 2. **Duration.** With s the speed downwards, `s' = g − a·s ≥ g − κ·s·√(s²+R²)` for `s ≥ 0`. The solution of the right
//!    side that starts at rest is below the true s at all times, so the fall takes no longer than its fall. A vehicle that
//!    rises with v₀ stops rising after at most v₀/g, at most v₀²/2g higher, and falls from rest then.
//! 3. **E from below.** `s ≤ min(D + g·t, max(D, √(g/κ)))`, D the greatest descent speed of the show, because drag only
//!    slows; so `A ≤ ∫κ√(s²+R²)`.
//! 4. **Reach.** `∫|u|` over the longest duration with the bound of 1, plus half the vehicle's diameter.
//!
//! 2 and 3 are integrated once per show, in steps that err on the safe side (the right side of 2 falls with s, so its
//! value at an upper end of the step is a lower bound; its solution is concave, so trapezoids are below it), into a table
//! by height. Between entries of the table the two next larger ones are interpolated. What comes out is continuous and
//! grows with height, speed and climb, so bounds of these on an interval of time give a bound on that interval.

use kapok_show::{DVec2, DVec3, Show, math};

use crate::settings::ProofSettings;

/// Standard acceleration of gravity, m/s².
pub const GRAVITY_M_S2: f64 = 9.806_65;
/// First step of the integration, seconds, and by how much of the time passed steps grow.
const STEP: (f64, f64) = (0.005, 0.002);

/// Falls that may take longer are not looked at.
const LONGEST_S: f64 = 3600.0;

/// The bound for one show.
pub struct Fall {
    wind_m_s: f64,
    /// Altitude at which every fall has ended, metres.
    pub ground_m: f64,
    half_diameter_m: f64,
    /// Drag per speed while rising, over g: what the exponent of E gains per m/s of climb.
    rise: f64,
    nodes: Vec<Node>,
}

#[derive(Clone, Copy)]
struct Node {
    /// Fallen by then, at least, metres.
    fallen_m: f64,
    t_s: f64,
    /// Integral of a lower bound of E, seconds.
    held_s: f64,
}

/// Greatest speeds, from control points.
#[allow(clippy::struct_field_names, reason = "the unit is part of each name")]
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Speeds {
    /// Horizontal.
    pub xy_m_s: f64,
    /// Of climb.
    pub up_m_s: f64,
    /// Of descent.
    pub down_m_s: f64,
}

impl Speeds {
    /// Of all vehicles of a show, and of what times that were moved may hide.
    fn of_show(show: &Show, settings: &ProofSettings) -> Self {
        let pieces = show.vehicles.iter().flat_map(|v| v.trajectory.segments());
        pieces.fold(Self::default(), |most, s| {
            let stated = Self::of_piece(s.control_m, s.duration_s());
            most.max(stated.times(1.0 + settings.warp(s.end_ms - s.start_ms, 1)))
        })
    }

    /// Of a Bézier piece.
    pub fn of_piece(control_m: &[DVec3], duration_s: f64) -> Self {
        let factor = (control_m.len() - 1) as f64 / duration_s * (1.0 + 1e-12);
        control_m.windows(2).fold(Self::default(), |most, w| {
            let d = (w[1] - w[0]) * factor;
            most.max(Self { xy_m_s: d.truncate().length(), up_m_s: d.z, down_m_s: -d.z })
        })
    }

    /// Each times a factor.
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        Self { xy_m_s: self.xy_m_s * factor, up_m_s: self.up_m_s * factor, down_m_s: self.down_m_s * factor }
    }

    /// The greater of each.
    #[must_use]
    pub fn max(self, other: Self) -> Self {
        Self {
            xy_m_s: self.xy_m_s.max(other.xy_m_s),
            up_m_s: self.up_m_s.max(other.up_m_s),
            down_m_s: self.down_m_s.max(other.down_m_s),
        }
    }
}

impl Fall {
    /// The bound of a show in its largest wind.
    ///
    /// # Errors
    /// Says in a sentence what about the profile makes no sense.
    pub fn new(show: &Show, settings: &ProofSettings) -> Result<Self, String> {
        Self::in_wind(show, settings, show.limits.max_wind_m_s)
    }

    /// The same in another wind than the show's.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn in_wind(show: &Show, settings: &ProofSettings, wind_m_s: f64) -> Result<Self, String> {
        let profile = &show.profile;
        let legal = |value: f64, above: bool| value.is_finite() && (value > 0.0 || (!above && value == 0.0));
        for (name, value, above) in [
            ("mass", profile.mass_kg, true),
            ("drag area", profile.drag_area_m2, false),
            ("diameter", profile.diameter_m, false),
        ] {
            if !legal(value, above) {
                return Err(format!("The vehicle profile has a {name} of {value}."));
            }
        }
        let speeds = Speeds::of_show(show, settings);
        let ground_m = show
            .vehicles
            .iter()
            .fold(0.0f64, |m, v| m.min(v.trajectory.start_point_m().z).min(v.trajectory.end_point_m().z));
        let top_m =
            show.vehicles.iter().flat_map(|v| v.trajectory.control_points_m()).fold(ground_m, |m, p| m.max(p.z));
        let kappa = 0.5 * settings.air_density_kg_m3 * profile.drag_area_m2 / profile.mass_kg;
        let air_m_s = speeds.xy_m_s.max(wind_m_s) + wind_m_s;
        let drag = |s: f64| kappa * (s * s + air_m_s * air_m_s).sqrt();
        let height_m = top_m - ground_m + speeds.up_m_s * speeds.up_m_s / (2.0 * GRAVITY_M_S2) + 1.0;
        Ok(Self {
            wind_m_s,
            ground_m,
            half_diameter_m: 0.5 * profile.diameter_m,
            rise: drag(speeds.up_m_s) / GRAVITY_M_S2,
            nodes: table(height_m, speeds.down_m_s, kappa, &drag).ok_or_else(|| {
                format!(
                    "With {} kg and {} m² of drag a fall would last more than an hour.",
                    profile.mass_kg, profile.drag_area_m2
                )
            })?,
        })
    }

    /// No vehicle that fails at this altitude, with no more than these speeds, comes down further away than this, metres.
    pub fn reach_m(&self, altitude_m: f64, speed_xy_m_s: f64, climb_m_s: f64) -> f64 {
        let climb_m_s = climb_m_s.max(0.0);
        let height_m = (altitude_m - self.ground_m).max(0.0) + climb_m_s * climb_m_s / (2.0 * GRAVITY_M_S2);
        let below_wind = (self.wind_m_s - speed_xy_m_s).max(0.0);
        // The bound of the speed when the rise is over.
        let speed_m_s = speed_xy_m_s + below_wind * (1.0 - math::exp(-self.rise * climb_m_s));
        let below_wind = (self.wind_m_s - speed_m_s).max(0.0);
        let at = |n: &Node| speed_m_s.max(self.wind_m_s) * n.t_s - below_wind * n.held_s;
        let last = self.nodes.len() - 3;
        let k = self.nodes.partition_point(|n| n.fallen_m <= height_m).saturating_sub(1).min(last);
        let (low, high) = (self.nodes[k].fallen_m, self.nodes[k + 1].fallen_m);
        let share = ((height_m - low) / (high - low)).clamp(0.0, 1.0);
        let fall_m = at(&self.nodes[k + 1]) * (1.0 - share) + at(&self.nodes[k + 2]) * share;
        (speed_m_s * climb_m_s / GRAVITY_M_S2 + fall_m) * (1.0 + 1e-9) + self.half_diameter_m
    }

    /// The largest reach of any vehicle at any instant of a show, and of the speeds that moved times may hide, metres.
    pub fn largest_reach_m(&self, show: &Show, settings: &ProofSettings) -> f64 {
        let pieces = show.vehicles.iter().flat_map(|v| v.trajectory.segments());
        pieces.fold(0.0f64, |m, s| {
            let stated = Speeds::of_piece(s.control_m, s.duration_s());
            let speeds = stated.times(1.0 + settings.warp(s.end_ms - s.start_ms, 1));
            let top_m = s.control_m.iter().fold(f64::NEG_INFINITY, |z, p| z.max(p.z));
            m.max(self.reach_m(top_m, speeds.xy_m_s, speeds.up_m_s))
        })
    }

    /// The same for a motion at an instant.
    pub fn reach_at_m(&self, position_m: DVec3, velocity_m_s: DVec3) -> f64 {
        let xy: DVec2 = velocity_m_s.truncate();
        self.reach_m(position_m.z, xy.length(), velocity_m_s.z)
    }
}

fn table(height_m: f64, down_m_s: f64, kappa: f64, drag: &dyn Fn(f64) -> f64) -> Option<Vec<Node>> {
    let slope = |s: f64| GRAVITY_M_S2 - s * drag(s);
    let terminal = if kappa > 0.0 { (GRAVITY_M_S2 / kappa).sqrt() } else { f64::INFINITY };
    let mut nodes = vec![Node { fallen_m: 0.0, t_s: 0.0, held_s: 0.0 }];
    let (mut n, mut s, mut exponent) = (nodes[0], 0.0f64, 0.0f64);
    let mut beyond = 0;
    while beyond < 3 {
        if n.t_s > LONGEST_S {
            return None;
        }
        let dt = STEP.0.max(STEP.1 * n.t_s);
        let end_s = n.t_s + dt;
        let next = s + slope(s + slope(s).max(0.0) * dt).max(0.0) * dt;
        n.fallen_m += 0.5 * (s + next) * dt;
        s = next;
        let fastest = (down_m_s + GRAVITY_M_S2 * end_s).min(down_m_s.max(terminal));
        exponent += drag(fastest) * dt;
        n.held_s += math::exp(-exponent) * dt;
        n.t_s = end_s;
        nodes.push(n);
        beyond += usize::from(n.fallen_m >= height_m);
    }
    Some(nodes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kapok_show::{LightProgram, Limits, Trajectory, Vehicle, VehicleProfile};

    fn fall(wind_m_s: f64, drag_area_m2: f64) -> Fall {
        let mut t = Trajectory::starting_at(0, DVec3::ZERO).unwrap();
        t.push(60_000, &[DVec3::Z * 120.0]).unwrap();
        let show = Show {
            limits: Limits { max_wind_m_s: wind_m_s, ..Limits::default() },
            profile: VehicleProfile { drag_area_m2, diameter_m: 0.0, ..VehicleProfile::default() },
            ..Show::of_vehicles(vec![Vehicle::new("a", DVec3::ZERO, t, LightProgram::dark())])
        };
        Fall::new(&show, &ProofSettings::default()).unwrap()
    }

    #[test]
    fn without_air_it_is_the_parabola() {
        let f = fall(0.0, 0.0);
        for (h, u, v) in [(100.0, 5.0, 0.0), (20.0, 3.0, 2.0), (1.0, 1.0, 0.0)] {
            let t = v / GRAVITY_M_S2 + (2.0 * (h + v * v / (2.0 * GRAVITY_M_S2)) / GRAVITY_M_S2).sqrt();
            let reach = f.reach_m(h, u, v);
            assert!((u * t..u * (t + 0.05)).contains(&reach), "{reach} is not {}", u * t);
        }
        assert!(f.reach_m(100.0, 0.0, 0.0).abs() < 1e-9, "no wind, no speed: straight down");
    }

    #[test]
    fn wind_carries_a_vehicle_that_stands_and_more_from_higher_up() {
        let f = fall(8.0, 0.05);
        let reach = |h: f64, u: f64, v: f64| f.reach_m(h, u, v);
        assert!((30.0..60.0).contains(&reach(100.0, 0.0, 0.0)), "{}", reach(100.0, 0.0, 0.0));
        for (a, b) in [
            ((20.0, 0.0, 0.0), (40.0, 0.0, 0.0)),
            ((40.0, 0.0, 0.0), (40.0, 5.0, 0.0)),
            ((40.0, 5.0, 0.0), (40.0, 9.0, 0.0)),
            ((40.0, 5.0, 0.0), (40.0, 5.0, 2.0)),
        ] {
            assert!(reach(a.0, a.1, a.2) < reach(b.0, b.1, b.2));
        }
        assert!(reach(0.0, 0.0, 0.0) < 0.1 && reach(-5.0, 0.0, 0.0) < 0.1);
    }
}
