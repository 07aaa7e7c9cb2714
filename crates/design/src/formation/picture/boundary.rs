use kapok_motion::polygon::edges;
use kapok_motion::segment::nearest_point;
use kapok_show::DVec2;

use super::art::Art;
use super::shape::Stack;

/// Most pieces that the seen edges are cut into.
const MOST_PIECES: f64 = 400_000.0;

/// A piece of an edge across which another sheet, or the night, is seen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    pub from: DVec2,
    pub to: DVec2,
    /// Unit vector to the side that shines; of two shining sides any.
    pub inward: DVec2,
    /// The other side is dark.
    pub outer: bool,
}

/// All seen edges, with a grid for nearest queries.
pub(super) struct Boundary {
    pieces: Vec<Piece>,
    min: DVec2,
    cell_m: f64,
    size: [usize; 2],
    start: Vec<u32>,
    order: Vec<u32>,
}

/// The nearest place on a seen edge.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hit {
    pub at: DVec2,
    pub distance_m: f64,
    pub piece: Piece,
}

impl Boundary {
    /// Cuts all edges into pieces of about `piece_m` and keeps those that are seen. Queries are quick within `cell_m`.
    pub fn new(art: &Art, stack: &Stack, piece_m: f64, cell_m: f64) -> Self {
        let contours =
            || art.layers.iter().flat_map(|l| l.clips.iter().flatten().chain([&l.outline])).flat_map(|o| &o.contours);
        let length: f64 = contours().map(|c| edges(c).map(|(a, b)| a.distance(b)).sum::<f64>()).sum();
        let piece_m = piece_m.max(length / MOST_PIECES);
        let side_m = 0.02 * piece_m;
        let mut pieces = Vec::new();
        for contour in contours() {
            for (a, b) in edges(contour) {
                let edge = b - a;
                let edge_m = edge.length();
                if edge_m <= 0.0 {
                    continue;
                }
                let left = edge.perp() / edge_m;
                let parts = (edge_m / piece_m).ceil().max(1.0) as usize;
                for k in 0..parts {
                    let (from, to) = (a + edge * (k as f64 / parts as f64), a + edge * ((k + 1) as f64 / parts as f64));
                    let middle = 0.5 * (from + to);
                    let step = left * side_m.min(0.25 * edge_m);
                    let (l, r) = (stack.top(middle + step), stack.top(middle - step));
                    if l != r {
                        let inward = if l.is_some() { left } else { -left };
                        pieces.push(Piece { from, to, inward, outer: l.is_none() || r.is_none() });
                    }
                }
            }
        }
        Self::index(pieces, stack.min, stack.max, cell_m)
    }

    fn index(pieces: Vec<Piece>, min: DVec2, max: DVec2, cell_m: f64) -> Self {
        let extent = max - min;
        let cell_m = cell_m.max(extent.max_element() / 1_500.0).max(f64::MIN_POSITIVE);
        let size = [(extent.x / cell_m) as usize + 1, (extent.y / cell_m) as usize + 1];
        let mut boundary = Self { pieces, min, cell_m, size, start: vec![0; size[0] * size[1] + 1], order: Vec::new() };
        let mut entries: Vec<(u32, u32)> = Vec::new();
        for (i, piece) in boundary.pieces.iter().enumerate() {
            let (low, high) = (boundary.cell(piece.from.min(piece.to)), boundary.cell(piece.from.max(piece.to)));
            for y in low[1]..=high[1] {
                for x in low[0]..=high[0] {
                    entries.push(((y * size[0] + x) as u32, i as u32));
                }
            }
        }
        for &(cell, _) in &entries {
            boundary.start[cell as usize + 1] += 1;
        }
        for c in 1..boundary.start.len() {
            boundary.start[c] += boundary.start[c - 1];
        }
        let mut next = boundary.start.clone();
        boundary.order = vec![0; entries.len()];
        for (cell, i) in entries {
            boundary.order[next[cell as usize] as usize] = i;
            next[cell as usize] += 1;
        }
        boundary
    }

    fn cell(&self, p: DVec2) -> [usize; 2] {
        let c = (p - self.min) / self.cell_m;
        [(c.x.max(0.0) as usize).min(self.size[0] - 1), (c.y.max(0.0) as usize).min(self.size[1] - 1)]
    }

    /// The nearest seen edge within `reach_m`; with `outer_only`, the nearest edge to the night.
    pub fn nearest(&self, p: DVec2, reach_m: f64, outer_only: bool) -> Option<Hit> {
        let mut best: Option<Hit> = None;
        let mut radius_m = (0.5 * self.cell_m).min(reach_m);
        loop {
            let (low, high) = (self.cell(p - radius_m), self.cell(p + radius_m));
            for y in low[1]..=high[1] {
                let row = y * self.size[0];
                let (from, to) = (self.start[row + low[0]], self.start[row + high[0] + 1]);
                for &i in &self.order[from as usize..to as usize] {
                    let piece = self.pieces[i as usize];
                    if outer_only && !piece.outer {
                        continue;
                    }
                    let at = nearest_point(p, piece.from, piece.to);
                    let distance_m = at.distance(p);
                    if best.is_none_or(|b| distance_m < b.distance_m) {
                        best = Some(Hit { at, distance_m, piece });
                    }
                }
            }
            if best.is_some_and(|b| b.distance_m <= radius_m) {
                return best.filter(|b| b.distance_m <= reach_m);
            }
            if radius_m >= reach_m {
                return None;
            }
            radius_m = (2.0 * radius_m).min(reach_m);
        }
    }
}
