use kapok_show::{DVec3, Trajectory, TrajectoryFault};

use super::route::Route;

/// One vehicle's flight home: hovering until the start, then straight lines between whole seconds, then the descent.
#[derive(Clone, Debug, PartialEq)]
pub struct SmartReturn {
    start_s: usize,
    route: Route,
}

impl SmartReturn {
    pub(super) const fn new(start_s: usize, route: Route) -> Self {
        Self { start_s, route }
    }

    /// Seconds from the start of the manoeuvre to the vehicle's own start.
    pub const fn start_s(&self) -> usize {
        self.start_s
    }

    /// Seconds from the vehicle's start to its arrival at the target.
    pub const fn duration_s(&self) -> usize {
        self.route.arrival_s
    }

    /// The bends between source and target, each with its seconds from the start of the manoeuvre.
    pub fn bends(&self) -> Vec<(usize, DVec3)> {
        let p = &self.route.places_m[..=self.route.arrival_s];
        (1..p.len().saturating_sub(1))
            .filter(|&k| (p[k + 1] - p[k] - (p[k] - p[k - 1])).length() > 1e-9)
            .map(|k| (self.start_s + k, p[k]))
            .collect()
    }

    /// The motion from source over the bends to the target and, where the vehicle lands with `landing_m_s`, straight down to
    /// z = 0.
    ///
    /// # Errors
    /// [`TrajectoryFault`] only for a return that was not planned by this crate.
    pub fn trajectory(&self, landing_m_s: Option<f64>) -> Result<Trajectory, TrajectoryFault> {
        let mut t = Trajectory::starting_at(0, self.route.places_m[0])?;
        let ms = |s: usize| 1000 * s as i64;
        if self.start_s > 0 {
            t.push_hold(ms(self.start_s))?;
        }
        for (at_s, place_m) in self.bends() {
            t.push(ms(at_s), &[place_m])?;
        }
        let target = self.route.places_m[self.route.arrival_s];
        t.push(ms(self.start_s + self.route.arrival_s), &[target])?;
        if let Some(speed_m_s) = landing_m_s.filter(|_| target.z > 0.0) {
            let duration_ms = (1000.0 * target.z / speed_m_s).ceil() as i64;
            t.push(t.end_ms() + duration_ms, &[DVec3::new(target.x, target.y, 0.0)])?;
        }
        Ok(t)
    }
}
