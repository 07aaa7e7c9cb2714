//! The content stream of a page, ISO 32000-1, 7.8.2.

use pdf_writer::types::{LineCapStyle, LineJoinStyle};
use pdf_writer::{Buf, Content, Name, Str, TextStr};
use resvg::tiny_skia::{Path, PathSegment, Point, Transform};
use resvg::usvg::{
    BlendMode, Color, Fill, FillRule, Group, LineCap, LineJoin, Node, Opacity, Paint, PaintOrder, Stroke, Text, Tree,
    fontdb, layout::Span,
};

use super::error::PdfError;
use super::font::{FONT, Subset};

/// Resource name of an opacity of a page.
pub fn opacity_name(index: usize) -> String {
    format!("A{index}")
}

/// One page, drawn.
pub struct Page {
    content: Buf,
    opacities: Vec<f32>,
}

impl Page {
    /// Draws a tree. Its glyphs are added to the font.
    ///
    /// # Errors
    /// [`PdfError::Unsupported`].
    pub fn draw(tree: &Tree, glyphs: &mut Subset) -> Result<Self, PdfError> {
        let face = tree.fontdb().faces().next().map(|face| face.id);
        let mut canvas = Canvas { content: Content::new(), glyphs, face, opacities: Vec::new() };
        // The origin of a page is its lower left corner (8.3.2.3), that of an SVG its upper left one.
        canvas.content.transform([1.0, 0.0, 0.0, -1.0, 0.0, tree.size().height()]);
        canvas.group(tree.root())?;
        Ok(Self { content: canvas.content.finish(), opacities: canvas.opacities })
    }

    pub fn content(&self) -> &[u8] {
        &self.content
    }

    /// Opacities that the content names, by [`opacity_name`].
    pub fn opacities(&self) -> &[f32] {
        &self.opacities
    }
}

/// A page while it is drawn.
struct Canvas<'a, 'f> {
    content: Content,
    glyphs: &'a mut Subset<'f>,
    face: Option<fontdb::ID>,
    opacities: Vec<f32>,
}

impl Canvas<'_, '_> {
    fn group(&mut self, group: &Group) -> Result<(), PdfError> {
        let effects = [
            (group.clip_path().is_some(), "a clip path"),
            (group.mask().is_some(), "a mask"),
            (!group.filters().is_empty(), "a filter"),
            (group.blend_mode() != BlendMode::Normal, "a blend mode"),
            (group.opacity() != Opacity::ONE, "the opacity of a group"),
        ];
        if let Some((_, effect)) = effects.into_iter().find(|(is_there, _)| *is_there) {
            return Err(PdfError::Unsupported(effect));
        }
        for node in group.children() {
            match node {
                Node::Group(inner) => self.group(inner)?,
                Node::Path(path) if path.is_visible() => self.in_space(path.abs_transform(), |canvas| {
                    let fill = |canvas: &mut Self| path.fill().map_or(Ok(()), |fill| canvas.fill(fill, path.data()));
                    let stroke = |canvas: &mut Self| path.stroke().map_or(Ok(()), |s| canvas.stroke(s, path.data()));
                    match path.paint_order() {
                        PaintOrder::FillAndStroke => fill(canvas).and_then(|()| stroke(canvas)),
                        PaintOrder::StrokeAndFill => stroke(canvas).and_then(|()| fill(canvas)),
                    }
                })?,
                Node::Path(_) => {}
                Node::Text(text) => self.text(text)?,
                Node::Image(_) => return Err(PdfError::Unsupported("an image")),
            }
        }
        Ok(())
    }

    /// Glyphs are filled as text. Their strokes are paths: shown as text again, they would be found and copied twice.
    fn text(&mut self, text: &Text) -> Result<(), PdfError> {
        self.in_space(text.abs_transform(), |canvas| {
            canvas.strokes(text.flattened(), PaintOrder::StrokeAndFill)?;
            for span in text.layouted().iter().filter(|span| span.visible) {
                canvas.span(span)?;
            }
            canvas.strokes(text.flattened(), PaintOrder::FillAndStroke)
        })
    }

    fn strokes(&mut self, outlines: &Group, order: PaintOrder) -> Result<(), PdfError> {
        for node in outlines.children() {
            let Node::Path(path) = node else { return Err(PdfError::Unsupported("a glyph without an outline")) };
            if let Some(stroke) = path.stroke().filter(|_| path.is_visible() && path.paint_order() == order) {
                self.stroke(stroke, path.data())?;
            }
        }
        Ok(())
    }

