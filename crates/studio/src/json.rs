//! How bodies are read: by the one door of `format` for JSON, with the words of a refusal.

use kapok_format::{ReadError, read_json};
use serde::de::{Deserialize, Deserializer, Error};
use serde_json::value::RawValue;

use crate::refusal::Refusal;

/// A body as a type.
pub(crate) fn read_body<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Refusal> {
    read(body, "body").map_err(|why| Refusal::BadRequest(format!("the request cannot be read: {why}")))
}

/// A part of a body as a type; `Err`: why not. `name` is the part's.
pub(crate) fn read_part<'a, T: Deserialize<'a>>(part: &'a RawValue, name: &str) -> Result<T, String> {
    read(part.get().as_bytes(), name)
}

fn read<'a, T: Deserialize<'a>>(text: &'a [u8], name: &str) -> Result<T, String> {
    read_json(text, name).map_err(|error| match error {
        // NaN and the infinities, which no JSON has.
        ReadError::Json { fault, near, .. } if near.contains("NaN") || near.contains("Infinity") => {
            format!("a number is not finite near `{near}` ({fault}): an object in the scene has no proper position")
        }
        other => other.to_string(),
    })
}

/// The version of a planning request: 1 where it is stated.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct VersionOne;

impl<'de> Deserialize<'de> for VersionOne {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Option::<f64>::deserialize(deserializer)? {
            None | Some(1.0) => Ok(Self),
            Some(other) => {
                Err(D::Error::custom(format_args!("the request is of version {other}, but version 1 is served")))
            }
        }
    }
}
