use glam::DVec3;

use crate::{BadSetting, Environment, LightProgram, Limits, Site, VehicleProfile};

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
    /// One pad per vehicle, site frame, metres.
    pub pads_m: Vec<DVec3>,
}

/// How the fleet leaves the ground: everybody straight up, together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Takeoff {
    /// Altitude above the own pad at which the vertical rise ends, metres; at least the minimum navigation altitude.
    pub altitude_m: f64,
    /// Rest on the ground before the rise, milliseconds.
    pub delay_ms: i64,
    /// Rest at the end of the rise, milliseconds.
    pub hold_ms: i64,
}

/// How the fleet returns: to pads' columns, then straight down, together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Landing {
    /// Altitude above the pads from which the vertical descent starts, metres.
    pub altitude_m: f64,
    /// True: every vehicle to the pad it left; false: any vehicle to any pad.
    pub own_pad: bool,
    /// Rest above the pads before the descent, milliseconds.
    pub hold_ms: i64,
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
}

/// One place of a picture and what its light does.
#[derive(Clone, Debug, PartialEq)]
pub struct ScenePoint {
    /// Site frame, metres.
    pub position_m: DVec3,
    /// Light during the hold, times counted from its start. Dark for reserve places.
    pub lights: LightProgram,
}

/// How the fleet gets to a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transition {
    /// Duration asked for, milliseconds; `None`: as short as the limits allow. If the vehicles cannot make it in this
    /// time the plan is refused.
    pub duration_ms: Option<i64>,
    /// What the lights do meanwhile.
    pub lights: TransitionLights,
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
    /// There is nobody to fly.
    #[error("the fleet has no vehicles")]
    NoVehicles,
    /// A scene does not say where everybody is.
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
        }
        Ok(())
    }
}
