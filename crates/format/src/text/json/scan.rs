use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::error::shortened;
use crate::{Place, ReadError};

/// Do objects of the text stand for other parts by a key `$ref`?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum References {
    /// No: the key is one like all others.
    None,
    /// They cannot: the text stands alone. The key is refused however it is written, for some programs would follow it.
    Refused,
    /// Yes: it is written plainly, and alone in its object.
    Followed,
}

/// Keys of an object that are compared one by one before they are sorted.
const FEW_KEYS: usize = 16;
/// Deepest nesting that is looked at.
const MAX_DEPTH: usize = 1 << 20;

/// Refuses texts that two readers of JSON read differently: a key twice in an object, a key that decodes to `$ref` and is not
/// written so, a `$ref` beside other members. Whether the text is JSON at all is the parser's to say; of a text that is none
/// nothing follows.
///
/// # Errors
/// [`ReadError::BadValue`], with the path of the object and the line.
///
/// # Complexity
/// Linear in the text, times the logarithm of the keys of an object.
pub(crate) fn scan(text: &str, place: impl Fn() -> Place, references: References) -> Result<(), ReadError> {
    let bytes = text.as_bytes();
    let mut open: Vec<Container> = Vec::new();
    let mut key_follows = false;
    let mut i = 0;
    while let Some(&byte) = bytes.get(i) {
        match byte {
            b'{' | b'[' if open.len() == MAX_DEPTH => {
                let why = "is deeper than any show";
                return Err(refused(
                    text,
                    i,
                    &[],
                    &place(),
                    format!("a nesting of {MAX_DEPTH}"),
                    why,
                    "export it again",
                ));
            }
            b'{' => {
                open.push(Container::Object(Keys::default()));
                key_follows = true;
            }
            b'[' => {
                open.push(Container::List(0));
                key_follows = false;
            }
            b'}' | b']' => {
                open.pop();
                key_follows = false;
            }
            b',' => match open.last_mut() {
                Some(Container::Object(_)) => key_follows = true,
                Some(Container::List(index)) => *index += 1,
                None => {}
            },
            b'"' => {
                let end = end_of_string(bytes, i + 1);
                if key_follows && let Some(Container::Object(keys)) = open.last_mut() {
                    key_follows = false;
                    let quoted = text.get(i..=end).unwrap_or_default();
                    if let Err((value, why, remedy)) = keys.add(quoted, references) {
                        open.pop();
                        return Err(refused(text, i, &open, &place(), value, why, remedy));
                    }
                }
                i = end;
            }
            _ => {}
        }
        i += 1;
    }
    Ok(())
}

/// Index of the quotation mark that ends a string, or of the end of the text.
fn end_of_string(bytes: &[u8], mut at: usize) -> usize {
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => return at,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// What is wrong: value, why, remedy.
type Fault = (String, &'static str, &'static str);

enum Container<'a> {
    Object(Keys<'a>),
    /// With the index of the present element.
    List(usize),
}

/// Keys of one object so far.
#[derive(Default)]
struct Keys<'a> {
    few: Vec<Cow<'a, str>>,
    many: BTreeSet<Cow<'a, str>>,
    last: Cow<'a, str>,
    count: usize,
    refers: bool,
}

impl<'a> Keys<'a> {
    fn add(&mut self, quoted: &'a str, references: References) -> Result<(), Fault> {
        let written = quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default();
        let key: Cow<'a, str> = if written.contains('\\') {
            let decoded = serde_json::from_str::<String>(quoted);
            decoded.map(Cow::Owned).map_err(|_| {
                (format!("the key {}", shortened(quoted)), "is no text", "write it without half characters")
            })?
        } else {
            written.into()
        };
        let named = || format!("the key \"{}\"", shortened(&key));
        if references == References::Refused && key == "$ref" {
            let why = "stands for another text to some programs, and here is none";
            return Err((named(), why, "write the value itself in its place"));
        }
        if references == References::Followed {
            if key == "$ref" && written != "$ref" {
                let why = "is `$ref` to some programs and not to others, because it is written with escapes";
                return Err((named(), why, "write it as \"$ref\" or remove it"));
            }
            self.refers |= key == "$ref";
            if self.refers && self.count > 0 {
                let why = "stands beside a `$ref`, and programs differ in which of the two they take";
                return Err((named(), why, "keep either the reference or the other members"));
            }
        }
        let twice = || {
            let why = "occurs twice in one object, and programs differ in which of the two they take";
            Err((named(), why, "remove one of them"))
        };
        if self.many.is_empty() {
            if self.few.contains(&key) {
                return twice();
            }
            self.few.push(key.clone());
            if self.few.len() > FEW_KEYS {
                self.many.extend(self.few.drain(..));
            }
        } else if !self.many.insert(key.clone()) {
            return twice();
        }
        self.last = key;
        self.count += 1;
        Ok(())
    }
}

