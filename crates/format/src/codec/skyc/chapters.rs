//! Cues (named times) and segments (take-off, show, landing) against chapters (named stretches of a kind).

use kapok_show::{Chapter, ChapterKind};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::swarm::notes::Note;
use crate::text::json::Known;
use crate::text::number::millis_from_seconds;

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub(super) struct CuesJson {
    #[serde(default)]
    pub version: Known,
    #[serde(default)]
    pub items: Vec<CueJson>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(super) struct CueJson {
    #[serde(default)]
    pub name: String,
    pub time: f64,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub(super) struct SegmentsJson {
    #[serde(default)]
    pub takeoff: Option<[f64; 2]>,
    #[serde(default)]
    pub show: Option<[f64; 2]>,
    #[serde(default)]
    pub landing: Option<[f64; 2]>,
}

fn seconds(t_ms: i64) -> f64 {
    t_ms as f64 / 1000.0
}

/// One cue at the start of each chapter.
pub(super) fn cues(chapters: &[Chapter]) -> Value {
    let items: Vec<Value> = chapters.iter().map(|c| json!({ "name": c.name, "time": seconds(c.start_ms) })).collect();
    json!({ "version": 1, "items": items })
}

/// Take-off, show and landing, as far as there are chapters of these kinds.
pub(super) fn segments(chapters: &[Chapter]) -> Value {
    let span = |wanted: &dyn Fn(ChapterKind) -> bool| {
        let first = chapters.iter().find(|c| wanted(c.kind))?;
        let last = chapters.iter().rfind(|c| wanted(c.kind))?;
        Some(json!([seconds(first.start_ms), seconds(last.end_ms)]))
    };
    let mut map = Map::new();
    let kinds: [(&str, &dyn Fn(ChapterKind) -> bool); 3] = [
        ("takeoff", &|k| k == ChapterKind::Takeoff),
        ("show", &|k| matches!(k, ChapterKind::Transition | ChapterKind::Formation)),
        ("landing", &|k| k == ChapterKind::Landing),
    ];
    for (name, wanted) in kinds {
        if let Some(value) = span(wanted) {
            map.insert(name.into(), value);
        }
    }
    Value::Object(map)
}

/// Chapters as well as cues and segments tell them, with notes. `None` for a time that makes no sense.
pub(super) fn chapters(
    cues: &CuesJson,
    segments: &SegmentsJson,
    end_ms: i64,
    max_time_ms: i64,
) -> Option<(Vec<Chapter>, Vec<Note>)> {
    let ms = |t_s: f64| millis_from_seconds(t_s, max_time_ms).map(|m| m.0);
    let span = |range: Option<[f64; 2]>| match range {
        Some([a, b]) => Some(Some((ms(a)?, ms(b)?)).filter(|(a, b)| a < b)),
        None => Some(None),
    };
    let (takeoff, show, landing) = (span(segments.takeoff)?, span(segments.show)?, span(segments.landing)?);
    let mut notes = Vec::new();
    let mut marks = Vec::with_capacity(cues.items.len());
    for cue in &cues.items {
        marks.push((ms(cue.time)?, cue.name.clone()));
    }
    if !marks.is_sorted_by_key(|m| m.0) {
        notes.push("cues are not in the order of time; they were sorted".into());
        marks.sort_by_key(|m| m.0);
    }
    if marks.is_empty() {
        let named = [
            ("takeoff", ChapterKind::Takeoff, takeoff),
            ("show", ChapterKind::Formation, show),
            ("landing", ChapterKind::Landing, landing),
        ];
        let mut last_ms = i64::MIN;
        let mut list = Vec::new();
        for (name, kind, range) in named {
            let Some((start_ms, end_ms)) = range else { continue };
            let start_ms = start_ms.max(last_ms);
            if start_ms < end_ms {
                list.push(Chapter { name: name.into(), kind, start_ms, end_ms });
                last_ms = end_ms;
            }
        }
        return Some((list, notes));
    }
    let mut list: Vec<Chapter> = Vec::with_capacity(marks.len());
    let mut empty = 0;
    for (i, (start_ms, name)) in marks.iter().enumerate() {
        let chapter_end_ms = marks.get(i + 1).map_or(end_ms, |next| next.0);
        if chapter_end_ms <= *start_ms {
            empty += 1;
            continue;
        }
        let kind = match (takeoff, landing) {
            (Some((a, b)), _) if (a..b).contains(start_ms) => ChapterKind::Takeoff,
            (_, Some((a, _))) if *start_ms >= a => ChapterKind::Landing,
            _ => ChapterKind::Formation,
        };
        list.push(Chapter { name: name.clone(), kind, start_ms: *start_ms, end_ms: chapter_end_ms });
    }
    notes
        .push("chapters were made of the cues, each up to the next; cues do not tell transitions from pictures".into());
    if empty > 0 {
        notes.push(Note::left_out(format!(
            "{empty} cues have no time of their own (another at the same time, or after the end): left out"
        )));
    }
    Some((list, notes))
}
