//! Formations that were sampled before. Sampling is what takes the time of a script; an edit touches few formations.

use std::sync::{Mutex, PoisonError};

use crate::formation::{Formation, FormationError, Source, sample};
use crate::reading::Reading;

/// Scripts for which a formation is kept that none of them asked for.
const KEPT_FOR: u64 = 3;

/// What was sampled before, by everything that it depends on.
///
/// # Guarantees
/// A script that is read with a memory gives the storyboard that it gives without: sources are compared whole. Mistakes are not
/// remembered.
#[derive(Default)]
pub struct FormationMemory {
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    script: u64,
    formations: Vec<Sampled>,
}

struct Sampled {
    source: Source,
    count: usize,
    spacing_bits: u64,
    seed: u64,
    formation: Formation,
    reading: Option<Reading>,
    last_script: u64,
}

impl FormationMemory {
    /// A script begins.
    pub(crate) fn begin(&self) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.script += 1;
        let oldest = known.script.saturating_sub(KEPT_FOR);
        known.formations.retain(|sampled| sampled.last_script >= oldest);
    }

    /// As [`sample`], and how well it is read.
    pub(crate) fn sample(
        &self,
        source: &Source,
        count: usize,
        spacing_m: f64,
        seed: u64,
    ) -> Result<(Formation, Option<Reading>), FormationError> {
        let spacing_bits = spacing_m.to_bits();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let now = known.script;
        let is_this =
            |s: &Sampled| (s.count, s.spacing_bits, s.seed) == (count, spacing_bits, seed) && s.source == *source;
        if let Some(sampled) = known.formations.iter_mut().find(|s| is_this(s)) {
            sampled.last_script = now;
            return Ok((sampled.formation.clone(), sampled.reading));
        }
        drop(known);
        let formation = sample(source, count, spacing_m, seed)?;
        let reading = Reading::of(source, count, seed, &formation);
        let sampled = Sampled {
            source: source.clone(),
            count,
            spacing_bits,
            seed,
            formation: formation.clone(),
            reading,
            last_script: now,
        };
        self.known.lock().unwrap_or_else(PoisonError::into_inner).formations.push(sampled);
        Ok((formation, reading))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_what_would_be_sampled_and_what_is_not_asked_for_is_let_go() {
        let memory = FormationMemory::default();
        let (circle, wider) = (Source::Circle { radius_m: 30.0 }, Source::Circle { radius_m: 31.0 });
        let count = |memory: &FormationMemory| memory.known.lock().unwrap().formations.len();
        memory.begin();
        for _ in 0..2 {
            assert_eq!(memory.sample(&circle, 60, 2.0, 1).map(|(f, _)| f), sample(&circle, 60, 2.0, 1));
            assert_eq!(memory.sample(&wider, 60, 2.0, 1).map(|(f, _)| f), sample(&wider, 60, 2.0, 1));
            assert_eq!(memory.sample(&circle, 61, 2.0, 1).map(|(f, _)| f), sample(&circle, 61, 2.0, 1));
        }
        assert_eq!(count(&memory), 3);
        assert!(memory.sample(&circle, 100, 3.0, 1).is_err(), "too many");
        assert_eq!(count(&memory), 3, "mistakes are not remembered");
        for _ in 0..=KEPT_FOR {
            memory.begin();
            memory.sample(&circle, 60, 2.0, 1).unwrap();
        }
        assert_eq!(count(&memory), 1);
    }
}
