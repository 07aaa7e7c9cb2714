use axum::http::StatusCode;

use crate::door::Refusal;

/// Why a request is not answered as it wishes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The request, or what it asks for, cannot be: 400.
    Bad(String),
    /// No such page: 404. The add-on shows no text with it.
    NotFound,
    /// A known page, another method: 405.
    Method,
    /// Our own fault: 500.
    Internal(String),
}

impl Fault {
    #[expect(clippy::needless_pass_by_value, reason = "handed to map_err as it is")]
    pub fn bad(why: impl ToString) -> Self {
        Self::Bad(why.to_string())
    }

    #[expect(clippy::needless_pass_by_value, reason = "handed to map_err as it is")]
    pub fn internal(why: impl ToString) -> Self {
        Self::Internal(why.to_string())
    }

    pub fn status(&self) -> StatusCode {
        match self {
            Self::Bad(_) => StatusCode::BAD_REQUEST,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    pub fn detail(&self) -> &str {
        match self {
            Self::Bad(why) | Self::Internal(why) => why,
            Self::NotFound => "no such page",
            Self::Method => "queries are asked with GET, operations with POST",
        }
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self { status: fault.status(), detail: fault.detail().to_owned() }
    }
}
