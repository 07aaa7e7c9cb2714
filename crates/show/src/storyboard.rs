use glam::DVec3;

use crate::{BadSetting, Environment, LightProgram, LimitField, Limits, SceneMotion, Site, VehicleProfile};

/// What shall be shown: everything the planner needs and nothing about how the vehicles get there.
#[derive(Clone, Debug, PartialEq)]
pub struct Storyboard {
    /// Title of the show.
    pub title: String,
    /// Where it stands.
    pub site: Site,
    /// What stands around it.
    pub environment: Environment,
    /// The vehicles.
    pub fleet: Fleet,
    /// What they may do.
    pub limits: Limits,
    /// How they rise.
    pub takeoff: Takeoff,
    /// The pictures, in order.
    pub scenes: Vec<Scene>,
    /// How they come down.
    pub landing: Landing,
    /// Seed of everything random.
    pub seed: u64,
}

/// The vehicles and their places on the ground.
#[derive(Clone, Debug, PartialEq)]
pub struct Fleet {
    /// Kind of vehicle.
    pub profile: VehicleProfile,
    /// One pad per vehicle that flies, site frame, metres.
    pub pads_m: Vec<DVec3>,
    /// Pads of vehicles that stay on the ground, dark, during the whole show.
    pub spare_pads_m: Vec<DVec3>,
    /// Vehicles with something of their own: number k is group k + 1 of the show. No vehicle is in two of them.
    pub groups: Vec<VehicleGroup>,
}

/// Vehicles that may do less than the others, or carry something.
#[derive(Clone, Debug, PartialEq)]
pub struct VehicleGroup {
    /// Its name.
    pub name: String,
    /// The vehicles, by the number of their pad, ascending.
    pub vehicles: Vec<u32>,
    /// What they may do: the show's limits with motion limits of their own, none above the show's.
    pub limits: Limits,
}

/// How the fleet leaves the ground: every vehicle straight up. Together, where the pads are as far apart as vehicles in
/// flight must be; else in layers, one after the other, each to an altitude of its own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Takeoff {
    /// Altitude above the own pad at which the vertical rise ends, metres; at least the minimum navigation altitude.
    pub altitude_m: f64,
    /// Rest on the ground before the rise, milliseconds.
    pub delay_ms: i64,
    /// Rest at the end of the rise, milliseconds.
    pub hold_ms: i64,
    /// Vertical distance of layers, metres; `None`: as much as straight transitions need.
    pub layer_spacing_m: Option<f64>,
}

/// How the fleet returns: to pads' columns, then straight down; in layers as at the take-off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Landing {
    /// Altitude above the pads from which the vertical descent starts, metres.
    pub altitude_m: f64,
    /// True: every vehicle to the pad it left; false: any vehicle to any pad.
    pub own_pad: bool,
    /// Rest above the pads before the descent, milliseconds.
    pub hold_ms: i64,
    /// Vertical distance of layers, metres; `None`: as much as straight transitions need.
    pub layer_spacing_m: Option<f64>,
}

/// One picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    /// Its name, shown on the timeline.
    pub name: String,
    /// One place per vehicle of the fleet, reserve places included.
    pub points: Vec<ScenePoint>,
    /// How the fleet gets here from what was before.
    pub transition: Transition,
    /// How long the picture stands, milliseconds.
    pub hold_ms: i64,
    /// How its places move meanwhile; `None`: they rest.
    pub motion: Option<SceneMotion>,
    /// How well its text and drawings are read, 0 to 1, the worst of them; `None` if it has none.
    pub readability: Option<f64>,
    /// How many vehicles would do for that one, where its text is hard to read and such a count is found.
    pub readable_count: Option<usize>,
}

/// One place of a picture and what its light does.
#[derive(Clone, Debug, PartialEq)]
pub struct ScenePoint {
    /// Site frame, metres; before any motion.
    pub position_m: DVec3,
    /// Light during the hold, times counted from its start. Dark for reserve places.
    pub lights: LightProgram,
    /// Who must take it: 0 for any vehicle, k for a vehicle of group k.
    pub group: u8,
}

/// How the fleet gets to a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition {
    /// Duration asked for, milliseconds; `None`: as short as the limits allow. If the vehicles cannot make it in this
    /// time the plan is refused.
    pub duration_ms: Option<i64>,
    /// What the lights do meanwhile.
    pub lights: TransitionLights,
    /// Who flies where.
    pub places: PlaceChoice,
}

/// Who flies to which place of a picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PlaceChoice {
    /// As the planner finds best.
    #[default]
    Free,
    /// Vehicle i to place i.
    Keep,
    /// Vehicle i to the i-th place of the list: every place once.
    Listed(Vec<u32>),
    /// These vehicles to these places, (vehicle, place), the others as the planner finds best.
    Pinned(Vec<(u32, u32)>),
}

/// What the lights do during a transition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum TransitionLights {
    /// Fade from the old colour to the new one over the whole transition.
    #[default]
    Fade,
    /// Dark on the way: out within the first, in within the last second.
    Dark,
}

