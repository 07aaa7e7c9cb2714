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
    /// A flight log is of a fleet of another size.
    #[error("the log is of {log} vehicles, the show has {show}: it is the log of another show")]
    OtherFleet {
        /// Vehicles of the log.
        log: usize,
        /// Vehicles of the show.
        show: usize,
    },
    /// A flight log says nothing of where vehicles were.
    #[error("the log has no frame: nothing was recorded")]
    NoFrames,
}
