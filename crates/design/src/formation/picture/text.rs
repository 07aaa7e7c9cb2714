use std::collections::BTreeMap;
use std::ops::Range;

use harfrust::{Direction, GlyphInfo, GlyphPosition, ShapeOptions, ShaperData, UnicodeBuffer};
use kapok_show::DVec2;
use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::string::StringId;
use skrifa::{FontRef, GlyphId, MetadataProvider};
use unicode_bidi::{BidiInfo, ParagraphInfo};

use super::art::{Art, FLATNESS, FillRule, Layer, MAX_EDGES, Outline, Paint, flatten};
use super::stroke::{Pen, Strokes};
use crate::formation::error::FormationError;

/// Lines are this far apart, in ems.
const LINE_EM: f64 = 1.15;

/// Width of the line when only outlines are shown, in ems.
const LINE_WIDTH_EM: f64 = 0.01;

/// What of the letters is covered with points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TextStyle {
    /// Filled letters with sharp edges.
    #[default]
    Fill,
    /// The outlines only.
    Outline,
    /// Filled letters whose outlines are denser than the inside.
    Both,
    /// The middle of every stroke, as a single row.
    Stroke,
}

/// Letters as they are to be covered.
pub(super) enum Letters {
    /// Areas, one layer per glyph.
    Painted(Art),
    /// Lines, and what of the text is missing.
    Drawn(Strokes, Vec<String>),
}

/// Letters as painted shapes or lines in font units, from left to right; lines of text are centred below each other.
///
/// Each line is a paragraph of its own: its characters are put in order by the bidirectional algorithm of Unicode, with the
/// direction of its first letter that has one.
pub(super) fn letters(text: &str, font_bytes: &[u8], style: TextStyle) -> Result<Letters, FormationError> {
    let bad = |why: String| FormationError::BadFont { why };
    let font = FontRef::from_index(font_bytes, 0).map_err(|_| bad("this is no font".to_owned()))?;
    let metrics = font.metrics(Size::unscaled(), LocationRef::default());
    let units_per_em = f64::from(metrics.units_per_em.max(1));
    let capital = metrics.cap_height.map(f64::from).filter(|height| *height > 0.1 * units_per_em);
    let is_built_in = [kapok_fonts::LATIN_BOLD, kapok_fonts::HAN_REGULAR].contains(&font_bytes);
    let mut pen_of_strokes = (style == TextStyle::Stroke)
        .then(|| Pen::new(capital.unwrap_or(0.7 * units_per_em), units_per_em, is_built_in));
    let shaper_data = ShaperData::new(&font);
    let shaper = shaper_data.shaper(&font).build();
    let charmap = font.charmap();
    let outlines = font.outline_glyphs();
    let tolerance = FLATNESS * units_per_em;
    let mut art = Art::default();
    let (mut edges, mut letters) = (0, 0);
    for (line_index, line) in text.lines().enumerate() {
        for (index, character) in line.chars().enumerate() {
            let is_drawn = !character.is_whitespace() && !is_invisible(character);
            if is_drawn && charmap.map(character).is_none_or(|g| g == GlyphId::NOTDEF) {
                return Err(FormationError::MissingGlyph {
                    character,
                    line: line_index + 1,
                    column: index + 1,
                    font: name_of(&font),
                });
            }
        }
        // White space that a font lacks is still a space.
        let line: String = line.chars().map(|c| if c.is_whitespace() && c != '\u{3000}' { ' ' } else { c }).collect();
        let mut shaped = Vec::new();
        for (run, direction) in visual_runs(&line) {
            let mut buffer = UnicodeBuffer::new();
            buffer.push_str(&line[run.clone()]);
            buffer.set_direction(direction);
            buffer.guess_segment_properties();
            shaped.push((run.start, shaper.shape(buffer, ShapeOptions::new())));
        }
        // The character that a glyph stands for as it is in the font, and how far it moves on.
        let character = |start: usize, info: &GlyphInfo| {
            let character = line[start + info.cluster as usize..].chars().next()?;
            charmap.map(character).filter(|glyph| glyph.to_u32() == info.glyph_id).map(|_| character)
        };
        let advance = |start: usize, info: &GlyphInfo, position: &GlyphPosition| {
            let drawn = pen_of_strokes.as_ref().zip(character(start, info)).and_then(|(pen, c)| pen.advance(c));
            drawn.unwrap_or(f64::from(position.x_advance))
        };
        let glyphs: Vec<Glyph> = shaped
            .iter()
            .flat_map(|(start, buffer)| {
                buffer.glyph_infos().iter().zip(buffer.glyph_positions()).map(move |(i, p)| (*start, i, p))
            })
            .map(|(start, info, position)| Glyph {
                id: GlyphId::new(info.glyph_id),
                cluster: start + info.cluster as usize,
                character: character(start, info),
                offset: DVec2::new(f64::from(position.x_offset), f64::from(position.y_offset)),
                advance: advance(start, info, position),
            })
            .collect();
        let width: f64 = glyphs.iter().map(|glyph| glyph.advance).sum();
        let mut pen = DVec2::new(-0.5 * width, -(line_index as f64) * LINE_EM * units_per_em);
        // Characters that the font draws with nothing.
        let mut blank: BTreeMap<usize, bool> = BTreeMap::new();
        for glyph in &glyphs {
            let at = pen + glyph.offset;
            pen.x += glyph.advance;
            let is_blank = blank.entry(glyph.cluster).or_insert(true);
            if let Some((pen, character)) = pen_of_strokes.as_mut().zip(glyph.character)
                && pen.write(character, at, letters)
            {
                *is_blank = false;
                letters += 1;
                continue;
            }
            let Some(outline) = outlines.get(glyph.id) else { continue };
            let mut path = Path::at(at);
            outline
                .draw(DrawSettings::unhinted(Size::unscaled(), LocationRef::default()), &mut path)
                .map_err(|e| bad(format!("glyph {}: {e}", glyph.id.to_u32())))?;
            let line = || {
                let pen = kurbo::Stroke::new(LINE_WIDTH_EM * units_per_em);
                kurbo::stroke(&path.path, &pen, &kurbo::StrokeOpts::default(), tolerance)
            };
            let contours =
                if style == TextStyle::Outline { flatten(&line(), tolerance) } else { flatten(&path.path, tolerance) };
            edges += contours.iter().map(Vec::len).sum::<usize>();
            if edges > MAX_EDGES {
                return Err(FormationError::TooComplex {
                    what: "corners of the letters",
                    found: edges,
                    max: MAX_EDGES,
                });
            }
            if contours.is_empty() {
                continue;
            }
            *is_blank = false;
            if let Some(pen) = &mut pen_of_strokes {
                pen.trace(contours, letters);
            } else {
                let outline = Outline { contours, rule: FillRule::NonZero };
                art.layers.push(Layer { outline, paint: Paint::Plain, group: letters, clips: Vec::new() });
            }
            letters += 1;
        }
        let lost = blank.iter().filter(|(_, is_blank)| **is_blank).filter_map(|(&at, _)| line[at..].chars().next());
        for character in lost.filter(|c| !c.is_whitespace() && !is_invisible(*c)) {
            art.warnings
                .push(format!("the font \"{}\" draws nothing for {character:?}: it has no outline", name_of(&font)));
        }
    }
    if letters == 0 {
        return Err(FormationError::EmptyPicture { why: "the text has no letters that can be seen" });
    }
    Ok(match pen_of_strokes {
        Some(pen) => Letters::Drawn(pen.strokes(), art.warnings),
        None => Letters::Painted(art),
    })
}

