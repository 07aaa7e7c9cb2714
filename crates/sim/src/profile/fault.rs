use std::fmt;

/// Something in a profile that makes no sense.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileFault {
    /// The file, as the caller named it.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What was found.
    pub found: String,
    /// What would be right.
    pub remedy: String,
}

impl fmt::Display for ProfileFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, found, remedy } = self;
        write!(f, "{file}:{line}:{column}: {found}; {remedy}")
    }
}

/// All that is wrong with a profile, in the order of the file; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileFaults(pub Vec<ProfileFault>);

impl fmt::Display for ProfileFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

impl std::error::Error for ProfileFaults {}
