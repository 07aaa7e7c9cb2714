/// Why a request has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The request cannot be read, or what it asks for cannot be: 400.
    BadRequest(String),
    /// A fault of ours: 500.
    Internal(String),
}

impl Refusal {
    #[expect(clippy::needless_pass_by_value, reason = "handed to map_err as it is")]
    pub fn bad(why: impl ToString) -> Self {
        Self::BadRequest(why.to_string())
    }

    #[expect(clippy::needless_pass_by_value, reason = "handed to map_err as it is")]
    pub fn internal(why: impl ToString) -> Self {
        Self::Internal(why.to_string())
    }
}

/// The start of a text from a request, for a message.
pub(crate) fn shortened(text: &str) -> String {
    text.chars().take(60).collect()
}
