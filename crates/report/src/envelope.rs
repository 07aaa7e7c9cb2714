use kapok_show::{DVec3, Show};
use rayon::prelude::*;

/// Instants at which a show is looked at for its curves.
const INSTANTS: usize = 600;

/// The fleet at one instant.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Moment {
    pub t_s: f64,
    pub lowest_m: f64,
    pub mean_m: f64,
    pub highest_m: f64,
    pub horizontal_m_s: f64,
    pub up_m_s: f64,
    pub down_m_s: f64,
    pub acceleration_m_s2: f64,
}

/// The fleet over time, sampled: for the eye, for the certificate knows every instant.
pub(crate) fn envelope(show: &Show) -> Vec<Moment> {
    let start_ms = show.vehicles.iter().map(|v| v.trajectory.start_ms()).min().unwrap_or(0).min(0) as f64;
    let end_ms = (show.duration_ms() as f64).max(start_ms);
    (0..=INSTANTS)
        .into_par_iter()
        .map(|k| {
            let t_ms = start_ms + (end_ms - start_ms) * k as f64 / INSTANTS as f64;
            let mut m = Moment {
                t_s: t_ms / 1000.0,
                lowest_m: f64::INFINITY,
                highest_m: f64::NEG_INFINITY,
                ..Moment::default()
            };
            for vehicle in &show.vehicles {
                let now = vehicle.trajectory.sample(t_ms);
                let (z, v): (f64, DVec3) = (now.position_m.z, now.velocity_m_s);
                m.lowest_m = m.lowest_m.min(z);
                m.highest_m = m.highest_m.max(z);
                m.mean_m += z / show.vehicles.len() as f64;
                m.horizontal_m_s = m.horizontal_m_s.max(v.truncate().length());
                m.up_m_s = m.up_m_s.max(v.z);
                m.down_m_s = m.down_m_s.max(-v.z);
                m.acceleration_m_s2 = m.acceleration_m_s2.max(now.acceleration_m_s2.length());
            }
            m
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kapok_show::{LightProgram, Trajectory, Vehicle};

    #[test]
    fn the_largest_of_the_fleet_counts() {
        let fly = |to: DVec3| {
            let mut t = Trajectory::starting_at(0, DVec3::ZERO).unwrap();
            t.push(10_000, &[to]).unwrap();
            Vehicle::new(to.to_string(), DVec3::ZERO, t, LightProgram::dark())
        };
        let show = Show::of_vehicles(vec![fly(DVec3::new(0.0, 0.0, 20.0)), fly(DVec3::new(30.0, 40.0, 10.0))]);
        let middle = envelope(&show)[INSTANTS / 2];
        assert_eq!((middle.t_s, middle.lowest_m, middle.mean_m, middle.highest_m), (5.0, 5.0, 7.5, 10.0));
        assert!((middle.horizontal_m_s - 5.0).abs() < 1e-12 && (middle.up_m_s - 2.0).abs() < 1e-12);
        assert_eq!(middle.down_m_s, 0.0);
    }
}
