use kapok_show::{DVec2, Rgb};
use usvg::tiny_skia_path::{PathSegment, Transform};

use super::art::{Art, FLATNESS, FillRule, Gradient, Layer, MAX_EDGES, MAX_LAYERS, Outline, Paint, Spread, flatten};
use crate::formation::error::FormationError;

/// What cannot become points, and what to do instead.
const UNSUPPORTED: [(&str, &str); 6] = [
    ("text", "convert text to paths, or use a text formation"),
    ("image", "trace the image to paths"),
    ("filter", "remove the filter"),
    ("mask", "use a clip path"),
    ("pattern", "paint the shapes of the pattern"),
    ("foreignObject", "draw it with paths"),
];

/// Painted shapes of an SVG in its own units, y upwards.
pub(super) fn shapes(bytes: &[u8]) -> Result<Art, FormationError> {
    let bad = |why: String| FormationError::BadSvg { why };
    let text = std::str::from_utf8(bytes).map_err(|e| bad(format!("byte {} is not UTF-8 text", e.valid_up_to())))?;
    let document = usvg::roxmltree::Document::parse(text).map_err(|e| bad(e.to_string()))?;
    for node in document.descendants().filter(usvg::roxmltree::Node::is_element) {
        if let Some((name, remedy)) = UNSUPPORTED.iter().find(|(name, _)| node.tag_name().name() == *name) {
            let position = document.text_pos_at(node.range().start);
            return Err(FormationError::UnsupportedSvg {
                element: (*name).to_owned(),
                line: position.row,
                column: position.col,
                remedy,
            });
        }
    }
    let tree = usvg::Tree::from_xmltree(&document, &usvg::Options::default()).map_err(|e| bad(e.to_string()))?;
    let side = f64::from(tree.size().width().max(tree.size().height()));
    let mut reader = Reader { art: Art::default(), tolerance: FLATNESS * side, edges: 0, paths: 0 };
    reader.group(tree.root(), 1.0, &[])?;
    if reader.art.layers.is_empty() {
        return Err(FormationError::EmptyPicture { why: "the SVG paints no shapes" });
    }
    Ok(reader.art)
}

struct Reader {
    art: Art,
    tolerance: f64,
    edges: usize,
    paths: u32,
}

impl Reader {
    fn group(&mut self, group: &usvg::Group, opacity: f64, clips: &[Vec<Outline>]) -> Result<(), FormationError> {
        if group.mask().is_some() || !group.filters().is_empty() {
            return Err(FormationError::BadSvg {
                why: "masks and filters are not supported; use clip paths".to_owned(),
            });
        }
        let opacity = opacity * f64::from(group.opacity().get());
        let mut own_clips = clips.to_vec();
        let mut clip = group.clip_path();
        while let Some(path) = clip {
            // A clip path is in the user space of the group it clips.
            own_clips.push(self.clip(path, group.abs_transform())?);
            clip = path.clip_path();
        }
        for node in group.children() {
            match node {
                usvg::Node::Group(child) => self.group(child, opacity, &own_clips)?,
                usvg::Node::Path(path) => self.path(path, opacity, &own_clips)?,
                usvg::Node::Image(_) | usvg::Node::Text(_) => {
                    return Err(FormationError::BadSvg { why: "images and text are not supported".to_owned() });
                }
            }
        }
        Ok(())
    }

    fn path(&mut self, path: &usvg::Path, opacity: f64, clips: &[Vec<Outline>]) -> Result<(), FormationError> {
        if !path.is_visible() {
            return Ok(());
        }
        let group = self.paths;
        self.paths += 1;
        let transform = path.abs_transform();
        let fill = |reader: &mut Self| {
            path.fill().map_or(Ok(()), |fill| {
                let outline = reader.outline(path.data(), transform, rule(fill.rule()))?;
                let paint = paint(fill.paint(), opacity * f64::from(fill.opacity().get()), transform)?;
                reader.layer(outline, paint, group, clips)
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
                let outline = reader.outline(&sides, transform, FillRule::NonZero)?;
                let paint = paint(stroke.paint(), opacity * f64::from(stroke.opacity().get()), transform)?;
                reader.layer(outline, paint, group, clips)
            })
        };
        match path.paint_order() {
            usvg::PaintOrder::FillAndStroke => fill(self).and_then(|()| stroke(self)),
            usvg::PaintOrder::StrokeAndFill => stroke(self).and_then(|()| fill(self)),
        }
    }

