//! Who flies where: what the storyboard fixes, and the least Σd² for the rest.

use kapok_motion::timing::MotionLimits;
use kapok_show::{DVec3, PlaceChoice, Scene};
use rayon::prelude::*;

use super::bottleneck::makespan_bound;
use super::input::AssignError;
use super::least_squares::{AssignSettings, assign};

/// What is fixed about one assignment.
#[derive(Clone, Debug, Default)]
pub struct AssignmentConstraints {
    /// (vehicle, place), each at most once.
    fixed: Vec<(u32, u32)>,
    /// Group that must take a place, 0 for any; by place. Empty: no place asks for one.
    group_of_place: Vec<u8>,
    /// Group of each vehicle, 0 for none.
    group_of_vehicle: Vec<u8>,
}

impl AssignmentConstraints {
    /// No constraints.
    pub fn none() -> Self {
        Self::default()
    }

    /// Every vehicle to the place of the same number.
    pub fn keep(count: usize) -> Self {
        Self { fixed: (0..count as u32).map(|i| (i, i)).collect(), ..Self::default() }
    }

    /// What a scene asks for.
    pub fn of(scene: &Scene, group_of_vehicle: &[u8]) -> Self {
        let fixed = match &scene.transition.places {
            PlaceChoice::Free => Vec::new(),
            PlaceChoice::Keep => return Self::keep(scene.points.len()),
            PlaceChoice::Listed(places) => (0..).zip(places.iter().copied()).collect(),
            PlaceChoice::Pinned(pairs) => pairs.clone(),
        };
        let asked = scene.points.iter().any(|p| p.group != 0);
        let group_of_place = if asked { scene.points.iter().map(|p| p.group).collect() } else { Vec::new() };
        Self { fixed, group_of_place, group_of_vehicle: group_of_vehicle.to_vec() }
    }

    /// Which vehicles are fixed, of so many.
    pub fn is_fixed(&self, count: usize) -> Vec<bool> {
        let mut fixed = vec![false; count];
        for &(vehicle, _) in &self.fixed {
            fixed[vehicle as usize] = true;
        }
        fixed
    }

    /// Is the place open to the vehicle's group?
    pub fn may(&self, vehicle: usize, place: usize) -> bool {
        let asked = self.group_of_place.get(place).copied().unwrap_or(0);
        asked == 0 || self.group_of_vehicle.get(vehicle).copied().unwrap_or(0) == asked
    }

    /// Is everything left to the planner?
    pub fn is_free(&self) -> bool {
        self.fixed.is_empty() && self.group_of_place.is_empty()
    }

    /// The place of each vehicle: what is fixed, and for the rest an assignment of small Σd² in which places that ask for
    /// a group get one of its vehicles. Nothing if the pins leave a group too few vehicles.
    ///
    /// First all are assigned freely. Then, where a place that asks for a group is occupied by a vehicle outside the group, it is
    /// swapped with the vehicle of the group for which that costs least. At last the assignment is made best within each class
    /// of vehicles, on the places that the class has.
    pub fn choose(&self, starts: &[DVec3], goals: &[DVec3]) -> Result<Option<Vec<u32>>, AssignError> {
        let count = starts.len();
        let mut place_of = vec![u32::MAX; count];
        let mut taken = vec![false; count];
        for &(vehicle, place) in &self.fixed {
            place_of[vehicle as usize] = place;
            taken[place as usize] = true;
        }
        let vehicles: Vec<usize> = (0..count).filter(|&v| place_of[v] == u32::MAX).collect();
        let places: Vec<usize> = (0..count).filter(|&p| !taken[p]).collect();
        best(starts, goals, &vehicles, &places, &mut place_of)?;
        if self.group_of_place.is_empty() {
            return Ok(Some(place_of));
        }
        let wanted = |place: u32| self.group_of_place[place as usize];
        let group = |vehicle: usize| self.group_of_vehicle.get(vehicle).copied().unwrap_or(0);
        let pinned_amiss = self.fixed.iter().any(|&(v, p)| wanted(p) != 0 && wanted(p) != group(v as usize));
        if pinned_amiss {
            return Ok(None);
        }
        let mut holder = vec![0usize; count];
        for (vehicle, &place) in place_of.iter().enumerate() {
            holder[place as usize] = vehicle;
        }
        let cost = |vehicle: usize, place: u32| starts[vehicle].distance_squared(goals[place as usize]);
        for &place in &places {
            let (place, asked) = (place as u32, self.group_of_place[place]);
            let outsider = holder[place as usize];
            if asked == 0 || group(outsider) == asked {
                continue;
            }
            let swap = |&v: &usize| {
                let other = place_of[v];
                cost(v, place) + cost(outsider, other) - cost(v, other) - cost(outsider, place)
            };
            let able = vehicles.iter().copied().filter(|&v| group(v) == asked && wanted(place_of[v]) != asked);
            let Some(vehicle) = able.min_by(|a, b| swap(a).total_cmp(&swap(b)).then(a.cmp(b))) else {
                return Ok(None);
            };
            let other = place_of[vehicle];
            place_of.swap(vehicle, outsider);
            (holder[place as usize], holder[other as usize]) = (vehicle, outsider);
        }
        // A class: vehicles of a group that hold places asking for it, and all others.
        let class = |v: usize, place: u32| if wanted(place) == 0 { 0 } else { group(v) };
        let mut classes: Vec<u8> = vehicles.iter().map(|&v| class(v, place_of[v])).collect();
        classes.sort_unstable();
        classes.dedup();
        for number in classes {
            let members: Vec<usize> = vehicles.iter().copied().filter(|&v| class(v, place_of[v]) == number).collect();
            let mut theirs: Vec<usize> = members.iter().map(|&v| place_of[v] as usize).collect();
            theirs.sort_unstable();
            best(starts, goals, &members, &theirs, &mut place_of)?;
        }
        Ok(Some(place_of))
    }
}

