//! The middle lines of a filled shape: its medial axis, without the branches that only blunt corners make.
//!
//! The shape is drawn in pixels. A pixel is kept if it is the middle of a stroke: it and a neighbour have their nearest
//! edges on opposite sides, more than [`OPPOSITE`] radii and [`PIXELS`] apart (straight strokes: 2 radii; the branch into a
//! corner of 90°: 1.41, of 58°: 1.75). Then pixels are peeled off from the edge inwards, never one that is kept, nor one whose loss would
//! cut the shape or open a hole (a simple point). What is left is as connected as the shape, and is traced into lines.
//!
//! # Source
//! Hesselink, Roerdink: Euclidean skeletons of digital image and volume data in linear time by the integer medial axis
//! transform, IEEE PAMI 30 (2008), for the pixels kept; Hilditch 1969 for simple points.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use kapok_show::DVec2;

use super::super::distance::nearest_seeds;

/// Nearest edges of neighbouring pixels that are further apart than this many radii are on opposite sides, ...
const OPPOSITE: f64 = 1.75;
/// ... and more than this, pixels: edges of pixels are rough.
const PIXELS: f64 = 1.2;
/// Lines that end after less than this many radii of the place they leave from are no strokes.
const STUB: f64 = 1.5;
/// Junctions closer than this many radii are one.
const ONE_JUNCTION: f64 = 1.3;
/// Rounds in which every point of a line moves half-way to the middle of its neighbours.
const SMOOTHING: usize = 12;
/// Points that are closer to the line of the others are left out, pixels.
const STRAIGHT: f64 = 0.35;

/// The eight neighbours, counter-clockwise.
const AROUND: [(isize, isize); 8] = [(1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1)];

/// A shape in pixels, with a border of pixels outside.
pub(super) struct Mask {
    pub width: usize,
    pub inside: Vec<bool>,
}

impl Mask {
    fn neighbours(&self, pixel: usize) -> [usize; 8] {
        AROUND.map(|(x, y)| pixel.wrapping_add_signed(x + y * self.width as isize))
    }

    /// Would the pixel's loss leave the number of parts and of holes as it is?
    fn is_simple(&self, pixel: usize) -> bool {
        let near = self.neighbours(pixel).map(|n| self.inside[n]);
        let crossings = (0..4).filter(|k| !near[2 * k] && (near[2 * k + 1] || near[(2 * k + 2) % 8])).count();
        crossings == 1
    }

    fn count_around(&self, pixel: usize) -> usize {
        self.neighbours(pixel).iter().filter(|&&n| self.inside[n]).count()
    }
}

/// Middle lines in pixels, pixel centres at whole numbers; a line of one point is a dot, a closed one ends where it begins.
pub(super) fn middle_lines(mut mask: Mask) -> Vec<Vec<DVec2>> {
    let width = mask.width;
    let height = mask.inside.len() / width.max(1);
    let edge = nearest_seeds(width, height, |i| !mask.inside[i]);
    let place = |i: usize| DVec2::new((i % width) as f64, (i / width) as f64);
    let mut kept = vec![false; mask.inside.len()];
    for i in (0..mask.inside.len()).filter(|&i| mask.inside[i]) {
        for n in [i + 1, i + width].into_iter().filter(|&n| mask.inside[n]) {
            let apart = place(edge[i].1 as usize).distance(place(edge[n].1 as usize));
            let deeper = if edge[n].0 > edge[i].0 { n } else { i };
            if apart > OPPOSITE * edge[deeper].0.sqrt() + PIXELS {
                kept[deeper] = true;
            }
        }
    }
    peel(&mut mask, &edge, |mask, i| !kept[i] && mask.is_simple(i));
    peel(&mut mask, &edge, |mask, i| mask.is_simple(i) && mask.count_around(i) > 1);
    let radius = |p: DVec2| edge[p.y.round() as usize * width + p.x.round() as usize].0.sqrt();
    let mut lines = traced(&mask);
    tidy(&mut lines, radius);
    lines.into_iter().map(|line| straightened(&smoothed(line))).collect()
}

