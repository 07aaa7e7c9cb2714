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
//! All servers stand behind one guard. The listener is bound to loopback unless an API key is given. Requests whose `Host` is
//! not a loopback name are refused, and so are those of pages of other sites: a foreign page can neither read the show by
//! pointing its own name at this machine nor make the server work. The viewer's pages may load nothing from elsewhere
//! (Content-Security-Policy). It serves only GET and HEAD; nothing can be changed.
//!
//! # Bounds
//! Connections, bodies (each and together, before and after decompression), computations and the time of every stage of a
//! connection are bounded by [`ServerSettings`]. Clients that neither send nor take give way to others. A server ends when it
//! is told to, whatever its clients do.

mod door;
pub mod studio;
mod viewer;

pub use door::{BadApiKey, ServeError, ServerLog, ServerSettings, bind};
pub use viewer::{MAGIC, View, ViewError, encode_trajectories, has_web_app, serve_view};