fn refused(
    text: &str,
    at: usize,
    open: &[Container],
    place: &Place,
    value: String,
    why: &'static str,
    remedy: &'static str,
) -> ReadError {
    let mut path = place.at.to_string();
    for container in open {
        match container {
            Container::Object(keys) => {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(&shortened(&keys.last));
            }
            Container::List(index) => path.extend(["[", &index.to_string(), "]"]),
        }
    }
    let line = text.get(..at).unwrap_or_default().matches('\n').count() + 1;
    let at = if path.is_empty() { format!("line {line}") } else { format!("{}, line {line}", ending(&path)) };
    ReadError::BadValue { place: place.at(at), value, why: why.into(), remedy }
}

/// At most the last 200 characters of a path.
fn ending(path: &str) -> String {
    let count = path.chars().count();
    path.chars().skip(count.saturating_sub(200)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_text_that_stands_alone_has_no_references() {
        let alone = |text: &str| scan(text, || Place::in_member("x", ""), References::Refused);
        for good in [r#"{"a":"$ref","ref":1,"$refs":2}"#, "[\"$ref\"]"] {
            assert!(alone(good).is_ok(), "{good}");
        }
        for bad in [r#"{"$ref":"x"}"#, r#"[{"a":{"\u0024ref":"x"}}]"#, r#"{"a":1,"$re\u0066":1}"#] {
            let error = alone(bad).unwrap_err().to_string();
            assert!(error.contains("\"$ref\" stands for another text"), "{bad}: {error}");
        }
    }

    fn fault(text: &str) -> Option<String> {
        scan(text, || Place::in_member("x", ""), References::Followed).err().map(|e| e.to_string())
    }

    #[test]
    fn one_text_one_meaning() {
        for good in [
            r#"{"a":1,"b":{"a":1},"c":[{"a":1},{"a":1}]}"#,
            r#"{"a":"\"a\":1,","b":"}{","a ":"\\"}"#,
            r#"{"x":{"$ref":"./a.json#"},"y":"$ref"}"#,
            "[1,2,\"a\",\"a\"]",
            "\"",
            "}}]]",
        ] {
            assert_eq!(fault(good), None, "{good}");
        }
        for (bad, what) in [
            (r#"{"a":1,"a":1}"#, "\"a\" occurs twice"),
            ("{\"x\":[0,{\"b\":1,\n\"\\u0062\":1}]}", "x, x[1], line 2: the key \"b\" occurs twice"),
            (r#"{"\u0024ref":"x"}"#, "written with escapes"),
            (r#"{"$re\u0066":"x"}"#, "written with escapes"),
            (r#"{"a":1,"$ref":"x"}"#, "beside a `$ref`"),
            (r#"{"$ref":"x","a":1}"#, "beside a `$ref`"),
            (r#"{"\ud800":1}"#, "is no text"),
        ] {
            let message = fault(bad).unwrap_or_default();
            assert!(message.contains(what), "{bad}: {message}");
        }
        let many: Vec<String> = (0..100).chain([57]).map(|k| format!("\"k{k}\":0")).collect();
        assert!(fault(&format!("{{{}}}", many[..100].join(","))).is_none());
        assert!(fault(&format!("{{{}}}", many.join(","))).unwrap().contains("\"k57\" occurs twice"));
    }

    proptest! {
        /// Whatever the bytes, nothing panics; and of legal JSON with distinct keys nothing is refused.
        #[test]
        fn any_text_is_looked_at(text in ".{0,200}", keys in prop::collection::btree_set("[a-z\"\\\\\n\u{e9}]{0,4}", 0..40)) {
            let _ = fault(&text);
            let object: serde_json::Map<_, _> =
                keys.iter().map(|key| (key.clone(), serde_json::json!([{key: key}]))).collect();
            prop_assert_eq!(fault(&serde_json::Value::Object(object).to_string()), None);
        }
    }
}
