use kapok_show::{DVec2, Rgb};

use super::art::{Art, FillRule, Outline, Paint};

/// Paint thinner than this does not hide and does not shine.
pub(super) const LEAST_OPACITY: f64 = 0.05;
/// Channels up to this value are taken as dark: a mask, not a light.
const DARK: u8 = 12;

#[derive(Clone, Copy)]
struct Edge {
    from: DVec2,
    to: DVec2,
}

/// An outline with its edges sorted into horizontal bands for quick queries.
pub(super) struct Shape {
    rule: FillRule,
    edges: Vec<Edge>,
    min: DVec2,
    max: DVec2,
    band_m: f64,
    start: Vec<u32>,
    order: Vec<u32>,
}

impl Shape {
    pub fn new(outline: &Outline) -> Self {
        let mut edges = Vec::new();
        let mut min = DVec2::splat(f64::INFINITY);
        let mut max = DVec2::splat(f64::NEG_INFINITY);
        for contour in &outline.contours {
            let Some(&last) = contour.last() else { continue };
            let mut from = last;
            for &to in contour {
                edges.push(Edge { from, to });
                min = min.min(to);
                max = max.max(to);
                from = to;
            }
        }
        let bands = (edges.len() / 2).clamp(1, 2_048);
        let band_m = ((max.y - min.y) / bands as f64).max(f64::MIN_POSITIVE);
        let mut shape = Self { rule: outline.rule, edges, min, max, band_m, start: vec![0; bands + 1], order: vec![] };
        let spans: Vec<(usize, usize)> =
            shape.edges.iter().map(|e| (shape.band(e.from.y.min(e.to.y)), shape.band(e.from.y.max(e.to.y)))).collect();
        for &(low, high) in &spans {
            for band in low..=high {
                shape.start[band + 1] += 1;
            }
        }
        for b in 1..shape.start.len() {
            shape.start[b] += shape.start[b - 1];
        }
        let mut next = shape.start.clone();
        shape.order = vec![0; shape.start.last().copied().unwrap_or(0) as usize];
        for (i, &(low, high)) in spans.iter().enumerate() {
            for slot in &mut next[low..=high] {
                shape.order[*slot as usize] = i as u32;
                *slot += 1;
            }
        }
        shape
    }

    fn band(&self, y: f64) -> usize {
        (((y - self.min.y) / self.band_m).max(0.0) as usize).min(self.start.len() - 2)
    }

    /// Crossings of the horizontal line at `y`: x and direction.
    fn crossings(&self, y: f64, mut visit: impl FnMut(f64, i32)) {
        if !(self.min.y..=self.max.y).contains(&y) {
            return;
        }
        let band = self.band(y);
        for &i in &self.order[self.start[band] as usize..self.start[band + 1] as usize] {
            let Edge { from, to } = self.edges[i as usize];
            if (from.y <= y) != (to.y <= y) {
                visit(from.x + (to.x - from.x) * ((y - from.y) / (to.y - from.y)), if to.y > from.y { 1 } else { -1 });
            }
        }
    }

    fn is_inside(&self, winding: i32) -> bool {
        match self.rule {
            FillRule::NonZero => winding != 0,
            FillRule::EvenOdd => winding & 1 != 0,
        }
    }

    pub fn contains(&self, p: DVec2) -> bool {
        if p.cmplt(self.min).any() || p.cmpgt(self.max).any() {
            return false;
        }
        let mut winding = 0;
        self.crossings(p.y, |x, way| {
            if x > p.x {
                winding += way;
            }
        });
        self.is_inside(winding)
    }

    /// Where the horizontal line at `y` is inside: sorted, disjoint.
    pub fn row(&self, y: f64) -> Vec<(f64, f64)> {
        let mut crossings = Vec::new();
        self.crossings(y, |x, way| crossings.push((x, way)));
        crossings.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (mut winding, mut from, mut spans) = (0, None, Vec::new());
        for (x, way) in crossings {
            winding += way;
            match (from, self.is_inside(winding)) {
                (None, true) => from = Some(x),
                (Some(start), false) => {
                    if x > start {
                        spans.push((start, x));
                    }
                    from = None;
                }
                _ => {}
            }
        }
        spans
    }
}

/// A layer ready for queries.
pub(super) struct Sheet {
    shape: Shape,
    clips: Vec<Vec<Shape>>,
    pub paint: Paint,
    pub group: u32,
}

