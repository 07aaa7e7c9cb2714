/// Most conflicts that are kept one by one; beyond that only their number.
const MAX_LISTED: usize = 100_000;

/// Where two vehicles on synchronised straight lines come closest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Approach {
    pub pair: (usize, usize),
    pub distance_m: f64,
    /// Share of the way done at that moment.
    pub share: f64,
}

/// All close approaches of a move.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Approaches {
    /// The closest of all; `None` for fewer than two vehicles.
    pub closest: Option<Approach>,
    /// Those below the distance asked for, closest first, at most [`MAX_LISTED`].
    pub conflicts: Vec<Approach>,
    pub conflict_count: usize,
}

impl Approaches {
    /// One of several parts of the same motion, each of which may name the same pair: it counts once, where it is closest.
    pub fn merged(parts: Vec<Self>) -> Self {
        let mut all = Self::default();
        for part in parts {
            all.take_in(part);
        }
        all.conflicts.sort_by(|a, b| a.pair.cmp(&b.pair).then(a.distance_m.total_cmp(&b.distance_m)));
        all.conflicts.dedup_by_key(|c| c.pair);
        all.conflict_count = all.conflicts.len();
        all.sort();
        all
    }

    /// Takes in another part of the same motion, which names other pairs.
    pub fn take_in(&mut self, part: Self) {
        if let Some(closest) = part.closest {
            self.keep_closest(closest);
        }
        self.conflict_count += part.conflict_count;
        self.conflicts.extend(part.conflicts);
    }

    fn keep_closest(&mut self, next: Approach) {
        let closer = |a: &Approach, b: &Approach| (a.distance_m, a.pair) < (b.distance_m, b.pair);
        if self.closest.is_none_or(|best| closer(&next, &best)) {
            self.closest = Some(next);
        }
    }

    /// The closest first, at most [`MAX_LISTED`].
    pub fn sort(&mut self) {
        self.conflicts.sort_by(|a, b| a.distance_m.total_cmp(&b.distance_m).then(a.pair.cmp(&b.pair)));
        self.conflicts.truncate(MAX_LISTED);
    }

    /// Takes in what was found for a pair, which conflicts below `separation_m`.
    pub fn note(&mut self, next: Approach, separation_m: f64) {
        if next.distance_m < separation_m {
            self.conflict_count += 1;
            if self.conflicts.len() < MAX_LISTED {
                self.conflicts.push(next);
            }
        }
        self.keep_closest(next);
    }
}
