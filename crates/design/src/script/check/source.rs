use std::borrow::Cow;

use super::super::document::Path;
use super::super::types::{BuiltInFont, LetterStyle, SourceTable};
use super::checker::Checker;
use crate::formation::{FormationError, ListedPoint, PictureSize, Source, TextStyle, built_in_font, parse_points_csv};

impl Checker<'_> {
    /// What the script says a formation shows, with the files it names read. What cannot be read is reported.
    pub(super) fn source(&mut self, path: &Path, table: &SourceTable) -> Option<Source> {
        Some(match table {
            // There is no such picture, or what is outside the scenes has the wrong form: both are reported there.
            SourceTable::Picture { .. } => return None,
            &SourceTable::Grid { columns, rows, layers, pitch_m, level } => {
                Source::Grid { columns, rows, layers, pitch_m, upright: !level }
            }
            &SourceTable::Line { length_m } => Source::Line { length_m },
            &SourceTable::Circle { radius_m } => Source::Circle { radius_m },
            &SourceTable::Sphere { radius_m } => Source::Sphere { radius_m },
            &SourceTable::Helix { radius_m, height_m, turns, strands } => {
                Source::Helix { radius_m, height_m, turns, strands }
            }
            &SourceTable::Cylinder { radius_m, height_m } => Source::Cylinder { radius_m, height_m },
            &SourceTable::Hyperboloid { base_radius_m, waist_radius_m, top_radius_m, height_m, strands, rings } => {
                let strands = strands.unwrap_or(0);
                Source::Hyperboloid { base_radius_m, waist_radius_m, top_radius_m, height_m, strands, rings }
            }
            &SourceTable::Blossom { petals, radius_m, height_m, tilt_deg } => {
                Source::Blossom { petals, radius_m, height_m, tilt_rad: tilt_deg.to_radians() }
            }
            SourceTable::Points { file } => {
                let path = path.key("file");
                let bytes = self.read(&path, file)?;
                Source::Points { points: self.listed_points(&path, file, &bytes)? }
            }
            SourceTable::Animation { files, folder, .. } => {
                let (names, at) = self.keyframe_files(path, files.as_deref(), folder.as_deref())?;
                let first = names.first()?;
                let bytes = self.read(&at, first)?;
                Source::Points { points: self.listed_points(&at, first, &bytes)? }
            }
            SourceTable::Text { text, height_m, style, font, font_file } => {
                if font.is_some() && font_file.is_some() {
                    let message = "`font` and `font_file` both say the font";
                    self.report(&path.key("font_file"), message, "keep one of the two".to_owned());
                    return None;
                }
                let font = match font_file {
                    Some(file) => Cow::Owned(self.read(&path.key("font_file"), file)?),
                    None => Cow::Borrowed(font_bytes(font.unwrap_or_else(|| suiting_font(text)))),
                };
                let style = match style {
                    LetterStyle::Fill => TextStyle::Fill,
                    LetterStyle::Outline => TextStyle::Outline,
                    LetterStyle::Both => TextStyle::Both,
                    LetterStyle::Stroke => TextStyle::Stroke,
                };
                Source::Text { text: text.clone(), font, height_m: *height_m, style }
            }
            SourceTable::Svg { file, height_m, width_m } => {
                let size = match (*height_m, *width_m) {
                    (Some(height_m), None) => Some(PictureSize::HeightM(height_m)),
                    (None, Some(width_m)) => Some(PictureSize::WidthM(width_m)),
                    (Some(_), Some(_)) => {
                        self.report(
                            &path.key("width_m"),
                            "`height_m` and `width_m` both say the size",
                            "keep one".to_owned(),
                        );
                        None
                    }
                    (None, None) => {
                        self.report(path, "the picture has no size", "give `height_m` or `width_m`".to_owned());
                        None
                    }
                };
                let bytes = self.read(&path.key("file"), file);
                Source::Svg { bytes: Cow::Owned(bytes?), size: size? }
            }
        })
    }

    /// The points of a formation or of a keyframe. A mistake is reported at `path`.
    pub(super) fn listed_points(&mut self, path: &Path, file: &str, bytes: &[u8]) -> Option<Vec<ListedPoint>> {
        match parse_points_csv(bytes) {
            Ok(points) => Some(points),
            Err(FormationError::BadCsv { line, column, why }) => {
                self.report(path, format!("\"{file}\", line {line}, column {column}: {why}"), None);
                None
            }
            Err(error) => {
                self.report(path, format!("\"{file}\": {error}"), None);
                None
            }
        }
    }

    /// Reports why the sampler gave no formation, at the field it is about. The sampler worked before the placement's
    /// `scale`; the message speaks of the site.
    pub(super) fn report_formation_error(&mut self, path: &Path, error: &FormationError, scale: f64) {
        match error {
            FormationError::TooMany { asked, spacing_m, fits, size, size_needed_m } => {
                let spacing_m = spacing_m * scale;
                let message =
                    format!("{asked} vehicles {spacing_m:.2} m apart are too many for this picture: {fits} fit");
                let larger = match size_needed_m {
                    // Rounded up, so that the size named is large enough.
                    Some(needed_m) => format!("with {size} = {} all {asked} fit", (needed_m * 100.0).ceil() / 100.0),
                    None => "no size of it holds them".to_owned(),
                };
                let help = format!("{larger}; or set `count` to {fits} or less, the others then wait in reserve");
                let path = if size.ends_with("_m") { path.key(size) } else { path.clone() };
                self.report(&path, message, help);
            }
            FormationError::MissingGlyph { .. } => self.report(&path.key("text"), error.to_string(), None),
            FormationError::BadFont { .. } => self.report(&path.key("font_file"), error.to_string(), None),
            FormationError::BadSvg { .. }
            | FormationError::UnsupportedSvg { .. }
            | FormationError::TooComplex { .. }
            | FormationError::EmptyPicture { .. } => self.report(&path.key("file"), error.to_string(), None),
            FormationError::BadSetting { field, .. } => self.report(&path.key(field), error.to_string(), None),
            FormationError::BadCount { .. } | FormationError::BadCsv { .. } => {
                self.report(path, error.to_string(), None);
            }
        }
    }
}

/// The built-in font that has a text's letters: that of the Han script if there is any beyond Latin, Greek, Cyrillic and
/// the punctuation of the West.
fn suiting_font(text: &str) -> BuiltInFont {
    if text.chars().any(|c| c >= '\u{2E80}') { BuiltInFont::Han } else { BuiltInFont::Latin }
}

fn font_bytes(font: BuiltInFont) -> &'static [u8] {
    let name = match font {
        BuiltInFont::Latin => "latin",
        BuiltInFont::Han => "han",
    };
    built_in_font(name).unwrap_or_default()
}
