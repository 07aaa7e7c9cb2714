use kapok_show::{DVec2, Rgb};

/// Most corners of a whole picture after curves became chords.
pub(in crate::formation) const MAX_EDGES: usize = 200_000;
/// Most painted shapes of a picture.
pub(in crate::formation) const MAX_LAYERS: usize = 4_096;
/// Curves become chords that stay this close, as a share of the picture's longer side.
pub(super) const FLATNESS: f64 = 2e-4;

/// When a point is inside of crossing contours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FillRule {
    NonZero,
    EvenOdd,
}

/// Closed polygons, one shape together.
#[derive(Clone, Debug)]
pub(super) struct Outline {
    pub contours: Vec<Vec<DVec2>>,
    pub rule: FillRule,
}

/// What a shape is painted with.
#[derive(Clone, Debug)]
pub(super) enum Paint {
    /// No colour of its own: the show decides.
    Plain,
    /// One colour, opaque or not (opacity 0 to 1).
    Solid(Rgb, f64),
    /// A gradient.
    Gradient(Gradient),
}

/// A gradient, evaluated at a point of the picture.
#[derive(Clone, Debug)]
pub(super) struct Gradient {
    /// Picture to gradient space: `x' = a x + c y + e`, `y' = b x + d y + f`.
    pub from_picture: [f64; 6],
    /// Linear along x' from 0 to 1, or radial by the distance from 0.
    pub radial: bool,
    /// Offsets (0 to 1, ascending), colours and opacities.
    pub stops: Vec<(f64, Rgb, f64)>,
    /// What happens outside of 0 to 1.
    pub spread: Spread,
}

/// How a gradient goes on beyond its ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spread {
    Hold,
    Mirror,
    Repeat,
}

impl Paint {
    /// Colour and opacity at a point; `None` for plain paint.
    pub fn at(&self, p: DVec2) -> Option<(Rgb, f64)> {
        match self {
            Self::Plain => None,
            Self::Solid(colour, opacity) => Some((*colour, *opacity)),
            Self::Gradient(gradient) => Some(gradient.at(p)),
        }
    }
}

impl Paint {
    /// The opacity where it hides most.
    pub fn greatest_opacity(&self) -> f64 {
        match self {
            Self::Plain => 1.0,
            Self::Solid(_, opacity) => *opacity,
            Self::Gradient(gradient) => gradient.stops.iter().map(|stop| stop.2).fold(0.0, f64::max),
        }
    }
}

impl Gradient {
    fn at(&self, p: DVec2) -> (Rgb, f64) {
        let [a, b, c, d, e, f] = self.from_picture;
        let q = DVec2::new(a * p.x + c * p.y + e, b * p.x + d * p.y + f);
        let t = if self.radial { q.length() } else { q.x };
        let t = match self.spread {
            Spread::Hold => t,
            Spread::Mirror => 1.0 - ((t.abs() % 2.0) - 1.0).abs(),
            Spread::Repeat => t - t.floor(),
        };
        let mut before: Option<(f64, Rgb, f64)> = None;
        for &(offset, colour, opacity) in &self.stops {
            if t <= offset {
                return match before {
                    Some((low, from, from_opacity)) if offset > low => {
                        let share = (t - low) / (offset - low);
                        (from.lerp(colour, share), from_opacity + (opacity - from_opacity) * share)
                    }
                    _ => (colour, opacity),
                };
            }
            before = Some((offset, colour, opacity));
        }
        before.map_or((Rgb::BLACK, 0.0), |(_, colour, opacity)| (colour, opacity))
    }
}

/// One painted shape.
#[derive(Clone, Debug)]
pub(super) struct Layer {
    pub outline: Outline,
    pub paint: Paint,
    /// Letter or path it comes from.
    pub group: u32,
    /// It shows only where every clip has a shape.
    pub clips: Vec<Vec<Outline>>,
}

/// Painted shapes from the lowest to the uppermost; x right, y up (it becomes z), metres after [`Art::fit`].
#[derive(Clone, Debug, Default)]
pub(super) struct Art {
    pub layers: Vec<Layer>,
    /// What of the source is missing or otherwise than its author may think.
    pub warnings: Vec<String>,
}

impl Art {
    /// Corners of the box around everything painted.
    pub fn bounds(&self) -> Option<(DVec2, DVec2)> {
        let mut bounds: Option<(DVec2, DVec2)> = None;
        for layer in &self.layers {
            let Some((mut min, mut max)) = bounds_of(layer.outline.contours.iter().flatten()) else { continue };
            for clip in &layer.clips {
                let points = clip.iter().flat_map(|o| o.contours.iter().flatten());
                let (low, high) = bounds_of(points).unwrap_or((min, min));
                min = min.max(low);
                max = max.min(high);
            }
            if min.cmple(max).all() {
                bounds = Some(bounds.map_or((min, max), |(low, high)| (low.min(min), high.max(max))));
            }
        }
        bounds
    }

    /// Moves `centre` to the origin and multiplies by `scale`; coordinates become whole multiples of 2⁻²⁰ m, so that
    /// last-bit differences of the curve code of a platform do not show.
    pub fn fit(mut self, centre: DVec2, scale: f64) -> Self {
        let place = |p: &mut DVec2| *p = ((*p - centre) * scale * 1_048_576.0).round() / 1_048_576.0;
        for layer in &mut self.layers {
            layer.outline.contours.iter_mut().flatten().for_each(place);
            layer.clips.iter_mut().flatten().flat_map(|o| o.contours.iter_mut().flatten()).for_each(place);
            if let Paint::Gradient(gradient) = &mut layer.paint {
                let [a, b, c, d, e, f] = gradient.from_picture;
                gradient.from_picture = [
                    a / scale,
                    b / scale,
                    c / scale,
                    d / scale,
                    e + a * centre.x + c * centre.y,
                    f + b * centre.x + d * centre.y,
                ];
            }
        }
        self
    }
}

fn bounds_of<'a>(points: impl Iterator<Item = &'a DVec2>) -> Option<(DVec2, DVec2)> {
    points.fold(None, |bounds, &p| Some(bounds.map_or((p, p), |(min, max): (DVec2, DVec2)| (min.min(p), max.max(p)))))
}

/// Polygons of a path, each of its parts closed.
pub(super) fn flatten(path: &kurbo::BezPath, tolerance: f64) -> Vec<Vec<DVec2>> {
    let mut contours: Vec<Vec<DVec2>> = Vec::new();
    kurbo::flatten(path, tolerance, |element| match element {
        kurbo::PathEl::MoveTo(p) => contours.push(vec![DVec2::new(p.x, p.y)]),
        kurbo::PathEl::LineTo(p) => {
            if let Some(contour) = contours.last_mut() {
                let p = DVec2::new(p.x, p.y);
                if contour.last() != Some(&p) {
                    contour.push(p);
                }
            }
        }
        _ => {}
    });
    contours.retain(|c| c.len() >= 3 && c.iter().all(|p| p.is_finite()));
    contours
}
