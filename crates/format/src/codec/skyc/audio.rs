//! Music: an asset of the archive, or base64 inside `show.json`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use base64::Engine;
use kapok_show::Audio;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::parts::{BASE64, Part, Resolver, missing};
use super::times::Times;
use crate::error::shortened;
use crate::swarm::notes::{Note, Notes};
use crate::text::number::push_seconds;
use crate::{ReadBounds, ReadError};

/// What is taken for music that does not say its type.
const DEFAULT_MEDIA_TYPE: &str = "audio/mpeg";

/// The member `media.audio` as it stands in a file.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AudioJson<'a> {
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
    #[serde(default)]
    filename: Option<String>,
    #[serde(default)]
    media_type: Option<String>,
    #[serde(default)]
    start_time: Option<f64>,
}

/// Name of the member that holds the music.
pub(super) fn member_name(audio: &Audio) -> &'static str {
    match audio.media_type.to_ascii_lowercase().as_str() {
        "audio/mpeg" | "audio/mp3" => "assets/music.mp3",
        "audio/wav" | "audio/wave" | "audio/x-wav" | "audio/vnd.wave" => "assets/music.wav",
        "audio/ogg" | "audio/vorbis" | "audio/opus" => "assets/music.ogg",
        "audio/flac" | "audio/x-flac" => "assets/music.flac",
        "audio/mp4" | "audio/aac" | "audio/x-m4a" => "assets/music.m4a",
        _ => "assets/music.bin",
    }
}

/// Appends the object `media`.
pub(super) fn push_media(out: &mut String, audio: &Audio) {
    let text = |s: &str| Value::from(s).to_string();
    out.push_str("{\"audio\":{\"data\":{\"$ref\":\"./");
    out.push_str(member_name(audio));
    out.push_str("\"},\"mediaType\":");
    out.push_str(&text(&audio.media_type));
    if let Some(name) = &audio.file_name {
        out.push_str(",\"filename\":");
        out.push_str(&text(name));
    }
    if audio.start_ms != 0 {
        out.push_str(",\"startTime\":");
        push_seconds(out, audio.start_ms);
    }
    out.push_str("}}");
}

/// Reads the member `media`.
pub(super) fn read_media(
    resolver: &Resolver,
    file: &Part,
    raw: &RawValue,
    bounds: &ReadBounds,
    notes: &mut Notes,
) -> Result<Option<Audio>, ReadError> {
    let media = resolver.resolve(file, "media", raw)?;
    let members: BTreeMap<Cow<str>, &RawValue> = media.parse()?;
    if members.keys().any(|name| name != "audio") {
        notes.add(Note::left_out("media other than audio are left out"));
    }
    let Some(raw) = members.get("audio").filter(|raw| raw.get() != "null") else { return Ok(None) };
    let part = resolver.resolve(&media, "audio", raw)?;
    let json: AudioJson = part.parse()?;
    let Some(data) = json.data else {
        return Err(missing(part.place(), "data", "music is an asset or base64 text"));
    };
    let bytes = if let Some(bytes) = resolver.asset(&part, "data", data)? {
        bytes
    } else {
        let data = resolver.resolve(&part, "data", data)?;
        let text: Cow<str> = data.parse()?;
        BASE64.decode(text.as_bytes()).map_err(|e| ReadError::BadValue {
            place: data.place(),
            value: format!("\"{}\"", shortened(&text)),
            why: format!("is no base64 ({e})"),
            remedy: "put the music into the archive and refer to it",
        })?
    };
    if bytes.len() as u64 > bounds.max_audio_bytes {
        return Err(ReadError::OverLimit {
            place: part.place_at("data"),
            what: "the size of the music in bytes",
            value: bytes.len() as u64,
            limit: bounds.max_audio_bytes,
            field: "max_audio_bytes",
        });
    }
    let media_type = json.media_type.unwrap_or_else(|| {
        notes.add(format!("the music does not say its type: {DEFAULT_MEDIA_TYPE} is assumed"));
        DEFAULT_MEDIA_TYPE.into()
    });
    for text in [Some(&media_type), json.filename.as_ref()].into_iter().flatten() {
        part.check_length("", text, bounds)?;
    }
    let mut times = Times::new(bounds);
    let start_ms = times.show_time_ms(&part, || "startTime".into(), json.start_time.unwrap_or(0.0))?;
    if times.rounding.count > 0 {
        notes.add("the start of the music is no whole millisecond and was rounded");
    }
    Ok(Some(Audio { media_type, file_name: json.filename, start_ms, bytes: bytes.into() }))
}
