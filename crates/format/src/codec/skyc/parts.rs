//! References: an object `{"$ref": "./path#/fragment"}` stands for a member of the archive or a part of it.

use std::borrow::Cow;
use std::cell::Cell;
use std::path::Path;
use std::sync::Arc;

use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::container::zip::Archive;
use crate::error::shortened;
use crate::text::json::{self, References, Skipped, scan};
use crate::{Place, ReadBounds, ReadError};

/// Standard base64, with or without the padding at the end.
pub(super) const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A piece of JSON with the member it stands in.
#[derive(Clone, Debug)]
pub(super) struct Part<'a> {
    pub member: Cow<'a, str>,
    pub text: Cow<'a, str>,
    /// Where the part begins inside the member, for messages.
    pub at: String,
    /// Collects what nothing reads, of the whole file.
    pub skipped: Arc<Skipped>,
}

/// Follows references. One resolver serves one vehicle (or the head of the file): it counts the bytes it loads.
pub(super) struct Resolver<'a> {
    archive: &'a Archive<'a>,
    bounds: &'a ReadBounds,
    skipped: Arc<Skipped>,
    loaded_bytes: Cell<u64>,
}

impl<'a> Resolver<'a> {
    pub fn new(archive: &'a Archive<'a>, bounds: &'a ReadBounds, skipped: Arc<Skipped>) -> Self {
        Self { archive, bounds, skipped, loaded_bytes: Cell::new(0) }
    }

    /// Bytes of all members loaded so far, repeated ones counted again.
    pub fn loaded_bytes(&self) -> u64 {
        self.loaded_bytes.get()
    }

