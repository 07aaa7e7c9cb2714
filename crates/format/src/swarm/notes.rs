use std::collections::BTreeMap;

use crate::error::shortened;

/// Things that a note names one by one.
pub(crate) const MAX_NAMED: usize = 8;

/// One sentence of a reader.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Note {
    text: String,
    is_left_out: bool,
}

impl Note {
    /// The file has something that the show has not.
    pub fn left_out(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_left_out: true }
    }

    /// So many things were left out, each of which `is` something, or all of which `are`: "1 remark is left out".
    pub fn count_left_out(count: usize, (one, is): (&str, &str), (many, are): (&str, &str)) -> Option<Self> {
        match count {
            0 => None,
            1 => Some(Self::left_out(format!("1 {one} {is}"))),
            _ => Some(Self::left_out(format!("{count} {many} {are}"))),
        }
    }

    /// Rows of remarks.
    pub fn remarks(count: usize) -> Option<Self> {
        Self::count_left_out(count, ("remark", "is left out"), ("remarks", "are left out"))
    }

    /// Columns that the reader does not know, the first of them by name.
    pub fn unknown_columns<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> Option<Self> {
        let count = names.len();
        let named: Vec<String> = names.take(MAX_NAMED).map(|name| format!("\"{}\"", shortened(name))).collect();
        let named = named.join(", ");
        let (is, are) = (format!("is left out: {named}"), format!("are left out: {named}"));
        Self::count_left_out(count, ("column that is not known", &is), ("columns that are not known", &are))
    }
}

/// Something was assumed, rounded or changed.
impl<T: Into<String>> From<T> for Note {
    fn from(text: T) -> Self {
        Self { text: text.into(), is_left_out: false }
    }
}

/// Collects what vehicles have to report, so that ten thousand drones with the same peculiarity make one sentence.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    /// Farthest that a time was moved, milliseconds.
    pub time_error_ms: f64,
    lines: Vec<Note>,
    /// How many vehicles, and the first of them, in the order of first mention.
    per_vehicle: Vec<(usize, String)>,
    /// What is said of them, with the index into `per_vehicle`.
    known: BTreeMap<Note, usize>,
}

/// What the reader of a file has to say.
pub(crate) struct Lines {
    /// Everything.
    pub all: Vec<String>,
    /// Those of them that tell what was left out.
    pub left_out: Vec<String>,
}

impl Notes {
    /// A note about the whole file.
    pub fn add(&mut self, note: impl Into<Note>) {
        self.lines.push(note.into());
    }

    /// A note about one vehicle. Equal texts are counted together.
    pub fn add_vehicle(&mut self, vehicle: &str, note: impl Into<Note>) {
        let note = note.into();
        if let Some(&index) = self.known.get(&note) {
            self.per_vehicle[index].0 += 1;
        } else {
            self.known.insert(note, self.per_vehicle.len());
            self.per_vehicle.push((1, shortened(vehicle)));
        }
    }

    /// All notes, those about the file first.
    pub fn into_lines(mut self) -> Lines {
        let mut texts: Vec<(usize, Note)> = self.known.into_iter().map(|(text, index)| (index, text)).collect();
        texts.sort_unstable_by_key(|(index, _)| *index);
        for ((_, Note { text, is_left_out }), (count, first)) in texts.into_iter().zip(self.per_vehicle) {
            let text = if count == 1 {
                format!("drone \"{first}\": {text}")
            } else {
                format!("{count} drones (the first is \"{first}\"): {text}")
            };
            self.lines.push(Note { text, is_left_out });
        }
        let left_out = self.lines.iter().filter(|note| note.is_left_out).map(|note| note.text.clone()).collect();
        Lines { all: self.lines.into_iter().map(|note| note.text).collect(), left_out }
    }
}