/// Takes pixels away from the edge inwards as long as some may go.
fn peel(mask: &mut Mask, edge: &[(f64, u32)], may_go: impl Fn(&Mask, usize) -> bool) {
    let depth = |i: usize| (edge[i].0 as u64, i);
    let mut queue: BinaryHeap<Reverse<(u64, usize)>> =
        (0..mask.inside.len()).filter(|&i| mask.inside[i]).map(|i| Reverse(depth(i))).collect();
    while let Some(Reverse((_, i))) = queue.pop() {
        if mask.inside[i] && may_go(mask, i) {
            mask.inside[i] = false;
            queue.extend(mask.neighbours(i).into_iter().filter(|&n| mask.inside[n]).map(|n| Reverse(depth(n))));
        }
    }
}

/// The lines between ends and junctions of a drawing one pixel wide.
fn traced(mask: &Mask) -> Vec<Vec<DVec2>> {
    let width = mask.width;
    let place = |i: usize| DVec2::new((i % width) as f64, (i / width) as f64);
    // Diagonal neighbours are joined only where no third pixel joins them.
    let joined = |i: usize| {
        let near = mask.neighbours(i);
        let is_in = |k: usize| mask.inside[near[k % 8]];
        (0..8)
            .filter(|&k| is_in(k) && (k % 2 == 0 || !(is_in(k + 1) || is_in(k + 7))))
            .map(|k| near[k])
            .collect::<Vec<_>>()
    };
    let mut lines = Vec::new();
    let mut walked = vec![false; mask.inside.len()];
    let mut links: Vec<(usize, usize)> = Vec::new();
    let pixels: Vec<usize> = (0..mask.inside.len()).filter(|&i| mask.inside[i]).collect();
    for &start in &pixels {
        let out = joined(start);
        if out.is_empty() {
            lines.push(vec![place(start)]);
        }
        if out.len() == 2 {
            continue;
        }
        walked[start] = true;
        for first in out {
            if links.contains(&(start, first)) {
                continue;
            }
            let mut line = vec![place(start), place(first)];
            let (mut before, mut at) = (start, first);
            while let [a, b] = joined(at)[..] {
                walked[at] = true;
                (before, at) = (at, if a == before { b } else { a });
                line.push(place(at));
            }
            links.push((at, before));
            lines.push(line);
        }
    }
    // What has no end and no junction is a ring.
    for &start in &pixels {
        if walked[start] {
            continue;
        }
        let (mut before, mut at) = (start, start);
        let mut line = Vec::new();
        while !walked[at] {
            walked[at] = true;
            line.push(place(at));
            let Some(&next) = joined(at).iter().find(|&&n| n != before) else { break };
            (before, at) = (at, next);
        }
        line.push(place(start));
        lines.push(line);
    }
    lines
}

fn length(line: &[DVec2]) -> f64 {
    line.windows(2).map(|pair| pair[0].distance(pair[1])).sum()
}

/// How many ends of lines are at a place; a closed line has two.
fn degree(lines: &[Vec<DVec2>], at: DVec2) -> usize {
    lines.iter().flat_map(|line| [line.first(), line.last()]).filter(|end| *end == Some(&at)).count()
}

