use kapok_certify::{Certificate, Verdict};
use schemars::JsonSchema;
use serde::Serialize;

use super::side::Side;
use crate::file::FileRecord;

/// What changed from the first show to the second.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct DiffAnswer {
    /// The first.
    pub a: ComparedShow,
    /// The second.
    pub b: ComparedShow,
    /// Nothing differs that both state.
    pub same: bool,
    /// What is said of the show as a whole: title, site, fleet, limits and so on.
    pub facts: Vec<FactChange>,
    /// Scenes that were added, removed, moved, or are otherwise; in the order of the second show, removed ones last.
    pub scenes: Vec<SceneChange>,
    /// Where vehicles fly otherwise.
    pub motion: MotionChange,
    /// Where lights shine otherwise; `null` if nowhere.
    pub lights: Option<LightChange>,
    /// What is proved of each; `null` unless both were proved.
    pub verdicts: Option<VerdictChange>,
    /// What was not compared, and what the readers left out; a sentence each.
    pub notes: Vec<String>,
    /// The instant of the picture, milliseconds.
    pub t_ms: Option<i64>,
    /// The picture.
    pub file: Option<FileRecord>,
}

/// One of the two shows.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ComparedShow {
    /// Its file.
    pub file: String,
    /// Its title.
    pub title: String,
    /// How many vehicles it has.
    pub vehicle_count: usize,
    /// How long it is, milliseconds.
    pub duration_ms: i64,
}

/// A fact that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FactChange {
    /// Which.
    pub fact: String,
    /// In the first show.
    pub a: String,
    /// In the second.
    pub b: String,
}

/// A scene that differs.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum SceneChange {
    /// The second show has it alone.
    Added {
        /// Its name.
        name: String,
        /// When its formation stands, milliseconds.
        start_ms: i64,
    },
    /// The first show has it alone.
    Removed {
        /// Its name.
        name: String,
        /// When its formation stands, milliseconds.
        start_ms: i64,
    },
    /// Both have it, and it is otherwise. Of two values the first is that of the first show.
    Changed {
        /// Its name.
        name: String,
        /// Its place in the order of those scenes that both have, from 1, if that differs.
        order: Option<[usize; 2]>,
        /// How long it takes from the end of the scene before until the formation stands, milliseconds, if that differs.
        before_ms: Option<[i64; 2]>,
        /// How long it stands, milliseconds, if that differs.
        hold_ms: Option<[i64; 2]>,
        /// When its formation stands, milliseconds.
        start_ms: [i64; 2],
        /// How far the formation of the one is from that of the other, whatever vehicle stands where, metres; `null` if it is the
        /// same.
        shape_m: Option<f64>,
    },
}

/// Where vehicles fly otherwise. Vehicles are paired by name, or in their order if no name occurs in both.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct MotionChange {
    /// Vehicles that both have.
    pub compared: usize,
    /// Those that are somewhere else at some instant.
    pub changed: usize,
    /// Positions that are no farther apart are the same, metres.
    pub tolerance_m: f64,
    /// The largest distance of a vehicle of the one from itself in the other at the same instant, metres, also below the tolerance.
    pub largest_m: f64,
    /// The vehicles that changed most, at most twenty, the largest distance first.
    pub vehicles: Vec<VehicleChange>,
    /// How many the first show has alone.
    pub removed: usize,
    /// How many the second show has alone.
    pub added: usize,
}

/// A vehicle that flies otherwise.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct VehicleChange {
    /// Its name in the second show.
    pub name: String,
    /// Largest distance, metres.
    pub largest_m: f64,
    /// When, milliseconds.
    pub t_ms: f64,
}

/// Where lights shine otherwise.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct LightChange {
    /// Vehicles whose light differs at some time.
    pub vehicles: usize,
    /// Seconds of single vehicles with another colour.
    pub vehicle_seconds: f64,
    /// The same as a share of all seconds of the vehicles that both shows have, 0 to 1.
    pub share: f64,
    /// When the first light differs, milliseconds.
    pub first_ms: f64,
    /// When most lights differ, milliseconds.
    pub most_ms: i64,
}

/// What is proved of two shows.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct VerdictChange {
    /// The verdict of the first.
    pub a: Verdict,
    /// The verdict of the second.
    pub b: Verdict,
    /// Rules whose verdict or worst case differs.
    pub rules: Vec<RuleChange>,
}

/// A rule of two certificates.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct RuleChange {
    /// Its name for people.
    pub title: String,
    /// Unit of the values.
    pub unit: String,
    /// What was decided, in the first show and in the second.
    pub verdicts: [Verdict; 2],
    /// The worst cases; `null` where there is none.
    pub worst: [Option<f64>; 2],
}

impl ComparedShow {
    pub(super) fn of(file: &str, Side { show, .. }: &Side) -> Self {
        Self {
            file: file.to_owned(),
            title: show.title.clone(),
            vehicle_count: show.vehicles.len(),
            duration_ms: show.duration_ms(),
        }
    }
}

impl MotionChange {
    /// The same vehicles on the same trajectories?
    pub const fn is_same(&self) -> bool {
        self.changed == 0 && self.removed == 0 && self.added == 0
    }
}

impl DiffAnswer {
    /// When the largest change is seen, milliseconds; `None` if none is.
    pub(super) fn seen_at_ms(&self) -> Option<i64> {
        let moved = self.motion.vehicles.first().map(|v| v.t_ms.round() as i64);
        moved.or_else(|| self.lights.as_ref().map(|l| l.most_ms)).or_else(|| (!self.motion.is_same()).then_some(0))
    }
}

/// Worst cases that differ by less are the same to a reader.
const SAME_SHARE: f64 = 1e-6;

pub(super) fn verdicts(a: Option<&Certificate>, b: Option<&Certificate>) -> Option<VerdictChange> {
    let (a, b) = (a?, b?);
    let rules = a.rules.iter().filter_map(|of_a| {
        let of_b = b.rules.iter().find(|r| r.rule == of_a.rule)?;
        let worst = [of_a, of_b].map(|r| r.worst.as_ref().map(|w| w.value));
        let differs = match worst {
            [Some(a), Some(b)] => (a - b).abs() > SAME_SHARE * a.abs().max(b.abs()).max(1.0),
            [a, b] => a.is_some() != b.is_some(),
        };
        (differs || of_a.verdict != of_b.verdict).then(|| RuleChange {
            title: of_a.title.clone(),
            unit: of_a.limit.unit.clone(),
            verdicts: [of_a.verdict, of_b.verdict],
            worst,
        })
    });
    Some(VerdictChange { a: a.verdict, b: b.verdict, rules: rules.collect() })
}
