//! The planning protocol that the add-on *Skybrush Studio for Blender* speaks, sans I/O: [`answer`] turns a [`Request`] into a
//! [`Reply`]. Sockets, HTTP, compression, guards and threads are `server`'s.
//!
//! Row of the architecture: **knows** the protocol: its endpoints, wire types, and words of refusal; **imports** `show`, `motion`, `design`, `plan`,
//! `certify`, `format`, `report`, which do the work. No I/O, no clock.
//!
//! # The protocol
//! JSON over HTTP, every endpoint with and without `/api/v1` in front. Points are `[x, y, z]` in metres, z up, in the frame of
//! the scene.
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
//! | `POST /operations/plan-smart-rth` | a flight to its target for each drone, proved free of collision |
//! | `POST /operations/create-static-formation` | points on the shapes of an SVG |
//! | `POST /operations/render`, `multi-render` | show files; the show is proved first and the verdict stated |
//!
//! # Replies
//! 200 with `application/json` or `application/octet-stream`; what a person should read is 400 or 500 with
//! `{"detail": "..."}`, for the add-on shows the text of no other status that is the protocol's.
//!
//! # One text, one request
//! A body that two readers could read differently is refused before anything is read from it: a key twice in an object, a key
//! `$ref` in any spelling, a list where an object is meant.
//!
//! # Determinism
//! The same request has the same reply on any number of threads.

mod answer;
mod endpoint;
mod json;
mod operations;
mod points;
mod refusal;
mod render;
mod reply;

pub use answer::{Request, answer};
pub use endpoint::Endpoint;
pub use reply::Reply;