/// Why a storyboard makes no sense.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum StoryboardFault {
    /// A limit makes no sense.
    #[error(transparent)]
    Setting(#[from] BadSetting),
    /// There is no vehicle.
    #[error("the fleet has no vehicles")]
    NoVehicles,
    /// A scene does not say where every vehicle is.
    #[error("scene \"{scene}\" has {points} places for {vehicles} vehicles")]
    CountMismatch {
        /// The scene.
        scene: String,
        /// Its places.
        points: usize,
        /// The fleet.
        vehicles: usize,
    },
    /// A coordinate is NaN or infinite.
    #[error("{place} number {index} is not a finite point")]
    NotFinite {
        /// Scene or "pad".
        place: String,
        /// Index in it.
        index: usize,
    },
    /// A motion does not fit its scene.
    #[error(
        "the motion of scene \"{scene}\" does not fit it: eases within the hold, parts within its places, finite numbers"
    )]
    BadMotion {
        /// The scene.
        scene: String,
    },
    /// Groups overlap, name vehicles that do not exist, are too many or allow more than the show.
    #[error("vehicle group \"{group}\" {why}")]
    BadGroup {
        /// The group.
        group: String,
        /// What is wrong.
        why: &'static str,
    },
    /// A fixed assignment does not name each vehicle once, or names what does not exist.
    #[error("who takes which place of scene \"{scene}\" {why}")]
    BadPlaces {
        /// The scene.
        scene: String,
        /// What is wrong.
        why: &'static str,
    },
}

impl Storyboard {
    /// Are the counts equal, the numbers finite, the limits legal?
    ///
    /// # Errors
    /// The first [`StoryboardFault`] found.
    pub fn check(&self) -> Result<(), StoryboardFault> {
        self.limits.validate()?;
        let vehicles = self.fleet.pads_m.len();
        if vehicles == 0 {
            return Err(StoryboardFault::NoVehicles);
        }
        if let Some(index) = self.fleet.pads_m.iter().position(|p| !p.is_finite()) {
            return Err(StoryboardFault::NotFinite { place: "pad".into(), index });
        }
        if let Some(index) = self.fleet.spare_pads_m.iter().position(|p| !p.is_finite()) {
            return Err(StoryboardFault::NotFinite { place: "spare pad".into(), index });
        }
        self.check_groups()?;
        for scene in &self.scenes {
            if scene.points.len() != vehicles {
                return Err(StoryboardFault::CountMismatch {
                    scene: scene.name.clone(),
                    points: scene.points.len(),
                    vehicles,
                });
            }
            if let Some(index) = scene.points.iter().position(|p| !p.position_m.is_finite()) {
                return Err(StoryboardFault::NotFinite { place: format!("place of scene \"{}\"", scene.name), index });
            }
            if scene.motion.as_ref().is_some_and(|motion| !motion.is_whole(vehicles, scene.hold_ms)) {
                return Err(StoryboardFault::BadMotion { scene: scene.name.clone() });
            }
            if let Err(why) = self.check_places(scene) {
                return Err(StoryboardFault::BadPlaces { scene: scene.name.clone(), why });
            }
        }
        Ok(())
    }

    /// The group of each vehicle, 0 for none.
    pub fn group_of_vehicle(&self) -> Vec<u8> {
        let mut groups = vec![0; self.fleet.pads_m.len()];
        for (number, group) in (1u8..=u8::MAX).zip(&self.fleet.groups) {
            for &vehicle in &group.vehicles {
                if let Some(slot) = groups.get_mut(vehicle as usize) {
                    *slot = number;
                }
            }
        }
        groups
    }

    fn check_groups(&self) -> Result<(), StoryboardFault> {
        let mut taken = vec![false; self.fleet.pads_m.len()];
        for (k, group) in self.fleet.groups.iter().enumerate() {
            let bad = |why| Err(StoryboardFault::BadGroup { group: group.name.clone(), why });
            group.limits.validate()?;
            if k >= usize::from(u8::MAX) {
                return bad("is one too many: there are at most 255");
            }
            for &vehicle in &group.vehicles {
                match taken.get_mut(vehicle as usize) {
                    None => return bad("names a vehicle that does not exist"),
                    Some(slot) if *slot => return bad("names a vehicle twice, or one of another group"),
                    Some(slot) => *slot = true,
                }
            }
            let (own, all) = (&group.limits, &self.limits);
            let slower = LimitField::MOTION.iter().all(|field| field.get(own) <= field.get(all));
            if !slower {
                return bad("may move faster than the show allows");
            }
        }
        Ok(())
    }

    fn check_places(&self, scene: &Scene) -> Result<(), &'static str> {
        let vehicles = self.fleet.pads_m.len();
        let once = |numbers: Vec<u32>| {
            let mut taken = vec![false; vehicles];
            numbers.into_iter().all(|n| taken.get_mut(n as usize).is_some_and(|slot| !std::mem::replace(slot, true)))
        };
        match &scene.transition.places {
            PlaceChoice::Free | PlaceChoice::Keep => {}
            PlaceChoice::Listed(places) => {
                if places.len() != vehicles || !once(places.clone()) {
                    return Err("must name every place once");
                }
            }
            PlaceChoice::Pinned(pairs) => {
                if !once(pairs.iter().map(|p| p.0).collect()) || !once(pairs.iter().map(|p| p.1).collect()) {
                    return Err("names a vehicle or a place twice, or one that does not exist");
                }
            }
        }
        for number in 1..=self.fleet.groups.len() {
            let asked = scene.points.iter().filter(|p| usize::from(p.group) == number).count();
            if asked > self.fleet.groups[number - 1].vehicles.len() {
                return Err("asks for more vehicles of a group than it has");
            }
        }
        if scene.points.iter().any(|p| usize::from(p.group) > self.fleet.groups.len()) {
            return Err("names a group that does not exist");
        }
        Ok(())
    }
}
