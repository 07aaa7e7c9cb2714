use kapok_show::{DVec3, figure, figure_beside};

/// Most pairs that are named one by one.
pub const MAX_NAMED_PAIRS: usize = 20;

/// Two vehicles or places that come too close.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClosePair {
    /// Indices: of vehicles for a transition, of places or pads for a formation.
    pub pair: (usize, usize),
    /// Their least distance, metres, z divided by the downwash scale.
    pub distance_m: f64,
    /// How many times less z counts in that distance.
    pub downwash_scale: f64,
}

/// Visits both indices of each pair.
pub fn visit_pairs(pairs: &mut [ClosePair], visit: &mut dyn FnMut(&mut usize)) {
    for near in pairs {
        visit(&mut near.pair.0);
        visit(&mut near.pair.1);
    }
}

/// The first pairs with their distances, and in which metric these are.
pub fn list(pairs: &[ClosePair], count: usize, needed_m: f64) -> String {
    let named: Vec<String> = pairs
        .iter()
        .take(5)
        .map(|p| format!("{} and {} ({} m)", p.pair.0, p.pair.1, figure_beside(p.distance_m, needed_m)))
        .collect();
    let more = match count.saturating_sub(named.len()) {
        0 => String::new(),
        1 => " and 1 more pair".to_owned(),
        more => format!(" and {more} more pairs"),
    };
    let metric = match pairs.first().map(|p| p.downwash_scale).filter(|scale| *scale > 1.0) {
        Some(scale) => format!(", with heights counted {} times less (`downwash_scale`)", figure(scale)),
        None => String::new(),
    };
    format!("{}{more}{metric}", named.join(", "))
}

/// A point, metres.
pub fn at(p: DVec3) -> String {
    format!("({}, {}, {}) m", figure(p.x), figure(p.y), figure(p.z))
}
