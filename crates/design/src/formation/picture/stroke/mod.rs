//! Text as single strokes: one row of lights along the middle of each stroke, where a fill would need two or more.
//!
//! ASCII of the built-in fonts has an alphabet of its own ([`alphabet`]); all other letters are the middle lines of the
//! font's glyphs ([`axis`]). Their lines become a net with knots at ends, corners and junctions ([`net`]), and the points a row
//! along it ([`row`]).

mod alphabet;
mod axis;
mod net;
mod row;

use kapok_show::DVec2;

use super::art::{Art, FillRule, Layer, Outline, Paint, flatten};
use super::raster::{NIGHT, Raster};
use super::shape::Stack;
use crate::formation::relax::{Ground, Site};
use net::Net;

/// The pen that draws the lines is at most this wide, in heights of a capital.
const PEN: f64 = 0.1;
/// Pixels in an em, where a glyph's middle lines are found.
const PIXELS_PER_EM: f64 = 256.0;
/// Corners of the end of a pen.
const ROUND: usize = 16;

/// The middle lines of a text.
pub(super) struct Strokes {
    net: Net,
    /// Height of a capital.
    capital: f64,
}

/// How the letters of a font are drawn by single strokes.
pub(super) struct Pen {
    /// Font units per hundredth of a capital.
    unit: f64,
    units_per_em: f64,
    /// ASCII has letters of its own.
    has_alphabet: bool,
    strokes: Strokes,
}

impl Pen {
    /// A pen for a font with this height of capitals and em, in its units.
    pub fn new(capital: f64, units_per_em: f64, has_alphabet: bool) -> Self {
        let strokes = Strokes { net: Net::default(), capital };
        Self { unit: capital / alphabet::CAPITAL, units_per_em, has_alphabet, strokes }
    }

    /// How far the alphabet's letter moves the pen on, font units; `None` if the font's own glyph is drawn.
    pub fn advance(&self, character: char) -> Option<f64> {
        let letter = alphabet::letter(character).filter(|_| self.has_alphabet)?;
        Some(letter.advance * self.unit)
    }

    /// Draws a letter of the alphabet at a place; false if it lacks it, or it is a space.
    pub fn write(&mut self, character: char, at: DVec2, group: u32) -> bool {
        let Some(letter) = alphabet::letter(character).filter(|_| self.has_alphabet) else { return false };
        let place = |p: &DVec2| at + self.unit * (*p + DVec2::new(0.5 * alphabet::GAP, 0.0));
        let lines: Vec<Vec<DVec2>> = letter.lines.iter().map(|line| line.iter().map(place).collect()).collect();
        self.strokes.net.add(&lines, group, self.unit);
        !lines.is_empty()
    }

    /// Draws the middle lines of a glyph.
    pub fn trace(&mut self, contours: Vec<Vec<DVec2>>, group: u32) {
        let outline = Outline { contours, rule: FillRule::NonZero };
        let layer = Layer { outline, paint: Paint::Plain, group, clips: Vec::new() };
        let Some(stack) = Stack::new(&Art { layers: vec![layer], warnings: Vec::new() }) else { return };
        let raster = fine_raster(&stack, self.units_per_em);
        let inside = raster.labels.iter().map(|label| *label != NIGHT).collect();
        let lines = axis::middle_lines(axis::Mask { width: raster.width, inside });
        let place = |p: DVec2| raster.corner + raster.pixel_m * (p + DVec2::splat(0.5));
        let lines: Vec<Vec<DVec2>> = lines.into_iter().map(|line| line.into_iter().map(place).collect()).collect();
        self.strokes.net.add(&lines, group, self.unit);
    }

    /// What was drawn.
    pub fn strokes(self) -> Strokes {
        self.strokes
    }
}

/// The pixels in which a glyph's middle lines are found; a glyph larger than the em is drawn coarser.
fn fine_raster(stack: &Stack, units_per_em: f64) -> Raster {
    let pixel = units_per_em / PIXELS_PER_EM;
    let longest = (stack.max - stack.min).max_element();
    Raster::new(stack, pixel.max(longest / (4.0 * PIXELS_PER_EM)), 2.0 * pixel)
}

