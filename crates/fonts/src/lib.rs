//! The two fonts that ship with Kapok, as OpenType files: text of pictures is drawn with them, reports and the viewer are
//! set in them, and nothing is taken from the system, so the same script gives the same points on every machine.
//!
//! Row of the architecture: **knows** the bytes of the fonts; **imports** nothing of ours.
//!
//! Both are subsets, made by `files/make_fonts.py`, under the SIL Open Font License 1.1 (texts beside the files).

/// Kapok Latin, bold: ASCII, Latin-1, Latin Extended-A, common punctuation. Subset of Inter Bold.
pub static LATIN_BOLD: &[u8] = include_bytes!("../files/kapok-latin-bold.otf");

/// Kapok Han, regular weight, whose counters stay open when drawn with points: the 3,755 most used simplified Chinese
/// characters and some traditional ones, ASCII, Latin-1, full-width forms. Subset of Noto Sans CJK SC Regular.
pub static HAN_REGULAR: &[u8] = include_bytes!("../files/kapok-han-regular.otf");
