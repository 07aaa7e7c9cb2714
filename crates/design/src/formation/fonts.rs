/// Names that [`built_in_font`] knows.
pub const BUILT_IN_FONTS: &[&str] = &["latin", "han"];

static LATIN: &[u8] = include_bytes!("../../assets/fonts/kapok-latin-bold.otf");
static HAN: &[u8] = include_bytes!("../../assets/fonts/kapok-han-regular.otf");

/// A font that comes with the program, under the SIL Open Font License 1.1.
///
/// `"latin"`: bold, Latin with its European accents, digits, punctuation. `"han"`: regular weight, whose counters stay open when drawn with points, the 3,755 most used simplified
/// Chinese characters and some traditional ones, ASCII, Latin-1, full-width forms.
///
/// # Example
/// ```
/// assert!(kapok_design::formation::built_in_font("han").is_some());
/// assert!(kapok_design::formation::built_in_font("comic").is_none());
/// ```
pub fn built_in_font(name: &str) -> Option<&'static [u8]> {
    match name {
        "latin" => Some(LATIN),
        "han" => Some(HAN),
        _ => None,
    }
}