impl Strokes {
    /// Corners of the box around all lines, at least as wide and high as the pen.
    pub fn bounds(&self) -> Option<(DVec2, DVec2)> {
        let (low, high) = self.net.bounds()?;
        let missing = (DVec2::splat(PEN * self.capital) - (high - low)).max(DVec2::ZERO);
        Some((low - 0.5 * missing, high + 0.5 * missing))
    }

    /// Moves `centre` to the origin and multiplies by `scale`; coordinates become whole multiples of 2⁻²⁰ m, as those of
    /// [`Art::fit`].
    pub fn fit(mut self, centre: DVec2, scale: f64) -> Self {
        self.net.map(|p| ((p - centre) * scale * 1_048_576.0).round() / 1_048_576.0);
        self.capital *= scale;
        self
    }

    /// The lines drawn by a pen of this width, at most the widest.
    pub fn drawn(&self, width_m: f64) -> Art {
        let width_m = width_m.min(PEN * self.capital);
        let mut layers: Vec<Layer> = Vec::new();
        let mut draw = |contours: Vec<Vec<DVec2>>, group: u32| match layers.last_mut() {
            Some(layer) if layer.group == group => layer.outline.contours.extend(contours),
            _ => {
                let outline = Outline { contours, rule: FillRule::NonZero };
                layers.push(Layer { outline, paint: Paint::Plain, group, clips: Vec::new() });
            }
        };
        let pen = kurbo::Stroke::new(width_m);
        let tolerance = 0.02 * width_m;
        for chain in &self.net.chains {
            let mut points = chain.points.iter().map(|p| kurbo::Point::new(p.x, p.y));
            let mut path = kurbo::BezPath::new();
            path.extend(points.next().map(kurbo::PathEl::MoveTo));
            path.extend(points.map(kurbo::PathEl::LineTo));
            let drawn = kurbo::stroke(&path, &pen, &kurbo::StrokeOpts::default(), tolerance);
            draw(flatten(&drawn, tolerance), chain.group);
        }
        for &(knot, group, _) in &self.net.dots {
            let at = self.net.knots[knot];
            let corner = |k: usize| {
                let (sin, cos) = kapok_show::math::sin_cos(k as f64 / ROUND as f64 * std::f64::consts::TAU);
                at + 0.5 * width_m * DVec2::new(cos, sin)
            };
            draw(vec![(0..ROUND).map(corner).collect()], group);
        }
        Art { layers, warnings: Vec::new() }
    }

    /// One row of exactly `count` points with equal steps.
    pub fn row(&self, count: usize) -> Option<Vec<Site>> {
        row::row(&self.net, count)
    }

    /// The lines as a ground for points about so far apart.
    pub fn ground(&self, distance_m: f64) -> Box<dyn Ground + '_> {
        Box::new(row::Line::new(&self.net, distance_m))
    }

    /// The distance that a row of `count` points has, metres.
    pub fn distance_for(&self, count: usize) -> f64 {
        row::distance_for(&self.net, count)
    }
}

#[cfg(test)]
mod tests {
    use rayon::prelude::*;
    use skrifa::instance::{LocationRef, Size};
    use skrifa::{FontRef, MetadataProvider};

    use super::super::regions::Regions;
    use super::super::text::{Letters, TextStyle, letters};
    use super::*;

    fn strokes(character: char, font: &[u8]) -> Strokes {
        match letters(&character.to_string(), font, TextStyle::Stroke) {
            Ok(Letters::Drawn(strokes, _)) => strokes,
            Ok(Letters::Painted(_)) => panic!("{character} was painted"),
            Err(error) => panic!("{character}: {error}"),
        }
    }

    fn painted(character: char, font: &[u8]) -> Stack {
        match letters(&character.to_string(), font, TextStyle::Fill) {
            Ok(Letters::Painted(art)) => Stack::new(&art).expect("it is drawn"),
            _ => panic!("{character} is not painted"),
        }
    }

    /// All characters that a font draws.
    fn drawn_by(font: &[u8]) -> Vec<char> {
        let font = FontRef::new(font).expect("a font");
        let outlines = font.outline_glyphs();
        let has_outline = |glyph| {
            let mut path = super::super::text::Path::at(DVec2::ZERO);
            let settings = skrifa::outline::DrawSettings::unhinted(Size::unscaled(), LocationRef::default());
            outlines.get(glyph).is_some_and(|o| o.draw(settings, &mut path).is_ok()) && !path.is_empty()
        };
        let mapped = font.charmap().mappings().filter(|(_, glyph)| has_outline(*glyph));
        mapped.filter_map(|(code, _)| char::from_u32(code)).collect()
    }

