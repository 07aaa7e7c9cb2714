//! From the converter's tree to painted shapes, each with the element it comes from.

use kapok_show::{DVec2, Rgb};
use usvg::tiny_skia_path::{PathSegment, Transform};

use super::labelled::Labelled;
use crate::formation::error::{FormationError, UnsupportedPart};
use crate::formation::picture::art::{
    Art, FLATNESS, FillRule, Gradient, Layer, MAX_EDGES, MAX_LAYERS, Outline, Paint, Spread, flatten,
};
use crate::formation::picture::shape::LEAST_OPACITY;

/// What cannot become points, and what to do instead.
const UNSUPPORTED: [(&str, &str); 6] = [
    ("text", "convert text to paths, or use a text formation"),
    ("image", "trace the image to paths"),
    ("filter", "remove the filter"),
    ("mask", "use a clip path"),
    ("pattern", "paint the shapes of the pattern"),
    ("foreignObject", "draw it with paths"),
];

/// Painted shapes of an SVG in its own units, y upwards, and where each is from.
pub(super) struct Drawing {
    pub art: Art,
    /// The element of each layer.
    pub elements: Vec<u32>,
    /// The colours that are not understood, by layer.
    pub unknown: Vec<(usize, usize)>,
    /// Elements so transparent that they are left out.
    pub faint: Vec<u32>,
    /// Corners of the page, if the file has one.
    pub page: Option<(DVec2, DVec2)>,
}

/// Reads the tree.
pub(super) fn read(tree: &usvg::Tree, labelled: &Labelled<'_>) -> Result<Drawing, FormationError> {
    let (width, height) = (f64::from(tree.size().width()), f64::from(tree.size().height()));
    let page = labelled.has_page.then_some((DVec2::new(0.0, -height), DVec2::new(width, 0.0)));
    let mut reader = Reader {
        labelled,
        drawing: Drawing { art: Art::default(), elements: Vec::new(), unknown: Vec::new(), faint: Vec::new(), page },
        tolerance: FLATNESS * width.max(height),
        edges: 0,
        paths: 0,
        unsupported: Vec::new(),
    };
    reader.group(tree.root(), 0, 1.0, &[])?;
    reader.refuse_unsupported()?;
    if reader.drawing.art.layers.is_empty() {
        return Err(FormationError::EmptyPicture { why: "the SVG paints no shapes" });
    }
    Ok(reader.drawing)
}

struct Reader<'a> {
    labelled: &'a Labelled<'a>,
    drawing: Drawing,
    tolerance: f64,
    edges: usize,
    paths: u32,
    /// What would be seen and cannot become points: element and name.
    unsupported: Vec<(u32, &'static str)>,
}

