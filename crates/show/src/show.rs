use glam::DVec3;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use std::sync::Arc;

use crate::{
    Environment, LightProgram, Limits, PyroProgram, ReturnToHomePlan, Site, Trajectory, VehicleProfile, YawProgram,
};

/// The most vehicles of a show, spare ones included: what scripts may ask for, the planner plans, the formats read and the
/// proof judges.
pub const MAX_VEHICLES: usize = 50_000;

/// A show that can be flown: every vehicle's motion and light, with what it was planned against.
#[derive(Clone, Debug, PartialEq)]
pub struct Show {
    /// Title.
    pub title: String,
    /// Where it stands.
    pub site: Site,
    /// What stands around it.
    pub environment: Environment,
    /// What the vehicles may do.
    pub limits: Limits,
    /// Kind of vehicle.
    pub profile: VehicleProfile,
    /// The vehicles.
    pub vehicles: Vec<Vehicle>,
    /// Named stretches of time, in order, for timelines and reports.
    pub chapters: Vec<Chapter>,
    /// Music that runs with the show.
    pub audio: Option<Audio>,
    /// Written before it is proved: to be looked at, never to be flown.
    pub draft: bool,
}

/// Music or speech, as an encoded file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audio {
    /// What kind of file it is, for instance `audio/mpeg`.
    pub media_type: String,
    /// Its name, if the show file states one.
    pub file_name: Option<String>,
    /// Show time at which it begins, milliseconds.
    pub start_ms: i64,
    /// The file itself; shared, because it can be large.
    pub bytes: Arc<[u8]>,
}

/// One vehicle's part.
#[derive(Clone, Debug, PartialEq)]
pub struct Vehicle {
    /// Unique name.
    pub name: String,
    /// Its pad, on which it stands until its trajectory begins, site frame, metres.
    pub home_m: DVec3,
    /// Where the file says that it lands, if that is not where its trajectory ends; site frame, metres.
    pub land_at_m: Option<DVec3>,
    /// Its motion.
    pub trajectory: Trajectory,
    /// Its light.
    pub lights: LightProgram,
    /// Which way it looks; `None`: not said.
    pub yaw: Option<YawProgram>,
    /// What it fires; `None`: it carries nothing.
    pub pyro: Option<PyroProgram>,
    /// Its return to home when the show is stopped; `None`: not planned.
    pub return_to_home: Option<ReturnToHomePlan>,
    /// Number of the group it belongs to, 0 for vehicles without one.
    pub group: u8,
}

impl Vehicle {
    /// A vehicle that flies and shines: no yaw, nothing to fire, no return to home, group 0.
    pub fn new(name: impl Into<String>, home_m: DVec3, trajectory: Trajectory, lights: LightProgram) -> Self {
        Self {
            name: name.into(),
            home_m,
            land_at_m: None,
            trajectory,
            lights,
            yaw: None,
            pyro: None,
            return_to_home: None,
            group: 0,
        }
    }
}

/// How far from its pad, or from the ground, a motion may begin and end and still count as standing there, metres: what
/// survey and satellite positioning leave open.
pub const PAD_TOLERANCE_M: f64 = 0.1;

/// The pad of a vehicle whose file states none: the place on the ground, z = 0, below the start of its trajectory; the start
/// itself where that is on the ground to [`PAD_TOLERANCE_M`].
pub fn pad_below(start_m: DVec3) -> DVec3 {
    if start_m.z.abs() <= PAD_TOLERANCE_M { start_m } else { start_m.with_z(0.0) }
}

/// A named stretch of show time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Chapter {
    /// Name, from the storyboard.
    pub name: String,
    /// What happens in it.
    pub kind: ChapterKind,
    /// Start, milliseconds.
    pub start_ms: i64,
    /// End, milliseconds.
    pub end_ms: i64,
}

/// What happens in a chapter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ChapterKind {
    /// From the ground to the take-off altitude.
    Takeoff,
    /// From one picture to the next.
    Transition,
    /// A picture stands.
    Formation,
    /// From the last picture to the ground.
    Landing,
}

/// Why a show is not well formed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShowFault {
    /// There is no vehicle.
    #[error("the show has no vehicles")]
    NoVehicles,
    /// Names must be unique.
    #[error("two vehicles are named \"{name}\"")]
    DuplicateName {
        /// The name.
        name: String,
    },
    /// Chapters must be in order, not overlap, not be empty.
    #[error("chapter \"{name}\" ({start_ms} to {end_ms} ms) is empty or begins before the one before it ends")]
    ChapterOrder {
        /// The chapter.
        name: String,
        /// Its start.
        start_ms: i64,
        /// Its end.
        end_ms: i64,
    },
}

impl Show {
    /// A show of vehicles alone: without title, surroundings, chapters and music, at latitude and longitude 0, with the default
    /// limits and vehicle.
    pub fn of_vehicles(vehicles: Vec<Vehicle>) -> Self {
        Self {
            title: String::new(),
            site: Site::default(),
            environment: Environment::default(),
            limits: Limits::default(),
            profile: VehicleProfile::default(),
            vehicles,
            chapters: Vec::new(),
            audio: None,
            draft: false,
        }
    }

    /// End of the last vehicle's motion, milliseconds; 0 for an empty show.
    pub fn duration_ms(&self) -> i64 {
        self.vehicles.iter().map(|v| v.trajectory.end_ms()).max().unwrap_or(0)
    }

    /// Are names unique and chapters in order?
    ///
    /// # Errors
    /// The first [`ShowFault`] found.
    pub fn check(&self) -> Result<(), ShowFault> {
        if self.vehicles.is_empty() {
            return Err(ShowFault::NoVehicles);
        }
        let mut names: Vec<&str> = self.vehicles.iter().map(|v| v.name.as_str()).collect();
        names.sort_unstable();
        if let Some(pair) = names.windows(2).find(|w| w[0] == w[1]) {
            return Err(ShowFault::DuplicateName { name: pair[0].into() });
        }
        let mut last_end_ms = i64::MIN;
        for c in &self.chapters {
            if c.start_ms < last_end_ms || c.end_ms <= c.start_ms {
                return Err(ShowFault::ChapterOrder { name: c.name.clone(), start_ms: c.start_ms, end_ms: c.end_ms });
            }
            last_end_ms = c.end_ms;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(names: &[&str], chapters: &[(i64, i64)]) -> Show {
        Show {
            title: "t".into(),
            chapters: chapters
                .iter()
                .map(|&(start_ms, end_ms)| Chapter { name: "c".into(), kind: ChapterKind::Formation, start_ms, end_ms })
                .collect(),
            ..Show::of_vehicles(
                names
                    .iter()
                    .map(|&name| {
                        let trajectory = Trajectory::starting_at(0, DVec3::ZERO).unwrap();
                        Vehicle::new(name, DVec3::ZERO, trajectory, LightProgram::dark())
                    })
                    .collect(),
            )
        }
    }

    #[test]
    fn faults_are_named() {
        assert_eq!(show(&["a", "b"], &[(0, 5), (5, 9)]).check(), Ok(()));
        assert_eq!(show(&[], &[]).check(), Err(ShowFault::NoVehicles));
        assert_eq!(show(&["a", "b", "a"], &[]).check(), Err(ShowFault::DuplicateName { name: "a".into() }));
        assert!(matches!(show(&["a"], &[(0, 5), (4, 9)]).check(), Err(ShowFault::ChapterOrder { start_ms: 4, .. })));
        assert!(matches!(show(&["a"], &[(3, 3)]).check(), Err(ShowFault::ChapterOrder { .. })));
    }
}
