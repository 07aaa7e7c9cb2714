use serde_json::json;

use crate::endpoint::Endpoint;
use crate::json::read_body;
use crate::operations::{formation, landing, layers, match_points, smart_rth, transition};
use crate::refusal::Refusal;
use crate::render;
use crate::reply::Reply;

/// Version of the protocol that is served: from this one on take-off layers are asked for with plan-takeoff. The add-on
/// takes no other text than a full version without a suffix.
const PROTOCOL_VERSION: &str = "2.43.0";
/// Optional formats that can be written, by the add-on's names.
const FEATURES: [&str; 3] = ["export:kmz", "export:plot", "export:vviz"];

/// A request, decompressed.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// What is asked for.
    pub endpoint: Endpoint,
    /// The JSON body; ignored unless the endpoint is an operation.
    pub body: &'a [u8],
}

/// Answers a request.
///
/// # Guarantees
/// Every body has a reply; 500 only for a fault of ours.
///
/// # Complexity
/// That of the planner, the exporter or the proof that is asked for. Beside the body a render holds the curves, the written file
/// and copies of the music.
///
/// ```
/// use kapok_studio::{Endpoint, Request, answer};
/// let body = br#"{"version": 1, "source": [[0, 0, 9], [10, 0, 9]], "target": [[10, 1, 9], [0, 1, 9]], "radius": 0}"#;
/// let reply = answer(&Request { endpoint: Endpoint::MatchPoints, body });
/// assert_eq!(reply.body, br#"{"version":1,"mapping":[1,0],"clearance":10.0}"#);
/// ```
#[must_use]
pub fn answer(request: &Request) -> Reply {
    answered(request).unwrap_or_else(Reply::from)
}

fn answered(request: &Request) -> Result<Reply, Refusal> {
    let body = request.body;
    match request.endpoint {
        Endpoint::Ping => Reply::json(&json!({ "result": true })),
        Endpoint::Version => Reply::json(&json!({ "version": PROTOCOL_VERSION })),
        Endpoint::Limits => Reply::json(&json!({ "num_drones": null, "features": FEATURES })),
        Endpoint::MatchPoints => Reply::json(&match_points::answer(&read_body(body)?)?),
        Endpoint::PlanTransition => Reply::json(&transition::answer(&read_body(body)?)?),
        Endpoint::PlanTakeoff | Endpoint::Decompose => Reply::json(&layers::answer(&read_body(body)?)?),
        Endpoint::PlanLanding => Reply::json(&landing::answer(&read_body(body)?)?),
        Endpoint::PlanSmartRth => Reply::json(&smart_rth::answer(&read_body(body)?)?),
        Endpoint::CreateStaticFormation => formation::answer(&read_body(body)?),
        Endpoint::Render => render::answer_one(&read_body(body)?),
        Endpoint::MultiRender => render::answer_many(&read_body(body)?),
    }
}