impl Reader<'_> {
    /// All that cannot become points, at once.
    fn refuse_unsupported(&mut self) -> Result<(), FormationError> {
        self.unsupported.sort_unstable();
        self.unsupported.dedup();
        let mut parts = self.unsupported.iter().map(|&(index, name)| {
            let element = &self.labelled.elements[index as usize];
            let remedy = UNSUPPORTED.iter().find(|(known, _)| *known == name).map_or("draw it with paths", |u| u.1);
            UnsupportedPart {
                element: name.to_owned(),
                line: element.line,
                column: self.labelled.column(element),
                remedy,
            }
        });
        let Some(UnsupportedPart { element, line, column, remedy }) = parts.next() else { return Ok(()) };
        Err(FormationError::UnsupportedSvg { element, line, column, remedy, others: parts.collect() })
    }

    fn group(
        &mut self,
        group: &usvg::Group,
        outer: u32,
        opacity: f64,
        clips: &[Vec<Outline>],
    ) -> Result<(), FormationError> {
        let element = self.labelled.element_of(group.id()).unwrap_or(outer);
        let opacity = opacity * f64::from(group.opacity().get());
        let before = (self.drawing.art.layers.len(), self.unsupported.len());
        let mut own_clips = clips.to_vec();
        let mut clip = group.clip_path();
        while let Some(path) = clip {
            // A clip path is in the user space of the group it clips.
            own_clips.push(self.clip(path, group.abs_transform(), element)?);
            clip = path.clip_path();
        }
        for node in group.children() {
            match node {
                usvg::Node::Group(child) => self.group(child, element, opacity, &own_clips)?,
                usvg::Node::Path(path) => self.path(path, element, opacity, &own_clips)?,
                // They were outlined.
                usvg::Node::Image(_) | usvg::Node::Text(_) => {}
            }
        }
        // What nothing is seen of may have a mask or a filter.
        if before != (self.drawing.art.layers.len(), self.unsupported.len()) {
            let mut refuse = |id: &str, name| {
                let element = self.labelled.element_of(id).unwrap_or(element);
                self.unsupported.push((element, name));
            };
            if let Some(mask) = group.mask() {
                refuse(mask.id(), "mask");
            }
            if let Some(filter) = group.filters().first() {
                refuse(filter.id(), "filter");
            }
        }
        Ok(())
    }

    fn path(
        &mut self,
        path: &usvg::Path,
        outer: u32,
        opacity: f64,
        clips: &[Vec<Outline>],
    ) -> Result<(), FormationError> {
        if !path.is_visible() {
            return Ok(());
        }
        if let Some(index) = self.labelled.outlined(path.data()) {
            if opacity > 0.0 {
                self.outline_of(index);
            }
            return Ok(());
        }
        let element = self.labelled.element_of(path.id()).unwrap_or(outer);
        let group = self.paths;
        self.paths += 1;
        let transform = path.abs_transform();
        let fill = |reader: &mut Self| {
            path.fill().map_or(Ok(()), |fill| {
                let opacity = opacity * f64::from(fill.opacity().get());
                let outline = reader.outline(path.data(), transform, rule(fill.rule()))?;
                reader.layer(outline, (fill.paint(), opacity, transform), element, group, clips)
            })
        };
        let stroke = |reader: &mut Self| {
            path.stroke().map_or(Ok(()), |stroke| {
                // Curves of the stroke's sides are exact to a fraction of the tolerance at this scale.
                let resolution = 1.0 / (reader.tolerance as f32).max(1e-6);
                let mut pen = stroke.to_tiny_skia();
                let dashed = pen.dash.take().and_then(|dash| path.data().dash(&dash, resolution));
                let line = dashed.as_ref().unwrap_or(path.data());
                let Some(sides) = line.stroke(&pen, resolution) else { return Ok(()) };
                let opacity = opacity * f64::from(stroke.opacity().get());
                let outline = reader.outline(&sides, transform, FillRule::NonZero)?;
                reader.layer(outline, (stroke.paint(), opacity, transform), element, group, clips)
            })
        };
        match path.paint_order() {
            usvg::PaintOrder::FillAndStroke => fill(self).and_then(|()| stroke(self)),
            usvg::PaintOrder::StrokeAndFill => stroke(self).and_then(|()| fill(self)),
        }
    }

    /// Notes an element that would be seen and cannot become points.
    fn outline_of(&mut self, index: u32) {
        let tag = self.labelled.elements[index as usize].tag.as_str();
        let name = UNSUPPORTED.iter().find(|(name, _)| *name == tag).map_or("foreignObject", |(name, _)| *name);
        self.unsupported.push((index, name));
    }

    fn layer(
        &mut self,
        outline: Outline,
        (paint, opacity, transform): (&usvg::Paint, f64, Transform),
        element: u32,
        group: u32,
        clips: &[Vec<Outline>],
    ) -> Result<(), FormationError> {
        if outline.contours.is_empty() || opacity <= 0.0 {
            return Ok(());
        }
        if let usvg::Paint::Pattern(pattern) = paint {
            let element = self.labelled.element_of(pattern.id()).unwrap_or(element);
            self.unsupported.push((element, "pattern"));
            return Ok(());
        }
        let (paint, unknown) = self.paint(paint, opacity, transform);
        match paint.greatest_opacity() {
            opacity if opacity <= 0.0 => return Ok(()),
            opacity if opacity < LEAST_OPACITY => {
                self.drawing.faint.push(element);
                return Ok(());
            }
            _ => {}
        }
        let layers = &mut self.drawing.art.layers;
        if layers.len() == MAX_LAYERS {
            return Err(FormationError::TooComplex {
                what: "painted shapes of the SVG",
                found: MAX_LAYERS + 1,
                max: MAX_LAYERS,
            });
        }
        self.drawing.unknown.extend(unknown.into_iter().map(|colour| (layers.len(), colour)));
        layers.push(Layer { outline, paint, group, clips: clips.to_vec() });
        self.drawing.elements.push(element);
        self.count(clips.iter().flatten().map(corners).sum())
    }

    /// The paint, and the colours in it that are not understood.
    fn paint(&self, paint: &usvg::Paint, opacity: f64, transform: Transform) -> (Paint, Vec<usize>) {
        let unknown = &self.labelled.unknown;
        match paint {
            usvg::Paint::Color(colour) => match unknown.index_of(*colour) {
                Some(index) => (Paint::Plain, vec![index]),
                None => (Paint::Solid(rgb(*colour), opacity), Vec::new()),
            },
            usvg::Paint::LinearGradient(linear) => {
                let found = linear.stops().iter().filter_map(|s| unknown.index_of(s.color())).collect();
                (linear_gradient(linear, self.stops(linear.stops(), opacity), transform), found)
            }
            usvg::Paint::RadialGradient(radial) => {
                let found = radial.stops().iter().filter_map(|s| unknown.index_of(s.color())).collect();
                (radial_gradient(radial, self.stops(radial.stops(), opacity), transform), found)
            }
            usvg::Paint::Pattern(_) => (Paint::Plain, Vec::new()),
        }
    }

    /// The stops of a gradient; colours that are not understood are white.
    fn stops(&self, stops: &[usvg::Stop], opacity: f64) -> Vec<(f64, Rgb, f64)> {
        let colour = |colour| self.labelled.unknown.index_of(colour).map_or_else(|| rgb(colour), |_| Rgb::WHITE);
        stops
            .iter()
            .map(|s| (f64::from(s.offset().get()), colour(s.color()), opacity * f64::from(s.opacity().get())))
            .collect()
    }

    /// All shapes of a clip path: it is open where any of them is.
    fn clip(&mut self, clip: &usvg::ClipPath, outer: Transform, element: u32) -> Result<Vec<Outline>, FormationError> {
        let mut outlines = Vec::new();
        let base = outer.pre_concat(clip.transform());
        let element = self.labelled.element_of(clip.id()).unwrap_or(element);
        self.clip_group(clip.root(), base, element, &mut outlines)?;
        Ok(outlines)
    }

    fn clip_group(
        &mut self,
        group: &usvg::Group,
        base: Transform,
        element: u32,
        outlines: &mut Vec<Outline>,
    ) -> Result<(), FormationError> {
        if group.clip_path().is_some() {
            let element = &self.labelled.elements[element as usize];
            let why = format!("{element}: clip paths with clipped shapes are not supported; cut the shapes themselves");
            return Err(FormationError::BadSvg { why });
        }
        for node in group.children() {
            match node {
                usvg::Node::Group(child) => self.clip_group(child, base, element, outlines)?,
                usvg::Node::Path(path) => {
                    if let Some(index) = self.labelled.outlined(path.data()) {
                        self.outline_of(index);
                        continue;
                    }
                    let rule = path.fill().map_or(FillRule::NonZero, |f| rule(f.rule()));
                    outlines.push(self.outline(path.data(), base.pre_concat(path.abs_transform()), rule)?);
                }
                usvg::Node::Image(_) | usvg::Node::Text(_) => {}
            }
        }
        Ok(())
    }

    fn outline(
        &mut self,
        path: &usvg::tiny_skia_path::Path,
        transform: Transform,
        rule: FillRule,
    ) -> Result<Outline, FormationError> {
        let mut bezier = kurbo::BezPath::new();
        let map = |x: f32, y: f32| {
            let (x, y) = (f64::from(x), f64::from(y));
            let [sx, ky, kx, sy, tx, ty] =
                [transform.sx, transform.ky, transform.kx, transform.sy, transform.tx, transform.ty].map(f64::from);
            kurbo::Point::new(sx * x + kx * y + tx, -(ky * x + sy * y + ty))
        };
        for segment in path.segments() {
            match segment {
                PathSegment::MoveTo(p) => bezier.move_to(map(p.x, p.y)),
                PathSegment::LineTo(p) => bezier.line_to(map(p.x, p.y)),
                PathSegment::QuadTo(c, p) => bezier.quad_to(map(c.x, c.y), map(p.x, p.y)),
                PathSegment::CubicTo(c, d, p) => bezier.curve_to(map(c.x, c.y), map(d.x, d.y), map(p.x, p.y)),
                PathSegment::Close => bezier.close_path(),
            }
        }
        let outline = Outline { contours: flatten(&bezier, self.tolerance), rule };
        self.count(corners(&outline))?;
        Ok(outline)
    }

    fn count(&mut self, edges: usize) -> Result<(), FormationError> {
        self.edges += edges;
        if self.edges > MAX_EDGES {
            let (what, found, max) = ("corners of the SVG's shapes", self.edges, MAX_EDGES);
            return Err(FormationError::TooComplex { what, found, max });
        }
        Ok(())
    }
}