    /// Strokes are as connected as their glyph, and inside of it to a two-hundredth of its size.
    fn assert_strokes_are_of_their_glyphs(font: &[u8], characters: &[char]) {
        let metrics = FontRef::new(font).expect("a font").metrics(Size::unscaled(), LocationRef::default());
        let units_per_em = f64::from(metrics.units_per_em);
        let fault = |&character: &char| {
            let net = strokes(character, font).net;
            let stack = painted(character, font);
            let pixel = (stack.max - stack.min).max_element() / 200.0;
            let parts = Regions::new(&fine_raster(&stack, units_per_em), 0.0).count;
            let steps = [-1.0, 0.0, 1.0];
            let around = |p: DVec2| steps.map(|x| steps.map(|y| p + pixel * DVec2::new(x, y)));
            let is_outside = |p: DVec2| around(p).iter().flatten().all(|q| stack.top(*q).is_none());
            let outside = net.chains.iter().flat_map(|c| &c.points).filter(|p| is_outside(**p)).count();
            let is_right = net.parts as usize == parts && outside == 0;
            (!is_right).then(|| format!("{character}: {} parts of {parts}, {outside} points outside", net.parts))
        };
        let faults: Vec<String> = characters.par_iter().filter_map(fault).collect();
        assert_eq!(faults, [""; 0], "{} of {}", faults.len(), characters.len());
    }

    /// Those that the alphabet has not, and that are no hint for hyphens.
    fn traced_by(font: &[u8], at_least: usize) -> Vec<char> {
        let mut characters = drawn_by(font);
        characters.retain(|c| !c.is_ascii() && *c != '\u{ad}');
        assert!(characters.len() >= at_least, "{}", characters.len());
        characters
    }

    #[test]
    fn glyphs_have_strokes_as_connected_as_they_are_and_inside_of_them() {
        let latin = kapok_fonts::LATIN_BOLD;
        assert_strokes_are_of_their_glyphs(latin, &traced_by(latin, 230));
        let han = kapok_fonts::HAN_REGULAR;
        let some: Vec<char> = traced_by(han, 3_800).into_iter().step_by(29).collect();
        assert_strokes_are_of_their_glyphs(han, &some);
    }

    #[test]
    #[ignore = "nightly: nearly four thousand glyphs"]
    fn every_han_glyph_has_strokes_as_connected_as_it_is_and_inside_of_it() {
        let han = kapok_fonts::HAN_REGULAR;
        assert_strokes_are_of_their_glyphs(han, &traced_by(han, 3_800));
    }

    #[test]
    fn letters_of_the_alphabet_are_connected() {
        for character in '!'..='~' {
            let parts = strokes(character, kapok_fonts::LATIN_BOLD).net.parts;
            let expected = match character {
                '!' | '"' | ':' | ';' | '=' | '?' | 'i' | 'j' => 2,
                '%' => 3,
                _ => 1,
            };
            assert_eq!(parts, expected, "{character}");
        }
    }

    #[test]
    fn corners_ends_and_junctions_have_a_point_of_their_own() {
        // Apex, two feet, two ends of the bar.
        let net = strokes('A', kapok_fonts::LATIN_BOLD).net;
        assert_eq!((net.knots.len(), net.chains.len()), (5, 5));
        let sites = row::row(&net, 25).expect("room for 25");
        for knot in &net.knots {
            let at = |site: &Site| DVec2::new(site.position_m.x, site.position_m.z);
            assert!(sites.iter().any(|site| at(site) == *knot), "{knot}");
        }
        // A ring has equal steps all round.
        let ring = strokes('O', kapok_fonts::LATIN_BOLD).net;
        let sites = row::row(&ring, 12).expect("room for 12");
        assert_eq!(sites.len(), 12);
        assert!(row::row(&strokes('i', kapok_fonts::LATIN_BOLD).net, 1).is_none(), "a dot and a stem need two");
    }
}
