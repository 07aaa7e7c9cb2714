use kapok_show::DVec3;

use super::super::fault::Fault;

/// Most pairs of few and many for which a partner is sought: more would hold the add-on for minutes.
const MAX_PAIRS: usize = 400_000_000;

/// No row or column.
const NOBODY: usize = usize::MAX;

/// For each of the few its partner among the many, all different, with the least sum of squared distances.
///
/// Shortest augmenting paths with prices (Jonker and Volgenant 1987, the form for more columns than rows). Costs are
/// formed where they are needed: O(n) memory.
pub(super) fn partners(few: &[DVec3], many: &[DVec3]) -> Result<Vec<u32>, Fault> {
    let (rows, columns) = (few.len(), many.len());
    if rows.saturating_mul(columns) > MAX_PAIRS {
        return Err(Fault::Bad(format!(
            "{rows} and {columns} points of different number are more than can be matched in time: give equal numbers"
        )));
    }
    let cost = |row: usize, column: usize| few[row].distance_squared(many[column]);
    let mut price = vec![0.0_f64; columns];
    let mut owner = vec![NOBODY; columns];
    let mut worth = Vec::with_capacity(rows);
    // Whoever can have its nearest has it; with all prices 0 that is optimal so far.
    let mut left = Vec::new();
    for row in 0..rows {
        let nearest = (0..columns).min_by(|&a, &b| cost(row, a).total_cmp(&cost(row, b))).unwrap_or(0);
        worth.push(cost(row, nearest));
        if owner[nearest] == NOBODY {
            owner[nearest] = row;
        } else {
            left.push(row);
        }
    }
    for _ in 0..PASSES {
        left = reduced(few, many, &mut price, &mut worth, &mut owner, left);
    }
    let mut least = vec![f64::INFINITY; columns];
    let mut before = vec![NOBODY; columns];
    let mut open: Vec<usize> = Vec::with_capacity(columns);
    let mut closed: Vec<usize> = Vec::new();
    for start in left {
        least.fill(f64::INFINITY);
        open.clear();
        open.extend(0..columns);
        closed.clear();
        let (mut row, mut reached, mut via) = (start, 0.0, NOBODY);
        let end = loop {
            let (mut best, mut place) = (f64::INFINITY, 0);
            for (k, &column) in open.iter().enumerate() {
                let length = reached + cost(row, column) - worth[row] - price[column];
                if length < least[column] {
                    least[column] = length;
                    before[column] = via;
                }
                // A free one at the same distance ends the search.
                if least[column] < best || (least[column] == best && owner[column] == NOBODY) {
                    (best, place) = (least[column], k);
                }
            }
            let column = open.swap_remove(place);
            reached = best;
            if owner[column] == NOBODY {
                break column;
            }
            closed.push(column);
            (row, via) = (owner[column], column);
        };
        for &column in &closed {
            let change = reached - least[column];
            price[column] -= change;
            worth[owner[column]] += change;
        }
        worth[start] += reached;
        let mut column = end;
        while before[column] != NOBODY {
            owner[column] = owner[before[column]];
            column = before[column];
        }
        owner[column] = start;
    }
    let mut partner = vec![0_u32; rows];
    for (column, &row) in (0..).zip(&owner) {
        if row != NOBODY {
            partner[row] = column;
        }
    }
    Ok(partner)
}

/// How often the rows that are left bid for columns before paths are sought for them.
const PASSES: usize = 3;

/// Each row that is left takes its best column, whose price falls by what the second best is worse; whoever had it is
/// left next. Prices stay optimal, and columns once owned stay owned, so that free ones keep the price 0. Returns those
/// that are left.
fn reduced(
    few: &[DVec3],
    many: &[DVec3],
    price: &mut [f64],
    worth: &mut [f64],
    owner: &mut [usize],
    rows: Vec<usize>,
) -> Vec<usize> {
    let mut left = Vec::new();
    // A chain of bids at ties may not end; so many bids are worth their time.
    let mut bids = 8 * rows.len();
    for first in rows {
        let mut row = first;
        loop {
            let (mut best, mut column, mut second) = (f64::INFINITY, 0, f64::INFINITY);
            for (k, (place, price)) in many.iter().zip(price.iter()).enumerate() {
                let value = few[row].distance_squared(*place) - price;
                if value < best {
                    (second, best, column) = (best, value, k);
                } else if value < second {
                    second = value;
                }
            }
            let free = owner[column] == NOBODY;
            // A free column keeps its price of 0: nobody has to be outbid.
            worth[row] = if free { best } else { second };
            if !free {
                if bids == 0 || second <= best || !second.is_finite() {
                    worth[row] = best;
                    left.push(row);
                    break;
                }
                price[column] -= second - best;
            }
            let before = std::mem::replace(&mut owner[column], row);
            if before == NOBODY {
                break;
            }
            bids -= 1;
            row = before;
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cost(few: &[DVec3], many: &[DVec3], partner: &[u32]) -> f64 {
        few.iter().zip(partner).map(|(p, &m)| p.distance_squared(many[m as usize])).sum()
    }

    /// The least over all choices, by trying them.
    fn tried(few: &[DVec3], many: &[DVec3], used: &mut Vec<usize>) -> f64 {
        let row = used.len();
        if row == few.len() {
            return 0.0;
        }
        (0..many.len())
            .map(|m| {
                if used.contains(&m) {
                    return f64::INFINITY;
                }
                used.push(m);
                let total = few[row].distance_squared(many[m]) + tried(few, many, used);
                used.pop();
                total
            })
            .fold(f64::INFINITY, f64::min)
    }

    proptest! {
        #[test]
        fn no_choice_is_better(
            few in prop::collection::vec(prop::array::uniform3(0..6i32), 0..5),
            many in prop::collection::vec(prop::array::uniform3(0..6i32), 5..8),
        ) {
            let at = |list: &[[i32; 3]]| -> Vec<DVec3> {
                list.iter().map(|p| DVec3::from_array(p.map(f64::from))).collect()
            };
            let (few, many) = (at(&few), at(&many));
            let partner = partners(&few, &many).unwrap();
            let mut distinct = partner.clone();
            distinct.sort_unstable();
            distinct.dedup();
            prop_assert_eq!(distinct.len(), few.len());
            prop_assert!((cost(&few, &many, &partner) - tried(&few, &many, &mut Vec::new())).abs() < 1e-9);
        }
    }
}
