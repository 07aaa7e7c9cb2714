//! PDF of pages that are SVG trees: lines stay lines, and text stays text that can be searched and copied.
//!
//! Implements the part of ISO 32000-1 (PDF 1.7) that pages need: file structure (7.5), Flate streams (7.4.4), the page tree
//! (7.7.3), paths (8.5), device colours (8.6.4), constant opacity (11.6.4.4) and text in one embedded composite font (9.7).
//!
//! # Coordinates
//! The user space of a page is that of its SVG, one unit to a point, y downwards: the first operator of every content
//! stream mirrors it. Coordinates are written as the tree has them, in `f32`.
//!
//! # Determinism
//! Objects, glyphs and opacities are numbered in the order in which the pages use them: the same pages give the same bytes.
//!
//! # Errors
//! What is not drawn is an error and never left out: images, gradients, patterns, groups with an opacity, a clip path, a
//! mask, a filter or a blend mode, decorated text, and a second font.

mod error;
mod flate;
mod font;
mod page;

use pdf_writer::{Filter, Finish, Name, Pdf, Rect, Ref, TextStr};
use resvg::usvg::Tree;

pub use error::PdfError;
use flate::compressed;
use font::{FONT, Subset};
use page::Page;

/// Writes one page for each tree, as large as the tree. All text is in `font`, an OpenType face with CFF outlines.
///
/// # Errors
/// [`PdfError`].
pub fn document(title: &str, trees: &[Tree], font: &[u8]) -> Result<Vec<u8>, PdfError> {
    let mut glyphs = Subset::new(font)?;
    let pages = trees.iter().map(|tree| Page::draw(tree, &mut glyphs)).collect::<Result<Vec<Page>, _>>()?;
    let mut numbers = 1..;
    let mut fresh = || Ref::new(numbers.next().unwrap_or(i32::MAX));
    let (catalog, page_tree, info, font_id) = (fresh(), fresh(), fresh(), fresh());
    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(page_tree);
    pdf.document_info(info).title(TextStr(title)).producer(TextStr("Kapok"));
    let mut kids = Vec::with_capacity(pages.len());
    for (tree, page) in trees.iter().zip(&pages) {
        let (id, content) = (fresh(), fresh());
        kids.push(id);
        let mut dict = pdf.page(id);
        dict.media_box(Rect::new(0.0, 0.0, tree.size().width(), tree.size().height()));
        dict.parent(page_tree).contents(content);
        let mut resources = dict.resources();
        resources.fonts().pair(FONT, font_id);
        let mut states = resources.ext_g_states();
        for (k, opacity) in page.opacities().iter().enumerate() {
            let name = page::opacity_name(k);
            states.insert(Name(name.as_bytes())).dict().pairs([(Name(b"CA"), *opacity), (Name(b"ca"), *opacity)]);
        }
        states.finish();
        resources.finish();
        dict.finish();
        pdf.stream(content, &compressed(page.content())?).filter(Filter::FlateDecode);
    }
    pdf.pages(page_tree).count(kids.len() as i32).kids(kids);
    glyphs.write(&mut pdf, font_id, &mut fresh)?;
    Ok(pdf.finish())
}
