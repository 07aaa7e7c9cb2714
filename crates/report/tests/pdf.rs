//! The PDF of a page has every line, colour and letter of its SVG, where the SVG has it.

use std::collections::BTreeMap;

use kapok_report::{PdfError, PictureError, svg_to_pdf};
use resvg::tiny_skia::{PathSegment, Point, Transform};
use resvg::usvg::{Group, Node, Options, Path, Tree};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::prelude::{LocationRef, Size};
use skrifa::raw::ps::cff::CffFontRef;
use skrifa::{FontRef, GlyphId, MetadataProvider};

use crate::pdf_file::{Operator, PdfFile, PdfPage, after, bracketed};

const HEIGHT: f32 = 300.0;

fn svg(body: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" width=\"400\" height=\"{HEIGHT}\" font-family=\"sans-serif\">{body}</svg>"
    )
}

fn pdf(body: &str) -> PdfFile {
    PdfFile::read(&svg_to_pdf("Page", &[svg(body)]).unwrap())
}

/// A path or a glyph, as it is painted.
#[derive(Debug, Default, Clone)]
struct Painted {
    /// `f`, `f*`, `S` or `Tj`.
    operator: String,
    /// Points of path construction in page space: one line an operator.
    path: Vec<(String, Vec<Point>)>,
    colour: Vec<f32>,
    opacity: String,
    line: BTreeMap<String, Vec<f32>>,
    codes: Vec<u8>,
    /// From text space to page space, and the size of the font.
    text: Transform,
    size: f32,
}

fn matrix(operator: &Operator) -> Transform {
    let n = operator.numbers();
    Transform::from_row(n[0], n[1], n[2], n[3], n[4], n[5])
}

/// Everything that a content stream paints: 8.2, 8.4.4, 9.4.
fn painted(page: &PdfPage) -> Vec<Painted> {
    let mut all = Vec::new();
    let mut stack = Vec::new();
    let (mut space, mut now) = (Transform::identity(), Painted::default());
    let (mut fill, mut stroke) = (vec![], vec![]);
    for operator in &page.operators {
        let numbers = operator.numbers();
        match operator.name.as_str() {
            "q" => stack.push((space, now.clone(), fill.clone(), stroke.clone())),
            "Q" => (space, now, fill, stroke) = stack.pop().unwrap(),
            "cm" => space = space.pre_concat(matrix(operator)),
            "gs" => operator.name_operand().clone_into(&mut now.opacity),
            "rg" => fill = numbers,
            "RG" => stroke = numbers,
            "w" | "J" | "j" | "M" | "d" => drop(now.line.insert(operator.name.clone(), numbers)),
            "m" | "l" | "c" | "h" => {
                let mut points: Vec<Point> = numbers.chunks(2).map(|xy| Point::from_xy(xy[0], xy[1])).collect();
                space.map_points(&mut points);
                now.path.push((operator.name.clone(), points));
            }
            "f" | "f*" | "S" => {
                now.operator.clone_from(&operator.name);
                now.colour.clone_from(if operator.name == "S" { &stroke } else { &fill });
                all.push(now.clone());
                now.path.clear();
            }
            "BT" => assert!(now.path.is_empty()),
            "Tf" => now.size = numbers[0],
            "Tm" => now.text = space.pre_concat(matrix(operator)),
            "Tj" => {
                let (name, colour, codes) = (operator.name.clone(), fill.clone(), operator.bytes().to_vec());
                all.push(Painted { operator: name, colour, codes, ..now.clone() });
            }
            "ET" | "BDC" | "EMC" => {}
            other => panic!("no operator of a page: {other}"),
        }
    }
    assert!(stack.is_empty() && now.path.is_empty());
    all
}

/// Paths of a tree in the order in which they are painted.
fn paths(group: &Group) -> Vec<&Path> {
    let mut all = Vec::new();
    for node in group.children() {
        match node {
            Node::Group(inner) => all.extend(paths(inner)),
            Node::Path(path) => all.push(&**path),
            Node::Image(_) | Node::Text(_) => {}
        }
    }
    all
}

