//! Names of files: which are vehicles, which an operating system puts beside others.

use std::path::Path;

use crate::{Place, ReadError};

/// Is this a file that an operating system or office program puts beside others?
pub(crate) fn is_clutter(path: &str) -> bool {
    const NAMES: [&str; 4] = [".ds_store", "thumbs.db", "desktop.ini", "icon\r"];
    const BEGINNINGS: [&str; 3] = ["._", "~$", ".~"];
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    path.split('/').any(|part| part == "__MACOSX")
        || NAMES.contains(&name.as_str())
        || BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
}

/// What is named like clutter and is a vehicle all the same: it would fly and not be judged.
pub(crate) fn hidden_vehicle(name: &str) -> ReadError {
    ReadError::BadValue {
        place: Place::in_member(name, ""),
        value: "a vehicle's file".into(),
        why: "is named like a file that operating systems put beside others".into(),
        remedy: "rename it, or remove it if it is no vehicle of the show",
    }
}

/// Ends a file's name so?
pub(crate) fn ends_with(name: &str, ending: &str) -> bool {
    Path::new(name).extension().is_some_and(|e| e.eq_ignore_ascii_case(ending))
}

/// File name without folder and extension.
pub(crate) fn vehicle_name(member: &str) -> &str {
    let file = member.rsplit('/').next().unwrap_or(member);
    file.rsplit_once('.').map_or(file, |(stem, _)| stem)
}

/// File name without extension, as a title.
pub(crate) fn title_of(file_name: &str) -> String {
    Path::new(file_name).file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_vehicle() {
        for name in [
            "__MACOSX/._a.csv",
            "x/__MACOSX/a.csv",
            "._a.csv",
            "b/~$a.csv",
            ".~lock.a.csv#",
            ".DS_Store",
            "a/Thumbs.db",
            "desktop.ini",
            "show/Icon\r",
        ] {
            assert!(is_clutter(name), "{name}");
        }
        for name in ["a.csv", "x.__MACOSX.csv", "_a.csv", "$a.csv", ".a.csv", "MACOSX/a.csv"] {
            assert!(!is_clutter(name), "{name}");
        }
    }
}
