use kapok_certify::Certificate;

/// How a command that did its work ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Exit code 0.
    Done,
    /// Exit code 1: the show is not proved safe.
    NotProved,
    /// Exit code 1: two shows differ.
    Differs,
    /// Exit code 2, although the answer has been printed.
    Infeasible,
}

impl From<&Certificate> for Outcome {
    /// Undecided counts as not safe, and so does a draft.
    fn from(certificate: &Certificate) -> Self {
        if certificate.certifies() { Self::Done } else { Self::NotProved }
    }
}