fn near(a: Point, b: Point) -> bool {
    (a.x - b.x).abs() < 1e-3 && (a.y - b.y).abs() < 1e-3
}

/// A point of a Bézier curve, by de Casteljau.
fn on_curve(mut points: Vec<Point>, t: f32) -> Point {
    while points.len() > 1 {
        let between = |w: &[Point]| Point::from_xy(w[0].x + (w[1].x - w[0].x) * t, w[0].y + (w[1].y - w[0].y) * t);
        points = points.windows(2).map(between).collect();
    }
    points[0]
}

#[test]
fn every_segment_of_every_path_is_where_the_svg_has_it() {
    let body = "<rect x=\"10\" y=\"20\" width=\"30\" height=\"40\" rx=\"5\"/>\
        <g transform=\"translate(100 50) rotate(30) scale(2 0.5)\"><path d=\"M0 0Q10 30 40 5T60 9L70 70ZM5 5h9v9z\"/></g>\
        <circle cx=\"200.5\" cy=\"99.25\" r=\"33\"/>\
        <path d=\"M300 250C310 200 350 290 390 210\" fill=\"none\" stroke=\"#000\"/><path d=\"M1 1H399V299\" visibility=\"hidden\"/>";
    let tree = Tree::from_str(&svg(body), &Options::default()).unwrap();
    let page = &pdf(body).pages()[0];
    assert_eq!(page.media_box, [0.0, 0.0, 400.0, HEIGHT]);
    let (expected, found) = (paths(tree.root()), painted(page));
    let expected: Vec<&Path> = expected.into_iter().filter(|path| path.is_visible()).collect();
    assert_eq!((expected.len(), found.len()), (4, 4));
    let mut curves = 0;
    for (path, painted) in expected.into_iter().zip(found) {
        let up = Transform::from_row(1.0, 0.0, 0.0, -1.0, 0.0, HEIGHT).pre_concat(path.abs_transform());
        let to_page = |mut points: Vec<Point>| {
            up.map_points(&mut points);
            points
        };
        assert_eq!(path.data().segments().count(), painted.path.len());
        let mut at = Point::zero();
        for (segment, (operator, points)) in path.data().segments().zip(&painted.path) {
            let mut expected = match segment {
                PathSegment::MoveTo(to) => ("m", vec![to]),
                PathSegment::LineTo(to) => ("l", vec![to]),
                PathSegment::QuadTo(a, to) => ("c", vec![a, to]),
                PathSegment::CubicTo(a, b, to) => ("c", vec![a, b, to]),
                PathSegment::Close => ("h", vec![]),
            };
            assert_eq!(expected.0, operator);
            expected.1 = to_page(expected.1);
            assert_eq!(expected.1.is_empty(), points.is_empty());
            if let (Some(&end), Some(&last)) = (expected.1.last(), points.last()) {
                assert!(near(end, last), "{end:?} {last:?}");
                let curve = |points: &[Point]| [&[at], points].concat();
                for t in [0.25, 0.5, 0.75] {
                    assert!(near(on_curve(curve(&expected.1), t), on_curve(curve(points), t)), "{segment:?}");
                }
                at = last;
                curves += usize::from(operator == "c");
            }
        }
    }
    assert_eq!(curves, 4 + 2 + 4 + 1, "corners, parabolas, circle, cubic");
}

