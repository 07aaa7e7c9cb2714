//! The planning server that the Skybrush Studio add-on for Blender talks to, without a limit on drones.
//!
//! # Interface
//! Every path exists as it is and below `/api/v1`. Points are `[x, y, z]` in metres, z up.
//!
//! | path | answer |
//! | --- | --- |
//! | `GET /ping` | `{"result": true}` |
//! | `GET /queries/version` | the version of the protocol that is served |
//! | `GET /queries/limits` | no limit on drones; the optional formats that can be written |
//! | `POST /operations/match-points` | `mapping[target] = source` of least Σd², clearance on straight lines |
//! | `POST /operations/plan-transition` | start times and durations that keep the limits under the add-on's easing |
//! | `POST /operations/plan-takeoff`, `decompose` | layers: members of a group are `min_distance` apart |
//! | `POST /operations/plan-landing` | start times and durations straight down |
//! | `POST /operations/plan-smart-rth` | a return to home for each drone, proved free of collision |
//! | `POST /operations/create-static-formation` | points on the shapes of an SVG |
//! | `POST /operations/render`, `multi-render` | show files; the show is proved first and the verdict stated |
//!
//! # Answers
//! 200 with `application/json` or `application/octet-stream`; everything a person should read is 400, 403 or 500 with
//! `{"detail": "..."}`, for the add-on shows the text of no other status.
//!
//! # Guards
//! Those of every server of this crate, and an API key where one is set; planning runs on a bounded number of threads, and a
//! fault in it answers that one request only.

mod exchange;
mod fault;
mod formation;
mod home;
mod landing;
mod layers;
mod match_points;
mod near;
mod offline;
mod points;
mod render;
mod route;
mod transition;

use tokio::net::TcpListener;

use crate::door;
use crate::{ServeError, ServerSettings};

pub use offline::{StudioReply, answer_request};

/// Serves the planning protocol until `stop` completes.
///
/// # Guarantees
/// No request ends the server: whatever goes wrong in one is answered to that one, or its connection is closed.
///
/// # Errors
/// [`ServeError::NoApiKey`] for a listener beyond loopback without an API key; [`ServeError::Io`] when its address cannot
/// be asked for.
pub async fn serve_studio(
    listener: TcpListener,
    settings: ServerSettings,
    stop: impl Future<Output = ()> + Send,
) -> Result<(), ServeError> {
    door::serve(listener, settings, exchange::refuse, exchange::router, stop).await
}
