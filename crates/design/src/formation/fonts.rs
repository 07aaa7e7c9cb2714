/// Names that [`built_in_font`] knows.
pub const BUILT_IN_FONTS: &[&str] = &["latin", "han"];

/// A font that comes with the program, under the SIL Open Font License 1.1.
///
/// `"latin"` is [`kapok_fonts::LATIN_BOLD`], `"han"` is [`kapok_fonts::HAN_REGULAR`].
///
/// # Example
/// ```
/// assert!(kapok_design::formation::built_in_font("han").is_some());
/// assert!(kapok_design::formation::built_in_font("comic").is_none());
/// ```
pub fn built_in_font(name: &str) -> Option<&'static [u8]> {
    match name {
        "latin" => Some(kapok_fonts::LATIN_BOLD),
        "han" => Some(kapok_fonts::HAN_REGULAR),
        _ => None,
    }
}
