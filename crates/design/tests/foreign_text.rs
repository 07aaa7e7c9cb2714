//! Text, lists and meshes as other programs write them: right-to-left writing, unpadded numbers, byte order marks.

use std::collections::BTreeMap;
use std::sync::Mutex;

use kapok_design::formation::{Source, TextStyle, sample};
use kapok_design::load;
use kapok_design::mesh::{MeshFormat, read_mesh};
use kapok_show::{DVec3, Diagnostics, PlaceChoice, Reporter, Silent, Storyboard};

/// 1 is a post, 2 and 3 are floors of one and two storeys, alef two posts, bet a post with a roof, A a block.
static BIDI_FONT: &[u8] = include_bytes!("data/bidi.ttf");

type Files<'f> = &'f [(&'f str, &'f [u8])];

fn loaded(script: &str, files: Files<'_>, reporter: &dyn Reporter) -> Result<Storyboard, Diagnostics> {
    let assets: BTreeMap<String, Vec<u8>> =
        files.iter().map(|&(name, bytes)| (name.to_owned(), bytes.to_vec())).collect();
    load(script, "s.toml", &assets, reporter)
}

fn script(fleet: &str, scene: &str) -> String {
    format!(
        "title = \"T\"\nsite = {{ origin = {{ latitude_deg = 47.5, longitude_deg = 19.0 }}, heading_deg = 0 }}\n\
         [fleet]\n{fleet}\n[[scene]]\nname = \"A\"\n{scene}\n"
    )
}

const LINE: &str = "hold_s = 2\n[[scene.formation]]\nsource = { kind = \"line\", length_m = 10 }\nplace = { centre_m = [0, 20, 20] }\n";

fn sampled(text: &str) -> Vec<(u32, DVec3)> {
    let source = Source::Text { text: text.to_owned(), font: BIDI_FONT.into(), height_m: 35.0, style: TextStyle::Fill };
    let formation = sample(&source, 160, 0.01, 1).unwrap_or_else(|error| panic!("{text}: {error}"));
    formation.points.iter().map(|p| (p.group, p.position_m)).collect()
}

/// A letter as it looks, whatever its place and size: its points in a box of side 1, and how wide the box is for
/// its height, a tenth more so that lines compare.
struct Look {
    points: Vec<DVec3>,
    width: f64,
}

impl Look {
    fn of(points: &[DVec3]) -> Self {
        let low = points.iter().fold(DVec3::INFINITY, |l, &p| l.min(p));
        let high = points.iter().fold(DVec3::NEG_INFINITY, |h, &p| h.max(p));
        let side = (high - low).max(DVec3::splat(1e-9));
        Self { points: points.iter().map(|&p| (p - low) / side).collect(), width: side.x / side.z + 0.1 }
    }

    fn unlikeness(&self, other: &Self) -> f64 {
        let far = |from: &[DVec3], to: &[DVec3]| {
            let nearest = |p: &DVec3| to.iter().map(|q| p.distance(*q)).fold(f64::INFINITY, f64::min);
            from.iter().map(nearest).sum::<f64>() / from.len() as f64
        };
        far(&self.points, &other.points)
            + far(&other.points, &self.points)
            + kapok_show::math::ln(self.width / other.width).abs()
    }
}

/// The letters of a text from left to right, each told by the model it looks like.
fn order(text: &str, models: &[(char, Look)]) -> String {
    let mut points_of: BTreeMap<u32, Vec<DVec3>> = BTreeMap::new();
    for (group, position_m) in sampled(text) {
        points_of.entry(group).or_default().push(position_m);
    }
    let mut found: Vec<(f64, char)> = points_of
        .into_values()
        .map(|points| {
            let look = Look::of(&points);
            let nearest = models.iter().min_by(|a, b| look.unlikeness(&a.1).total_cmp(&look.unlikeness(&b.1))).unwrap();
            (points.iter().map(|p| p.x).sum::<f64>() / points.len() as f64, nearest.0)
        })
        .collect();
    found.sort_by(|a, b| a.0.total_cmp(&b.0));
    found.into_iter().map(|(_, letter)| letter).collect()
}

#[test]
fn right_to_left_writing_with_digits_and_latin_stands_as_it_is_read() {
    let model = |letter: char| {
        let points: Vec<DVec3> = sampled(&letter.to_string()).into_iter().map(|(_, position_m)| position_m).collect();
        (letter, Look::of(&points))
    };
    let models: Vec<(char, Look)> = "123\u{5d0}\u{5d1}A".chars().map(model).collect();
    for (text, expected) in [
        ("\u{5d0}\u{5d1} 123", "123\u{5d1}\u{5d0}"),
        ("A \u{5d0}\u{5d1}", "A\u{5d1}\u{5d0}"),
        ("\u{5d0}\u{5d1} A", "A\u{5d1}\u{5d0}"),
        ("\u{5d0} 12 \u{5d1}", "\u{5d1}12\u{5d0}"),
        // A digit after right-to-left letters stands to their left.
        ("A 12 \u{5d0}\u{5d1} 3", "A123\u{5d1}\u{5d0}"),
        ("12", "12"),
        ("A1", "A1"),
        // A mark that says the direction, and is not drawn.
        ("\u{200f}A \u{5d0}", "\u{5d0}A"),
    ] {
        assert_eq!(order(text, &models), expected, "{text:?}");
    }
    // Letters do not lie on each other.
    let mut spans: BTreeMap<u32, (f64, f64)> = BTreeMap::new();
    for (group, p) in sampled("\u{5d0}\u{5d1} 123") {
        let (low, high) = spans.entry(group).or_insert((f64::INFINITY, f64::NEG_INFINITY));
        (*low, *high) = (low.min(p.x), high.max(p.x));
    }
    let spans: Vec<(f64, f64)> = spans.into_values().collect();
    assert_eq!(spans.len(), 5);
    assert!(spans.windows(2).all(|w| w[0].1 < w[1].0), "{spans:?}");
}