impl Sheet {
    fn contains(&self, p: DVec2) -> bool {
        self.shape.contains(p) && self.clips.iter().all(|clip| clip.iter().any(|shape| shape.contains(p)))
    }

    /// Lowest and highest point, clips aside.
    pub fn reach(&self) -> (f64, f64) {
        (self.shape.min.y, self.shape.max.y)
    }

    pub fn reaches(&self, y: f64) -> bool {
        (self.shape.min.y..=self.shape.max.y).contains(&y)
    }

    pub fn row(&self, y: f64) -> Vec<(f64, f64)> {
        let mut spans = self.shape.row(y);
        for clip in &self.clips {
            let mut open: Vec<(f64, f64)> = clip.iter().flat_map(|shape| shape.row(y)).collect();
            open.sort_by(|a, b| a.0.total_cmp(&b.0));
            spans = intersect(&spans, &open);
        }
        spans
    }
}

fn intersect(a: &[(f64, f64)], b: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut both = Vec::new();
    for &(a0, a1) in a {
        let mut at = a0;
        for &(b0, b1) in b {
            let (low, high) = (at.max(b0), a1.min(b1));
            if low < high {
                both.push((low, high));
                at = high;
            }
        }
    }
    both
}

/// All layers; tells what is seen at a point.
pub(super) struct Stack {
    pub sheets: Vec<Sheet>,
    /// Dark paint hides and does not shine, unless the whole picture is dark: then it is a plain silhouette.
    silhouette: bool,
    pub min: DVec2,
    pub max: DVec2,
}

impl Stack {
    /// `None` if nothing is painted.
    pub fn new(art: &Art) -> Option<Self> {
        let (min, max) = art.bounds()?;
        let sheets: Vec<Sheet> = art
            .layers
            .iter()
            .map(|layer| Sheet {
                shape: Shape::new(&layer.outline),
                clips: layer.clips.iter().map(|clip| clip.iter().map(Shape::new).collect()).collect(),
                paint: layer.paint.clone(),
                group: layer.group,
            })
            .collect();
        let silhouette = sheets.iter().all(|s| match &s.paint {
            Paint::Plain => false,
            Paint::Solid(colour, _) => is_dark(*colour),
            Paint::Gradient(gradient) => gradient.stops.iter().all(|(_, colour, _)| is_dark(*colour)),
        });
        Some(Self { sheets, silhouette, min, max })
    }

    /// Does the paint of a sheet hide what is below it, and does it shine? Gradients are judged at the point.
    pub fn shines(&self, sheet: usize, p: DVec2) -> Option<bool> {
        match self.sheets[sheet].paint.at(p) {
            None => Some(true),
            Some((_, opacity)) if opacity < LEAST_OPACITY => None,
            Some((colour, _)) => Some(self.silhouette || !is_dark(colour)),
        }
    }

    /// The uppermost sheet at a point if it shines.
    pub fn top(&self, p: DVec2) -> Option<usize> {
        for index in (0..self.sheets.len()).rev() {
            if self.sheets[index].contains(p)
                && let Some(shines) = self.shines(index, p)
            {
                return shines.then_some(index);
            }
        }
        None
    }

    /// Colour seen at a point: translucent paint lets the paint below through, and the night below all.
    pub fn colour(&self, p: DVec2) -> Option<Rgb> {
        if self.silhouette {
            return None;
        }
        let (mut sum, mut through) = ([0.0; 3], 1.0);
        for sheet in self.sheets.iter().rev() {
            if !sheet.contains(p) {
                continue;
            }
            let (colour, opacity) = match sheet.paint.at(p) {
                Some(seen) => seen,
                None if through < 1.0 => (Rgb::WHITE, 1.0),
                None => return None,
            };
            for (channel, value) in sum.iter_mut().zip([colour.r, colour.g, colour.b]) {
                *channel += through * opacity * f64::from(value);
            }
            through *= 1.0 - opacity;
            if through < 1e-3 {
                break;
            }
        }
        let [r, g, b] = sum.map(|c| c.round() as u8);
        Some(Rgb::new(r, g, b))
    }
}

fn is_dark(colour: Rgb) -> bool {
    colour.r.max(colour.g).max(colour.b) <= DARK
}
