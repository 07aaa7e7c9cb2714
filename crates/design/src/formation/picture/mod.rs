//! Flat pictures: painted shapes, what is seen of them, and points spread over it.

mod art;
mod boundary;
mod corners;
mod distance;
mod field;
mod raster;
mod readability;
mod regions;
mod shape;
mod stroke;
mod svg;
mod text;

use kapok_show::DVec2;

use super::error::FormationError;
use super::evenly::Terrain;
use super::point::{MAX_SIZE_M, PictureSize, SourcePoint};
use super::relax::{Ground, Site};
use super::source::Source;
use art::Art;
use field::{Field, FieldSettings, distance_for};
pub(super) use readability::score;
use shape::Stack;
use stroke::Strokes;
use text::Letters;
pub use text::TextStyle;

/// A picture in its final size.
pub(super) struct Picture {
    art: Art,
    stack: Stack,
    settings: FieldSettings,
    /// What the picture is drawn with, if it is drawn by single strokes.
    strokes: Option<Strokes>,
    /// Lines of text; 1 for any other picture.
    lines: usize,
    /// What of the source is missing or otherwise than its author may think.
    warnings: Vec<String>,
}

pub(super) fn picture(source: &Source) -> Result<Picture, FormationError> {
    let (letters, size, settings) = match source {
        Source::Text { text, font, height_m, style } => {
            (text::letters(text, font, *style)?, PictureSize::HeightM(*height_m), FieldSettings::of_text(*style))
        }
        Source::Svg { bytes, size } => (Letters::Painted(svg::shapes(bytes)?), *size, FieldSettings::default()),
        _ => return Err(FormationError::EmptyPicture { why: "this source is no picture" }),
    };
    let lines = if let Source::Text { text, .. } = source { text.lines().count().max(1) } else { 1 };
    let empty = FormationError::EmptyPicture { why: "nothing painted has an area" };
    let bounds = match &letters {
        Letters::Painted(art) => art.bounds(),
        Letters::Drawn(strokes, _) => strokes.bounds(),
    };
    let (min, max) = bounds.ok_or(empty.clone())?;
    let extent = max - min;
    let scale = match size {
        PictureSize::WidthM(w) => w / extent.x,
        PictureSize::HeightM(h) => h / extent.y,
    };
    let longest_m = extent.max_element() * scale;
    if !(longest_m.is_finite() && extent.min_element() > 0.0) {
        return Err(empty);
    }
    if longest_m > MAX_SIZE_M {
        return Err(FormationError::BadSetting {
            field: "the longest side of the picture",
            value: longest_m,
            why: "at most 10,000 m are accepted",
        });
    }
    let centre = 0.5 * (min + max);
    let (mut art, strokes) = match letters {
        Letters::Painted(art) => (art.fit(centre, scale), None),
        Letters::Drawn(strokes, warnings) => {
            let strokes = strokes.fit(centre, scale);
            (Art { warnings, ..strokes.drawn(f64::INFINITY) }, Some(strokes))
        }
    };
    let warnings = std::mem::take(&mut art.warnings);
    let stack = Stack::new(&art).ok_or(empty)?;
    if !field::shines(&stack) {
        return Err(FormationError::EmptyPicture {
            why: "all light paint is hidden, transparent or thinner than dust",
        });
    }
    Ok(Picture { art, stack, settings, strokes, lines, warnings })
}

impl Terrain for Picture {
    fn ground(&self, distance_m: f64) -> Box<dyn Ground + '_> {
        match &self.strokes {
            Some(strokes) => strokes.ground(distance_m),
            None => Box::new(Field::new(&self.art, &self.stack, self.settings, distance_m)),
        }
    }

    fn distance_for(&self, count: usize) -> f64 {
        self.strokes.as_ref().map_or_else(|| distance_for(&self.stack, count), |strokes| strokes.distance_for(count))
    }

    fn row(&self, count: usize) -> Option<Vec<Site>> {
        self.strokes.as_ref()?.row(count)
    }

    fn warnings(&self) -> Vec<String> {
        self.warnings.clone()
    }

    fn points(&self, sites: &[Site]) -> Option<Vec<SourcePoint>> {
        let extent = self.stack.max - self.stack.min;
        let point = |site: &Site| {
            let p = DVec2::new(site.position_m.x, site.position_m.z);
            let share = ((p - self.stack.min) / extent).clamp(DVec2::ZERO, DVec2::ONE);
            let sheet = self.stack.top(p)?;
            Some(SourcePoint {
                position_m: site.position_m,
                colour: self.stack.colour(p),
                u: share.x,
                v: share.y,
                group: self.stack.sheets[sheet].group,
            })
        };
        sites.iter().map(point).collect()
    }
}