fn corners(outline: &Outline) -> usize {
    outline.contours.iter().map(Vec::len).sum()
}

fn rule(rule: usvg::FillRule) -> FillRule {
    match rule {
        usvg::FillRule::NonZero => FillRule::NonZero,
        usvg::FillRule::EvenOdd => FillRule::EvenOdd,
    }
}

fn rgb(colour: usvg::Color) -> Rgb {
    Rgb::new(colour.red, colour.green, colour.blue)
}

fn linear_gradient(linear: &usvg::LinearGradient, stops: Vec<(f64, Rgb, f64)>, transform: Transform) -> Paint {
    let from = DVec2::new(f64::from(linear.x1()), f64::from(linear.y1()));
    let along = DVec2::new(f64::from(linear.x2()), f64::from(linear.y2())) - from;
    let squared = along.length_squared();
    if squared <= 0.0 {
        return last_stop(&stops);
    }
    // Coordinate along the gradient, and across it.
    let axis = along / squared;
    let own = [axis.x, -axis.y, axis.y, axis.x, -axis.dot(from), axis.perp_dot(from)];
    gradient(own, false, stops, linear.spread_method(), transform.pre_concat(linear.transform()))
}

fn radial_gradient(radial: &usvg::RadialGradient, stops: Vec<(f64, Rgb, f64)>, transform: Transform) -> Paint {
    let scale = 1.0 / f64::from(radial.r().get());
    let own = [scale, 0.0, 0.0, scale, -f64::from(radial.cx()) * scale, -f64::from(radial.cy()) * scale];
    gradient(own, true, stops, radial.spread_method(), transform.pre_concat(radial.transform()))
}

