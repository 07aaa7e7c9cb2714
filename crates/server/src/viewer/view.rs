use std::sync::{Arc, OnceLock};

use axum::body::Bytes;
use kapok_certify::{Certified, FileId};
use kapok_show::{Chapter, DVec3, Environment, Limits, Silent, Site, VehicleProfile};
use schemars::JsonSchema;
use serde::Serialize;

use super::error::ViewError;
use super::trajectories::encode_trajectories;

/// One show, ready to be served: the bodies of all answers, made once and shared by all requests. That of the safety page
/// is made when it is first asked for, of the show as it was judged: no other answer needs it.
#[derive(Clone, Debug)]
pub struct View {
    pub(super) show_json: Bytes,
    pub(super) trajectories: Bytes,
    pub(super) certificate_json: Bytes,
    judged: Arc<Certified>,
    safety_json: OnceLock<Option<Bytes>>,
}

/// What the page is told of the show besides motions and lights. Positions are in the site frame.
#[derive(Serialize, JsonSchema)]
pub(super) struct ShowAnswer<'a> {
    /// Title of the show.
    title: &'a str,
    /// The file that was read.
    file: &'a FileId,
    /// Number of vehicles.
    vehicle_count: usize,
    /// End of the last motion, milliseconds.
    duration_ms: i64,
    /// Where it stands.
    site: &'a Site,
    /// What stands around it.
    environment: &'a Environment,
    /// What it may do.
    limits: &'a Limits,
    /// The kind of vehicle.
    profile: &'a VehicleProfile,
    /// Its parts, in order of time.
    chapters: &'a [Chapter],
    /// The vehicles, in the order of their indices.
    vehicles: Vec<ShowVehicle<'a>>,
}

/// A vehicle of the show.
#[derive(Serialize, JsonSchema)]
struct ShowVehicle<'a> {
    /// Its name.
    name: &'a str,
    /// Its take-off pad.
    #[schemars(with = "[f64; 3]")]
    home_m: DVec3,
}

impl View {
    /// Makes the answers for a show that was judged.
    ///
    /// # Errors
    /// [`ViewError`].
    pub fn new(judged: Certified) -> Result<Self, ViewError> {
        let (show, certificate) = (judged.show(), judged.certificate());
        let json = ShowAnswer {
            title: &show.title,
            file: &certificate.provenance().file,
            vehicle_count: show.vehicles.len(),
            duration_ms: show.duration_ms(),
            site: &show.site,
            environment: &show.environment,
            limits: &show.limits,
            profile: &show.profile,
            chapters: &show.chapters,
            vehicles: show.vehicles.iter().map(|v| ShowVehicle { name: &v.name, home_m: v.home_m }).collect(),
        };
        Ok(Self {
            show_json: serde_json::to_vec(&json)?.into(),
            trajectories: encode_trajectories(show)?.into(),
            certificate_json: serde_json::to_vec(certificate)?.into(),
            judged: Arc::new(judged),
            safety_json: OnceLock::new(),
        })
    }

    /// The figures of the safety page, as JSON: extremes of the fleet over time, the closest pairs, where falls could
    /// end. `None` if they have no JSON form. Blocks the thread while they are made, the first time.
    pub(super) fn safety_json(&self) -> Option<Bytes> {
        let make = || serde_json::to_vec(&self.judged.safety(&Silent)).ok().map(Bytes::from);
        self.safety_json.get_or_init(make).clone()
    }

    /// The same if they are made already.
    pub(super) fn ready_safety_json(&self) -> Option<Bytes> {
        self.safety_json.get().cloned().flatten()
    }
}
