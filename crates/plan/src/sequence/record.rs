use kapok_show::{Chapter, ChapterKind};

use crate::outcome::TransitionReport;

/// How far the closest pair is looked for where none is known, in multiples of the separation.
pub const FARTHEST_LOOK: f64 = 4.0;

/// What has been planned so far.
#[derive(Default)]
pub struct Record {
    pub chapters: Vec<Chapter>,
    pub takeoff: Option<TransitionReport>,
    pub descent: Option<TransitionReport>,
    pub transitions: Vec<TransitionReport>,
    /// Of scenes that move.
    pub motions: Vec<TransitionReport>,
}

impl Record {
    /// Notes a chapter that ends now, unless it has no length.
    pub fn chapter(&mut self, name: String, kind: ChapterKind, start_ms: i64, end_ms: i64) {
        if end_ms > start_ms {
            self.chapters.push(Chapter { name, kind, start_ms, end_ms });
        }
    }

    /// How far the closest pair of a stretch must be looked for, in multiples of the separation, so that the closest pair of
    /// the show is known: as far as the closest pair that is known by now, `own_m` that of the stretch itself.
    pub fn look(&self, min_separation_m: f64, own_m: f64) -> f64 {
        let reports = self.takeoff.iter().chain(&self.transitions).chain(&self.motions);
        let known_m = reports.map(|r| r.closest.distance_m).fold(own_m, f64::min);
        let look = known_m / min_separation_m;
        if look.is_finite() { look.max(1.0) } else { FARTHEST_LOOK }
    }
}
