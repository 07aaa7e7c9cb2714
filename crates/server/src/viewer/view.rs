use std::sync::{Arc, OnceLock};

use axum::body::Bytes;
use kapok_certify::{CheckedCertificate, FileId, Judged, Options, Source, certify};
use kapok_show::{Chapter, DVec3, Environment, Limits, Show, Silent, Site, VehicleProfile};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::error::ViewError;
use super::flown::Flown;
use super::trajectories::encode_trajectories;

/// What is behind a show that pages are given; what is proved grows from the first to the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// The pictures of a script, one after the other; how vehicles fly between them is not planned.
    Pictures,
    /// Motion that is not judged yet.
    Motion,
    /// A certificate that lay beside the file and agrees with it; the proof was not made anew.
    Checked,
    /// The proof of these very bytes.
    Judged,
}

/// One show, ready to be served: the bodies of all answers, made once and shared by all requests. That of the safety page
/// is made when it is first asked for: no other answer needs it.
#[derive(Clone, Debug)]
pub struct View {
    show: Value,
    pub(super) standing: Standing,
    pub(super) trajectories: Bytes,
    pub(super) certificate_json: Option<Bytes>,
    behind: Behind,
    safety_json: OnceLock<Result<Bytes, String>>,
    pub(super) flown: Option<Flown>,
}

/// What the figures of the safety page are made of.
#[derive(Clone, Debug)]
enum Behind {
    Nothing,
    Judged(Arc<Judged>),
    /// The proof is made when the figures are asked for, and must be what the document says.
    Checked {
        source: Source,
        document: Arc<Value>,
    },
}

/// What the page is told of the show besides motions and lights. Positions are in the site frame.
#[derive(Serialize, JsonSchema)]
pub(super) struct ShowAnswer<'a> {
    /// Number of the show among those that this server has shown; a newer one has a larger number.
    version: u64,
    /// What is behind it.
    standing: Standing,
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
    /// How well its scenes are read, where a script says it; empty for show files.
    readings: Vec<SceneReading>,
    /// The vehicles, in the order of their indices.
    vehicles: Vec<ShowVehicle<'a>>,
}

/// How well a scene with text or drawings is read.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct SceneReading {
    /// Name of the scene.
    pub scene: String,
    /// 0 to 1.
    pub score: f64,
    /// Is it at or above the bar from which words are read?
    pub is_readable: bool,
    /// How many vehicles would do where it is not; `None` where no count is known.
    pub count_needed: Option<usize>,
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
    /// A show that was judged.
    ///
    /// # Errors
    /// [`ViewError`].
    pub fn judged(judged: Judged) -> Result<Self, ViewError> {
        let certificate = judged.certificate();
        let bytes = serde_json::to_vec(certificate)?.into();
        let view = Self::of(judged.show(), &certificate.provenance().file, Standing::Judged, Some(bytes))?;
        Ok(Self { behind: Behind::Judged(Arc::new(judged)), ..view })
    }

    /// A show with the certificate that lay beside it; `source` are its bytes.
    ///
    /// # Errors
    /// [`ViewError`].
    pub fn checked(checked: &CheckedCertificate, source: &Source) -> Result<Self, ViewError> {
        let document = Value::Object(checked.document().clone());
        let bytes = serde_json::to_vec(&document)?.into();
        let view = Self::of(checked.show(), checked.file(), Standing::Checked, Some(bytes))?;
        Ok(Self { behind: Behind::Checked { source: source.clone(), document: Arc::new(document) }, ..view })
    }

    /// A show without a proof: pictures, or motion that is not judged yet; `file` is what it was made of.
    ///
    /// # Errors
    /// [`ViewError`].
    pub fn unjudged(show: &Show, file: &FileId, standing: Standing) -> Result<Self, ViewError> {
        Self::of(show, file, standing, None)
    }

    fn of(show: &Show, file: &FileId, standing: Standing, certificate_json: Option<Bytes>) -> Result<Self, ViewError> {
        let answer = ShowAnswer {
            version: 0,
            standing,
            title: &show.title,
            file,
            vehicle_count: show.vehicles.len(),
            duration_ms: show.duration_ms(),
            site: &show.site,
            environment: &show.environment,
            limits: &show.limits,
            profile: &show.profile,
            chapters: &show.chapters,
            readings: Vec::new(),
            vehicles: show.vehicles.iter().map(|v| ShowVehicle { name: &v.name, home_m: v.home_m }).collect(),
        };
        Ok(Self {
            show: serde_json::to_value(&answer)?,
            standing,
            trajectories: encode_trajectories(show)?.into(),
            certificate_json,
            behind: Behind::Nothing,
            safety_json: OnceLock::new(),
            flown: None,
        })
    }

    /// The same, with how well its scenes are read.
    ///
    /// # Errors
    /// [`ViewError`].
    pub fn with_readings(mut self, readings: &[SceneReading]) -> Result<Self, ViewError> {
        self.show["readings"] = serde_json::to_value(readings)?;
        Ok(self)
    }

    /// The same, with a flight of it beside its plan.
    #[must_use]
    pub fn with_flown(mut self, flown: Flown) -> Self {
        self.flown = Some(flown);
        self
    }

    /// What the page is told of the show, as JSON.
    pub(super) fn show_json(&self, version: u64) -> Bytes {
        let mut show = self.show.clone();
        show["version"] = version.into();
        show.to_string().into()
    }

    /// The figures of the safety page, as JSON: extremes of the fleet over time, the closest pairs, where falls could
    /// end. Blocks the thread while they are made, the first time.
    ///
    /// # Errors
    /// Why there are none, in a sentence.
    pub(super) fn safety_json(&self) -> Result<Bytes, String> {
        self.safety_json.get_or_init(|| self.make_safety_json()).clone()
    }

    fn make_safety_json(&self) -> Result<Bytes, String> {
        let json = |judged: &Judged| {
            let figures = serde_json::to_vec(&judged.safety(&Silent));
            figures.map(Bytes::from).map_err(|_| "the safety figures of this show have no JSON form".to_owned())
        };
        match &self.behind {
            Behind::Nothing => Err("this show is not judged, so it has no safety figures".to_owned()),
            Behind::Judged(judged) => json(judged),
            Behind::Checked { source, document } => {
                let options = document.get("options").cloned().unwrap_or_default();
                let options = serde_json::from_value::<Option<Options>>(options).ok().flatten().unwrap_or_default();
                let judged = certify(source, &options, &Silent).map_err(|error| error.to_string())?;
                let name = document["file"]["name"].as_str().unwrap_or_default();
                let stated = serde_json::to_value(judged.certificate().for_copy(name));
                if stated.is_ok_and(|stated| stated == **document) {
                    json(&judged)
                } else {
                    Err("the certificate beside this file is not what a proof says of it: kapok view --prove makes the \
                         proof"
                        .to_owned())
                }
            }
        }
    }

    /// The same if they are made already.
    pub(super) fn ready_safety_json(&self) -> Option<Bytes> {
        self.safety_json.get().and_then(|made| made.as_ref().ok()).cloned()
    }
}
