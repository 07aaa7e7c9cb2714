//! The .skyc container: a ZIP archive with `show.json` and, by reference, one trajectory and one light program per drone.
//!
//! # The format
//! `show.json` has `version` 1 and holds the environment (location, cameras), meta data (title, segments), settings
//! (cues, geofence, limits for validation) and `swarm.drones`. Any object `{"$ref": "./path#/fragment"}` stands for the
//! member, or a part of it. Coordinates are north-west-up metres, x along the show's orientation; times are seconds.
//! A trajectory is a list of `[t, [x, y, z], [inner control points]]`, each entry the piece **arriving** at its point:
//! no inner point is a line, one a quadratic, two a cubic, six the 7th degree. `t` counts from `takeoffTime`.
//! Lights are the byte code of [`crate::light`] in base64. A drone may also have yaw control, pyrotechnics, a return plan
//! and a group; the show may have music, as an asset of the archive. Times of yaw and pyrotechnics are those of the show:
//! they do not count from `takeoffTime`.
//!
//! # What Kapok adds
//! One object `kapok` beside the standard members, which other programs skip: the site unrounded, the whole environment,
//! all limits, the vehicle profile, chapters with their kinds, light keys that are not on the 20 ms grid, and the largest
//! acceleration of return plans. The
//! standard members rule: where another program has changed one of them, the added object yields, and a note says so.
//!
//! # Exactness
//! Times are written as whole milliseconds, coordinates as the shortest decimals that read back as the same `f64`.
//! A show written and read is equal to itself.

mod audio;
mod camera;
mod chapters;
mod extension;
mod head;
mod parts;
mod pyro;
mod read;
mod return_to_home;
mod settings;
mod times;
mod trajectory;
mod vehicle;
mod write;
mod yaw;

pub use read::read_skyc;
pub use write::write_skyc;

pub(crate) use read::read_archive;
