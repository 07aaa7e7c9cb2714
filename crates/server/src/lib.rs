//! HTTP for people: the embedded web app and the one show it displays; and for Blender: the planning server ([`studio`]).
//!
//! Row of the architecture: **knows** HTTP, the web app and the protocol of the Blender add-on; **imports** all rooms above it.
//!
//! # Interface of the viewer
//! | path | answer |
//! | --- | --- |
//! | `/` and files below | the web app, embedded at compile time |
//! | `/api/show` | JSON: title, file, site, environment, limits, chapters, names and pads |
//! | `/api/trajectories` | the binary form of [`encode_trajectories`] |
//! | `/api/certificate` | JSON: the certificate |
//! | `/api/safety` | JSON: the figures of the safety page, [`kapok_certify::SafetyReport`]; made when first asked for |
//!
//! # Security
//! The listener is bound to loopback unless the caller asks otherwise. Requests whose `Host` is not a loopback name are
//! refused, so that a foreign web page cannot read the show by pointing its own name at this machine. The pages may
//! load nothing from elsewhere (Content-Security-Policy). Only GET and HEAD are served; nothing can be changed.

mod assets;
mod http;
pub mod studio;
mod trajectories;
mod view;

pub use assets::has_web_app;
pub use http::{ServeError, bind_loopback, serve};
pub use trajectories::{MAGIC, encode_trajectories};
pub use view::{View, ViewError};
