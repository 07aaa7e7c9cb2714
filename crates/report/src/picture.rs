use std::sync::Arc;

use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, TextStr};
use resvg::tiny_skia::{Pixmap, Transform};
use svg2pdf::usvg::{self, Options, Tree, fontdb};

/// Largest side of a picture of pixels.
const MAX_SIDE: f32 = 20_000.0;

/// Why a picture cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The SVG is not one.
    #[error("the picture cannot be read: {0}")]
    Svg(#[from] usvg::Error),
    /// The PDF could not be built.
    #[error("the picture cannot be written as PDF: {0}")]
    Pdf(String),
    /// The PNG could not be built.
    #[error("the picture cannot be written as PNG of {width} by {height} pixels: {why}")]
    Png {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
        /// What is wrong.
        why: String,
    },
}

fn tree(svg: &str) -> Result<Tree, PictureError> {
    let mut fonts = fontdb::Database::new();
    // Latin and Chinese in one face. One only: the PDF writer orders several by chance.
    fonts.load_font_source(fontdb::Source::Binary(Arc::new(kapok_fonts::HAN_REGULAR)));
    let family = fonts.faces().next().and_then(|f| f.families.first()).map(|(name, _)| name.clone());
    fonts.set_sans_serif_family(family.unwrap_or_default());
    let options = Options { fontdb: Arc::new(fonts), ..Options::default() };
    Ok(Tree::from_str(svg, &options)?)
}

/// Pages as one PDF, each as large as its SVG, one unit to a point; text stays text.
///
/// # Errors
/// [`PictureError::Svg`], [`PictureError::Pdf`].
pub fn svg_to_pdf(title: &str, pages: &[String]) -> Result<Vec<u8>, PictureError> {
    let mut next = 1;
    let mut fresh = || {
        next += 1;
        Ref::new(next - 1)
    };
    let (catalog, page_tree, info) = (fresh(), fresh(), fresh());
    let mut pdf = Pdf::new();
    let mut page_ids = Vec::with_capacity(pages.len());
    for svg in pages {
        let tree = tree(svg)?;
        let (chunk, picture) = svg2pdf::to_chunk(&tree, svg2pdf::ConversionOptions::default())
            .map_err(|e| PictureError::Pdf(e.to_string()))?;
        let mut numbers = std::collections::BTreeMap::new();
        let chunk = chunk.renumber(|old| *numbers.entry(old).or_insert_with(&mut fresh));
        let Some(&picture) = numbers.get(&picture) else {
            return Err(PictureError::Pdf("a page without content".into()));
        };
        let (page_id, content_id) = (fresh(), fresh());
        page_ids.push(page_id);
        let (width, height) = (tree.size().width(), tree.size().height());
        let name = Name(b"P");
        let mut page = pdf.page(page_id);
        page.media_box(Rect::new(0.0, 0.0, width, height)).parent(page_tree).contents(content_id);
        page.resources().x_objects().pair(name, picture);
        page.finish();
        let mut content = Content::new();
        content.transform([width, 0.0, 0.0, height, 0.0, 0.0]).x_object(name);
        pdf.stream(content_id, &content.finish());
        pdf.extend(&chunk);
    }
    pdf.catalog(catalog).pages(page_tree);
    pdf.pages(page_tree).count(page_ids.len() as i32).kids(page_ids);
    pdf.document_info(info).title(TextStr(title)).producer(TextStr("Kapok"));
    Ok(pdf.finish())
}

/// A picture as PNG, `scale` pixels to a unit of the SVG.
///
/// # Errors
/// [`PictureError::Svg`], [`PictureError::Png`].
pub fn svg_to_png(svg: &str, scale: f32) -> Result<Vec<u8>, PictureError> {
    let tree = tree(svg)?;
    let side = |length: f32| (length * scale).ceil().clamp(1.0, MAX_SIDE) as u32;
    let (width, height) = (side(tree.size().width()), side(tree.size().height()));
    let mut pixels = Pixmap::new(width, height).ok_or_else(|| PictureError::Png {
        width,
        height,
        why: "there is no room for it".into(),
    })?;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixels.as_mut());
    pixels.encode_png().map_err(|e| PictureError::Png { width, height, why: e.to_string() })
}
