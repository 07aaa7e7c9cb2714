use serde::Deserialize;
use serde_json::json;

use super::fault::Fault;
use super::{formation, home, landing, layers, match_points, render, transition};
use crate::ServerLog;

/// Version of the protocol that is served: from this one on take-off layers are asked for with plan-takeoff. The add-on
/// takes no other text than a full version without a suffix.
const PROTOCOL_VERSION: &str = "2.43.0";
/// Optional formats that can be written, by the add-on's names.
const FEATURES: [&str; 3] = ["export:kmz", "export:plot", "export:vviz"];

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    Ping,
    Version,
    Limits,
    MatchPoints,
    PlanTransition,
    PlanTakeoff,
    Decompose,
    PlanLanding,
    PlanSmartRth,
    CreateStaticFormation,
    Render,
    MultiRender,
}

/// A body with its media type.
#[derive(Debug)]
pub(super) struct Answer {
    pub bytes: Vec<u8>,
    pub media_type: &'static str,
    pub headers: Vec<(&'static str, String)>,
}

impl Answer {
    pub fn json(value: &impl serde::Serialize) -> Result<Self, Fault> {
        let bytes = serde_json::to_vec(value).map_err(Fault::internal)?;
        Ok(Self { bytes, media_type: "application/json", headers: Vec::new() })
    }

    pub fn file(bytes: Vec<u8>) -> Self {
        Self { bytes, media_type: "application/octet-stream", headers: Vec::new() }
    }
}

impl Route {
    /// With or without `/api/v1` in front.
    pub fn of(path: &str) -> Result<Self, Fault> {
        let path = path.strip_prefix("/api/v1").unwrap_or(path);
        Ok(match path {
            "/ping" => Self::Ping,
            "/queries/version" => Self::Version,
            "/queries/limits" => Self::Limits,
            "/operations/match-points" => Self::MatchPoints,
            "/operations/plan-transition" => Self::PlanTransition,
            "/operations/plan-takeoff" => Self::PlanTakeoff,
            "/operations/decompose" => Self::Decompose,
            "/operations/plan-landing" => Self::PlanLanding,
            "/operations/plan-smart-rth" => Self::PlanSmartRth,
            "/operations/create-static-formation" => Self::CreateStaticFormation,
            "/operations/render" => Self::Render,
            "/operations/multi-render" => Self::MultiRender,
            // 404 would be shown without the text.
            other if other.starts_with("/operations/") => {
                let name: String = other.chars().skip("/operations/".len()).take(60).collect();
                return Err(Fault::Bad(format!("this server does not know the operation \"{name}\"")));
            }
            _ => return Err(Fault::NotFound),
        })
    }

    pub fn has_body(self) -> bool {
        !matches!(self, Self::Ping | Self::Version | Self::Limits)
    }

    pub fn query(self) -> Result<Answer, Fault> {
        Answer::json(&match self {
            Self::Version => json!({ "version": PROTOCOL_VERSION }),
            Self::Limits => json!({ "num_drones": null, "features": FEATURES }),
            _ => json!({ "result": true }),
        })
    }

    pub fn operate(self, body: &[u8], log: &ServerLog) -> Result<Answer, Fault> {
        match self {
            Self::MatchPoints => Answer::json(&match_points::answer(&parse(body)?)?),
            Self::PlanTransition => Answer::json(&transition::answer(&parse(body)?)?),
            Self::PlanTakeoff | Self::Decompose => Answer::json(&layers::answer(&parse(body)?)?),
            Self::PlanLanding => Answer::json(&landing::answer(&parse(body)?)?),
            Self::PlanSmartRth => Answer::json(&home::answer(&parse(body)?)?),
            Self::CreateStaticFormation => Answer::json(&formation::answer(&parse(body)?, log)?),
            Self::Render => render::answer_one(&read(body)?, log),
            Self::MultiRender => render::answer_many(&read(body)?, log),
            Self::Ping | Self::Version | Self::Limits => self.query(),
        }
    }
}

/// The JSON body of a planning operation. Its version, where it is stated, must be 1.
fn parse<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Fault> {
    #[derive(Deserialize)]
    struct Versioned {
        #[serde(default)]
        version: Option<f64>,
    }
    let value = read(body)?;
    match read::<Versioned>(body)?.version {
        None | Some(1.0) => Ok(value),
        Some(other) => Err(Fault::Bad(format!("the request is of version {other}, but version 1 is served"))),
    }
}

/// A JSON body.
fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Fault> {
    serde_json::from_slice(body)
        .map_err(|error| Fault::Bad(format!("the request cannot be read: {}", explained(body, &error))))
}

/// What the parser says; where the text has NaN or an infinity, which no JSON has, that.
fn explained(body: &[u8], error: &serde_json::Error) -> String {
    let line = body.split(|&b| b == b'\n').nth(error.line().saturating_sub(1)).unwrap_or_default();
    let from = error.column().saturating_sub(12).min(line.len());
    let near = String::from_utf8_lossy(&line[from..line.len().min(error.column() + 10)]).into_owned();
    if near.contains("NaN") || near.contains("Infinity") {
        return format!(
            "a number is not finite (column {}): an object in the scene has no proper position",
            error.column()
        );
    }
    error.to_string()
}
