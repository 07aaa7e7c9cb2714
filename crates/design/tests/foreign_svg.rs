//! SVG as other programs write it: read as it is meant, refused for nothing that is not painted, and warned of for
//! everything that is missing.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Mutex;

use kapok_design::formation::{Formation, FormationError, PictureSize, Source, sample, spread_picture};
use kapok_design::load;
use kapok_show::{Reporter, Rgb};

const RED: Rgb = Rgb::new(255, 51, 85);
/// A red square over most of the page.
const SQUARE: &str = "<rect x='10' y='10' width='80' height='80' fill='#ff3355'/>";
/// A red bar over the upper half of the page.
const BAR: &str = "<rect x='10' y='10' width='80' height='35' fill='#ff3355'/>";

/// Shapes on a page of 100 by 100.
fn page(shapes: &str) -> Vec<u8> {
    format!("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 100 100'>{shapes}</svg>").into_bytes()
}

fn read(bytes: &[u8]) -> Result<Formation, FormationError> {
    sample(&Source::Svg { bytes: bytes.to_vec().into(), size: PictureSize::HeightM(40.0) }, 40, 2.0, 1)
}

fn shown(bytes: &[u8]) -> Formation {
    read(bytes).unwrap_or_else(|error| panic!("{}: {error}", String::from_utf8_lossy(bytes)))
}

/// The colours of the lamps, white where the picture has none.
fn colours(formation: &Formation) -> BTreeMap<[u8; 3], usize> {
    let mut counts = BTreeMap::new();
    for point in &formation.points {
        let colour = point.colour.unwrap_or(Rgb::WHITE);
        *counts.entry([colour.r, colour.g, colour.b]).or_default() += 1;
    }
    counts
}

/// Height from the lowest lamp to the highest.
fn height_m(formation: &Formation) -> f64 {
    let z = || formation.points.iter().map(|p| p.position_m.z);
    z().fold(f64::NEG_INFINITY, f64::max) - z().fold(f64::INFINITY, f64::min)
}

/// The red square of 40 m, in 40 lamps, without a word.
fn assert_square(bytes: &[u8]) {
    let formation = shown(bytes);
    assert_eq!(
        colours(&formation),
        BTreeMap::from([([RED.r, RED.g, RED.b], 40)]),
        "{}",
        String::from_utf8_lossy(bytes)
    );
    assert!((38.0..=40.0).contains(&height_m(&formation)), "{}", height_m(&formation));
    assert_eq!(formation.warnings, [""; 0]);
}

/// The one warning, with all of the words in it.
fn assert_warned(bytes: &[u8], words: &[&str]) {
    let formation = shown(bytes);
    let [warning] = formation.warnings.as_slice() else { panic!("{:?}", formation.warnings) };
    for word in words {
        assert!(warning.contains(word), "{word}: {warning}");
    }
}

