//! The tutorial does what it says: its blocks are put where it says, and its commands are run.

use std::path::Path;
use std::process::{Command, Output};

use crate::view::Viewer;

/// The indented blocks of each numbered section, each without its indentation.
fn blocks(page: &str) -> Vec<Vec<String>> {
    let mut sections: Vec<Vec<String>> = vec![Vec::new()];
    let mut is_open = false;
    for line in page.lines() {
        if line.starts_with("## ") {
            sections.push(Vec::new());
        }
        let blocks = sections.last_mut().unwrap();
        match line.strip_prefix("    ") {
            Some(code) if is_open => {
                let block: &mut String = blocks.last_mut().unwrap();
                *block += code;
                block.push('\n');
            }
            Some(code) => {
                blocks.push(format!("{code}\n"));
                is_open = true;
            }
            // An empty line may be within a block or end it: what follows tells.
            None if line.is_empty() && is_open => blocks.last_mut().unwrap().push('\n'),
            None => is_open = false,
        }
    }
    sections
}

fn kapok(folder: &Path, line: &str) -> Output {
    let words: Vec<&str> = line.split_whitespace().skip(1).collect();
    Command::new(env!("CARGO_BIN_EXE_kapok")).current_dir(folder).args(words).output().unwrap()
}

fn replaced(text: &str, from: &str, to: &str) -> String {
    assert_eq!(text.matches(from).count(), 1, "{from:?} in {text}");
    text.replace(from, to)
}

#[test]
fn the_tutorial_works_as_written() {
    let page = std::fs::read_to_string(common_docs().join("tutorial.md")).unwrap();
    assert!(page.split_whitespace().count() < 900, "the tutorial grows");
    let sections = blocks(&page);
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let commands =
        |section: usize| sections[section][0].lines().filter(|l| l.starts_with("kapok ")).collect::<Vec<_>>();

    // 1: the script, and the page that watches it.
    let [new, view] = commands(1)[..] else { panic!("{:?}", sections[1]) };
    assert_eq!(kapok(at, new).status.code(), Some(0));
    assert_eq!(view, "kapok view show.toml --open");
    let viewer = Viewer::start(at, &["show.toml", "--port", "0"]);
    let starter = std::fs::read_to_string(at.join("show.toml")).unwrap();
    let edit = |text: &str| std::fs::write(at.join("show.toml"), text).unwrap();

    // 2: own words, written by all vehicles.
    let (head, hello) = starter.split_once("name = \"Hello\"\n").unwrap();
    let old = hello.lines().find(|l| l.starts_with("source = ")).unwrap().to_owned() + "\n";
    let hello = hello.replacen(&old, sections[2][0].trim_start(), 1).replacen("count = 34\n", "", 1);
    let mut text = format!("{head}name = \"Hello\"\n{hello}");
    edit(&text);
    // 3: a drawing in a scene of its own.
    std::fs::write(at.join("heart.svg"), &sections[3][0]).unwrap();
    text.push('\n');
    text.push_str(&sections[3][1]);
    edit(&text);
    // 4: the sphere turns.
    let sphere = "lights = { colour = \"deepskyblue\", effects = [{ kind = \"twinkle\", period_s = 3 }] }\n";
    text = replaced(&text, sphere, &format!("{sphere}\n{}", sections[4][0]));
    text = replaced(&text, "name = \"Planet\"\nhold_s = 10", "name = \"Planet\"\nhold_s = 30");
    // 5: a close grid, a group.
    text = replaced(&text, "[fleet.grid]\n", &format!("[fleet.grid]\n{}", sections[5][0]));
    text = replaced(&text, "\n[limits]\n", &format!("\n{}\n[limits]\n", sections[5][1]));
    // 6: a pyramid.
    std::fs::write(at.join("pyramid.obj"), &sections[6][0]).unwrap();
    let scenes = text.find("\n[[scene]]").unwrap();
    text.insert_str(scenes, &format!("\n{}", sections[6][1]));
    edit(&text);
    viewer.until(|live| live["trouble"].is_null() && live["work"] == "idle" && live["version"].as_u64() > Some(1));
    assert_eq!(viewer.get("certificate")["verdict"], "proved");
    drop(viewer);

    // 7: mistakes are refused.
    for (from, to) in [
        ("name = \"Heart\"\nhold_s = 8", "name = \"Heart\"\nhold_s = \"8 s\""),
        ("file = \"heart.svg\", height_m = 50", "file = \"heart.svg\", hight_m = 30"),
        ("name = \"Heart\"\nhold_s = 8", "name = \"Heart\"\nhold_s = 8\ntransition = { duration_s = 1 }"),
    ] {
        edit(&replaced(&text, from, to));
        assert_eq!(kapok(at, "kapok plan show.toml").status.code(), Some(2), "{to}");
    }
    edit(&text);

    // 8: the files.
    for line in commands(8) {
        let output = kapok(at, line);
        assert_eq!(output.status.code(), Some(0), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(at.join(line.rsplit(' ').next().unwrap()).exists(), "{line}");
    }
}

fn common_docs() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs")
}
