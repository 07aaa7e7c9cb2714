//! Bad fonts, SVGs and point lists are refused with what is wrong and where.

#![allow(clippy::float_cmp, reason = "the values are exact")]

use crate::formation_support;

use formation_support::{styled, svg, text};
use kapok_design::formation::{
    BUILT_IN_FONTS, FormationError, PictureSize, Source, TextStyle, built_in_font, parse_points_csv, sample,
};
use kapok_show::Rgb;
use proptest::prelude::*;

fn error(source: &Source) -> FormationError {
    sample(source, 20, 0.5, 1).expect_err("bad input")
}

#[test]
fn a_missing_glyph_is_named_with_its_place_and_the_font() {
    let message = error(&text("AB\nC福D", 20.0)).to_string();
    assert_eq!(
        message,
        "the font \"Kapok Latin Bold\" has no glyph for '福' (U+798F), character 2 of line 2; choose a font that has it"
    );
}

#[test]
fn built_in_fonts_have_what_shows_need() {
    let words = "福春新年快乐龙中国广州木棉花塔鸡马羊吉祥如意恭喜发财珠江灯光无人机2017，。！";
    sample(&styled(words, "han", 20.0, TextStyle::Fill), 900, 0.3, 1).unwrap();
    let latin: String = (' '..='~').chain('¡'..='ÿ').filter(|c| *c != '\u{ad}').collect();
    for font in BUILT_IN_FONTS {
        sample(&styled(&latin, font, 10.0, TextStyle::Fill), 2_000, 0.1, 1).unwrap();
        assert!(built_in_font(font).unwrap().len() < 1_000_000);
    }
}

#[test]
fn broken_fonts_and_empty_texts_are_refused() {
    let with = |font: Vec<u8>| Source::Text {
        text: "A".to_owned(),
        font: font.into(),
        height_m: 10.0,
        style: TextStyle::Fill,
    };
    let whole = built_in_font("latin").unwrap();
    assert!(matches!(error(&with(vec![])), FormationError::BadFont { .. }));
    assert!(matches!(error(&with(b"no font at all".to_vec())), FormationError::BadFont { .. }));
    for length in [4, 12, 100, 1_000, 20_000] {
        // Whatever is left of it: an error or a letter, never a panic.
        let _ = sample(&with(whole[..length].to_vec()), 20, 0.5, 1);
    }
    for nothing in ["", " ", "\n\n", "\t"] {
        assert!(matches!(error(&text(nothing, 10.0)), FormationError::EmptyPicture { .. }), "{nothing:?}");
    }
    assert!(matches!(error(&text(&"x".repeat(1_001), 10.0)), FormationError::TooComplex { found: 1_001, .. }));
}

#[test]
fn broken_svgs_are_refused_with_the_place() {
    let bytes = |text: &str| Source::Svg { bytes: text.as_bytes().to_vec().into(), size: PictureSize::WidthM(20.0) };
    let message = error(&bytes("<svg xmlns='http://www.w3.org/2000/svg'>\n<path d='M0 0'></svg>")).to_string();
    assert!(message.contains("cannot be read") && message.contains("2:"), "{message}");
    for broken in ["", "hello", "<svg", "<html></html>"] {
        assert!(matches!(error(&bytes(broken)), FormationError::BadSvg { .. }), "{broken}");
    }
    let binary = Source::Svg { bytes: vec![0xff, 0xfe, 0].into(), size: PictureSize::WidthM(20.0) };
    assert!(matches!(error(&binary), FormationError::BadSvg { .. }));
    assert!(matches!(error(&svg("", 10.0)), FormationError::EmptyPicture { .. }));
    assert!(matches!(error(&svg("<path d='M1 1L2 2' fill='none'/>", 10.0)), FormationError::EmptyPicture { .. }));
    assert!(matches!(
        error(&svg("<rect width='9' height='9' fill='#f00'/><rect width='10' height='10' fill='#000'/>", 10.0)),
        FormationError::EmptyPicture { .. }
    ));
}

#[test]
fn what_cannot_become_points_is_named() {
    for (shape, element) in [
        ("<rect width='5' height='5'/>\n<text y='5'>A</text>", "text"),
        ("<rect width='5' height='5'/>\n<image href='a.png' width='5' height='5'/>", "image"),
        (
            "<rect width='5' height='5' mask='url(#m)'/>\n<mask id='m'><rect width='5' height='5' fill='#fff'/></mask>",
            "mask",
        ),
        (
            "<rect width='5' height='5' filter='url(#m)'/>\n<filter id='m'><feGaussianBlur stdDeviation='2'/></filter>",
            "filter",
        ),
    ] {
        match error(&svg(shape, 10.0)) {
            FormationError::UnsupportedSvg { element: found, line: 2, column: 1, .. } => assert_eq!(found, element),
            other => panic!("{other}"),
        }
    }
}