/// Takes stubs away, makes one junction of those that are close, and joins lines where no third one meets them.
fn tidy(lines: &mut Vec<Vec<DVec2>>, radius: impl Fn(DVec2) -> f64) {
    join(lines);
    loop {
        let is_stub = |line: &Vec<DVec2>| {
            let (&from, &to) = match line.as_slice() {
                [from, .., to] if from != to => (from, to),
                _ => return false,
            };
            let ends = [degree(lines, from), degree(lines, to)];
            let (root, is_leaf) = if ends[0] == 1 { (to, ends[1] > 2) } else { (from, ends[1] == 1 && ends[0] > 2) };
            is_leaf && length(line) < STUB * radius(root)
        };
        // All at once: of two stubs that fork neither is left as the end of the stroke.
        let stubs: Vec<bool> = lines.iter().map(is_stub).collect();
        if stubs.contains(&true) && stubs.contains(&false) {
            let mut stubs = stubs.into_iter();
            lines.retain(|_| stubs.next() == Some(false));
            join(lines);
            continue;
        }
        let link = lines.iter().position(|line| match line.as_slice() {
            [from, .., to] => {
                from != to
                    && degree(lines, *from) > 2
                    && degree(lines, *to) > 2
                    && length(line) < ONE_JUNCTION * radius(*from).min(radius(*to))
            }
            _ => false,
        });
        let Some(link) = link else { return };
        let line = lines.remove(link);
        let (Some(&from), Some(&to)) = (line.first(), line.last()) else { return };
        let middle = (0.5 * (from + to)).round();
        for line in lines.iter_mut() {
            if line.first() == Some(&from) || line.first() == Some(&to) {
                line.insert(0, middle);
            }
            if line.last() == Some(&from) || line.last() == Some(&to) {
                line.push(middle);
            }
        }
        lines.retain(|line| line.len() == 1 || length(line) > 0.0);
        join(lines);
    }
}

/// Joins lines that meet at a place where no third one does.
fn join(lines: &mut Vec<Vec<DVec2>>) {
    let mut k = 0;
    while k < lines.len() {
        let Some(&end) = lines[k].last().filter(|_| lines[k].len() > 1) else {
            k += 1;
            continue;
        };
        let is_other = |(j, line): &(usize, &Vec<DVec2>)| {
            *j != k && line.len() > 1 && (line.first() == Some(&end) || line.last() == Some(&end))
        };
        let other = lines.iter().enumerate().find(is_other).map(|(j, _)| j);
        match other {
            Some(j) if degree(lines, end) == 2 => {
                let mut rest = lines.remove(j);
                if rest.first() != Some(&end) {
                    rest.reverse();
                }
                let k_now = if j < k { k - 1 } else { k };
                lines[k_now].extend(rest.into_iter().skip(1));
                k = 0;
            }
            _ => {
                let start = lines[k][0];
                // Its other end may be the one that is met.
                if start != end
                    && degree(lines, start) == 2
                    && lines
                        .iter()
                        .enumerate()
                        .any(|(j, l)| j != k && l.len() > 1 && (l.first() == Some(&start) || l.last() == Some(&start)))
                {
                    lines[k].reverse();
                } else {
                    k += 1;
                }
            }
        }
    }
}

/// The line without the stairs of its pixels; its ends stay.
fn smoothed(mut line: Vec<DVec2>) -> Vec<DVec2> {
    let count = line.len();
    let is_ring = count > 3 && line.first() == line.last();
    for _ in 0..SMOOTHING {
        let before = line.clone();
        for k in 1..count.saturating_sub(1) {
            line[k] = 0.5 * before[k] + 0.25 * (before[k - 1] + before[k + 1]);
        }
        if is_ring {
            line[0] = 0.5 * before[0] + 0.25 * (before[1] + before[count - 2]);
            line[count - 1] = line[0];
        }
    }
    line
}

/// The line by fewer points.
///
/// # Source
/// Douglas, Peucker 1973.
fn straightened(line: &[DVec2]) -> Vec<DVec2> {
    let mut keep = vec![false; line.len()];
    let mut parts = vec![(0, line.len().saturating_sub(1))];
    while let Some((from, to)) = parts.pop() {
        keep[from] = true;
        keep[to] = true;
        let off = |k: usize| kapok_motion::segment::nearest_point(line[k], line[from], line[to]).distance(line[k]);
        let farthest = (from + 1..to).max_by(|&a, &b| off(a).total_cmp(&off(b)));
        if let Some(k) = farthest.filter(|&k| off(k) > STRAIGHT) {
            parts.extend([(from, k), (k, to)]);
        }
    }
    line.iter().zip(keep).filter(|(_, keep)| *keep).map(|(p, _)| *p).collect()
}
