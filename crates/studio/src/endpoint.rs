use crate::refusal::{Refusal, shortened};
use crate::reply::Reply;

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// Is the server there?
    Ping,
    /// Version of the protocol.
    Version,
    /// Limits and optional formats.
    Limits,
    /// Assignment of drones to points.
    MatchPoints,
    /// Timing of a transition.
    PlanTransition,
    /// Layers above a tight grid.
    PlanTakeoff,
    /// The same by its older name.
    Decompose,
    /// Timing of a landing onto a tight grid.
    PlanLanding,
    /// Return to home without collisions.
    PlanSmartRth,
    /// Points on a picture.
    CreateStaticFormation,
    /// One file of a show.
    Render,
    /// Several files of a show, zipped.
    MultiRender,
}

impl Endpoint {
    /// All endpoints.
    pub const ALL: [Self; 12] = [
        Self::Ping,
        Self::Version,
        Self::Limits,
        Self::MatchPoints,
        Self::PlanTransition,
        Self::PlanTakeoff,
        Self::Decompose,
        Self::PlanLanding,
        Self::PlanSmartRth,
        Self::CreateStaticFormation,
        Self::Render,
        Self::MultiRender,
    ];

    /// Its path, without a prefix.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Ping => "/ping",
            Self::Version => "/queries/version",
            Self::Limits => "/queries/limits",
            Self::MatchPoints => "/operations/match-points",
            Self::PlanTransition => "/operations/plan-transition",
            Self::PlanTakeoff => "/operations/plan-takeoff",
            Self::Decompose => "/operations/decompose",
            Self::PlanLanding => "/operations/plan-landing",
            Self::PlanSmartRth => "/operations/plan-smart-rth",
            Self::CreateStaticFormation => "/operations/create-static-formation",
            Self::Render => "/operations/render",
            Self::MultiRender => "/operations/multi-render",
        }
    }

    /// Is it asked with POST and a JSON body? The others are asked with GET.
    pub const fn is_operation(self) -> bool {
        !matches!(self, Self::Ping | Self::Version | Self::Limits)
    }

    /// The reply to an operation of another name: with its text, which the add-on shows with 400 but not with 404.
    pub fn unknown_operation(name: &str) -> Reply {
        let name = shortened(name);
        Refusal::BadRequest(format!("this server does not know the operation \"{name}\"")).into()
    }
}