#[test]
fn svgs_that_are_too_large_are_refused() {
    let many = "<rect width='1' height='1'/>".repeat(5_000);
    assert!(matches!(error(&svg(&many, 10.0)), FormationError::TooComplex { .. }));
    let corners: String = (0..250_000)
        .flat_map(|i| ["L".to_owned(), (i % 97).to_string(), " ".to_owned(), (i % 89).to_string()])
        .collect();
    let long = svg(&format!("<path d='M0 0{corners}Z'/>"), 10.0);
    assert!(matches!(error(&long), FormationError::TooComplex { .. }));
    let flat = svg("<rect width='10' height='.0001'/>", 1_000.0);
    assert!(matches!(error(&flat), FormationError::BadSetting { .. }));
}

#[test]
fn point_lists_are_read_with_and_without_names() {
    let plain = parse_points_csv(b"1,2,3\n\n-4.5, 5e1 ,6\r\n").unwrap();
    assert_eq!(plain.len(), 2);
    assert_eq!(plain[1].position_m.to_array(), [-4.5, 50.0, 6.0]);
    let named = parse_points_csv(b"\xef\xbb\xbfName,x_m,y_m,z_m,Red,Green,Blue\n\"A, left\",1,2,3,255,0,16\n").unwrap();
    assert_eq!(named[0].colour, Some(Rgb::new(255, 0, 16)));
    assert_eq!(named[0].position_m.to_array(), [1.0, 2.0, 3.0]);
}

#[test]
fn bad_point_lists_are_refused_with_line_and_column() {
    let at = |bytes: &[u8]| match parse_points_csv(bytes) {
        Err(FormationError::BadCsv { line, column, .. }) => (line, column),
        other => panic!("{other:?}"),
    };
    assert_eq!(at(b""), (1, 1));
    assert_eq!(at(b"x,y,z\n"), (1, 1));
    assert_eq!(at(b"x,y,z\n1,2,3\n1,two,3\n"), (3, 2));
    assert_eq!(at(b"1,2,NaN\n"), (1, 3));
    assert_eq!(at(b"inf,2,3\n"), (1, 1));
    assert_eq!(at(b"1,2,1e9\n"), (1, 3));
    assert_eq!(at(b"1,2,3\n1,2\n"), (2, 2));
    assert_eq!(at(b"1,2,3\n1,2,3,4\n"), (2, 4));
    assert_eq!(at(b"1,2\n"), (1, 2));
    assert_eq!(at(b"a,1,2,3,0,0,256\n"), (1, 7));
    assert_eq!(at(b"a,1,2,3,0,-1,0\n"), (1, 6));
    assert_eq!(at(b"1,2,3\n1,\xff,3\n"), (2, 2));
    assert_eq!(at(b"\"a,1,2,3,0,0,0\n"), (1, 1));
}

#[test]
fn points_of_a_list_that_are_too_close_are_left_out() {
    let points = parse_points_csv(b"0,0,0\n0.5,0,0\n2,0,0\n4,0,0\n").unwrap();
    let source = Source::Points { points };
    let formation = sample(&source, 3, 1.0, 0).unwrap();
    let x: Vec<f64> = formation.points.iter().map(|p| p.position_m.x).collect();
    assert_eq!(x, [-2.0, 0.0, 2.0]);
    assert!(matches!(sample(&source, 4, 1.0, 0), Err(FormationError::TooMany { fits: 3, .. })));
    match sample(&source, 5, 0.1, 0) {
        Err(FormationError::TooMany { fits: 4, size_needed_m: None, .. }) => {}
        other => panic!("{other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse_points_csv(&bytes);
        let source = Source::Svg { bytes: bytes.clone().into(), size: PictureSize::HeightM(9.0) };
        let _ = sample(&source, 3, 0.1, 0);
        let source = Source::Text { text: "A".to_owned(), font: bytes.into(), height_m: 9.0, style: TextStyle::Fill };
        let _ = sample(&source, 3, 0.1, 0);
    }
}

/// A picture of one path, sampled; a path takes up to seconds.
fn sample_path(numbers: &[f32], width: f32) -> Result<(), TestCaseError> {
    let path = numbers.iter().map(f32::to_string).collect::<Vec<_>>().join(" ");
    let shapes = format!("<path d='M1 1 L{path} 0 0' fill='#f00' stroke='#0f0' stroke-width='{width}'/>");
    if let Ok(formation) = sample(&svg(&shapes, 9.0), 12, 0.05, 0) {
        prop_assert_eq!(formation.points.len(), 12);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_path_panics(numbers in proptest::collection::vec(-1e3_f32..1e3, 6..41), width in 0.0_f32..9.0) {
        sample_path(&numbers, width)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    #[ignore = "takes minutes: cargo xtask test --nightly runs it"]
    fn no_path_of_many_panics(numbers in proptest::collection::vec(-1e3_f32..1e3, 6..41), width in 0.0_f32..9.0) {
        sample_path(&numbers, width)?;
    }
}
