//! One HTTP server on loopback: the web app with the show that it displays, and the planning protocol of the Blender add-on, are
//! mounts of it.
//!
//! Row of the architecture: **knows** HTTP: routes, guard, bounds of requests, and what the viewer's page is served; **imports**
//! `log`, `studio`, whose protocol it carries, and the rooms whose answers it sends.
//!
//! # Paths
//! | path | answer |
//! | --- | --- |
//! | `GET /` and files below | the web app, embedded at compile time |
//! | `GET /api/v1/show` | JSON: title, file, site, environment, limits, chapters, names and pads |
//! | `GET /api/v1/live` | server-sent events: [`LiveAnswer`], at once and after every change of the screen |
//! | `GET /api/v1/trajectories` | the binary form of [`encode_trajectories`] |
//! | `GET /api/v1/certificate` | JSON: the certificate; `null` where there is none, or none yet |
//! | `GET /api/v1/safety` | JSON: the figures of the safety page, [`kapok_certify::SafetyReport`]; made when first asked for |
//! | `GET /api/v1/flown` | JSON: what a flight log says of the show; `null` where none is shown |
//! | `GET /api/v1/flown/K` | where the vehicles were in the log's block K: the binary form of [`Flown::new`] |
//! | `POST /api/v1/open/NAME` | a file that was dropped on the page, `application/octet-stream`: put on the screen of all |
//! | `/ping`, `/queries/…`, `/operations/…`, the same below `/api/v1` | the endpoints of [`kapok_studio`] |
//!
//! With `?version=N`, the number of a show that the page was told of, another one is answered with 204. A refusal is JSON, `{"detail": "..."}`, with the
//! status 400, 403, 404, 405, 500 or 503.
//!
//! # Security
//! One guard stands before all mounts. The listener is bound to loopback unless an API key is given. Requests whose `Host` is
//! not a loopback name are refused, and so are those of pages of other sites: a foreign page can neither read the show by
//! pointing its own name at this machine nor make the server work. Keys are compared in constant time. The viewer's pages may
//! load nothing from elsewhere (Content-Security-Policy). No file can be changed; what a page of this server sends can be put on
//! its screen.
//!
//! # Bounds
//! Connections, bodies (each and together, before and after decompression), computations and the time of every stage of a
//! connection are bounded by [`ServerSettings`]. Clients that neither send nor take give way to others. A server ends when it
//! is told to, whatever its clients do.
//!
//! # Events
//! Each request is a `tracing` span. Levels are for readers: `error` is a fault of Kapok, `warn` a refused request, `info` a line
//! for the operator (exports and their verdicts), `debug` everything else that happens. Text from outside is printable
//! ([`kapok_show::printable`]).

mod door;
mod mount;
mod studio;
mod viewer;

pub use door::{BadApiKey, ServeError, ServerSettings, bind, unpack};
pub use mount::{Mount, serve};
pub use viewer::{
    Flown, LiveAnswer, MAGIC, MarkedMistake, News, Opener, SceneReading, Screen, Standing, Trouble, View, ViewError,
    Work, encode_trajectories, has_web_app, viewer_schema,
};
