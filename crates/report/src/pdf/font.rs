//! The composite font of a document, ISO 32000-1, 9.7: Type 0 over a CIDFont with compact CFF outlines, Identity-H.
//!
//! Codes are the numbers of the glyphs in the embedded subset. The map to Unicode (9.10.3) has for each glyph the text of its
//! first use; uses for another text carry that text beside them (14.9.4).

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Filter, Finish, Name, Pdf, Rect, Ref, Str};
use skrifa::instance::{LocationRef, Size};
use skrifa::string::{LocalizedString, StringId};
use skrifa::{FontRef, GlyphId, MetadataProvider, Tag};
use subsetter::GlyphRemapper;

use super::error::PdfError;
use super::flate::compressed;

/// Resource name of the font.
pub const FONT: Name = Name(b"F");
/// Glyph and text space are a thousandth of an em apart (9.7.3).
const UNITS_PER_EM: f32 = 1000.0;
/// Thickness of the vertical stems of a regular face, thousandths of an em; viewers use it to replace a font that is missing.
const STEM_V: f32 = 80.0;
const IDENTITY: SystemInfo = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

/// The glyphs of one face that a document uses.
pub struct Subset<'a> {
    bytes: &'a [u8],
    face: FontRef<'a>,
    codes: GlyphRemapper,
    /// By code: what the glyph stands for where it is used first. Code 0 is the glyph of what the face does not have.
    texts: Vec<String>,
}

impl<'a> Subset<'a> {
    /// # Errors
    /// [`PdfError::Font`].
    pub fn new(bytes: &'a [u8]) -> Result<Self, PdfError> {
        let face = FontRef::new(bytes).map_err(|e| bad(&e))?;
        Ok(Self { bytes, face, codes: GlyphRemapper::new(), texts: vec![String::new()] })
    }

    pub fn units_per_em(&self) -> f32 {
        f32::from(self.face.metrics(Size::unscaled(), LocationRef::default()).units_per_em.max(1))
    }

    /// Code of a glyph that stands for `text`, and whether the map to Unicode says so.
    ///
    /// # Errors
    /// [`PdfError::Font`] where the number of the glyph is none of an OpenType face.
    pub fn code(&mut self, glyph: u32, text: &str) -> Result<(u16, bool), PdfError> {
        let code = self.codes.remap(u16::try_from(glyph).map_err(|e| bad(&e))?);
        if usize::from(code) == self.texts.len() {
            self.texts.push(text.to_owned());
        }
        Ok((code, self.texts.get(usize::from(code)).is_some_and(|first| first == text)))
    }

    /// Writes the font as object `id`, and what belongs to it.
    pub fn write(&self, pdf: &mut Pdf, id: Ref, fresh: &mut impl FnMut() -> Ref) -> Result<(), PdfError> {
        let (cid_id, descriptor_id, map_id, program_id) = (fresh(), fresh(), fresh(), fresh());
        let location = LocationRef::default();
        let metrics = self.face.metrics(Size::unscaled(), location);
        let advances = self.face.glyph_metrics(Size::unscaled(), location);
        let scaled = |units: f32| units * UNITS_PER_EM / self.units_per_em();
        // The tag of a subset, 9.6.4: one a document, so any six letters do.
        let name = format!("KAPOKA+{}", self.name());

        let mut font = pdf.type0_font(id);
        font.base_font(Name(format!("{name}-Identity-H").as_bytes())).encoding_predefined(Name(b"Identity-H"));
        font.descendant_font(cid_id).to_unicode(map_id);
        font.finish();

        let mut cid = pdf.cid_font(cid_id);
        cid.subtype(CidFontType::Type0).base_font(Name(name.as_bytes())).system_info(IDENTITY);
        cid.font_descriptor(descriptor_id);
        let width = |glyph: u16| scaled(advances.advance_width(GlyphId::from(glyph)).unwrap_or(0.0));
        cid.widths().consecutive(0, self.codes.remapped_gids().map(width));
        cid.finish();

        let bounds = metrics.bounds.unwrap_or_default();
        let mut descriptor = pdf.font_descriptor(descriptor_id);
        descriptor.name(Name(name.as_bytes())).flags(FontFlags::SYMBOLIC).font_file3(program_id);
        descriptor.bbox(Rect::new(
            scaled(bounds.x_min),
            scaled(bounds.y_min),
            scaled(bounds.x_max),
            scaled(bounds.y_max),
        ));
        descriptor.italic_angle(metrics.italic_angle).ascent(scaled(metrics.ascent)).descent(scaled(metrics.descent));
        descriptor.cap_height(scaled(metrics.cap_height.unwrap_or(metrics.ascent))).stem_v(STEM_V);
        descriptor.finish();

        let mut map = UnicodeCmap::<u16>::new(Name(b"Kapok-Unicode"), IDENTITY);
        for (code, text) in (0_u16..).zip(&self.texts).filter(|(_, text)| !text.is_empty()) {
            map.pair_with_multiple(code, text.chars());
        }
        pdf.cmap(map_id, &compressed(&map.finish())?).filter(Filter::FlateDecode);

        let subset = subsetter::subset(self.bytes, 0, &self.codes).map_err(|e| bad(&e))?;
        let cff = FontRef::new(&subset).map_err(|e| bad(&e))?.table_data(Tag::new(b"CFF "));
        let cff = cff.ok_or_else(|| bad(&"it has no CFF outlines"))?;
        let program = compressed(cff.as_bytes())?;
        pdf.stream(program_id, &program).filter(Filter::FlateDecode).pair(Name(b"Subtype"), Name(b"CIDFontType0C"));
        Ok(())
    }

    /// Name of the face, of the characters that need no escape in a PDF name.
    fn name(&self) -> String {
        let name = self.face.localized_strings(StringId::POSTSCRIPT_NAME).english_or_first();
        let chars = name.iter().flat_map(LocalizedString::chars);
        chars.filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect()
    }
}

fn bad(why: &impl ToString) -> PdfError {
    PdfError::Font(why.to_string())
}
