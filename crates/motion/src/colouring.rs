//! Colouring of graphs: classes such that neighbours differ. A graph is the list of neighbours of each of its points, each pair
//! in both lists.
//!
//! # Source
//! D. Brélaz, "New methods to color the vertices of a graph", Communications of the ACM 22 (1979).

use std::cmp::Reverse;
use std::collections::BTreeSet;

/// The least class that no neighbour has.
fn free_class(neighbours: &[u32], class_of: &[Option<u32>]) -> u32 {
    let taken: BTreeSet<u32> = neighbours.iter().filter_map(|&j| class_of[j as usize]).collect();
    (0..).zip(&taken).find(|(free, taken)| free != *taken).map_or(taken.len() as u32, |(free, _)| free)
}

/// Gives each point, in this order, the least class that no neighbour has; points that the order leaves out get class 0.
///
/// # Complexity
/// O(edges · log) time.
pub fn first_fit(neighbours: &[Vec<u32>], order: impl IntoIterator<Item = usize>) -> Vec<u32> {
    let mut class_of = vec![None; neighbours.len()];
    for i in order {
        class_of[i] = Some(free_class(&neighbours[i], &class_of));
    }
    class_of.into_iter().map(Option::unwrap_or_default).collect()
}

/// As [`first_fit`], but next is always the point whose neighbours have most classes between them, then the one with most
/// neighbours, then the first (DSATUR).
///
/// ```
/// use kapok_motion::colouring::dsatur;
/// // A ring of five needs three classes.
/// let ring: Vec<Vec<u32>> = (0..5).map(|i| vec![(i + 1) % 5, (i + 4) % 5]).collect();
/// let class_of = dsatur(&ring);
/// assert!((0..5).all(|i| class_of[i] != class_of[(i + 1) % 5]));
/// assert_eq!(class_of.iter().max(), Some(&2));
/// ```
///
/// # Guarantees
/// Optimal on graphs that two classes suffice for.
///
/// # Complexity
/// O(edges · log) time.
pub fn dsatur(neighbours: &[Vec<u32>]) -> Vec<u32> {
    let mut class_of: Vec<Option<u32>> = vec![None; neighbours.len()];
    let mut seen: Vec<BTreeSet<u32>> = vec![BTreeSet::new(); neighbours.len()];
    let rank = |i: usize, seen: &[BTreeSet<u32>]| (seen[i].len(), neighbours[i].len(), Reverse(i));
    let mut queue: BTreeSet<_> = (0..neighbours.len()).map(|i| rank(i, &seen)).collect();
    while let Some((_, _, Reverse(i))) = queue.pop_last() {
        let class = free_class(&neighbours[i], &class_of);
        class_of[i] = Some(class);
        for &j in &neighbours[i] {
            let j = j as usize;
            if class_of[j].is_none() && !seen[j].contains(&class) {
                queue.remove(&rank(j, &seen));
                seen[j].insert(class);
                queue.insert(rank(j, &seen));
            }
        }
    }
    class_of.into_iter().map(Option::unwrap_or_default).collect()
}

/// Two classes by walking along the edges from point to point: neighbours differ wherever two classes suffice.
pub fn two_classes(neighbours: &[Vec<u32>]) -> Vec<u8> {
    let mut class_of: Vec<Option<u8>> = vec![None; neighbours.len()];
    for seed in 0..neighbours.len() {
        if class_of[seed].is_some() {
            continue;
        }
        class_of[seed] = Some(0);
        let mut open = vec![seed];
        while let Some(at) = open.pop() {
            let other = class_of[at].map_or(0, |c| 1 - c);
            for &next in &neighbours[at] {
                let next = next as usize;
                if class_of[next].is_none() {
                    class_of[next] = Some(other);
                    open.push(next);
                }
            }
        }
    }
    class_of.into_iter().map(Option::unwrap_or_default).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn graph(count: usize, edges: &[(usize, usize)]) -> Vec<Vec<u32>> {
        let mut neighbours = vec![BTreeSet::new(); count];
        for &(i, j) in edges {
            let (i, j) = (i % count, j % count);
            if i != j {
                neighbours[i].insert(j as u32);
                neighbours[j].insert(i as u32);
            }
        }
        neighbours.into_iter().map(|list| list.into_iter().collect()).collect()
    }

    /// The fewest classes, by trying them all.
    fn fewest(neighbours: &[Vec<u32>]) -> u32 {
        fn fits(i: usize, most: u32, neighbours: &[Vec<u32>], class_of: &mut Vec<u32>) -> bool {
            i == neighbours.len()
                || (0..most).any(|class| {
                    let is_free =
                        neighbours[i].iter().all(|&j| class_of.get(j as usize).is_none_or(|&other| other != class));
                    is_free && {
                        class_of.push(class);
                        let found = fits(i + 1, most, neighbours, class_of);
                        class_of.pop();
                        found
                    }
                })
        }
        (1..=neighbours.len() as u32).find(|&most| fits(0, most, neighbours, &mut Vec::new())).unwrap()
    }

    fn is_proper(neighbours: &[Vec<u32>], class_of: &[u32]) -> bool {
        (0..neighbours.len()).all(|i| neighbours[i].iter().all(|&j| class_of[i] != class_of[j as usize]))
    }

    proptest! {
        #[test]
        fn neighbours_differ_and_few_classes_do(
            count in 1..9usize, edges in prop::collection::vec((0..9usize, 0..9usize), 0..20),
        ) {
            let neighbours = graph(count, &edges);
            let least = fewest(&neighbours);
            let (plain, wary) = (first_fit(&neighbours, 0..count), dsatur(&neighbours));
            for class_of in [&plain, &wary] {
                prop_assert!(is_proper(&neighbours, class_of));
                let classes = class_of.iter().max().unwrap() + 1;
                let most = neighbours.iter().map(Vec::len).max().unwrap() as u32 + 1;
                prop_assert!((least..=most).contains(&classes), "{classes}, at least {least}, at most {most}");
            }
            if least <= 2 {
                prop_assert_eq!(wary.iter().max().unwrap() + 1, least);
                let two: Vec<u32> = two_classes(&neighbours).into_iter().map(u32::from).collect();
                prop_assert!(is_proper(&neighbours, &two));
            }
        }
    }

    #[test]
    fn no_points_have_no_classes() {
        assert!(dsatur(&[]).is_empty() && two_classes(&[]).is_empty() && first_fit(&[], 0..0).is_empty());
    }
}
