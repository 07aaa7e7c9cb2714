use kapok_proof::Certificate;
use kapok_show::{Chapter, DVec3, Environment, Limits, Show, Site, VehicleProfile};
use serde::Serialize;

use crate::encode_trajectories;

/// Which file is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileIdentity {
    /// File name without folders.
    pub name: String,
    /// SHA-256 of its bytes, lower-case hexadecimal.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
}

/// Why a show cannot be displayed.
#[derive(Debug, thiserror::Error)]
pub enum ViewError {
    /// Times do not fit the viewer's 32-bit milliseconds.
    #[error("the show reaches {t_ms} ms, but the viewer shows at most 24 days")]
    TooLong {
        /// The time.
        t_ms: i64,
    },
    /// Counts do not fit 32 bits.
    #[error("the show has more than 4 294 967 295 control points, more than the viewer can hold")]
    TooLarge,
    /// A value has no JSON form.
    #[error("the show cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// One show, ready to be served: the bodies of all answers, made once.
#[derive(Clone, Debug)]
pub struct View {
    pub(crate) show_json: Vec<u8>,
    pub(crate) trajectories: Vec<u8>,
    pub(crate) certificate_json: Option<Vec<u8>>,
    pub(crate) safety_json: Option<Vec<u8>>,
}

#[derive(Serialize)]
struct ShowJson<'a> {
    title: &'a str,
    file: &'a FileIdentity,
    vehicle_count: usize,
    duration_ms: i64,
    site: &'a Site,
    environment: &'a Environment,
    limits: &'a Limits,
    profile: &'a VehicleProfile,
    chapters: &'a [Chapter],
    vehicles: Vec<VehicleJson<'a>>,
}

#[derive(Serialize)]
struct VehicleJson<'a> {
    name: &'a str,
    home_m: DVec3,
}

impl View {
    /// Makes the answers for a show.
    ///
    /// # Errors
    /// [`ViewError`].
    pub fn new(show: &Show, file: &FileIdentity, certificate: Option<&Certificate>) -> Result<Self, ViewError> {
        let json = ShowJson {
            title: &show.title,
            file,
            vehicle_count: show.vehicles.len(),
            duration_ms: show.duration_ms(),
            site: &show.site,
            environment: &show.environment,
            limits: &show.limits,
            profile: &show.profile,
            chapters: &show.chapters,
            vehicles: show.vehicles.iter().map(|v| VehicleJson { name: &v.name, home_m: v.home_m }).collect(),
        };
        Ok(Self {
            show_json: serde_json::to_vec(&json)?,
            trajectories: encode_trajectories(show)?,
            certificate_json: certificate.map(serde_json::to_vec).transpose()?,
            safety_json: None,
        })
    }

    /// The same view with the figures of the safety page, which `/api/safety` answers as they stand: extremes of the
    /// fleet over time, the closest pairs, where falls would end. Numbers that are not finite are written as `null`.
    ///
    /// # Errors
    /// [`ViewError::Json`].
    pub fn with_safety<T: Serialize + ?Sized>(self, figures: &T) -> Result<Self, ViewError> {
        Ok(Self { safety_json: Some(serde_json::to_vec(figures)?), ..self })
    }
}