/// Trips that are looked at one by one for a bound, at most.
const MOST_TRIPS: usize = 100_000_000;

impl AssignmentConstraints {
    /// No choice of places that obeys this is flown faster, seconds; with the trip that says so, metres.
    ///
    /// The largest of: what is fixed, under the limits of each vehicle (`own`); the bottleneck of the rest, as if any vehicle
    /// might take any place under the limits of `all`; and for each vehicle with tighter limits and each place that asks for a
    /// group the shortest trip it can hope for.
    pub fn bound(
        &self,
        from_m: &[DVec3],
        goals_m: &[DVec3],
        all: &MotionLimits,
        own: &[MotionLimits],
    ) -> Result<(f64, f64), AssignError> {
        let count = from_m.len();
        let trip = |vehicle: usize, place: usize| {
            let trip_m = goals_m[place] - from_m[vehicle];
            (own[vehicle].trip_bound_s(trip_m), trip_m.length())
        };
        let longer = |a: (f64, f64), b: (f64, f64)| if b.0 > a.0 { b } else { a };
        let (mut is_free, mut is_open) = (vec![true; count], vec![true; count]);
        let mut most = (0.0, 0.0);
        for &(vehicle, place) in &self.fixed {
            (is_free[vehicle as usize], is_open[place as usize]) = (false, false);
            most = longer(most, trip(vehicle as usize, place as usize));
        }
        let vehicles: Vec<usize> = (0..count).filter(|&v| is_free[v]).collect();
        let places: Vec<usize> = (0..count).filter(|&p| is_open[p]).collect();
        let from: Vec<DVec3> = vehicles.iter().map(|&v| from_m[v]).collect();
        let goals: Vec<DVec3> = places.iter().map(|&p| goals_m[p]).collect();
        let bound = makespan_bound(&from, &goals, all, None)?;
        most = longer(most, (bound.bound_s, bound.bottleneck_m));
        let asked = |place: usize| self.group_of_place.get(place).copied().unwrap_or(0);
        let best = |trips: &mut dyn Iterator<Item = (f64, f64)>| {
            trips.reduce(|a, b| if b.0 < a.0 { b } else { a }).unwrap_or_default()
        };
        let slow: Vec<usize> = vehicles.iter().copied().filter(|&v| own[v] != *all).collect();
        let wanted: Vec<usize> = places.iter().copied().filter(|&p| asked(p) != 0).collect();
        if slow.len().max(wanted.len()).saturating_mul(vehicles.len()) <= MOST_TRIPS {
            let of_vehicle = |&v: &usize| best(&mut places.iter().filter(|&&p| self.may(v, p)).map(|&p| trip(v, p)));
            let of_place = |&p: &usize| best(&mut vehicles.iter().filter(|&&v| self.may(v, p)).map(|&v| trip(v, p)));
            let least: Vec<(f64, f64)> =
                slow.par_iter().map(of_vehicle).chain(wanted.par_iter().map(of_place)).collect();
            most = least.into_iter().fold(most, longer);
        }
        Ok(most)
    }
}

