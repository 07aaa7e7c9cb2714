/// Why a show cannot be displayed.
#[derive(Debug, thiserror::Error)]
pub enum ViewError {
    /// Times do not fit the viewer's 32-bit milliseconds.
    #[error("the show reaches {t_ms} ms, but the viewer shows at most 24 days")]
    TooLong {
        /// The time.
        t_ms: i64,
    },
    /// Counts do not fit 32 bits.
    #[error("the show has more than 4 294 967 295 control points, more than the viewer can hold")]
    TooLarge,
    /// A value has no JSON form.
    #[error("the show cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}
