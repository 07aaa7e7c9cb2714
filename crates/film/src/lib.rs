//! Pictures and films of a show, drawn by the processor alone: a show, a camera and an instant give the pixels.
//!
//! Row of the architecture: **knows** cameras, the optics of lights, what stands around a show, PNG and GIF; **imports**
//! `show`, `motion`, `fonts`. No files, no clock: frames come out.
//!
//! # The camera
//! A pinhole at the eye e with axes right, up and ahead, never rolled. With H pixels of height and a vertical field of view φ
//! the focal length is f = H / (2 tan(φ/2)) pixels; a point p at depth z = (p − e)·ahead > 0 is seen f (p − e)·right / z to
//! the right of the middle and f (p − e)·up / z above it.
//!
//! The audience's camera looks where the show file says if the file states how wide it looks; else it is turned and as wide as
//! the pictures need, upright pictures too. With the outermost lights of five instants of each formation at the slopes x, y it
//! is turned until both ranges lie evenly about 0, and f = 0.88 min(W / 2x, H / 2y); the ground under the lights is one more
//! point where that costs no more than a factor of 1.3. One camera serves the whole show. The viewer's cameras frame by the same
//! rule ([`Looks`]); cases that both are held to stand in `web/tests/unit/framing-cases.json`.
//!
//! # The light of a vehicle
//! A point with a glow. All of it is linear light; colours of lamps are decoded by sRGB's curve first. With r in pixels from
//! the point, z in metres, and per show the diameter D of the vehicles and the spacing s of the lights (the median distance
//! of nearest neighbours in the densest scene):
//!
//! | quantity | is |
//! | --- | --- |
//! | pixels to a spacing, to a diameter | s′ = s f / z, D′ = D f / z |
//! | core | σ = √(0.7² + min(0.12 s′, 0.6 D′)²) |
//! | glow | a = 1.6 σ + 0.13 s′, ends at R = 3 a; all at most 12 % of H |
//! | shape | I(r) = 2.8 C exp(−r²/2σ²) + 0.45 c (1 + r²/a²)⁻² (1 − r²/R²)² |
//! | colour | c the lamp's light; C = c + 0.1 (max c − c): the middle is overexposed |
//! | merging | times min(1, 1.5 s′² / E), E = 2π σ² 2.8 + 0.7 π a² 0.45: an area of lights keeps its colour |
//! | haze | times exp(−(z/2600)^1.5), which is also what bodies and land lose to the sky |
//! | in the water | at (x, y, −z): 1.3 σ + s′/20 wide, 5 times as high, 0.55 E, times how well the water mirrors |
//! | on the ground | mean light of all as of one lamp at the middle m: 0.035 (h² / (1 + \|p − m\|²))^1.5, h its height |
//! | displayed | sRGB(1 − exp(−x)) of the sum x of all light and of the background |
//!
//! So a show of a few small vehicles has small lights far apart, and a large fleet far away keeps at least 0.7 pixels a light
//! without turning white. A light is seen where no body is nearer; nothing is seen through the ground.
//!
//! # What stands behind
//! Each pixel follows its ray to what it meets first: sky, ground with waters, roads and audience areas, or a body: buildings,
//! and the volumes that are kept out of. Its colour is one of a [`Mood`]. A keep-out around a landmark or over an audience is a
//! rule and no body. That is drawn once for a camera; a frame then sums light only in the tiles of 32 × 32 pixels that light
//! reaches, and copies the others.
//!
//! # Determinism
//! The same bytes on any number of threads: every pixel sums its lights in the order of the vehicles, in 32-bit floats without
//! fused operations; exponentials come from tables made by [`kapok_show::math`].
//!
//! # Source
//! The profile of the glow is Moffat's (Astronomy and Astrophysics 3, 1969), that of stars through air; the tone curve is the
//! exposure of film. The GIF palette is by Dekker's network (NeuQuant, 1994).

mod background;
mod body;
mod camera;
mod colour;
mod encode;
mod error;
mod film;
mod framing;
mod label;
mod land;
mod light;
mod line;
mod looks;
mod mood;
mod pictures;
mod sheet;
mod tower;

pub use camera::{Camera, FrameSize, MAX_SIDE_PX, MIN_SIDE_PX};
pub use encode::{GifFilm, png};
pub use error::FilmError;
pub use film::{Film, Frame};
pub use framing::{FramingRule, MAX_FOV_DEG, MIN_FOV_DEG, View};
pub use light::Optics;
pub use looks::{Looks, MoodLook};
pub use mood::{Mood, Palette};
pub use pictures::{Pictures, ScenePicture};
pub use sheet::{MAX_SHEET_SCENES, contact_sheet, side_by_side};
