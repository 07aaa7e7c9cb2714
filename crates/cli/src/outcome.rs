use kapok_certify::Verdict;

/// How a command that did its work ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Exit code 0.
    Done,
    /// Exit code 1: the show is not proved safe.
    NotProved,
    /// Exit code 2, although the answer has been printed.
    Infeasible,
}

impl From<Verdict> for Outcome {
    /// Undecided counts as not safe.
    fn from(verdict: Verdict) -> Self {
        if verdict == Verdict::Proved { Self::Done } else { Self::NotProved }
    }
}
