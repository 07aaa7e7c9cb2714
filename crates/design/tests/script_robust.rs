//! Whatever is in the file: a storyboard or diagnostics with places in the text, never a panic.

use std::collections::BTreeMap;

use kapok_design::{load, starter_script};
use kapok_show::Silent;
use proptest::prelude::*;

/// Loads, and checks what holds for every outcome.
fn load_and_check(text: &str) {
    let assets: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    match load(text, "fuzz.toml", &assets, &Silent) {
        Ok(storyboard) => {
            storyboard.check().expect("a storyboard that is given out is sound");
            assert!(!storyboard.scenes.is_empty());
        }
        Err(diagnostics) => {
            assert!(!diagnostics.items().is_empty(), "refused without a reason");
            let mut last = 0;
            for item in diagnostics.items() {
                assert!(last <= item.span.start, "sorted by place");
                last = item.span.start;
                assert!(text.get(item.span.clone()).is_some(), "{:?} is no part of the text", item.span);
                let before = &text[..item.span.start];
                assert_eq!(item.line, before.matches('\n').count() + 1);
                let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
                assert_eq!(item.column, column);
                assert!(!item.message.is_empty());
            }
            assert!(!diagnostics.to_string().is_empty());
        }
    }
}

/// Pieces of scripts, right and wrong ones, to be put together in any order.
const PIECES: &[&str] = &[
    "title = \"t\"\n",
    "seed = 7\n",
    "[site]\n",
    "origin = { latitude_deg = 1, longitude_deg = 2 }\n",
    "heading_deg = 90\n",
    "[fleet]\n",
    "count = 4\n",
    "count = -1\n",
    "[fleet.grid]\n",
    "spacing_m = 2\n",
    "[limits]\n",
    "min_separation_m = nan\n",
    "max_altitude_m = 1e9\n",
    "[[scene]]\n",
    "name = \"a\"\n",
    "hold_s = 1\n",
    "hold_s = \"1 m\"\n",
    "[[scene.formation]]\n",
    "[scene.formation]\n",
    "source = { kind = \"circle\", radius_m = 9 }\n",
    "source = 3\n",
    "place = { centre_m = [0, 0, 30] }\n",
    "place = { centre_m = [[]] }\n",
    "[scene.formation.lights]\n",
    "[[scene.formation.motion]]\n",
    "kind = \"rotate\"\nangle_deg = 90\n",
    "kind = \"wave\"\namplitude_m = [0, 1, 0]\nwavelength_m = 9\ncycles = 2\n",
    "kind = \"path\"\npoints_m = [[0, 0, 40], [0, 0, 40]]\n",
    "kind = \"scale\"\nfactor = 0\n",
    "ease = { start = \"none\", duration_s = 0.6 }\n",
    "transition = { pins = [[1, 1], [4, 2]] }\n",
    "transition = { assignment = \"keep\" }\n",
    "group = \"g\"\n",
    "[[fleet.group]]\nname = \"g\"\nvehicles = [1, 0]\n",
    "range = [1, 9]\n",
    "spares = 2\n",
    "slot = { columns = 2, rows = 2, spacing_m = 0.5 }\n",
    "source = { kind = \"animation\", folder = \"f\" }\n",
    "colour = \"red\"\n",
    "effects = [{ kind = \"pulse\", period_s = 2 }]\n",
    "effects = [[{}]]\n",
    "[environment]\n",
    "[environment.geofence]\n",
    "polygon_m = [[-50, -50], [50, -50], [0, 50]]\n",
    "[[environment.keep_out]]\n",
    "kind = \"cylinder\"\n",
    "福 = 1\n",
    "a.b.c = 2\n",
    "x = 1979-05-27\n",
    "[[site]]\n",
    "scene = []\n",
    "= \n",
    "\"\"\"",
    "}",
    "[",
];

/// A way to spoil a script.
#[derive(Clone, Debug)]
enum Spoil {
    DropLine(usize),
    DoubleLine(usize),
    SwapLines(usize, usize),
    DropChars(usize, usize),
    Insert(usize, String),
    Number(usize, String),
}

fn spoil() -> impl Strategy<Value = Spoil> {
    let at = any::<usize>();
    let number = prop::sample::select(vec![
        "nan",
        "inf",
        "-1",
        "0",
        "1e308",
        "-0.0",
        "99999999999999999999",
        "true",
        "\"7\"",
        "[]",
        "{}",
    ]);
    prop_oneof![
        at.prop_map(Spoil::DropLine),
        at.prop_map(Spoil::DoubleLine),
        (at, at).prop_map(|(a, b)| Spoil::SwapLines(a, b)),
        (at, 1..20usize).prop_map(|(a, n)| Spoil::DropChars(a, n)),
        (at, "[a-z_=.\\[\\]{}\"'#, 0-9\n福]{1,6}").prop_map(|(a, s)| Spoil::Insert(a, s)),
        (at, number).prop_map(|(a, s)| Spoil::Number(a, s.to_owned())),
    ]
}

fn apply(text: &str, spoil: &Spoil) -> String {
    let mut lines: Vec<&str> = text.split('\n').collect();
    let chars: Vec<char> = text.chars().collect();
    let (line, char) = (|k: usize| k % lines.len().max(1), |k: usize| k % chars.len().max(1));
    match spoil {
        Spoil::DropLine(k) => {
            lines.remove(line(*k));
            lines.join("\n")
        }
        Spoil::DoubleLine(k) => {
            let k = line(*k);
            lines.insert(k, lines[k]);
            lines.join("\n")
        }
        Spoil::SwapLines(a, b) => {
            let (a, b) = (line(*a), line(*b));
            lines.swap(a, b);
            lines.join("\n")
        }
        Spoil::DropChars(k, count) => {
            let k = char(*k);
            chars.iter().enumerate().filter(|(i, _)| !(k..k + count).contains(i)).map(|(_, c)| c).collect()
        }
        Spoil::Insert(k, piece) => {
            let (front, back) = chars.split_at(char(*k));
            front.iter().collect::<String>() + piece + &back.iter().collect::<String>()
        }
        Spoil::Number(k, number) => {
            // The value of one of the assignments.
            let assignments: Vec<usize> = (0..lines.len()).filter(|&i| lines[i].contains(" = ")).collect();
            let Some(&i) = assignments.get(k % assignments.len().max(1)) else { return text.to_owned() };
            let changed = format!("{} = {number}", lines[i].split(" = ").next().unwrap_or_default());
            lines[i] = &changed;
            lines.join("\n")
        }
    }
}

#[test]
fn a_script_that_is_too_long_or_too_deep_is_refused() {
    load_and_check(&"#".repeat((1 << 20) + 1));
    load_and_check(&format!("a = {}", "[".repeat(5000)));
    load_and_check(&format!("a = {}1{}", "[".repeat(5000), "]".repeat(5000)));
    load_and_check(&(0..20_000).map(|k| format!("k{k} = {k}")).collect::<Vec<_>>().join("\n"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_text(text in "\\PC*") {
        load_and_check(&text);
    }

    #[test]
    fn any_text_with_control_characters(text in prop::collection::vec(any::<char>(), 0..60)) {
        load_and_check(&text.into_iter().collect::<String>());
    }

    #[test]
    fn pieces_of_scripts_in_any_order(picks in prop::collection::vec(prop::sample::select(PIECES), 0..30)) {
        load_and_check(&picks.concat());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_good_script_with_a_few_faults(spoils in prop::collection::vec(spoil(), 1..4)) {
        let text = spoils.iter().fold(starter_script().to_owned(), |text, spoil| apply(&text, spoil));
        load_and_check(&text);
    }
}
