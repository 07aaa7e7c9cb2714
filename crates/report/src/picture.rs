use std::sync::Arc;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{self, Options, Tree, fontdb};

use crate::pdf::{PdfError, document};

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
    Pdf(#[from] PdfError),
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
    // Latin and Chinese in one face.
    fonts.load_font_source(fontdb::Source::Binary(Arc::new(kapok_fonts::HAN_REGULAR)));
    let family = fonts.faces().next().and_then(|f| f.families.first()).map(|(name, _)| name.clone());
    fonts.set_sans_serif_family(family.unwrap_or_default());
    let options = Options { fontdb: Arc::new(fonts), ..Options::default() };
    Ok(Tree::from_str(svg, &options)?)
}

/// Pages as one PDF, each as large as its SVG, one unit to a point; text stays text.
///
/// # Errors
/// [`PictureError::Svg`]; [`PictureError::Pdf`] for what is not drawn: images, gradients, patterns, decorated text, and groups with
/// an opacity, a clip path, a mask, a filter or a blend mode.
pub fn svg_to_pdf(title: &str, pages: &[String]) -> Result<Vec<u8>, PictureError> {
    let trees = pages.iter().map(|svg| tree(svg)).collect::<Result<Vec<Tree>, _>>()?;
    Ok(document(title, &trees, kapok_fonts::HAN_REGULAR)?)
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
