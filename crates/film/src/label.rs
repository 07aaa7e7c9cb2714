//! Words on a picture, in the fonts that ship with Kapok.

use harfrust::{ShapeOptions, ShaperData, UnicodeBuffer};
use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, GlyphId, MetadataProvider};
use tiny_skia::{FillRule, Mask, PathBuilder, Transform};

use crate::film::Frame;

/// Characters of a label, at most.
const MAX_CHARACTERS: usize = 120;
/// From the top of the line to its base, and the height of the line, in ems.
const BASE_EM: f64 = 0.95;
const LINE_EM: f64 = 1.25;

/// A line of text as the share of each pixel that it covers.
#[derive(Clone, Debug)]
pub struct Label {
    width: usize,
    height: usize,
    cover: Vec<u8>,
}

impl Label {
    /// A line of text in letters of `em_px`. Characters that neither font has are left out.
    pub fn new(text: &str, em_px: f64) -> Self {
        let em_px = em_px.clamp(6.0, 400.0);
        let mut builder = PathBuilder::new();
        let mut pen_px = 0.0;
        for (font, run) in runs(text) {
            pen_px += draw(&font, &run, em_px, pen_px, &mut builder);
        }
        let (width, height) = ((pen_px.ceil() as u32 + 2).min(8192), (LINE_EM * em_px).ceil() as u32);
        let mask = Mask::new(width, height).map(|mut mask| {
            if let Some(path) = builder.finish() {
                mask.fill_path(&path, FillRule::Winding, true, Transform::identity());
            }
            mask.data().to_vec()
        });
        let (width, height) = (width as usize, height as usize);
        Self { width, height, cover: mask.unwrap_or_else(|| vec![0; width * height]) }
    }

    /// Width and height, pixels.
    pub const fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// The part that fits into so many pixels.
    #[must_use]
    pub fn cut(mut self, width: usize) -> Self {
        if width < self.width {
            self.cover = self.cover.chunks(self.width).flat_map(|row| &row[..width]).copied().collect();
            self.width = width;
        }
        self
    }

    /// Writes the text with its upper left corner at a pixel; what is outside is cut off.
    pub fn stamp(&self, frame: &mut Frame, x: usize, y: usize, colour: [u8; 3], alpha: f64) {
        let size = frame.size();
        let columns = self.width.min(size.width().saturating_sub(x));
        for row in 0..self.height.min(size.height().saturating_sub(y)) {
            for column in 0..columns {
                let share = f64::from(self.cover[row * self.width + column]) / 255.0 * alpha;
                if share > 0.0 {
                    let i = 3 * ((y + row) * size.width() + x + column);
                    for (value, colour) in frame.rgb_mut()[i..i + 3].iter_mut().zip(colour) {
                        *value = (f64::from(*value) * (1.0 - share) + f64::from(colour) * share).round() as u8;
                    }
                }
            }
        }
    }
}

/// The text in parts, each with the font that has its characters.
fn runs(text: &str) -> Vec<(FontRef<'static>, String)> {
    let fonts = [kapok_fonts::LATIN_BOLD, kapok_fonts::HAN_REGULAR];
    let fonts: Vec<FontRef> = fonts.into_iter().filter_map(|bytes| FontRef::from_index(bytes, 0).ok()).collect();
    let has = |font: &FontRef, c: char| font.charmap().map(c).is_some_and(|g| g != GlyphId::NOTDEF);
    let mut runs: Vec<(usize, String)> = Vec::new();
    for c in text.chars().filter(|c| !c.is_control()).take(MAX_CHARACTERS) {
        let Some(k) = fonts.iter().position(|font| has(font, c)) else { continue };
        match runs.last_mut() {
            Some((last, run)) if *last == k => run.push(c),
            _ => runs.push((k, c.to_string())),
        }
    }
    runs.into_iter().map(|(k, run)| (fonts[k].clone(), run)).collect()
}

/// Adds the outlines of a run; how far the pen moved, pixels.
fn draw(font: &FontRef, run: &str, em_px: f64, start_px: f64, builder: &mut PathBuilder) -> f64 {
    let metrics = font.metrics(Size::unscaled(), LocationRef::default());
    let scale = em_px / f64::from(metrics.units_per_em.max(1));
    let mut buffer = UnicodeBuffer::new();
    buffer.push_str(run);
    buffer.guess_segment_properties();
    let data = ShaperData::new(font);
    let buffer = data.shaper(font).build().shape(buffer, ShapeOptions::new());
    let outlines = font.outline_glyphs();
    let mut pen = 0.0;
    for (info, position) in buffer.glyph_infos().iter().zip(buffer.glyph_positions()) {
        if let Some(outline) = outlines.get(GlyphId::new(info.glyph_id)) {
            let x = start_px + (pen + f64::from(position.x_offset)) * scale;
            let y = BASE_EM * em_px - f64::from(position.y_offset) * scale;
            let mut sink = Sink { builder, x: x as f32, y: y as f32, scale: scale as f32 };
            // A glyph that cannot be drawn leaves a gap.
            let _ = outline.draw(DrawSettings::unhinted(Size::unscaled(), LocationRef::default()), &mut sink);
        }
        pen += f64::from(position.x_advance);
    }
    pen * scale
}

/// Font units, y upwards, to pixels, y downwards.
struct Sink<'a> {
    builder: &'a mut PathBuilder,
    x: f32,
    y: f32,
    scale: f32,
}

impl Sink<'_> {
    fn at(&self, x: f32, y: f32) -> (f32, f32) {
        (self.x + self.scale * x, self.y - self.scale * y)
    }
}

impl OutlinePen for Sink<'_> {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.builder.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.builder.line_to(x, y);
    }

    fn quad_to(&mut self, cx0: f32, cy0: f32, x: f32, y: f32) {
        let ((cx, cy), (x, y)) = (self.at(cx0, cy0), self.at(x, y));
        self.builder.quad_to(cx, cy, x, y);
    }

    fn curve_to(&mut self, cx0: f32, cy0: f32, cx1: f32, cy1: f32, x: f32, y: f32) {
        let ((ax, ay), (bx, by), (x, y)) = (self.at(cx0, cy0), self.at(cx1, cy1), self.at(x, y));
        self.builder.cubic_to(ax, ay, bx, by, x, y);
    }

    fn close(&mut self) {
        self.builder.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::camera::FrameSize;

    #[test]
    fn latin_and_han_leave_ink_and_nothing_leaves_none() {
        let ink = |text: &str| Label::new(text, 24.0).cover.iter().map(|&c| u64::from(c)).sum::<u64>();
        assert!(ink("A") > 0 && ink("福") > 0 && ink("A福") >= ink("A") + ink("福"));
        assert_eq!(ink("\u{1b}\u{0}\u{10ffff}"), 0);
        assert!(Label::new("MM", 24.0).size().0 > Label::new("M", 24.0).size().0);
    }

    #[test]
    fn what_is_outside_is_cut_off() {
        let mut frame = Frame::filled(FrameSize::new(20, 16).unwrap(), [0; 3]);
        Label::new("WWWWWWWW", 40.0).stamp(&mut frame, 10, 2, [255; 3], 1.0);
        Label::new("W", 40.0).stamp(&mut frame, 900, 900, [255; 3], 1.0);
        assert!(frame.rgb().contains(&255));
        assert_eq!(frame.pixel(5, 8), [0; 3]);
    }
}