    fn layer(
        &mut self,
        outline: Outline,
        paint: Paint,
        group: u32,
        clips: &[Vec<Outline>],
    ) -> Result<(), FormationError> {
        if outline.contours.is_empty() {
            return Ok(());
        }
        if self.art.layers.len() == MAX_LAYERS {
            return Err(FormationError::TooComplex {
                what: "painted shapes of the SVG",
                found: MAX_LAYERS + 1,
                max: MAX_LAYERS,
            });
        }
        self.count(clips.iter().flatten().map(corners).sum())?;
        self.art.layers.push(Layer { outline, paint, group, clips: clips.to_vec() });
        Ok(())
    }

    /// All shapes of a clip path: it is open where any of them is.
    fn clip(&mut self, clip: &usvg::ClipPath, outer: Transform) -> Result<Vec<Outline>, FormationError> {
        let mut outlines = Vec::new();
        let base = outer.pre_concat(clip.transform());
        self.clip_group(clip.root(), base, &mut outlines)?;
        Ok(outlines)
    }

    fn clip_group(
        &mut self,
        group: &usvg::Group,
        base: Transform,
        outlines: &mut Vec<Outline>,
    ) -> Result<(), FormationError> {
        if group.clip_path().is_some() {
            return Err(FormationError::BadSvg { why: "clip paths with clipped shapes are not supported".to_owned() });
        }
        for node in group.children() {
            match node {
                usvg::Node::Group(child) => self.clip_group(child, base, outlines)?,
                usvg::Node::Path(path) => {
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

fn paint(paint: &usvg::Paint, opacity: f64, transform: Transform) -> Result<Paint, FormationError> {
    match paint {
        usvg::Paint::Color(colour) => Ok(Paint::Solid(rgb(*colour), opacity)),
        usvg::Paint::LinearGradient(linear) => {
            let from = DVec2::new(f64::from(linear.x1()), f64::from(linear.y1()));
            let along = DVec2::new(f64::from(linear.x2()), f64::from(linear.y2())) - from;
            let squared = along.length_squared();
            if squared <= 0.0 {
                return Ok(last_stop(linear.stops(), opacity));
            }
            // Coordinate along the gradient, and across it.
            let axis = along / squared;
            let own = [axis.x, -axis.y, axis.y, axis.x, -axis.dot(from), axis.perp_dot(from)];
            Ok(gradient(
                own,
                false,
                linear.stops(),
                linear.spread_method(),
                opacity,
                transform.pre_concat(linear.transform()),
            ))
        }
        usvg::Paint::RadialGradient(radial) => {
            let scale = 1.0 / f64::from(radial.r().get());
            let own = [scale, 0.0, 0.0, scale, -f64::from(radial.cx()) * scale, -f64::from(radial.cy()) * scale];
            Ok(gradient(
                own,
                true,
                radial.stops(),
                radial.spread_method(),
                opacity,
                transform.pre_concat(radial.transform()),
            ))
        }
        usvg::Paint::Pattern(_) => Err(FormationError::BadSvg { why: "patterns are not supported".to_owned() }),
    }
}

fn stops(stops: &[usvg::Stop], opacity: f64) -> Vec<(f64, Rgb, f64)> {
    stops
        .iter()
        .map(|s| (f64::from(s.offset().get()), rgb(s.color()), opacity * f64::from(s.opacity().get())))
        .collect()
}

fn last_stop(list: &[usvg::Stop], opacity: f64) -> Paint {
    stops(list, opacity).last().map_or(Paint::Solid(Rgb::BLACK, 0.0), |s| Paint::Solid(s.1, s.2))
}

/// `own` maps the gradient's user space to its parameter space, `to_page` its user space to the page (y down).
fn gradient(
    own: [f64; 6],
    radial: bool,
    list: &[usvg::Stop],
    spread: usvg::SpreadMethod,
    opacity: f64,
    to_page: Transform,
) -> Paint {
    let Some(back) = to_page.invert() else { return last_stop(list, opacity) };
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
    Paint::Gradient(Gradient { from_picture, radial, stops: stops(list, opacity), spread })
}