    /// A whole member. Every text of JSON comes in here, and is refused if it can be read in two ways.
    pub fn member(&self, name: &str) -> Result<Part<'static>, ReadError> {
        self.count(name)?;
        let text = self.archive.read_text(name)?;
        scan(&text, || Place::in_member(name, ""), References::Followed)?;
        let skipped = Arc::clone(&self.skipped);
        Ok(Part { text: text.into(), member: name.to_owned().into(), at: String::new(), skipped })
    }

    /// A part of nothing: what an optional member is where it is left out.
    pub fn empty<'b>(&self, member: Cow<'b, str>, at: &str) -> Part<'b> {
        Part { text: "{}".into(), member, at: at.into(), skipped: Arc::clone(&self.skipped) }
    }

    /// Counts the bytes of a member that is about to be loaded.
    fn count(&self, name: &str) -> Result<(), ReadError> {
        let loaded = self.loaded_bytes.get().saturating_add(self.archive.size_of(name).unwrap_or(0));
        if loaded > self.bounds.max_total_bytes {
            return Err(ReadError::OverLimit {
                place: Place::in_member(name, ""),
                what: "the size of all referenced parts in bytes",
                value: loaded,
                limit: self.bounds.max_total_bytes,
                field: "max_total_bytes",
            });
        }
        self.loaded_bytes.set(loaded);
        Ok(())
    }

    /// The part behind `raw`: itself, or what it refers to, reference upon reference.
    pub fn resolve<'b>(&self, parent: &Part<'b>, at: &str, raw: &'b RawValue) -> Result<Part<'b>, ReadError> {
        let skipped = Arc::clone(&self.skipped);
        let mut part =
            Part { member: parent.member.clone(), text: raw.get().into(), at: joined(&parent.at, at), skipped };
        let mut depth = 0;
        while let Some(target) = reference_in(&part)? {
            depth += 1;
            self.check_depth(&part, depth)?;
            part = self.load(&part, &target)?;
        }
        Ok(part)
    }

    fn check_depth(&self, part: &Part, depth: usize) -> Result<(), ReadError> {
        if depth <= self.bounds.max_reference_depth {
            return Ok(());
        }
        Err(ReadError::OverLimit {
            place: part.place(),
            what: "the depth of references (a circle?)",
            value: depth as u64,
            limit: self.bounds.max_reference_depth as u64,
            field: "max_reference_depth",
        })
    }

    /// The bytes of the member that `raw` refers to; `None` if it is no reference, but the value itself.
    pub fn asset(&self, parent: &Part, at: &str, raw: &RawValue) -> Result<Option<Vec<u8>>, ReadError> {
        let part = Part { text: raw.get().into(), ..self.empty(parent.member.clone(), &joined(&parent.at, at)) };
        let Some(target) = reference_in(&part)? else { return Ok(None) };
        let path = target.split_once('#').map_or(target.as_str(), |(path, _)| path);
        let Some(member) = self.member_named(&part, path)? else {
            return Err(leads_nowhere(&part, &target));
        };
        self.count(&member)?;
        self.archive.read(&member).map(Some)
    }

    /// The name of the member that a path means, as it stands or with its percent codes replaced; not if both are members.
    fn member_named(&self, part: &Part, path: &str) -> Result<Option<String>, ReadError> {
        let path = path.trim_start_matches("./").trim_start_matches('/');
        let decoded = percent_decoded(path);
        let there = |name: &&str| self.archive.size_of(name).is_some();
        match (Some(path).filter(there), decoded.as_deref().filter(there)) {
            (Some(_), Some(_)) => Err(ambiguous(part, path)),
            (Some(_), None) if path.contains('?') => Err(ambiguous(part, path)),
            (plain, decoded) => Ok(plain.or(decoded).map(str::to_owned)),
        }
    }

    /// The part that a reference found in `part` names.
    fn load(&self, part: &Part, target: &str) -> Result<Part<'static>, ReadError> {
        let bad = |why: &str, remedy| ReadError::BadValue {
            place: part.place(),
            value: format!("the reference \"{}\"", shortened(target)),
            why: why.into(),
            remedy,
        };
        let (path, fragment) = target.split_once('#').unwrap_or((target, ""));
        let inside = || path.trim_start_matches("./").is_empty().then(|| part.member.clone().into_owned());
        let Some(member) = self.member_named(part, path)?.or_else(inside) else {
            return Err(leads_nowhere(part, target));
        };
        let extension = Path::new(&member).extension().unwrap_or_default();
        if extension.eq_ignore_ascii_case("yaml") || extension.eq_ignore_ascii_case("yml") {
            return Err(bad("leads to YAML, which is not read", "export the file with JSON parts"));
        }
        let whole = self.member(&member)?;
        if fragment.is_empty() {
            return Ok(whole);
        }
        let mut value: Value = whole.parse()?;
        // Some programs take `/` for the whole, as is done here, some for the member with an empty name; and some replace
        // percent codes, some do not.
        let decoded = percent_decoded(fragment);
        let twofold = match &decoded {
            Some(decoded) => value.pointer(fragment).is_some() && value.pointer(decoded).is_some(),
            None => fragment == "/" && value.pointer("/").is_some(),
        };
        if twofold {
            return Err(ambiguous(part, target));
        }
        if fragment == "/" {
            return Ok(whole);
        }
        let fragment =
            decoded.filter(|decoded| value.pointer(decoded).is_some()).unwrap_or_else(|| fragment.to_owned());
        let Some(found) = value.pointer_mut(&fragment).map(Value::take) else {
            return Err(bad("leads to nothing inside that member", "correct the part after #"));
        };
        Ok(Part { text: found.to_string().into(), at: fragment, ..whole })
    }

    /// The part with every reference inside it replaced: needed only where a leaf part holds some.
    pub fn expanded<'b>(&self, part: Part<'b>) -> Result<Part<'b>, ReadError> {
        if !may_refer(&part.text) {
            return Ok(part);
        }
        let mut value: Value = part.parse()?;
        self.expand(&part, &mut value, 0)?;
        Ok(Part { text: value.to_string().into(), ..part })
    }

    fn expand(&self, part: &Part, value: &mut Value, depth: usize) -> Result<(), ReadError> {
        match value {
            Value::Array(items) => items.iter_mut().try_for_each(|item| self.expand(part, item, depth)),
            Value::Object(map) => {
                if let Some(target) = map.get("$ref") {
                    let target = target.as_str().ok_or_else(|| no_text(part))?.to_owned();
                    self.check_depth(part, depth + 1)?;
                    let loaded = self.load(part, &target)?;
                    *value = loaded.parse()?;
                    return self.expand(&loaded, value, depth + 1);
                }
                map.values_mut().try_for_each(|item| self.expand(part, item, depth))
            }
            _ => Ok(()),
        }
    }
}