#[test]
fn colours_opacities_and_pens_are_those_of_the_svg() {
    let file = pdf(
        "<path d=\"M0 0h9v9z\" fill=\"#336699\" fill-rule=\"evenodd\" fill-opacity=\"0.25\" stroke=\"#ff0000\" \
         stroke-opacity=\"0.5\" stroke-width=\"3\" stroke-dasharray=\"5 2\" stroke-dashoffset=\"1\" stroke-linecap=\"round\" \
         stroke-linejoin=\"bevel\" stroke-miterlimit=\"7\"/><path d=\"M0 0h9v9z\" fill=\"#00ff00\" stroke=\"#0000ff\" \
         paint-order=\"stroke\"/>",
    );
    let page = &file.pages()[0];
    let opacity = |p: &Painted| {
        let of = |key: &str| {
            after(after(&page.dict, &format!("/{}", p.opacity)), key).split_whitespace().next().unwrap().to_owned()
        };
        assert_eq!(of("/CA"), of("/ca"));
        of("/CA").parse::<f32>().unwrap()
    };
    let all = painted(page);
    let operators: Vec<&str> = all.iter().map(|p| p.operator.as_str()).collect();
    assert_eq!(operators, ["f*", "S", "S", "f"]);
    assert_eq!(all.iter().map(opacity).collect::<Vec<_>>(), [0.25, 0.5, 1.0, 1.0]);
    assert_eq!(all[0].colour, [0.2, 0.4, 0.6]);
    assert_eq!(
        [&all[1].colour, &all[2].colour, &all[3].colour],
        [&[1.0, 0.0, 0.0], &[0.0, 0.0, 1.0], &[0.0, 1.0, 0.0]]
    );
    let pens: Vec<Vec<&[f32]>> =
        all[1..3].iter().map(|p| ["w", "J", "j", "M", "d"].map(|key| p.line[key].as_slice()).to_vec()).collect();
    assert_eq!(pens[0], [&[3.0][..], &[1.0], &[2.0], &[7.0], &[5.0, 2.0, 1.0]]);
    assert_eq!(pens[1], [&[1.0][..], &[0.0], &[0.0], &[4.0], &[0.0]], "no dashes are left from before");
}

const FONT_SIZE: f32 = 20.0;

/// Widths of the CID font, by code, thousandths of the font's size.
fn widths(file: &PdfFile, page: &PdfPage) -> Vec<f32> {
    let inside = bracketed(after(file.cid_font(page), "/W"));
    assert!(inside.starts_with("0 ["));
    bracketed(&inside[2..]).split_whitespace().map(|w| w.parse().unwrap()).collect()
}

fn code(painted: &Painted) -> usize {
    usize::from(u16::from_be_bytes(painted.codes.as_slice().try_into().unwrap()))
}

#[test]
fn letters_stand_evenly_one_advance_after_the_other() {
    let file = pdf("<text x=\"50\" y=\"80\" font-size=\"20\">HHHHHHHH</text>\
         <text x=\"390\" y=\"120\" font-size=\"20\" text-anchor=\"end\" fill=\"#123456\">木棉木棉</text>\
         <text transform=\"translate(30 200) rotate(-90)\" font-size=\"20\">mm</text>\
         <text x=\"200\" y=\"200\" rotate=\"90\" font-size=\"20\">m</text>");
    let page = &file.pages()[0];
    let (glyphs, widths) = (painted(page), widths(&file, page));
    assert_eq!(page.text(&file), "HHHHHHHH木棉木棉mmm");
    assert!(glyphs.iter().all(|g| g.operator == "Tj" && g.size == FONT_SIZE));
    let advance = |g: &Painted| widths[code(g)] / 1000.0 * FONT_SIZE;
    assert_eq!(advance(&glyphs[8]), FONT_SIZE, "Chinese is as wide as high");
    for run in [&glyphs[..8], &glyphs[8..12]] {
        assert!(run.iter().all(|g| (g.text.sx, g.text.sy, g.text.kx, g.text.ky) == (1.0, 1.0, 0.0, 0.0)), "upright");
        for pair in run.windows(2) {
            assert!((pair[1].text.tx - pair[0].text.tx - advance(&pair[0])).abs() < 1e-3);
        }
    }
    let place = |g: &Painted| Point::from_xy(g.text.tx, g.text.ty);
    assert!(near(place(&glyphs[0]), Point::from_xy(50.0, HEIGHT - 80.0)));
    assert!(near(place(&glyphs[11]), Point::from_xy(390.0 - FONT_SIZE, HEIGHT - 120.0)));
    assert_eq!(glyphs[11].colour, [0x12, 0x34, 0x56].map(|c: u8| f32::from(c) / 255.0));
    // Turned by 90 degrees: upwards.
    assert!(near(place(&glyphs[12]), Point::from_xy(30.0, HEIGHT - 200.0)));
    assert!(near(place(&glyphs[13]), Point::from_xy(30.0, HEIGHT - 200.0 + advance(&glyphs[12]))));
    assert!((glyphs[13].text.ky - 1.0).abs() < 1e-5 && glyphs[13].text.sx.abs() < 1e-5);
    // A letter that is turned clockwise itself.
    let t = glyphs[14].text;
    assert!(near(place(&glyphs[14]), Point::from_xy(200.0, HEIGHT - 200.0)));
    assert!((t.ky + 1.0).abs() < 1e-5 && (t.kx - 1.0).abs() < 1e-5 && t.sx.abs() < 1e-5 && t.sy.abs() < 1e-5);
}

