//! A file of the wrong kind is told from one that is damaged.

use std::path::Path;

use anyhow::{Result, bail};

/// Endings of show files.
const SHOWS: [&str; 4] = ["skyc", "skyb", "vviz", "zip"];
/// Endings of what a script can name as the source of a picture or a mesh.
const SOURCES: [&str; 7] = ["svg", "csv", "obj", "stl", "ttf", "otf", "json"];

fn ending(path: &Path) -> String {
    path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase()
}

/// Does the name end as a script's does?
pub fn has_script_ending(path: &Path) -> bool {
    ending(path) == "toml"
}

/// Is it a script?
pub fn is_script(path: &Path) -> bool {
    has_script_ending(path) && path.is_file()
}

/// A script is no show yet.
///
/// # Errors
/// If the path ends as a script does; the message says how a show is made of it.
pub fn expect_show(path: &Path) -> Result<()> {
    if is_script(path) {
        let show = path.with_extension("skyc");
        bail!("{} is a show script: plan it first, with kapok plan {0} -o {}", path.display(), show.display());
    }
    Ok(())
}

/// A show, a drawing or a list of points is no script.
///
/// # Errors
/// If the path ends as one of these does; the message says what can be done with it.
pub fn expect_script(path: &Path) -> Result<()> {
    match ending(path).as_str() {
        ending if SHOWS.contains(&ending) => {
            bail!("{} is a show file, not a script: kapok view and kapok prove take it", path.display())
        }
        ending if SOURCES.contains(&ending) => {
            bail!("{} is no show script: name it in one, as the source of a formation", path.display())
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wrong_kind_of_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("show.toml");
        std::fs::write(&script, "").unwrap();
        let error = expect_show(&script).unwrap_err().to_string();
        assert!(error.contains("plan it first") && error.contains("show.skyc"), "{error}");
        assert!(expect_show(Path::new("show.skyc")).is_ok());
        assert!(expect_script(Path::new("show.SKYC")).unwrap_err().to_string().contains("kapok view"));
        assert!(expect_script(Path::new("logo.svg")).unwrap_err().to_string().contains("no show script"));
        assert!(expect_script(&script).is_ok());
    }
}
