use kapok_motion::polygon;
use kapok_show::{DVec2, Environment};

/// Where on the ground vehicles may come down, and where they must not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SiteAreas {
    /// Outlines of which a vehicle must be inside of each.
    pub fences_m: Vec<Vec<DVec2>>,
    /// Outlines inside the fence that are not part of it.
    pub holes_m: Vec<Vec<DVec2>>,
    /// Where spectators are.
    pub audiences_m: Vec<Vec<DVec2>>,
}

impl SiteAreas {
    /// The areas of a show.
    pub fn of(environment: &Environment) -> Self {
        let (mut fences_m, mut holes_m) = (Vec::new(), Vec::new());
        if let Some(fence) = &environment.geofence {
            fences_m.push(fence.polygon_m.clone());
            fences_m.extend(fence.also_inside_m.iter().cloned());
            holes_m.extend(fence.holes_m.iter().cloned());
        }
        let audiences_m = environment.audience_areas().map(|a| a.polygon_m.clone()).collect();
        Self { fences_m, holes_m, audiences_m }
    }

    /// Is a place outside the fence? Nothing is outside of none.
    pub fn is_outside_fence(&self, place_m: DVec2) -> bool {
        self.fences_m.iter().any(|outline| !polygon::contains(outline, place_m))
            || self.holes_m.iter().any(|hole| polygon::contains(hole, place_m))
    }

    /// Is it among spectators?
    pub fn is_among_spectators(&self, place_m: DVec2) -> bool {
        self.audiences_m.iter().any(|area| polygon::contains(area, place_m))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kapok_show::Geofence;

    #[test]
    fn the_fence_has_holes_and_further_outlines() {
        let square = |half: f64| {
            [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)].map(|(x, y)| DVec2::new(half * x, half * y)).to_vec()
        };
        let mut environment = Environment::default();
        assert!(!SiteAreas::of(&environment).is_outside_fence(DVec2::splat(1e6)));
        environment.geofence = Some(Geofence {
            holes_m: vec![square(1.0)],
            also_inside_m: vec![square(5.0)],
            ..Geofence::around(square(9.0))
        });
        let areas = SiteAreas::of(&environment);
        let outside = [0.0, 3.0, 7.0, 12.0].map(|x| areas.is_outside_fence(DVec2::X * x));
        assert_eq!(outside, [true, false, true, true]);
        assert!(!areas.is_among_spectators(DVec2::ZERO));
    }
}
