//! SVG: what a file paints, and what of it is otherwise than its author may think.
//!
//! The file is read ([`file`]), written again so that everything can be told by its element ([`labelled`], [`css`],
//! [`style`]),
//! converted by usvg, turned into painted shapes ([`reader`]) and looked at for what is missing ([`look`]). Nothing of a
//! picture vanishes, moves or dims without a warning, and nothing that is not painted is refused.

mod css;
mod file;
mod labelled;
mod look;
mod reader;
mod style;

use usvg::roxmltree::Document;

use super::art::Art;
use crate::formation::error::FormationError;

/// Painted shapes of an SVG in its own units, y upwards.
pub(super) fn shapes(bytes: &[u8]) -> Result<Art, FormationError> {
    let text = file::text_of(bytes)?;
    let labelled = labelled::Labelled::new(&file::document(&text)?, &text);
    let copy = Document::parse(&labelled.text).map_err(|e| file::bad(e.to_string()))?;
    // No file is read for a picture, whatever it refers to.
    let image_href_resolver =
        usvg::ImageHrefResolver { resolve_data: Box::new(|_, _, _| None), resolve_string: Box::new(|_, _| None) };
    let options = usvg::Options { image_href_resolver, ..usvg::Options::default() };
    let tree = usvg::Tree::from_xmltree(&copy, &options).map_err(|e| file::bad(e.to_string()))?;
    look::at(reader::read(&tree, &labelled)?, &labelled)
}