/// The drawing of a glyph.
#[derive(Default, PartialEq, Debug)]
struct Outline(Vec<[i32; 2]>);

impl Outline {
    fn add(&mut self, x: f32, y: f32) {
        self.0.push([x.round() as i32, y.round() as i32]);
    }
}

impl OutlinePen for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        self.add(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.add(x, y);
    }

    fn quad_to(&mut self, ax: f32, ay: f32, x: f32, y: f32) {
        self.add(ax, ay);
        self.add(x, y);
    }

    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        self.add(ax, ay);
        self.add(bx, by);
        self.add(x, y);
    }

    fn close(&mut self) {}
}

#[test]
fn the_embedded_font_has_the_outlines_and_widths_of_its_source() {
    let file = pdf("<text y=\"20\">Kapok 木棉 0.5 m/s²</text>");
    let page = &file.pages()[0];
    let (unicode, widths) = (file.unicode(page), widths(&file, page));
    let source = FontRef::new(kapok_fonts::HAN_REGULAR).unwrap();
    let (descriptor, _) = file.follow(file.cid_font(page), "/FontDescriptor");
    let (dict, program) = file.follow(descriptor, "/FontFile3");
    assert!(dict.contains("/Subtype /CIDFontType0C"));
    let font = CffFontRef::new_cff(program, 0, None).unwrap();
    assert!(font.is_cid());
    assert_eq!(font.num_glyphs() as usize, widths.len());
    assert_eq!(unicode.len(), widths.len() - 1, "each but the glyph of what is missing");
    for (&code, text) in &unicode {
        let glyph = source.charmap().map(text.chars().next().unwrap()).unwrap();
        let mut expected = Outline::default();
        let whole = (Size::unscaled(), LocationRef::default());
        source
            .outline_glyphs()
            .get(glyph)
            .unwrap()
            .draw(DrawSettings::unhinted(whole.0, whole.1), &mut expected)
            .unwrap();
        let subfont = font.subfont(font.subfont_index(GlyphId::from(code)).unwrap(), &[]).unwrap();
        let mut found = Outline::default();
        font.draw(&subfont, GlyphId::from(code), &[], None, &mut found).unwrap();
        assert_eq!(found, expected, "{text}");
        let advance = source.glyph_metrics(whole.0, whole.1).advance_width(glyph).unwrap();
        assert_eq!(
            widths[usize::from(code)],
            advance * 1000.0 / f32::from(source.metrics(whole.0, whole.1).units_per_em)
        );
    }
}

/// A hyphen that does not break has the glyph of a hyphen; what is copied is still what was written.
#[test]
fn a_glyph_of_two_texts_is_found_as_both() {
    let text = "a\u{a0}b c-d\u{2010}e";
    let file = pdf(&format!("<text y=\"20\">{text}</text>"));
    let page = &file.pages()[0];
    assert_eq!(page.text(&file), text);
    assert!(page.operators.iter().any(|operator| operator.name == "BDC"), "two characters share a glyph");
}