#[test]
fn keyframes_of_a_folder_are_in_natural_order() {
    let frames: Vec<(String, Vec<u8>)> = (1..=11)
        .map(|k| (format!("f/frame_{k}.{}", if k == 7 { "CSV" } else { "csv" }), k))
        .map(|(name, k)| (name, format!("x,y,z\n0,0,{z}\n5,0,{z}\n10,0,{z}\n", z = k - 1).into_bytes()))
        .collect();
    let mut files: Vec<(&str, &[u8])> = frames.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    files.push(("f/._frame_1.csv", b"\0\x05\x16\x07"));
    let scene = "hold_s = 60\n[[scene.formation]]\nsource = { kind = \"animation\", folder = \"f\" }\n\
                 place = { centre_m = [0, 20, 20] }\n";
    let heard = Listener::default();
    let storyboard = loaded(&script("count = 3", scene), &files, &heard).unwrap_or_else(|e| panic!("{e}"));
    let scene = &storyboard.scenes[0];
    let part = &scene.motion.as_ref().unwrap().parts[0];
    let z: Vec<f64> = (0..=10)
        .map(|k| part.by_share(scene.points[part.first].position_m, 0, f64::from(k) / 10.0).position.z)
        .collect();
    for (k, z) in z.iter().enumerate() {
        assert!((z - 20.0 - k as f64).abs() < 1e-6, "{k}: {z}");
    }
    let said = heard.warnings.into_inner().unwrap();
    let [only] = said.as_slice() else { panic!("{said:?}") };
    assert!(only.contains("1 left out, as \"._frame_1.csv\""), "{only}");
}

#[test]
fn pads_are_read_in_every_form_that_is_documented() {
    let flat = [[0.0, 0.0, 0.0], [5.0, 0.0, 0.0], [10.0, 0.0, 0.0]];
    let uneven = [[0.0, 0.0, 0.0], [5.0, 0.0, 1.0], [10.0, 0.0, 2.5]];
    for (text, expected) in [
        ("x_m,y_m\n0,0\n5,0\n10,0\n", flat),
        ("0,0\n5,0\n10,0\n", flat),
        ("\u{feff}x_m,y_m\r\n0,0\r\n5,0\r\n10,0\r\n", flat),
        ("# x,y\n0,0\n5,0\n10,0\n", flat),
        ("x,y,z\n0,0,0\n5,0,1\n10,0,2.5\n", uneven),
        ("x_m,y_m,z_m\n0,0,0\n5,0,1\n10,0,2.5\n", uneven),
        ("0,0,0\n5,0,1\n10,0,2.5\n", uneven),
    ] {
        let files: Files<'_> = &[("pads.csv", text.as_bytes())];
        let storyboard = loaded(&script("count = 3\npads_file = \"pads.csv\"", LINE), files, &Silent)
            .unwrap_or_else(|e| panic!("{e}"));
        let pads: Vec<[f64; 3]> = storyboard.fleet.pads_m.iter().map(DVec3::to_array).collect();
        assert_eq!(pads, expected, "{text:?}");
    }
    let named: Files<'_> =
        &[("pads.csv", b"Name,x_m,y_m,z_m,Red,Green,Blue\na,0,0,0,1,2,3\nb,5,0,0,1,2,3\nc,10,0,0,1,2,3\n")];
    let heard = Listener::default();
    loaded(&script("count = 3\npads_file = \"pads.csv\"", LINE), named, &heard).unwrap_or_else(|e| panic!("{e}"));
    assert!(heard.warnings.into_inner().unwrap()[0].contains("names and colours of \"pads.csv\" are not used"));
    let swapped: Files<'_> = &[("pads.csv", b"y_m,x_m\n0,0\n5,0\n10,0\n")];
    let errors = loaded(&script("count = 3\npads_file = \"pads.csv\"", LINE), swapped, &Silent).unwrap_err();
    assert!(errors.items()[0].message.starts_with("\"pads.csv\", line 1, column 1: the header is y_m,x_m"), "{errors}");
}

