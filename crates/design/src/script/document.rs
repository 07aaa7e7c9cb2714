//! The script as a tree in which everything knows its place.

use std::fmt;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A path into the script: keys and indices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Path(Vec<Step>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Key(String),
    Index(usize),
}

impl Path {
    pub(super) fn key(&self, name: &str) -> Self {
        self.step(Step::Key(name.to_owned()))
    }

    pub(super) fn index(&self, index: usize) -> Self {
        self.step(Step::Index(index))
    }

    fn step(&self, step: Step) -> Self {
        Self(self.0.iter().cloned().chain([step]).collect())
    }

    /// The path as a table's header has it: keys alone.
    pub(super) fn header(&self) -> String {
        let keys = self.0.iter().filter_map(|step| if let Step::Key(key) = step { Some(key.as_str()) } else { None });
        keys.collect::<Vec<_>>().join(".")
    }

    /// The scene this path leads into, if it does.
    pub(super) fn scene(&self) -> Option<usize> {
        match self.0.as_slice() {
            [Step::Key(key), Step::Index(index), ..] if key == "scene" => Some(*index),
            _ => None,
        }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (k, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(key) if k == 0 => f.write_str(key)?,
                Step::Key(key) => write!(f, ".{key}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// The span of the value at `path`, or of the nearest table or array around it that exists.
pub(super) fn span(root: &Spanned<DeTable<'_>>, path: &Path) -> Range<usize> {
    let mut at = root.span();
    let mut value: Option<&Spanned<DeValue<'_>>> = None;
    for step in &path.0 {
        let next = match (step, value.map(Spanned::get_ref)) {
            (Step::Key(key), None) => root.get_ref().get(key.as_str()),
            (Step::Key(key), Some(DeValue::Table(table))) => table.get(key.as_str()),
            (Step::Index(index), Some(DeValue::Array(array))) => array.get(*index),
            _ => None,
        };
        let Some(next) = next else { break };
        at = next.span();
        value = Some(next);
    }
    at
}
