//! What a command writes: where it goes, that nothing is lost by it, and that it is written whole or not at all.

mod batch;
mod folder;
mod place;
mod reserved;
mod unfinished;

use std::path::Path;

use anyhow::{Result, bail};

pub use batch::Batch;
pub use folder::{Folder, refuse_full_folder, write_folder};
pub use reserved::Reserved;

use place::Identity;

/// No output is a file that is read, or another output. Files are compared as files: `./a`, an absolute path, a link and a
/// second name of one file are the same; so are two names of a file that is not there yet.
///
/// # Errors
/// If an output is an input, lies among the files of a folder that is read, or is given twice; the message names both.
pub fn keep_apart(inputs: &[&Path], outputs: &[&Path]) -> Result<()> {
    for (k, output) in outputs.iter().enumerate() {
        if output.as_os_str() == "-" {
            bail!("- is no file to write: --json prints the result on standard output");
        }
        let identity = Identity::of(output);
        if identity == Identity::Stream {
            continue;
        }
        if let Some(input) = inputs.iter().find(|input| Identity::of(input) == identity) {
            bail!(
                "{} is read, so it cannot be written{}: choose another name",
                output.display(),
                other_name(input, output)
            );
        }
        if let Some(folder) = inputs.iter().find(|input| is_part_of(output, input)) {
            bail!(
                "{} would be one of the files of {}, which is read: choose another folder",
                output.display(),
                folder.display()
            );
        }
        if let Some(earlier) = outputs[..k].iter().find(|earlier| Identity::of(earlier) == identity) {
            bail!("{} is given twice{}", output.display(), other_name(earlier, output));
        }
    }
    Ok(())
}

/// The other name of the same file, if it has one.
fn other_name(other: &Path, named: &Path) -> String {
    if other == named { String::new() } else { format!(" (it is {})", other.display()) }
}

/// Would a show be made of this file and those of the folder?
fn is_part_of(output: &Path, folder: &Path) -> bool {
    let ending = output.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
    let of_a_show = matches!(ending.as_str(), "skyb" | "csv") || output.file_name().is_some_and(|n| n == "site.json");
    of_a_show
        && folder.is_dir()
        && place::parent(&place::real(output)).canonicalize().ok() == folder.canonicalize().ok()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn an_output_is_given_once() {
        let twice = keep_apart(&[], &[Path::new("a.skyc"), Path::new("a.skyc")]).unwrap_err();
        assert!(twice.to_string().contains("twice"));
    }

    #[cfg(unix)]
    #[test]
    fn files_are_compared_as_files() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("in.skyc"), b"show").unwrap();
        std::fs::hard_link(at("in.skyc"), at("hard.skyc")).unwrap();
        std::os::unix::fs::symlink("in.skyc", at("soft.skyc")).unwrap();
        std::os::unix::fs::symlink(folder.path(), at("around")).unwrap();
        std::os::unix::fs::symlink("new.json", at("dangling.json")).unwrap();
        let apart = |inputs: &[&str], outputs: &[&str]| {
            let paths = |names: &[&str]| names.iter().map(|n| at(n)).collect::<Vec<_>>();
            let (inputs, outputs) = (paths(inputs), paths(outputs));
            let inputs: Vec<&Path> = inputs.iter().map(PathBuf::as_path).collect();
            let outputs: Vec<&Path> = outputs.iter().map(PathBuf::as_path).collect();
            keep_apart(&inputs, &outputs).map_err(|e| e.to_string())
        };
        for same in ["in.skyc", "./in.skyc", "hard.skyc", "soft.skyc", "around/in.skyc", "around/../in.skyc"] {
            let error = apart(&["in.skyc"], &[same]);
            // `around/..` is the folder around the temporary one.
            if same == "around/../in.skyc" {
                assert!(error.is_ok(), "{error:?}");
            } else {
                assert!(error.unwrap_err().contains("is read, so it cannot be written"), "{same}");
            }
        }
        assert!(apart(&["in.skyc"], &["new.json", "other.json"]).is_ok());
        for (a, b) in [("new.json", "./new.json"), ("new.json", "around/new.json"), ("dangling.json", "new.json")] {
            assert!(apart(&["in.skyc"], &[a, b]).unwrap_err().contains("twice"), "{a} {b}");
        }
        let null = Path::new("/dev/null");
        assert!(keep_apart(&[], &[null, null]).is_ok(), "a device keeps nothing");
        assert!(keep_apart(&[], &[Path::new("-")]).unwrap_err().to_string().contains("--json"));
    }

    #[test]
    fn the_files_of_a_folder_that_is_read_are_spared() {
        let folder = tempfile::tempdir().unwrap();
        let apart = |name: &str| keep_apart(&[folder.path()], &[&folder.path().join(name)]);
        for part in ["a.skyb", "b.CSV", "site.json"] {
            assert!(apart(part).unwrap_err().to_string().contains("which is read"), "{part}");
        }
        assert!(apart("certificate.json").is_ok());
    }
}
