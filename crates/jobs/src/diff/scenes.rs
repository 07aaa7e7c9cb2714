use std::collections::BTreeMap;

use kapok_show::{Chapter, ChapterKind, DVec3, Show};
use rayon::prelude::*;

use super::answer::SceneChange;

/// Shares of a scene at which its formation is looked at.
const LOOKS: [f64; 3] = [0.0, 0.5, 1.0];

/// A scene with the time that leads to it.
struct Stand<'a> {
    chapter: &'a Chapter,
    before_ms: i64,
}

fn stands(show: &Show) -> Vec<Stand<'_>> {
    let mut end_ms = 0;
    let formations = show.chapters.iter().filter(|c| c.kind == ChapterKind::Formation);
    formations
        .map(|chapter| {
            let before_ms = chapter.start_ms - end_ms;
            end_ms = chapter.end_ms;
            Stand { chapter, before_ms }
        })
        .collect()
}

/// Scenes are paired by name; of those with one name the first with the first.
fn paired(a: &[Stand], b: &[Stand]) -> Vec<Option<usize>> {
    let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (i, stand) in a.iter().enumerate().rev() {
        by_name.entry(&stand.chapter.name).or_default().push(i);
    }
    b.iter().map(|stand| by_name.get_mut(stand.chapter.name.as_str()).and_then(Vec::pop)).collect()
}

/// Members of the longest ascending part of a list without repetition: those that keep their order.
fn in_order(list: &[usize]) -> Vec<bool> {
    // Last member of the best part of each length, and what was before each member.
    let (mut tails, mut before): (Vec<usize>, Vec<Option<usize>>) = (Vec::new(), Vec::new());
    for (k, &value) in list.iter().enumerate() {
        let at = tails.partition_point(|&tail| list[tail] < value);
        before.push(at.checked_sub(1).map(|last| tails[last]));
        if at == tails.len() { tails.push(k) } else { tails[at] = k }
    }
    let mut keeps = vec![false; list.len()];
    let mut next = tails.last().copied();
    while let Some(k) = next {
        keeps[k] = true;
        next = before[k];
    }
    keeps
}

/// Scenes that differ.
pub fn compare(a: &Show, b: &Show, tolerance_m: f64) -> Vec<SceneChange> {
    let (of_a, of_b) = (stands(a), stands(b));
    let pairs = paired(&of_a, &of_b);
    let both: Vec<usize> = pairs.iter().filter_map(|i| *i).collect();
    let keeps = in_order(&both);
    let mut sorted = both.clone();
    sorted.sort_unstable();
    // The place of each pair among those that both have.
    let mut place = 0;
    let placed: Vec<Option<(usize, usize)>> = pairs
        .iter()
        .map(|i| {
            i.map(|i| {
                place += 1;
                (i, place - 1)
            })
        })
        .collect();
    let change = |(stand, pair): (&Stand, &Option<(usize, usize)>)| -> Option<SceneChange> {
        let chapter = stand.chapter;
        let Some((i, k)) = *pair else {
            return Some(SceneChange::Added { name: chapter.name.clone(), start_ms: chapter.start_ms });
        };
        let old = &of_a[i];
        let times = |from: i64, to: i64| (from != to).then_some([from, to]);
        let hold = |c: &Chapter| c.end_ms - c.start_ms;
        let order = (!keeps[k]).then(|| [sorted.partition_point(|&s| s < i) + 1, k + 1]);
        let before_ms = times(old.before_ms, stand.before_ms);
        let hold_ms = times(hold(old.chapter), hold(chapter));
        let shape_m = Some(shape_m(a, old.chapter, b, chapter)).filter(|m| *m > tolerance_m);
        if order.is_none() && before_ms.is_none() && hold_ms.is_none() && shape_m.is_none() {
            return None;
        }
        let start_ms = [old.chapter.start_ms, chapter.start_ms];
        Some(SceneChange::Changed { name: chapter.name.clone(), order, before_ms, hold_ms, start_ms, shape_m })
    };
    let all: Vec<_> = of_b.iter().zip(&placed).collect();
    let mut changes: Vec<SceneChange> = all.into_par_iter().filter_map(change).collect();
    let removed = of_a.iter().enumerate().filter(|(i, _)| !both.contains(i)).map(|(_, stand)| stand.chapter);
    changes.extend(removed.map(|c| SceneChange::Removed { name: c.name.clone(), start_ms: c.start_ms }));
    changes
}

/// How far the places of the one formation are from those of the other, at the same shares of both scenes.
fn shape_m(a: &Show, in_a: &Chapter, b: &Show, in_b: &Chapter) -> f64 {
    let places = |show: &Show, chapter: &Chapter, share: f64| -> Vec<DVec3> {
        let t_ms = chapter.start_ms as f64 + share * (chapter.end_ms - chapter.start_ms) as f64;
        let mut places: Vec<_> = show.vehicles.iter().map(|v| v.trajectory.sample(t_ms).position_m).collect();
        places.sort_by(|p, q| p.x.total_cmp(&q.x));
        places
    };
    let apart = LOOKS.map(|share| {
        let (p, q) = (places(a, in_a, share), places(b, in_b, share));
        farthest_m(&p, &q).max(farthest_m(&q, &p))
    });
    apart.into_iter().fold(0.0, f64::max)
}

/// The largest distance from a point of the one list to the nearest of the other; both sorted by x.
fn farthest_m(from: &[DVec3], to: &[DVec3]) -> f64 {
    let nearest = |p: &DVec3| {
        let middle = to.partition_point(|q| q.x < p.x);
        let mut best = f64::INFINITY;
        let (mut left, mut right) = (middle, middle);
        loop {
            let at_left = left.checked_sub(1).map(|k| to[k]).filter(|q| p.x - q.x < best);
            let at_right = to.get(right).copied().filter(|q| q.x - p.x < best);
            if at_left.is_none() && at_right.is_none() {
                return best;
            }
            if let Some(q) = at_left {
                best = best.min(p.distance(q));
                left -= 1;
            }
            if let Some(q) = at_right {
                best = best.min(p.distance(q));
                right += 1;
            }
        }
    };
    from.iter().map(nearest).filter(|m| m.is_finite()).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_keeps_its_order_is_the_longest_part() {
        assert_eq!(in_order(&[0, 1, 2]), [true, true, true]);
        assert_eq!(in_order(&[2, 0, 1]), [false, true, true]);
        assert_eq!(in_order(&[0, 2, 1, 3]).iter().filter(|k| **k).count(), 3);
        assert!(in_order(&[]).is_empty());
    }

    #[test]
    fn the_nearest_is_found_whatever_its_order() {
        let p: Vec<DVec3> =
            (0..50).map(|k| DVec3::new(f64::from(k % 7), f64::from(k * k % 11), f64::from(k % 3))).collect();
        let mut q: Vec<DVec3> = p.iter().map(|p| *p + DVec3::new(0.3, -0.2, 0.1)).collect();
        q.truncate(33);
        let mut sorted = [p.clone(), q.clone()];
        for list in &mut sorted {
            list.sort_by(|a, b| a.x.total_cmp(&b.x));
        }
        let plain =
            p.iter().map(|p| q.iter().map(|q| p.distance(*q)).fold(f64::INFINITY, f64::min)).fold(0.0, f64::max);
        assert!((farthest_m(&sorted[0], &sorted[1]) - plain).abs() < 1e-12);
        assert_eq!(farthest_m(&p, &[]), 0.0);
    }
}