fn utf16(text: &str, is_big: bool) -> Vec<u8> {
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    units.flat_map(|unit: u16| if is_big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

#[test]
fn files_are_read_as_drawing_programs_write_them() {
    let square = String::from_utf8(page(SQUARE)).unwrap();
    let xml = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n";
    let dtd = "<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd\"";
    let entities = "[\n\t<!ENTITY ns_svg \"http://www.w3.org/2000/svg\">\n\t<!ENTITY st0 \"fill:#FF3355;\">\n]";
    let with_entities = "<svg xmlns='&ns_svg;' viewBox='0 0 100 100'>\
                         <rect x='10' y='10' width='80' height='80' style='&st0;'/></svg>";
    for text in [
        square.clone(),
        format!("<!DOCTYPE svg>\n{square}"),
        format!("{xml}{dtd}>\n{square}"),
        format!("{xml}<!-- Generator: a program -->\n{dtd} {entities}>\n{with_entities}"),
        format!("\u{feff}{xml}{square}"),
        square.replace("xmlns='http://www.w3.org/2000/svg' ", ""),
        square.replace("<svg xmlns", "<s:svg xmlns:s").replace("</svg>", "</s:svg>").replace("<rect", "<s:rect"),
    ] {
        assert_square(text.as_bytes());
    }
    let mut latin = b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>".to_vec();
    latin.extend(
        square.replace("<rect", "<title>F\u{7f}te</title><rect").bytes().map(|b| if b == 0x7f { 0xea } else { b }),
    );
    assert_square(&latin);
    let wide = format!("<?xml version=\"1.0\" encoding=\"UTF-16\"?>\n{square}\n");
    assert_square(&utf16(&wide, false));
    assert_square(&utf16(&wide, true));
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(square.as_bytes()).unwrap();
    assert_square(&packed.finish().unwrap());
}

/// A name in another namespace is another name: `xlink:href` is no `href`, `inkscape:id` no `id`.
#[test]
fn attributes_are_told_by_their_namespace() {
    let spaces = "xmlns:xlink='http://www.w3.org/1999/xlink' xmlns:i='http://www.inkscape.org/namespaces/inkscape'";
    let all = "<rect width='80' height='80' fill='#ff3355'/>";
    for shapes in [
        format!("<defs><g id='a'>{all}</g></defs><use xlink:href='#a' x='10' y='10'/>"),
        format!("<symbol id='a'>{all}</symbol><use xlink:href='#a' x='10' y='10'/>"),
        format!(
            "<symbol id='a' viewBox='0 0 80 80'>{all}</symbol><use xlink:href='#a' x='10' y='10' width='80' height='80'/>"
        ),
        format!(
            "<g id='a' display='none'/><g i:id='a'/><defs><g i:id='x' id='b'>{all}</g></defs><use xlink:href='#b' x='10' y='10'/>"
        ),
        "<linearGradient id='a'><stop stop-color='#ff3355'/></linearGradient>\
         <linearGradient id='b' xlink:href='#a' gradientUnits='userSpaceOnUse' x1='1' x2='9'/>\
         <rect x='10' y='10' width='80' height='80' fill='url(#b)'/>"
            .to_owned(),
        // Both may stand in one element, and the newer counts.
        format!("<defs><g id='a'>{all}</g><g id='b'/></defs><use xlink:href='#b' href='#a' x='10' y='10'/>"),
        format!("<image i:width='0' i:href='a.png' width='9' height='9'/>{SQUARE}"),
    ] {
        let bytes = String::from_utf8(page(&shapes)).unwrap().replace("<svg ", &format!("<svg {spaces} "));
        assert_square(bytes.as_bytes());
    }
    // The page of the editor's window is not that of the picture.
    let bare = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' {spaces} i:viewBox='0 0 1 1' i:width='1' i:height='1'>\
         <rect x='10' y='700' width='80' height='80' fill='#ff3355'/></svg>"
    );
    assert_square(bare.as_bytes());
    let image = page("<image l:href='a.png' width='9' height='9'/>");
    let image = String::from_utf8(image).unwrap().replace("<svg ", "<svg xmlns:l='http://www.w3.org/1999/xlink' ");
    assert!(matches!(read(image.as_bytes()), Err(FormationError::UnsupportedSvg { .. })));
}

#[test]
fn files_that_grow_without_bound_or_name_others_are_refused() {
    let mut bomb = String::from("<!DOCTYPE svg [\n<!ENTITY a \"aaaaaaaaaa\">\n");
    for pair in "abcdefghij".as_bytes().windows(2) {
        let (from, to) = (char::from(pair[0]), char::from(pair[1]));
        bomb.push_str(&["<!ENTITY ", &to.to_string(), " \"", &format!("&{from};").repeat(10), "\">\n"].concat());
    }
    bomb += "]>\n";
    bomb += &String::from_utf8(page(&format!("{SQUARE}<title>&j;</title>"))).unwrap();
    let refused = |bytes: &[u8]| read(bytes).expect_err("refused").to_string();
    assert!(refused(bomb.as_bytes()).contains("entity \"b\" of its DOCTYPE is made of others"));
    let outside = format!("<!DOCTYPE svg [<!ENTITY x SYSTEM \"file:///etc/hostname\">]>{}", "<svg>&x;</svg>");
    assert!(refused(outside.as_bytes()).contains("unknown entity reference 'x'"));
    let zeros = {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packed.write_all(&vec![b' '; 9 << 20]).unwrap();
        packed.finish().unwrap()
    };
    assert!(refused(&zeros).contains("bytes of the unpacked SVG"));
    assert!(refused(b"\xfd\xfe<svg/>").contains("save it as UTF-8"));
}

#[test]
fn what_is_not_painted_refuses_nothing() {
    let pattern =
        "<pattern id='p' width='4' height='4' patternUnits='userSpaceOnUse'><rect width='2' height='2'/></pattern>";
    let ai = "http://ns.adobe.com/AdobeIllustrator/10.0/";
    let switch = format!(
        "<switch><foreignObject requiredExtensions='{ai}' width='1' height='1'><i:pgfRef xmlns:i='{ai}'/></foreignObject>\
         <g xmlns:i='{ai}' i:extraneous='self'>{SQUARE}</g></switch>"
    );
    for shapes in [
        format!("{SQUARE}<text x='5' y='5'/>"),
        format!("{SQUARE}<text x='5' y='5'>\n </text>"),
        format!("<g display='none'><text x='10' y='20'>note to self</text></g>{SQUARE}"),
        format!(
            "<style>.off {{display: none}}</style><g class='off'><image href='a.png' width='9' height='9'/></g>{SQUARE}"
        ),
        format!("{SQUARE}<text visibility='hidden'>no</text><text opacity='0'>no</text><text fill='none'>no</text>"),
        format!(
            "<defs>{pattern}<filter id='f'><feGaussianBlur stdDeviation='2'/></filter><mask id='m'/></defs>{SQUARE}"
        ),
        format!("<defs>{pattern}</defs><rect width='9' height='9' fill='url(#p)' visibility='hidden'/>{SQUARE}"),
        format!(
            "<symbol id='s'><text>unused</text></symbol><defs><image href='b.png' width='5' height='5'/></defs>{SQUARE}"
        ),
        format!("<foreignObject width='9' height='9'/><image width='9' height='9'/>{SQUARE}"),
        format!("<rect width='100' height='100' fill='#0f0' opacity='0'/>{SQUARE}"),
        format!("<g style='display:none'><rect width='100' height='100' fill='#0f0' filter='url(#f)'/></g>{SQUARE}"),
        switch,
    ] {
        assert_square(&page(&shapes));
    }
}

#[test]
fn what_is_painted_and_cannot_become_points_is_named_at_once() {
    let shapes = format!(
        "{BAR}\n<text y='5'>A</text>\n<image href='a.png' width='5' height='5'/>\n\
         <mask id='m'><rect width='5' height='5' fill='#fff'/></mask><filter id='f'><feGaussianBlur stdDeviation='2'/></filter>\n\
         <rect width='5' height='5' mask='url(#m)'/>\n<rect width='5' height='5' filter='url(#f)'/>"
    );
    let Err(error) = read(&page(&shapes)) else { panic!("refused") };
    let FormationError::UnsupportedSvg { element, line: 2, column: 1, others, .. } = &error else { panic!("{error}") };
    assert_eq!(element, "text");
    let others: Vec<(&str, u32)> = others.iter().map(|part| (part.element.as_str(), part.line)).collect();
    assert_eq!(others, [("image", 3), ("mask", 4), ("filter", 4)]);
    assert!(error.to_string().contains("trace the image to paths"), "{error}");
    // Reached through a copy, and as what cuts another.
    for shapes in [
        "<defs><text id='t'>A</text></defs><use href='#t'/>",
        "<clipPath id='c'><text>A</text></clipPath><rect width='50' height='50' fill='red' clip-path='url(#c)'/>",
        "<pattern id='p' width='4' height='4'><rect width='2' height='2'/></pattern><rect width='9' height='9' fill='url(#p)'/>",
        "<foreignObject width='9' height='9'><p xmlns='http://www.w3.org/1999/xhtml'>A</p></foreignObject>",
    ] {
        let shapes = format!("{BAR}{shapes}");
        assert!(matches!(read(&page(&shapes)), Err(FormationError::UnsupportedSvg { .. })), "{shapes}");
    }
}

#[test]
fn colours_that_are_not_understood_are_shown_white_and_named() {
    let variable = "<style>:root{--c:#00aa55}</style>";
    for (before, colour) in [
        ("", "oklch(65% 0.25 150)"),
        ("", "color(display-p3 0 0.66 0.33)"),
        ("", "light-dark(#00aa55, #00ff55)"),
        ("", "lab(50% 40 59.5)"),
        (variable, "var(--c)"),
        ("", "nocolour"),
    ] {
        let half = format!("{before}{BAR}\n<rect id='lower' x='10' y='55' width='80' height='35' fill='{colour}'/>");
        assert_warned(&page(&half), &[colour, "<rect id=\"lower\"> in line 2", "50 % of the picture", "#rrggbb"]);
        let formation = shown(&page(&half));
        assert_eq!(colours(&formation).into_keys().collect::<Vec<_>>(), [[255, 51, 85], [255; 3]], "{colour}");
        assert!((38.0..=40.0).contains(&height_m(&formation)), "the lower bar is flown, too");
        let alone = format!("{before}<rect x='10' y='10' width='80' height='80' fill='{colour}'/>");
        assert_warned(&page(&alone), &[colour, "<rect> in line 1", "100 % of the picture"]);
        let styled = format!("{before}<style>.a{{fill:{colour}}}</style>{BAR}<path class='a' d='M10 55h80v35h-80z'/>");
        assert_warned(&page(&styled), &[colour, "<path> in line 1", "50 % of the picture"]);
    }
    let gradient = "<linearGradient id='g'><stop offset='0' stop-color='red'/>\
                    <stop offset='1' style='stop-color:lch(50% 30 20)'/></linearGradient>\
                    <rect x='10' y='10' width='80' height='80' fill='url(#g)'/>";
    assert_warned(&page(gradient), &["lch(50% 30 20)", "<rect> in line 1"]);
}

#[test]
fn colours_for_printers_have_one_in_front_and_names_any_case() {
    for fill in [
        "style='fill:#ff3355 icc-color(FOGRA, 0, 0.9, 0.5, 0)'",
        "fill='#ff3355 device-cmyk(0, 0.9, 0.5, 0)'",
        "fill='RGB(255, 51, 85)'",
        "fill='hsl(350,100%,60%)'",
        "fill='rgb(100%,20%,33.3%)'",
        "fill='#ff3355ff'",
        "color='#ff3355' fill='currentcolor'",
        "style='--x: 1px; font: 12px/1.2 serif; fill: #ff3355'",
        "style='/* red */ fill: #ff3355; -custom-font: \"A; B\"'",
        "fill='url(#gone) #ff3355'",
    ] {
        assert_square(&page(&format!("<rect x='10' y='10' width='80' height='80' {fill}/>")));
    }
}

#[test]
fn black_parts_of_a_picture_are_named_and_a_black_picture_is_white() {
    for lower in [
        "<rect x='10' y='55' width='80' height='35'/>",
        "<rect x='10' y='55' width='80' height='35' fill='currentColor'/>",
        "<path d='M10 72.5h80' stroke='#010101' stroke-width='35'/>",
        "<g style='fill:black'><rect x='10' y='55' width='80' height='35'/></g>",
    ] {
        let tag = if lower.contains("<path") { "<path> in line 2" } else { "<rect> in line 2" };
        assert_warned(&page(&format!("{BAR}\n{lower}")), &["not lit", "50 % of the picture", tag]);
    }
    assert_warned(
        &page(&format!("{SQUARE}<path d='M10 50.05h80' stroke='#000' stroke-width='.1'/>")),
        &["not lit, under 1 %"],
    );
    for black in ["", "fill='#010101'", "fill='currentColor'"] {
        let formation = shown(&page(&format!("<rect x='10' y='10' width='80' height='80' {black}/>")));
        assert_eq!(colours(&formation), BTreeMap::from([([255; 3], 40)]));
        assert_eq!(formation.warnings, [""; 0]);
    }
    // A black ground under all is hidden by nothing and hides nothing: it is named, too.
    assert_warned(
        &page(&format!("<rect width='100' height='100'/>{SQUARE}")),
        &["36 % of the picture", "<rect> in line 1"],
    );
    // What is hidden is not missed.
    assert_square(&page(&format!("<rect x='10' y='10' width='80' height='80'/>{SQUARE}")));
}

#[test]
fn what_lies_outside_the_page_is_cut_off_and_named() {
    let scrap = format!("{SQUARE}\n<rect id='scrap' x='300' y='300' width='80' height='80' fill='#0f0'/>");
    assert_warned(&page(&scrap), &["outside the page", "50 % of what is painted", "<rect id=\"scrap\"> in line 2"]);
    let formation = shown(&page(&scrap));
    assert_eq!(colours(&formation).into_keys().collect::<Vec<_>>(), [[255, 51, 85]]);
    assert!((38.0..=40.0).contains(&height_m(&formation)), "the picture is not shrunk to make room");
    // A part of a shape.
    let over = page("<rect x='10' y='50' width='80' height='100' fill='#ff3355'/>");
    assert_warned(&over, &["50 % of what is painted", "<rect> in line 1"]);
    assert!((38.0..=40.0).contains(&height_m(&shown(&over))));
    // A coloured scrap does not make a black picture dark.
    let black = page("<rect x='10' y='10' width='80' height='80'/><rect x='300' width='9' height='9' fill='red'/>");
    assert_eq!(colours(&shown(&black)), BTreeMap::from([([255; 3], 40)]));
    let all = page("<rect x='300' width='9' height='9' fill='red'/>");
    assert!(matches!(read(&all), Err(FormationError::EmptyPicture { why }) if why.contains("outside the page")));
    // Without a page nothing lies outside it.
    let bare =
        "<svg xmlns='http://www.w3.org/2000/svg'><rect x='-40' y='-700' width='10' height='10' fill='#ff3355'/></svg>";
    assert_square(bare.as_bytes());
    let relative = bare.replace("<svg ", "<svg width='100%' height='100%' ");
    assert_square(relative.as_bytes());
}

#[test]
fn what_would_cut_move_or_mix_and_is_not_understood_is_named() {
    for (shape, words) in [
        ("<g style='clip-path:inset(0 50% 0 0)'>SQUARE</g>", "\"clip-path: inset(0 50% 0 0)\" is not understood"),
        ("<g clip-path='circle(40%)'>SQUARE</g>", "\"clip-path: circle(40%)\""),
        ("<style>g {mask: linear-gradient(red, blue)}</style><g>SQUARE</g>", "\"mask: linear-gradient(red, blue)\""),
        ("<g style='transform: rotate(0.5turn)'>SQUARE</g>", "\"transform: rotate(0.5turn)\""),
        ("<g style='mix-blend-mode:multiply'>SQUARE</g>", "\"mix-blend-mode: multiply\""),
        ("<style>rect {rx: 9px}</style>SQUARE", "\"rx: 9px\""),
        ("<style>@media (min-width: 1px) {rect {fill: #0f0}}</style>SQUARE", "\"@media\" is left out"),
        ("<style>rect:nth-child(2) {fill: #0f0}</style>SQUARE", "the selector \"rect:nth-child(2)\" is not understood"),
        ("SQUARE<use href='other.svg#a'/>", "<use> in line 1: it lies in another file"),
        ("<g>SQUARE<animate attributeName='opacity' to='0'/></g>", "animations are not shown"),
        ("SQUARE<rect width='9' height='9' fill='#0f0' opacity='.04'/>", "an opacity below 5 % is left out: <rect>"),
    ] {
        let bytes = page(&shape.replace("SQUARE", SQUARE));
        assert_warned(&bytes, &[words]);
        assert_eq!(colours(&shown(&bytes)).into_keys().collect::<Vec<_>>(), [[255, 51, 85]]);
    }
    let nested = "<clipPath id='a'><rect width='50' height='100'/></clipPath>\
                  <clipPath id='b'><rect x='10' y='10' width='80' height='80' clip-path='url(#a)'/></clipPath>\
                  <g clip-path='url(#b)'>SQUARE</g>";
    let error = read(&page(&nested.replace("SQUARE", SQUARE))).expect_err("refused").to_string();
    assert!(error.contains("<clipPath id=\"b\"> in line 1: clip paths with clipped shapes"), "{error}");
}

#[test]
fn pictures_that_were_right_are_read_as_before_and_without_a_word() {
    let shapes = [
        "<clipPath id='a'><rect width='50' height='100'/></clipPath><g clip-path='url(#a)'>SQUARE</g>",
        "<style>.st0{fill:#ff3355;}.st1{fill:none;stroke:#00ff00;stroke-width:4}</style>\
         <rect class='st0' x='10' y='10' width='80' height='40'/><path class='st1' d='M10 80H90'/>",
        "<symbol id='s' viewBox='0 0 10 10'><rect width='10' height='10' fill='#ff3355'/></symbol>\
         <use href='#s' x='10' y='10' width='30' height='30'/><use href='#s' x='60' y='60' width='30' height='30'/>",
        "<defs><marker id='m' markerWidth='4' markerHeight='4'><circle cx='2' cy='2' r='2' fill='#00ff00'/></marker></defs>\
         <path d='M10 80L50 10L80 80' stroke='#ff3355' stroke-width='4' fill='none' marker-end='url(#m)'/>",
        "<rect width='100' height='100' fill='#ffffff'/><circle cx='50' cy='50' r='30' fill='#ff3355'/>",
        "<linearGradient id='g'><stop offset='0' stop-color='#f00'/><stop offset='1' stop-color='#00f'/></linearGradient>\
         <rect x='10' y='10' width='80' height='80' fill='url(#g)'/>",
        "<g transform='translate(100,0) scale(-1,1)'><path d='M10 10H90L10 90Z' fill='#ff3355'/></g>",
        "<circle cx='50' cy='50' r='40' fill='none' stroke='#ff3355' stroke-width='4' stroke-dasharray='20 15'/>",
    ];
    for shapes in shapes {
        let formation = spread_picture(
            &Source::Svg { bytes: page(&shapes.replace("SQUARE", SQUARE)).into(), size: PictureSize::HeightM(40.0) },
            40,
            1,
        );
        let formation = formation.unwrap_or_else(|error| panic!("{shapes}: {error}"));
        assert_eq!(formation.warnings, [""; 0], "{shapes}");
        assert!(colours(&formation).contains_key(&[255, 51, 85]) || shapes.contains("Gradient"), "{shapes}");
    }
}

/// Keeps what is said.
#[derive(Default)]
struct Listener {
    warnings: Mutex<Vec<String>>,
}

impl Reporter for Listener {
    fn phase(&self, _name: &str, _total: u64) {}
    fn advance(&self, _steps: u64) {}
    fn warn(&self, message: &str) {
        self.warnings.lock().unwrap().push(message.to_owned());
    }
}

/// What is said about a script that shows a picture.
fn warnings_of(lights: &str, picture: Vec<u8>) -> Vec<String> {
    let script = format!(
        "title = \"T\"\nsite = {{ origin = {{ latitude_deg = 47.5, longitude_deg = 19.0 }}, heading_deg = 0 }}\n\
         fleet = {{ count = 40 }}\n[[scene]]\nname = \"A\"\nhold_s = 4\n[[scene.formation]]\n\
         source = {{ kind = \"svg\", file = \"a.svg\", height_m = 40 }}\nplace = {{ centre_m = [0, 60, 40] }}\n{lights}"
    );
    let listener = Listener::default();
    let assets = BTreeMap::from([("a.svg".to_owned(), picture)]);
    load(&script, "show.toml", &assets, &listener).unwrap_or_else(|errors| panic!("{errors}"));
    listener.warnings.into_inner().unwrap()
}

#[test]
fn dark_ink_is_said_with_its_share_and_a_remedy() {
    for (ink, share) in [
        ("<rect x='10' y='10' width='80' height='80' fill='#231f20'/>", "40 of 40 lamps (100 %)"),
        ("<rect x='10' y='10' width='80' height='80' fill='#333333'/>", "40 of 40 lamps (100 %)"),
        ("<circle cx='50' cy='50' r='40' fill='none' stroke='#111827' stroke-width='3'/>", "40 of 40 lamps (100 %)"),
        ("<rect x='10' y='10' width='80' height='80' fill='#ff3355' opacity='.2'/>", "40 of 40 lamps (100 %)"),
        (&format!("{BAR}<rect x='10' y='55' width='80' height='35' fill='#231f20'/>"), "20 of 40 lamps (50 %)"),
    ] {
        let warnings = warnings_of("", page(ink));
        let [warning] = warnings.as_slice() else { panic!("{warnings:?}") };
        assert!(warning.starts_with("show.toml:8:"), "{warning}");
        assert!(warning.contains(share) && warning.contains("\"a.svg\"") && warning.contains("`colour`"), "{warning}");
        assert_eq!(warnings_of("lights = { colour = \"white\" }\n", page(ink)), [""; 0]);
    }
    assert_eq!(warnings_of("", page(SQUARE)), [""; 0]);
}

#[test]
fn what_is_missing_of_a_picture_reaches_the_reporter() {
    let warnings = warnings_of("", page(&format!("{BAR}<rect x='10' y='55' width='80' height='35'/>")));
    let [warning] = warnings.as_slice() else { panic!("{warnings:?}") };
    assert!(warning.starts_with("show.toml:8:") && warning.contains("\"a.svg\": black and nearly black"), "{warning}");
}