#[test]
fn strokes_of_letters_are_lines_on_the_side_that_the_svg_says() {
    let of = |order: &str| {
        let file = pdf(&format!("<text x=\"9\" y=\"40\" stroke=\"#ffffff\" stroke-width=\"2\"{order}>Halo</text>"));
        let page = &file.pages()[0];
        assert_eq!(page.text(&file), "Halo", "once");
        painted(page)
    };
    let (bold, halo) = (of(""), of(" paint-order=\"stroke\""));
    let operators = |all: &[Painted]| all.iter().map(|p| p.operator.clone()).collect::<Vec<_>>();
    assert_eq!(operators(&bold), ["Tj", "Tj", "Tj", "Tj", "S"]);
    assert_eq!(operators(&halo), ["S", "Tj", "Tj", "Tj", "Tj"]);
    let (first, last) = (halo[1].text.tx, halo[4].text.tx);
    let points: Vec<Point> = halo[0].path.iter().flat_map(|(_, points)| points.clone()).collect();
    assert!(points.iter().all(|p| p.x > first && p.x < last + 12.0 && p.y > HEIGHT - 45.0 && p.y < HEIGHT - 25.0));
    assert!(points.iter().any(|p| p.x > last), "the last letter too");
}

#[test]
fn what_is_not_drawn_is_an_error_that_names_it() {
    let shape = "d=\"M0 0h9v9z\"";
    let cases = [
        (
            "clip path",
            format!("<clipPath id=\"a\"><path d=\"M0 0h5v5z\"/></clipPath><path {shape} clip-path=\"url(#a)\"/>"),
        ),
        ("mask", format!("<mask id=\"a\"><path {shape} fill=\"#fff\"/></mask><path {shape} mask=\"url(#a)\"/>")),
        (
            "filter",
            format!("<filter id=\"a\"><feGaussianBlur stdDeviation=\"2\"/></filter><path {shape} filter=\"url(#a)\"/>"),
        ),
        ("blend mode", format!("<path {shape} style=\"mix-blend-mode:multiply\"/>")),
        ("opacity of a group", format!("<g opacity=\"0.5\"><path {shape}/><path {shape}/></g>")),
        (
            "gradient",
            format!(
                "<linearGradient id=\"a\"><stop stop-color=\"#f00\"/><stop offset=\"1\"/></linearGradient><path {shape} fill=\"url(#a)\"/>"
            ),
        ),
        (
            "pattern",
            format!(
                "<pattern id=\"a\" width=\"3\" height=\"3\" patternUnits=\"userSpaceOnUse\"><path {shape}/></pattern><path {shape} stroke=\"url(#a)\"/>"
            ),
        ),
        ("mitre", format!("<path {shape} stroke=\"#000\" stroke-linejoin=\"miter-clip\"/>")),
        ("decorated", "<text y=\"20\" text-decoration=\"underline\">a</text>".to_owned()),
    ];
    for (what, body) in cases {
        let error = svg_to_pdf("Page", &[svg(&body)]).unwrap_err();
        assert!(matches!(error, PictureError::Pdf(PdfError::Unsupported(_))), "{what}: {error:?}");
        assert!(error.to_string().contains(what), "{what}: {error}");
    }
}

#[test]
fn a_page_without_text_and_a_document_of_several_sizes_are_whole() {
    let pages = [(100, 50), (20, 900)].map(|(w, h)| {
        format!("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\"><path d=\"M0 0h9v9z\"/></svg>")
    });
    let bytes = svg_to_pdf("Größe (木)", &pages).unwrap();
    let file = PdfFile::read(&bytes);
    let sizes: Vec<[f32; 4]> = file.pages().iter().map(|page| page.media_box).collect();
    assert_eq!(sizes, [[0.0, 0.0, 100.0, 50.0], [0.0, 0.0, 20.0, 900.0]]);
    assert_eq!(bytes, svg_to_pdf("Größe (木)", &pages).unwrap());
}
