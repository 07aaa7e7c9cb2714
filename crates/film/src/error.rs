use crate::camera::{MAX_SIDE_PX, MIN_SIDE_PX};

/// Why a picture cannot be drawn or written.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FilmError {
    /// Too small or too large.
    #[error("a picture of {width_px} × {height_px} pixels is not drawn: each side is {MIN_SIDE_PX} to {MAX_SIDE_PX}")]
    Size {
        /// Width asked for.
        width_px: u32,
        /// Height asked for.
        height_px: u32,
    },
    /// No such field of view.
    #[error(
        "the field of view of {fov_deg} degrees is not drawn: give {} to {}",
        crate::MIN_FOV_DEG,
        crate::MAX_FOV_DEG
    )]
    Fov {
        /// What was asked for.
        fov_deg: f64,
    },
    /// No camera of that name.
    #[error("there is no camera \"{name}\"{}: the cameras are {}", meant(nearest.as_deref()), listed(known))]
    Camera {
        /// What was asked for.
        name: String,
        /// The nearest name.
        nearest: Option<String>,
        /// All names.
        known: Vec<String>,
    },
    /// No scene of that name.
    #[error("there is no scene \"{name}\"{}: the scenes are {}", meant(nearest.as_deref()), listed(known))]
    Scene {
        /// What was asked for.
        name: String,
        /// The nearest name.
        nearest: Option<String>,
        /// All names, in order.
        known: Vec<String>,
    },
    /// The file names no scenes.
    #[error("the show has no scenes with names: ask for an instant")]
    NoScenes,
    /// An instant outside the show.
    #[error("{at_s} s is not within the show, which lasts {duration_s} s")]
    Time {
        /// What was asked for, seconds.
        at_s: f64,
        /// Length of the show, seconds.
        duration_s: f64,
    },
    /// More than is drawn in one go.
    #[error("{what} of {found} {unit} is not written: at most {most}")]
    TooMany {
        /// What would have so many.
        what: &'static str,
        /// Of what.
        unit: &'static str,
        /// How many.
        found: u64,
        /// The limit.
        most: u64,
    },
    /// An encoder refused: a fault of this crate.
    #[error("cannot encode the picture: {0}")]
    Encode(String),
}

/// A name that is near, as the middle of a sentence.
fn meant(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| format!(", did you mean \"{name}\"?"))
}

/// Names in quotation marks; of many the first.
fn listed(names: &[String]) -> String {
    const MOST: usize = 12;
    let mut text: Vec<String> = names.iter().take(MOST).map(|name| format!("\"{name}\"")).collect();
    if names.len() > MOST {
        text.push(format!("{} more", names.len() - MOST));
    }
    text.join(", ")
}

/// The name that is most like what was asked for, if any is.
pub fn nearest<'a>(asked: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let asked = asked.to_lowercase();
    let likeness = |name: &str| strsim::jaro_winkler(&asked, &name.to_lowercase());
    let best = known.into_iter().map(|name| (likeness(name), name)).max_by(|a, b| a.0.total_cmp(&b.0));
    best.filter(|(likeness, _)| *likeness > 0.7).map(|(_, name)| name.to_owned())
}