#[test]
fn an_assignment_file_may_bear_a_mark() {
    let scene = "hold_s = 2\n[scene.transition]\nassignment_file = \"who.csv\"\n[[scene.formation]]\n\
                 source = { kind = \"line\", length_m = 10 }\nplace = { centre_m = [0, 20, 20] }\n";
    for text in ["\u{feff}3\n1\n2\n", "\u{feff}place\r\n3\r\n1\r\n2\r\n", "place\r3\r1\r2\r", "3\n1\n2"] {
        let storyboard = loaded(&script("count = 3", scene), &[("who.csv", text.as_bytes())], &Silent);
        let storyboard = storyboard.unwrap_or_else(|e| panic!("{text:?}: {e}"));
        assert_eq!(storyboard.scenes[0].transition.places, PlaceChoice::Listed(vec![2, 0, 1]), "{text:?}");
    }
    let errors = loaded(&script("count = 3", scene), &[("who.csv", b"\xff\xfe3\0\n\0")], &Silent).unwrap_err();
    assert!(errors.items()[0].message.contains("\"who.csv\": this is UTF-16 text; save it as UTF-8"), "{errors}");
}

/// A box, as OBJ.
const BOX: &str = "# exported\nv -5 -5 0\nv 5 -5 0\nv 5 5 0\nv -5 5 0\nv -5 -5 20\nv 5 -5 20\nv 5 5 20\nv -5 5 20\n\
                   f 1 4 3 2\nf 5 6 7 8\nf 1 2 6 5\nf 2 3 7 6\nf 3 4 8 7\nf 4 1 5 8\n";

#[test]
fn meshes_may_bear_a_mark_and_end_lines_in_any_way() {
    let expected = read_mesh(BOX.as_bytes(), MeshFormat::Obj).unwrap();
    assert_eq!(expected.len(), 12);
    for text in [
        format!("\u{feff}{BOX}"),
        format!("\u{feff}{}", BOX.replace("# exported\n", "")),
        BOX.replace('\n', "\r\n"),
        BOX.replace('\n', "\r"),
    ] {
        assert_eq!(read_mesh(text.as_bytes(), MeshFormat::Obj).unwrap(), expected, "{text:?}");
    }
    let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(BOX.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let error = read_mesh(&wide, MeshFormat::Obj).unwrap_err().to_string();
    assert_eq!(error, "line 1: this is UTF-16 text; save it as UTF-8");
    let facet = "facet normal 0 0 0\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0.5\nendloop\nendfacet\n";
    let stl = format!("solid box\n{facet}endsolid box\n");
    let expected = read_mesh(stl.as_bytes(), MeshFormat::Stl).unwrap();
    for text in [format!("\u{feff}{stl}"), format!("\u{feff} {}", stl.replace('\n', "\r\n")), stl.replace('\n', "\r")] {
        assert_eq!(read_mesh(text.as_bytes(), MeshFormat::Stl).unwrap(), expected, "{text:?}");
    }
    let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(stl.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let error = read_mesh(&wide, MeshFormat::Stl).unwrap_err().to_string();
    assert_eq!(error, "line 1: this is UTF-16 text; save it as UTF-8");
    // A binary file may begin with any bytes, those of a mark included.
    let mut binary = vec![0xff, 0xfe];
    binary.resize(80, 0);
    binary.extend(1_u32.to_le_bytes());
    binary.extend([0; 12]);
    binary.extend([0.0_f32, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.5].into_iter().flat_map(f32::to_le_bytes));
    binary.extend([0, 0]);
    assert_eq!(read_mesh(&binary, MeshFormat::Stl).unwrap(), expected);
}

#[test]
fn other_files_are_named_in_one_message() {
    for (text, word) in [
        ("<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\"/>\n", "a picture"),
        ("{\"version\": \"1.0\", \"performances\": []}", "kapok view"),
    ] {
        let errors = loaded(text, &[], &Silent).unwrap_err();
        assert_eq!(errors.count(), 1, "{errors}");
        assert!(errors.items()[0].message.contains(word), "{errors}");
    }
}

#[test]
fn single_brackets_for_a_scene_are_answered() {
    let one = script("count = 3", LINE);
    let two = format!("{one}[[scene]]\nname = \"B\"\n{LINE}").replace("[[scene]]", "[scene]");
    let errors = loaded(&two, &[], &Silent).unwrap_err();
    let help = errors.items().iter().find_map(|item| item.help.as_deref());
    assert_eq!(help, Some("write it with two brackets: [[scene]]"), "{errors}");
}

#[test]
fn the_line_of_a_scene_is_found_by_its_name() {
    let one = script("count = 3", LINE);
    let two = format!("{one}[[scene]]\nname = \"B\"\n{LINE}");
    assert_eq!(kapok_design::line_of_scene(&two, "A"), Some(5));
    assert_eq!(kapok_design::line_of_scene(&two, "B"), Some(one.lines().count() + 1));
    assert_eq!(kapok_design::line_of_scene(&two, "C"), None);
}

#[test]
fn more_vehicles_than_a_show_has_are_refused_before_they_are_placed() {
    let errors = loaded(&script("count = 49999\nspares = 2", LINE), &[], &Silent).unwrap_err();
    assert_eq!(errors.items()[0].message, "49999 vehicles and 2 spares are 50001, more than 50000");
    assert_eq!(errors.items()[0].help.as_deref(), Some("leave out 1"));
}

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
