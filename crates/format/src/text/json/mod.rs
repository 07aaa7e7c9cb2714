//! The one door through which JSON comes in.
//!
//! Programs differ in what they make of a text that is legal JSON and yet says a thing twice: which of two equal keys
//! counts, whether an object with a `$ref` is the reference or its other members, whether a list may stand for an object.
//! A show must be the same show in every reader, so such texts are refused here, before anything is read from them, and
//! what is not read is told.

mod scan;
mod strict;
mod text;

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::{shortened, visible};
use crate::swarm::notes::MAX_NAMED;
use crate::{Place, ReadError};

pub(crate) use scan::{References, scan};
pub(crate) use text::text_of;

/// Members that nothing here reads, by their path without indices, of all parts of a file.
#[derive(Debug, Default)]
pub(crate) struct Skipped(Mutex<BTreeSet<String>>);

impl Skipped {
    fn add(&self, paths: BTreeSet<String>) {
        if !paths.is_empty() {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(paths);
        }
    }

    /// The sentence that tells of them, if there are any.
    pub fn note(&self) -> Option<String> {
        let paths = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let named: Vec<String> = paths.iter().take(MAX_NAMED).map(|path| format!("`{}`", shortened(path))).collect();
        let more = match paths.len().saturating_sub(MAX_NAMED) {
            0 => String::new(),
            count => format!(" and {count} more"),
        };
        (!named.is_empty()).then(|| format!("members that are not known are not read: {}{more}", named.join(", ")))
    }
}

/// A member that is known and says nothing of the show: the version of a list, the kind of a drone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Known;

impl<'de> Deserialize<'de> for Known {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(|_| Self)
    }
}

/// Reads a text that [`scan`] has passed as a type. Objects are objects, never lists of their values.
///
/// # Errors
/// [`ReadError::Json`], with the text around the place.
pub(crate) fn parse<'a, T: Deserialize<'a>>(
    text: &'a str,
    place: impl Fn() -> Place,
    skipped: &Skipped,
) -> Result<T, ReadError> {
    let mut source = serde_json::Deserializer::from_str(text);
    let seen = strict::Seen::default();
    let value = T::deserialize(strict::Strict::new(&mut source, &seen)).and_then(|value| source.end().map(|()| value));
    let value = value.map_err(|error| json_error(place(), text, &error))?;
    let at = place().at;
    skipped.add(seen.into_paths(&at));
    Ok(value)
}

/// A value as a type, by the same rules as [`parse`].
pub(crate) fn from_value<T: DeserializeOwned>(value: Value) -> serde_json::Result<T> {
    T::deserialize(strict::Strict::new(value, &strict::Seen::default()))
}

/// Reads a JSON text that stands alone as a type: UTF-8 with or without a byte order mark, no key twice in an object, no key
/// `$ref` in any spelling, objects never written as lists. `name` is the file's or the part's, for messages.
///
/// # Errors
/// [`ReadError::Encoding`] for a text in another encoding, [`ReadError::BadValue`] for a key that occurs twice or is `$ref`,
/// [`ReadError::Json`] for what is no JSON or of another shape.
pub fn read_json<'a, T: Deserialize<'a>>(bytes: &'a [u8], name: &str) -> Result<T, ReadError> {
    let place = || Place::in_member(name, "");
    let text = text_of(bytes, place)?;
    scan(text, place, References::Refused)?;
    parse(text, place, &Skipped::default())
}

/// The error of the JSON parser with the text around it.
fn json_error(place: Place, text: &str, error: &serde_json::Error) -> ReadError {
    let line = text.split('\n').nth(error.line().saturating_sub(1)).unwrap_or("");
    let mut start = error.column().saturating_sub(24).min(line.len());
    while !line.is_char_boundary(start) {
        start -= 1;
    }
    // Some messages repeat what was found.
    let part = |text: &str, count| visible(text.chars().take(count));
    ReadError::Json { place, fault: part(&error.to_string(), 200), near: part(&line[start..], 40) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Inner {
        a: f64,
        b: Option<String>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(tag = "kind", rename_all = "kebab-case")]
    enum Tagged {
        One { x: f64 },
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    enum Named {
        Two { x: f64 },
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Outer {
        list: Vec<Inner>,
        #[serde(default)]
        tagged: Option<Tagged>,
        #[serde(default)]
        named: Option<Named>,
        #[serde(default)]
        pairs: Vec<(f64, f64)>,
    }

    fn outer(text: &str) -> Result<(Outer, Option<String>), ReadError> {
        let skipped = Skipped::default();
        parse(text, || Place::in_member("x.json", "part"), &skipped).map(|value| (value, skipped.note()))
    }

    #[test]
    fn objects_are_never_lists() {
        let good = r#"{"list":[{"a":1}],"tagged":{"kind":"one","x":2},"named":{"two":{"x":3}},"pairs":[[1,2]]}"#;
        let (value, note) = outer(good).unwrap();
        assert_eq!(value.list, [Inner { a: 1.0, b: None }]);
        assert_eq!((value.tagged, value.named), (Some(Tagged::One { x: 2.0 }), Some(Named::Two { x: 3.0 })));
        assert_eq!((value.pairs, note), (vec![(1.0, 2.0)], None));
        for list in [
            r#"[[{"a":1}]]"#,
            r#"{"list":[[1,"b"]]}"#,
            r#"{"list":[],"tagged":["one",2]}"#,
            r#"{"list":[],"named":{"two":[3]}}"#,
        ] {
            let Err(error @ ReadError::Json { .. }) = outer(list) else { panic!("{list}") };
            assert!(error.to_string().contains("expected an object"), "no names of types: {error}");
        }
        assert!(from_value::<Inner>(serde_json::json!([1.0, "b"])).is_err());
    }

    #[test]
    fn what_is_not_read_is_told() {
        let (_, note) = outer(r#"{"list":[{"a":1,"c":{"d":5}},{"c":1}],"more":[{"e":1}]}"#).unwrap();
        assert_eq!(note.unwrap(), "members that are not known are not read: `part.list.c`, `part.more`");
    }

    #[test]
    fn whole_files() {
        let read = |bytes: &[u8]| read_json::<Inner>(bytes, "settings.json");
        assert_eq!(read(b"\xef\xbb\xbf{\"a\":2}").unwrap().a, 2.0);
        let twice = read(br#"{"a":1,"\u0061":2}"#).unwrap_err().to_string();
        assert!(twice.contains("settings.json") && twice.contains("\"a\"") && twice.contains("twice"), "{twice}");
        let wide = read(b"\xff\xfe{\x00}\x00").unwrap_err().to_string();
        assert!(wide.contains("UTF-16") && wide.contains("save it as UTF-8"), "{wide}");
    }
}
