//! Every kind of bad script gets the message a person can act on: the whole text is held by snapshots.

use std::path::Path;

use kapok_design::{AssetFolder, load};
use kapok_show::Silent;

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/script_bad")
}

#[test]
fn every_bad_script_is_refused_with_its_diagnostics() {
    let mut names: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| Path::new(name).extension().is_some_and(|end| end == "toml"))
        .collect();
    names.sort();
    assert!(names.len() >= 18, "the bad scripts are there");
    // Relative, so that messages do not depend on where the repository lies. Tests run in the crate's folder.
    let assets = AssetFolder::new("tests/script_bad");
    for name in names {
        let text = std::fs::read_to_string(folder().join(&name)).unwrap();
        let diagnostics = load(&text, &name, &assets, &Silent).expect_err(&name);
        insta::assert_snapshot!(name.trim_end_matches(".toml"), diagnostics.to_string());
    }
}
