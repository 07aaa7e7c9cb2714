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
pub use text::TextStyle;

/// A picture in its final size.
pub(super) struct Picture {
    art: Art,
    stack: Stack,
    settings: FieldSettings,
    /// Lines of text; 1 for any other picture.
    lines: usize,
    /// What of the source is missing or otherwise than its author may think.
    warnings: Vec<String>,
}

pub(super) fn picture(source: &Source) -> Result<Picture, FormationError> {
    let (mut art, size, settings) = match source {
        Source::Text { text, font, height_m, style } => {
            (text::letters(text, font, *style)?, PictureSize::HeightM(*height_m), FieldSettings::of_text(*style))
        }
        Source::Svg { bytes, size } => (svg::shapes(bytes)?, *size, FieldSettings::default()),
        _ => return Err(FormationError::EmptyPicture { why: "this source is no picture" }),
    };
    let lines = if let Source::Text { text, .. } = source { text.lines().count().max(1) } else { 1 };
    let warnings = std::mem::take(&mut art.warnings);
    let empty = FormationError::EmptyPicture { why: "nothing painted has an area" };
    let (min, max) = art.bounds().ok_or(empty.clone())?;
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
    let art = art.fit(0.5 * (min + max), scale);
    let stack = Stack::new(&art).ok_or(empty)?;
    if !field::shines(&stack) {
        return Err(FormationError::EmptyPicture {
            why: "all light paint is hidden, transparent or thinner than dust",
        });
    }
    Ok(Picture { art, stack, settings, lines, warnings })
}

impl Terrain for Picture {
    fn ground(&self, distance_m: f64) -> Box<dyn Ground + '_> {
        Box::new(Field::new(&self.art, &self.stack, self.settings, distance_m))
    }

    fn distance_for(&self, count: usize) -> f64 {
        distance_for(&self.stack, count)
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
