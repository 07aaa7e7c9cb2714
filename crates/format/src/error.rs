use std::fmt;

use kapok_show::{BadSetting, ShowFault, TrajectoryFault};

/// Where in a file something was found: the member of the archive, the vehicle, the place inside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Name of the member of the archive, or of the file itself.
    pub member: Box<str>,
    /// The vehicle, counted from 0, with its name as far as it is known.
    pub vehicle: Option<Box<(usize, String)>>,
    /// The place inside, for example `points[12]`; empty if it is the whole.
    pub at: Box<str>,
}

impl Place {
    /// A place in a member that belongs to no vehicle.
    pub(crate) fn in_member(member: &str, at: impl Into<String>) -> Self {
        Self { member: shortened(member).into(), vehicle: None, at: at.into().into() }
    }

    /// Another place in the same member.
    pub(crate) fn at(&self, at: impl Into<String>) -> Self {
        Self { at: at.into().into(), ..self.clone() }
    }

    /// The same place, seen from a vehicle.
    #[must_use]
    pub(crate) fn of_vehicle(mut self, index: usize, name: &str) -> Self {
        self.vehicle.get_or_insert_with(|| Box::new((index, shortened(name))));
        self
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.member)?;
        if let Some((index, name)) = self.vehicle.as_deref() {
            write!(f, ", drone {index}")?;
            if !name.is_empty() {
                write!(f, " \"{name}\"")?;
            }
        }
        if !self.at.is_empty() {
            write!(f, ", {}", self.at)?;
        }
        Ok(())
    }
}

/// Why a file could not be read. Every message names the place, the value found and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// None of the formats.
    #[error(
        "{file_name} is no show file that can be read (it begins with {begins_with}): give a .skyc, .skyb or .vviz \
         file or a ZIP of one CSV file per drone"
    )]
    UnknownFormat {
        /// The file.
        file_name: String,
        /// Its first bytes.
        begins_with: String,
    },
    /// The container is damaged.
    #[error("{place}: {fault}; the file is damaged or cut off: copy or export it again")]
    Damaged {
        /// Where.
        place: Place,
        /// What is wrong.
        fault: String,
    },
    /// Text in an encoding that is not read.
    #[error("{place}: {fault}: save it as UTF-8 (spreadsheets call it \"CSV UTF-8\")")]
    Encoding {
        /// Where.
        place: Place,
        /// What was found.
        fault: String,
    },
    /// Larger than the caller allows.
    #[error(
        "{place}: {what} is {value}, above the limit of {limit}: no show needs more; correct the file or divide it"
    )]
    OverLimit {
        /// Where.
        place: Place,
        /// What was counted.
        what: &'static str,
        /// How much there is; at least this much where counting stopped early.
        value: u64,
        /// How much is allowed.
        limit: u64,
        /// The field of [`crate::ReadBounds`] that says so.
        field: &'static str,
    },
    /// Not JSON, or JSON of another shape.
    #[error("{place}: {fault} near `{near}`: correct it there or export the file again")]
    Json {
        /// Where.
        place: Place,
        /// What the parser says, with line and column.
        fault: String,
        /// The text around that position.
        near: String,
    },
    /// Something required is not there.
    #[error("{place}: {what} is missing: {remedy}")]
    Missing {
        /// Where.
        place: Place,
        /// What.
        what: String,
        /// What to do.
        remedy: &'static str,
    },
    /// A value that makes no sense.
    #[error("{place}: {value} {why}: {remedy}")]
    BadValue {
        /// Where.
        place: Place,
        /// The value found.
        value: String,
        /// What is wrong with it.
        why: String,
        /// What to do.
        remedy: &'static str,
    },
}

impl ReadError {
    /// The same error, seen from a vehicle.
    #[must_use]
    pub(crate) fn of_vehicle(mut self, index: usize, name: &str) -> Self {
        if let Self::Damaged { place, .. }
        | Self::Encoding { place, .. }
        | Self::OverLimit { place, .. }
        | Self::Json { place, .. }
        | Self::Missing { place, .. }
        | Self::BadValue { place, .. } = &mut self
        {
            place.vehicle.get_or_insert_with(|| Box::new((index, shortened(name))));
        }
        self
    }

    /// A segment that the trajectory refused.
    pub(crate) fn from_fault(place: Place, fault: &TrajectoryFault) -> Self {
        Self::BadValue {
            place,
            value: "the segment".into(),
            why: format!("cannot be flown ({fault})"),
            remedy: "correct the trajectory or export it again",
        }
    }
}

/// Why a show could not be written.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum WriteError {
    /// The show is not well formed.
    #[error(transparent)]
    Show(#[from] ShowFault),
    /// A limit or parameter makes no sense.
    #[error(transparent)]
    Setting(#[from] BadSetting),
    /// A number is NaN or infinite.
    #[error("{what} has a number that is not finite: no show file can hold it")]
    NotFinite {
        /// Which part of the show.
        what: String,
    },
    /// The format has no piece of this degree.
    #[error(
        "vehicle \"{vehicle}\", segment {segment} has degree {degree}, which {format} does not hold: raise it to one of \
         {allowed:?} or fit it anew"
    )]
    Degree {
        /// The vehicle.
        vehicle: String,
        /// Index of the segment.
        segment: usize,
        /// Its degree.
        degree: usize,
        /// Name of the format.
        format: &'static str,
        /// Degrees the format holds.
        allowed: &'static [usize],
    },
    /// Longer or larger than the format can say.
    #[error("{what} is {value}, but {format} ends at {limit}: {remedy}")]
    TooLarge {
        /// What.
        what: String,
        /// How much it is.
        value: f64,
        /// The most the format holds.
        limit: f64,
        /// Name of the format.
        format: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// A value the format has no way to say.
    #[error("{what} cannot be written as {format}: {why}")]
    NotCarried {
        /// What.
        what: String,
        /// Name of the format.
        format: &'static str,
        /// Why, and what to do.
        why: &'static str,
    },
    /// The container could not be built.
    #[error("building the archive failed at member {member}: {fault}")]
    Archive {
        /// Member being written.
        member: String,
        /// What the archive writer says.
        fault: String,
    },
}

impl WriteError {
    /// The same error, seen from a vehicle.
    #[must_use]
    pub(crate) fn of_vehicle(mut self, name: &str) -> Self {
        if let Self::NotFinite { what } | Self::TooLarge { what, .. } | Self::NotCarried { what, .. } = &mut self {
            *what = format!("vehicle \"{}\": {what}", shortened(name));
        }
        self
    }
}

/// At most 80 characters of something from outside, for messages, as [`visible`] shows them.
pub(crate) fn shortened(text: &str) -> String {
    const MOST: usize = 80;
    let mut short = visible(text.chars().take(MOST));
    if text.chars().nth(MOST).is_some() {
        short.push('…');
    }
    short
}

/// Text in which every character is seen: those that would move the cursor, turn the direction of writing or break the line
/// stand as `\u{1b}`.
pub(crate) fn visible(text: impl Iterator<Item = char>) -> String {
    let mut out = String::new();
    for c in text {
        let hidden = c.is_control()
            || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
        if hidden {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}