impl Part<'_> {
    /// The part's own `version`, if it states one, must be 1.
    pub fn check_version(&self, version: Option<f64>, what: &str) -> Result<(), ReadError> {
        match version.filter(|v| v.total_cmp(&1.0).is_ne()) {
            None => Ok(()),
            Some(version) => Err(ReadError::BadValue {
                place: self.place_at("version"),
                value: version.to_string(),
                why: format!("is no known version of {what}"),
                remedy: "export the file with version 1",
            }),
        }
    }

    /// No more of something than a limit (its value and the name of its field) allows.
    pub fn check_count(
        &self,
        at: &str,
        value: usize,
        what: &'static str,
        (limit, field): (usize, &'static str),
    ) -> Result<(), ReadError> {
        if value <= limit {
            return Ok(());
        }
        let (value, limit) = (value as u64, limit as u64);
        Err(ReadError::OverLimit { place: self.place_at(at), what, value, limit, field })
    }

    /// A name must not be longer than names may be.
    pub fn check_length(&self, at: &str, name: &str, bounds: &ReadBounds) -> Result<(), ReadError> {
        let limit = (bounds.max_name_bytes, "max_name_bytes");
        self.check_count(at, name.len(), "the length of a name in bytes", limit)
    }

    pub fn place(&self) -> Place {
        Place::in_member(&self.member, self.at.clone())
    }

    pub fn place_at(&self, at: &str) -> Place {
        Place::in_member(&self.member, joined(&self.at, at))
    }

    /// Reads the part as a type.
    pub fn parse<'b, T: Deserialize<'b>>(&'b self) -> Result<T, ReadError> {
        json::parse(&self.text, || self.place(), &self.skipped)
    }
}

fn leads_nowhere(part: &Part, target: &str) -> ReadError {
    ReadError::BadValue {
        place: part.place(),
        value: format!("the reference \"{}\"", shortened(target)),
        why: "leads to no member of the archive".into(),
        remedy: "put the member in or export the file again",
    }
}

fn joined(parent: &str, child: &str) -> String {
    match (parent.is_empty(), child.is_empty()) {
        (true, _) => child.to_owned(),
        (_, true) => parent.to_owned(),
        _ if child.starts_with('[') => format!("{parent}{child}"),
        _ => format!("{parent}.{child}"),
    }
}

fn may_refer(text: &str) -> bool {
    text.contains("\"$ref\"")
}

/// The reference could mean one thing or another.
fn ambiguous(part: &Part, target: &str) -> ReadError {
    ReadError::BadValue {
        place: part.place(),
        value: format!("the reference \"{}\"", shortened(target)),
        why: "leads to one part as it stands, to another as an address of the web".into(),
        remedy: "rename one of them",
    }
}

fn no_text(part: &Part) -> ReadError {
    ReadError::BadValue {
        place: part.place_at("$ref"),
        value: "a reference".into(),
        why: "is no text".into(),
        remedy: "it is the path of a member, like \"./trajectory.json#\"",
    }
}

/// The target if the part is an object with a `$ref`, which then is its only member.
fn reference_in(part: &Part) -> Result<Option<String>, ReadError> {
    #[derive(Deserialize)]
    struct Reference {
        #[serde(rename = "$ref")]
        target: Value,
    }
    // The only member stands first: everything else need not be looked at.
    let inside = part.text.trim_start().strip_prefix('{').map(str::trim_start);
    if !inside.is_some_and(|inside| inside.starts_with("\"$ref\"")) {
        return Ok(None);
    }
    match part.parse::<Reference>()?.target {
        Value::String(target) => Ok(Some(target)),
        _ => Err(no_text(part)),
    }
}

/// The text with `%41` and the like replaced; `None` if there are none or they make no UTF-8.
fn percent_decoded(text: &str) -> Option<String> {
    if !text.contains('%') {
        return None;
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while let Some(&byte) = bytes.get(i) {
        let code = (byte == b'%')
            .then(|| text.get(i + 1..i + 3))
            .flatten()
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        out.push(code.unwrap_or(byte));
        i += if code.is_some() { 3 } else { 1 };
    }
    String::from_utf8(out).ok()
}

/// A member that must be there.
pub(super) fn missing(place: Place, what: &str, remedy: &'static str) -> ReadError {
    ReadError::Missing { place, what: format!("`{what}`"), remedy }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_objects_with_a_reference_refer() {
        let reference = |text: &str| {
            let part = Part { member: "x".into(), text: text.into(), at: String::new(), skipped: Arc::default() };
            reference_in(&part)
        };
        assert_eq!(reference(r#"{"$ref": "./a.json#"}"#).unwrap().as_deref(), Some("./a.json#"));
        assert_eq!(reference(" {\n\"$ref\":\"\\u0061\"}").unwrap().as_deref(), Some("a"));
        assert_eq!(reference(r#"{"x": {"$ref": "a"}}"#).unwrap(), None);
        assert_eq!(reference(r#"["$ref"]"#).unwrap(), None);
        assert!(reference(r#"{"$ref": 5}"#).is_err());
    }

    #[test]
    fn percent_codes() {
        assert_eq!(percent_decoded("Drone%201").as_deref(), Some("Drone 1"));
        assert_eq!(percent_decoded("100%").as_deref(), Some("100%"));
        assert_eq!(percent_decoded("%e4%b8%ad").as_deref(), Some("中"));
        assert_eq!(percent_decoded("%ff"), None);
    }
}