fn last_stop(stops: &[(f64, Rgb, f64)]) -> Paint {
    stops.last().map_or(Paint::Solid(Rgb::BLACK, 0.0), |s| Paint::Solid(s.1, s.2))
}

/// `own` maps the gradient's user space to its parameter space, `to_page` its user space to the page (y down).
fn gradient(
    own: [f64; 6],
    radial: bool,
    stops: Vec<(f64, Rgb, f64)>,
    spread: usvg::SpreadMethod,
    to_page: Transform,
) -> Paint {
    let Some(back) = to_page.invert() else { return last_stop(&stops) };
    let [a, b, c, d, e, f] = [back.sx, back.ky, back.kx, back.sy, back.tx, back.ty].map(f64::from);
    // The picture's y is up, the page's is down.
    let (c, d) = (-c, -d);
    let [oa, ob, oc, od, oe, of] = own;
    let from_picture = [
        oa * a + oc * b,
        ob * a + od * b,
        oa * c + oc * d,
        ob * c + od * d,
        oa * e + oc * f + oe,
        ob * e + od * f + of,
    ];
    let spread = match spread {
        usvg::SpreadMethod::Pad => Spread::Hold,
        usvg::SpreadMethod::Reflect => Spread::Mirror,
        usvg::SpreadMethod::Repeat => Spread::Repeat,
    };
    Paint::Gradient(Gradient { from_picture, radial, stops, spread })
}