/// Assigns these places to these vehicles.
fn best(
    starts: &[DVec3],
    goals: &[DVec3],
    vehicles: &[usize],
    places: &[usize],
    place_of: &mut [u32],
) -> Result<(), AssignError> {
    if vehicles.is_empty() {
        return Ok(());
    }
    let from: Vec<DVec3> = vehicles.iter().map(|&v| starts[v]).collect();
    let to: Vec<DVec3> = places.iter().map(|&p| goals[p]).collect();
    let found = assign(&from, &to, &AssignSettings::default())?;
    for (&vehicle, &goal) in vehicles.iter().zip(&found.goal_of_start) {
        place_of[vehicle] = places[goal as usize] as u32;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn points(n: usize) -> impl Strategy<Value = Vec<DVec3>> {
        prop::collection::vec((-9.0..9.0f64, -9.0..9.0f64, 0.0..9.0f64), n)
            .prop_map(|v| v.into_iter().map(|(x, y, z)| DVec3::new(x, y, z)).collect())
    }

    fn permutations(n: usize) -> Vec<Vec<u32>> {
        if n == 0 {
            return vec![Vec::new()];
        }
        permutations(n - 1)
            .into_iter()
            .flat_map(|p| {
                (0..n).map(move |k| {
                    let mut q = p.clone();
                    q.insert(k, n as u32 - 1);
                    q
                })
            })
            .collect()
    }

    proptest! {
        /// Pins and groups are kept, every place is taken once, and it costs little more than the best that keeps them.
        #[test]
        fn constraints_are_kept_at_little_cost(
            starts in points(7), goals in points(7), pin in (0u32..7, 0u32..7), asks in 0usize..3, members in 2usize..5,
        ) {
            let group_of_vehicle: Vec<u8> = (0..7).map(|v| u8::from(v < members)).collect();
            // The pinned place is asked for by no group, and its vehicle may be a member: enough are left.
            let mut group_of_place = vec![0u8; 7];
            for k in 0..asks.min(members - 1) {
                let place = (pin.1 as usize + 1 + 2 * k) % 7;
                group_of_place[place] = 1;
            }
            let constraints = AssignmentConstraints { fixed: vec![pin], group_of_place, group_of_vehicle };
            let found = constraints.choose(&starts, &goals).unwrap().unwrap();
            let keeps = |p: &[u32]| {
                p[pin.0 as usize] == pin.1
                    && (0..7).all(|v| {
                        let asked = constraints.group_of_place[p[v] as usize];
                        asked == 0 || asked == constraints.group_of_vehicle[v]
                    })
            };
            prop_assert!(keeps(&found));
            let mut sorted = found.clone();
            sorted.sort_unstable();
            prop_assert_eq!(sorted, (0..7).collect::<Vec<u32>>());
            let cost = |p: &[u32]| -> f64 { (0..7).map(|v| starts[v].distance_squared(goals[p[v] as usize])).sum() };
            let least = permutations(7).iter().filter(|p| keeps(p)).map(|p| cost(p)).fold(f64::INFINITY, f64::min);
            prop_assert!(cost(&found) <= least * 2.0 + 1e-9, "{} {least}", cost(&found));
        }
    }

    #[test]
    fn a_pin_that_takes_a_place_from_its_group_is_found_out() {
        let at = [DVec3::ZERO, DVec3::X, DVec3::Y];
        let constraints = AssignmentConstraints {
            fixed: vec![(2, 0)],
            group_of_place: vec![1, 0, 0],
            group_of_vehicle: vec![1, 0, 0],
        };
        assert_eq!(constraints.choose(&at, &at).unwrap(), None);
    }

    proptest! {
        /// No permitted choice of places is faster than the bound, and with everything fixed it is what that takes.
        #[test]
        fn no_permitted_choice_beats_the_bound(
            starts in points(5), goals in points(5), groups in prop::collection::vec(0u8..2, 5),
            asked in prop::collection::vec(any::<bool>(), 5), pin in prop::option::of((0u32..5, 0u32..5)), slower in 0.2..1.0f64,
        ) {
            let all = MotionLimits::isotropic(4.0, 2.0, 4.0);
            let slow = MotionLimits::isotropic(4.0 * slower, 2.0, 4.0);
            let own: Vec<MotionLimits> = groups.iter().map(|&g| if g == 1 { slow } else { all }).collect();
            let group_of_place: Vec<u8> = asked.iter().map(|&a| u8::from(a)).collect();
            let constraints = AssignmentConstraints { fixed: pin.into_iter().collect(), group_of_place, group_of_vehicle: groups.clone() };
            let (bound_s, _) = constraints.bound(&starts, &goals, &all, &own).unwrap();
            let takes_s = |place_of: &[usize]| {
                let trips = (0..5).map(|v| own[v].trip_bound_s(goals[place_of[v]] - starts[v]));
                trips.fold(0.0, f64::max)
            };
            let mut open = vec![vec![]];
            for _ in 0..5 {
                open = open
                    .into_iter()
                    .flat_map(|head: Vec<usize>| {
                        let next = (0..5).filter(|p| !head.contains(p)).collect::<Vec<_>>();
                        next.into_iter().map(move |p| head.iter().copied().chain([p]).collect::<Vec<_>>())
                    })
                    .collect();
            }
            for place_of in open {
                let keeps = pin.is_none_or(|(v, p)| place_of[v as usize] == p as usize)
                    && (0..5).all(|v| !asked[place_of[v]] || groups[v] == 1);
                if keeps {
                    prop_assert!(takes_s(&place_of) >= bound_s - 1e-9, "{place_of:?} beats {bound_s}");
                }
                let fixed = AssignmentConstraints { fixed: (0..).zip(place_of.iter().map(|&p| p as u32)).collect(), ..AssignmentConstraints::none() };
                let (exact_s, _) = fixed.bound(&starts, &goals, &all, &own).unwrap();
                prop_assert!((exact_s - takes_s(&place_of)).abs() < 1e-9);
            }
        }
    }
}
