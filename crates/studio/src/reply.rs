use kapok_show::printable;
use serde::Serialize;
use serde_json::json;

use crate::refusal::Refusal;

/// What a request is answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status: 200, 400 or 500.
    pub status: u16,
    /// Media type of the body.
    pub media_type: &'static str,
    /// Further header fields, names in lower case, values in printable ASCII.
    pub headers: Vec<(&'static str, String)>,
    /// The body: an answer, a file, or `{"detail": "..."}`.
    pub body: Vec<u8>,
    /// Lines for the operator of the server, of printable text: what the add-on does not show.
    pub remarks: Vec<String>,
}

impl Reply {
    pub(crate) fn json(value: &impl Serialize) -> Result<Self, Refusal> {
        let body = serde_json::to_vec(value).map_err(Refusal::internal)?;
        Ok(Self::new(200, "application/json", body))
    }

    pub(crate) fn file(body: Vec<u8>) -> Self {
        Self::new(200, "application/octet-stream", body)
    }

    fn new(status: u16, media_type: &'static str, body: Vec<u8>) -> Self {
        Self { status, media_type, headers: Vec::new(), body, remarks: Vec::new() }
    }
}

impl From<Refusal> for Reply {
    fn from(refusal: Refusal) -> Self {
        let (status, detail) = match refusal {
            Refusal::BadRequest(why) => (400, why),
            Refusal::Internal(why) => (500, why),
        };
        let body = json!({ "detail": detail }).to_string().into_bytes();
        Self { remarks: vec![printable(&detail).into_owned()], ..Self::new(status, "application/json", body) }
    }
}