/// A glyph in its line.
struct Glyph {
    id: GlyphId,
    /// Where its characters begin in the line.
    cluster: usize,
    /// The character, if the font draws it by this glyph wherever it stands.
    character: Option<char>,
    offset: DVec2,
    /// Font units.
    advance: f64,
}

/// The runs of a line from left to right, each with the direction in which it is set.
///
/// # Source
/// Unicode Standard Annex 9.
fn visual_runs(line: &str) -> Vec<(Range<usize>, Direction)> {
    let bidi = BidiInfo::new(line, None);
    let of_paragraph = |paragraph: &ParagraphInfo| {
        let (levels, runs) = bidi.visual_runs(paragraph, paragraph.range.clone());
        let direction = |run: &Range<usize>| {
            let is_rtl = levels.get(run.start).is_some_and(unicode_bidi::Level::is_rtl);
            if is_rtl { Direction::RightToLeft } else { Direction::LeftToRight }
        };
        runs.into_iter().map(|run| (run.clone(), direction(&run))).collect::<Vec<_>>()
    };
    bidi.paragraphs.iter().flat_map(of_paragraph).collect()
}

/// Characters that steer the setting and are never drawn: soft hyphen, joiners, directions, variations.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

fn name_of(font: &FontRef) -> String {
    let name = font.localized_strings(StringId::FULL_NAME).english_or_first();
    name.map_or_else(|| "without a name".to_owned(), |n| n.chars().collect())
}

/// Collects a glyph's outline at its place.
pub(super) struct Path {
    path: kurbo::BezPath,
    at: DVec2,
}

impl Path {
    pub fn at(at: DVec2) -> Self {
        Self { path: kurbo::BezPath::new(), at }
    }

    fn point(&self, x: f32, y: f32) -> kurbo::Point {
        kurbo::Point::new(f64::from(x) + self.at.x, f64::from(y) + self.at.y)
    }

    /// A drawing that does not begin with a move would be refused by the curve library.
    fn begun(&self) -> bool {
        !self.is_empty()
    }

    pub fn is_empty(&self) -> bool {
        self.path.elements().is_empty()
    }
}

impl OutlinePen for Path {
    fn move_to(&mut self, x: f32, y: f32) {
        self.path.move_to(self.point(x, y));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        if self.begun() {
            self.path.line_to(self.point(x, y));
        }
    }

    fn quad_to(&mut self, cx0: f32, cy0: f32, x: f32, y: f32) {
        if self.begun() {
            self.path.quad_to(self.point(cx0, cy0), self.point(x, y));
        }
    }

    fn curve_to(&mut self, cx0: f32, cy0: f32, cx1: f32, cy1: f32, x: f32, y: f32) {
        if self.begun() {
            self.path.curve_to(self.point(cx0, cy0), self.point(cx1, cy1), self.point(x, y));
        }
    }

    fn close(&mut self) {
        if self.begun() {
            self.path.close_path();
        }
    }
}
