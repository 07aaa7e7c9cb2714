//! What changed between two shows, in words and in a picture.
//!
//! # What counts as the same
//! Formats round: .skyc to 0.1 mm and milliseconds, CSV to rows a second. So two trajectories are the same where they are never
//! farther apart than a tolerance, and two lights where they never differ by more than 3 of 255 for longer than 50
//! milliseconds. Only what both files can state is compared.
//!
//! Distances of trajectories are measured at the ends of all pieces and at most 100 milliseconds apart, the largest then refined: figures
//! to look at, no proof. Lights are compared exactly: between two keys each channel is a straight line.

mod answer;
mod facts;
mod lights;
mod motion;
mod picture;
mod request;
mod scenes;
mod side;

use kapok_show::Reporter;

use self::side::{Side, side};
use crate::error::JobError;
use crate::file::MadeFile;

pub use answer::{
    ComparedShow, DiffAnswer, FactChange, LightChange, MotionChange, RuleChange, SceneChange, VehicleChange,
    VerdictChange,
};
pub use request::{DiffRequest, DiffSource};

/// What was compared.
#[derive(Clone, Debug)]
pub struct ShowDiff {
    /// What changed.
    pub answer: DiffAnswer,
    /// The picture.
    pub file: Option<MadeFile>,
}

/// Compares two shows: `names` are what the answer calls them.
///
/// # Guarantees
/// [`DiffAnswer::same`] if nothing that both state differs beyond the tolerances that the answer names. Nothing is proved unless the
/// request asks for it: then the bytes of files, and those that would be written of scripts.
///
/// # Errors
/// [`JobError`] if one is no show or no script that can be planned ([`JobError::NoPlan`]), or a setting makes no sense.
///
/// # Complexity
/// Linear in pieces, light keys and tenths of a second of all vehicles; n log n in vehicles for each scene. Scripts are planned, and
/// with `prove` both are proved.
///
/// # Determinism
/// The same inputs give the same answer and the same picture on any number of threads.
pub fn diff(
    sources: [DiffSource<'_>; 2],
    names: [&str; 2],
    request: &DiffRequest,
    reporter: &dyn Reporter,
) -> Result<ShowDiff, JobError> {
    request.paths()?;
    let [a, b] = sources;
    let (a, b) = (side(a, names[0], request.prove, reporter)?, side(b, names[1], request.prove, reporter)?);
    reporter.phase("comparing", 0);
    let pairs = motion::Pairs::of(&a.show, &b.show);
    let motion = motion::compare(&a.show, &b.show, &pairs, request.tolerance_m);
    let lights = lights::compare(&a.show, &b.show, &pairs);
    let both = a.states_all && b.states_all;
    let (facts, scenes) = if both {
        (facts::compare(&a.show, &b.show, &pairs), scenes::compare(&a.show, &b.show, request.tolerance_m))
    } else {
        (facts::duration(&a.show, &b.show, lights.is_some() || motion.changed > 0).into_iter().collect(), Vec::new())
    };
    let same = facts.is_empty() && scenes.is_empty() && motion.is_same() && lights.is_none();
    let mut answer = DiffAnswer {
        a: ComparedShow::of(names[0], &a),
        b: ComparedShow::of(names[1], &b),
        same,
        facts,
        scenes,
        motion,
        lights,
        verdicts: answer::verdicts(a.certificate.as_ref(), b.certificate.as_ref()),
        notes: Vec::new(),
        t_ms: None,
        file: None,
    };
    let silent = |side: &Side, name: &str| (!side.states_all).then(|| format!("{name} ({})", side.format));
    let (first, second) = (silent(&a, names[0]), silent(&b, names[1]));
    let what = "title, site, fleet, limits and scenes: these are not compared.";
    match (first, second) {
        (Some(a), Some(b)) => answer.notes.push(format!("{a} and {b} do not state {what}")),
        (Some(one), None) | (None, Some(one)) => answer.notes.push(format!("{one} does not state {what}")),
        (None, None) => {}
    }
    for (name, side) in names.iter().zip([&a, &b]) {
        answer.notes.extend(side.notes.iter().map(|note| format!("{name}: {note}")));
    }
    let mut file = None;
    if let Some(path) = &request.output {
        match answer.seen_at_ms() {
            Some(t_ms) => {
                let bytes = picture::draw([&a.show, &b.show], names, &pairs, &answer.motion, t_ms, request, reporter)?;
                answer.t_ms = Some(t_ms);
                file = Some(MadeFile::new(path, bytes));
            }
            None => answer.notes.push("Nothing that is seen differs: no picture was drawn.".to_owned()),
        }
    }
    answer.file = file.as_ref().map(MadeFile::record);
    Ok(ShowDiff { answer, file })
}