    /// Each glyph has a text matrix of its own (9.4.2): no viewer has to add up rounded widths.
    fn span(&mut self, span: &Span) -> Result<(), PdfError> {
        if span.underline.is_some() || span.overline.is_some() || span.line_through.is_some() {
            return Err(PdfError::Unsupported("decorated text"));
        }
        let Some(fill) = &span.fill else { return Ok(()) };
        let colour = self.paint(fill.paint(), fill.opacity())?;
        self.content.set_fill_rgb(colour[0], colour[1], colour[2]);
        let size = span.font_size.get();
        let scale = self.glyphs.units_per_em() / size;
        self.content.begin_text().set_font(FONT, size);
        for glyph in &span.positioned_glyphs {
            if Some(glyph.font) != self.face {
                return Err(PdfError::Unsupported("text in a second font"));
            }
            let (code, is_mapped) = self.glyphs.code(glyph.id.0, &glyph.text)?;
            if !is_mapped {
                let mut mark = self.content.begin_marked_content_with_properties(Name(b"Span"));
                mark.properties().actual_text(TextStr(&glyph.text));
            }
            let t = glyph.outline_transform().pre_scale(scale, scale);
            self.content.set_text_matrix([t.sx, t.ky, t.kx, t.sy, t.tx, t.ty]).show(Str(&code.to_be_bytes()));
            if !is_mapped {
                self.content.end_marked_content();
            }
        }
        self.content.end_text();
        Ok(())
    }

    fn fill(&mut self, fill: &Fill, path: &Path) -> Result<(), PdfError> {
        let colour = self.paint(fill.paint(), fill.opacity())?;
        self.content.set_fill_rgb(colour[0], colour[1], colour[2]);
        self.outline(path);
        match fill.rule() {
            FillRule::NonZero => self.content.fill_nonzero(),
            FillRule::EvenOdd => self.content.fill_even_odd(),
        };
        Ok(())
    }

    fn stroke(&mut self, stroke: &Stroke, path: &Path) -> Result<(), PdfError> {
        let colour = self.paint(stroke.paint(), stroke.opacity())?;
        self.content.set_stroke_rgb(colour[0], colour[1], colour[2]);
        self.content.set_line_width(stroke.width().get()).set_miter_limit(stroke.miterlimit().get());
        self.content.set_line_cap(match stroke.linecap() {
            LineCap::Butt => LineCapStyle::ButtCap,
            LineCap::Round => LineCapStyle::RoundCap,
            LineCap::Square => LineCapStyle::ProjectingSquareCap,
        });
        self.content.set_line_join(match stroke.linejoin() {
            LineJoin::Miter => LineJoinStyle::MiterJoin,
            LineJoin::MiterClip => return Err(PdfError::Unsupported("a clipped mitre")),
            LineJoin::Round => LineJoinStyle::RoundJoin,
            LineJoin::Bevel => LineJoinStyle::BevelJoin,
        });
        self.content.set_dash_pattern(stroke.dasharray().unwrap_or_default().iter().copied(), stroke.dashoffset());
        self.outline(path);
        self.content.stroke();
        Ok(())
    }

    /// Sets the opacity of what comes, and gives its colour.
    fn paint(&mut self, paint: &Paint, opacity: Opacity) -> Result<[f32; 3], PdfError> {
        let &Paint::Color(Color { red, green, blue }) = paint else {
            return Err(PdfError::Unsupported("a gradient or pattern"));
        };
        let opacity = opacity.get();
        let index = self.opacities.iter().position(|o| *o == opacity).unwrap_or_else(|| {
            self.opacities.push(opacity);
            self.opacities.len() - 1
        });
        self.content.set_parameters(Name(opacity_name(index).as_bytes()));
        Ok([red, green, blue].map(|c| f32::from(c) / 255.0))
    }

    /// Operators of path construction (8.5.2).
    fn outline(&mut self, path: &Path) {
        let mut at = Point::zero();
        for segment in path.segments() {
            match segment {
                PathSegment::MoveTo(to) => {
                    self.content.move_to(to.x, to.y);
                    at = to;
                }
                PathSegment::LineTo(to) => {
                    self.content.line_to(to.x, to.y);
                    at = to;
                }
                PathSegment::QuadTo(middle, to) => {
                    // PDF has cubics only: the control points are two thirds of the way to that of the parabola.
                    let control = |end: f32, middle: f32| end + (middle - end) * 2.0 / 3.0;
                    self.content.cubic_to(
                        control(at.x, middle.x),
                        control(at.y, middle.y),
                        control(to.x, middle.x),
                        control(to.y, middle.y),
                        to.x,
                        to.y,
                    );
                    at = to;
                }
                PathSegment::CubicTo(a, b, to) => {
                    self.content.cubic_to(a.x, a.y, b.x, b.y, to.x, to.y);
                    at = to;
                }
                PathSegment::Close => {
                    self.content.close_path();
                }
            }
        }
    }

    /// Draws in the space of an element.
    fn in_space(&mut self, t: Transform, draw: impl FnOnce(&mut Self) -> Result<(), PdfError>) -> Result<(), PdfError> {
        self.content.save_state();
        if !t.is_identity() {
            self.content.transform([t.sx, t.ky, t.kx, t.sy, t.tx, t.ty]);
        }
        draw(self)?;
        self.content.restore_state();
        Ok(())
    }
}
