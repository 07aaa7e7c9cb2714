/// Seconds of a GPS week.
pub const WEEK_S: u32 = 604_800;
/// 6 January 1980, 0 h UTC, as UNIX time in seconds.
const GPS_EPOCH_UNIX_S: i64 = 315_964_800;
/// GPS time is ahead of UTC by this; no leap second since 2017.
const LEAP_SECONDS: i64 = 18;
const WEEK_MS: u64 = WEEK_S as u64 * 1000;

/// An instant of GPS time, whole milliseconds since 6 January 1980.
///
/// ```
/// use kapok_link::GpsTime;
/// // 23 November 2026, 12:00:00 UTC is a Monday: one day and a half into the week, and 18 leap seconds.
/// let noon = GpsTime::from_unix_ms(1_795_435_200_000).unwrap();
/// assert_eq!(noon.time_of_week_ms(), 129_618_000);
/// // A start that has passed in this week is meant for the next one.
/// assert_eq!(noon.next(129_600).ms_since(noon), 604_800_000 - 18_000);
/// ```
///
/// # Source
/// show-protocol, section 12: (t − 315 964 800 + 18) mod 604 800.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct GpsTime {
    ms: u64,
}

impl GpsTime {
    /// From UNIX time in milliseconds; `None` before the GPS epoch.
    pub fn from_unix_ms(unix_ms: i64) -> Option<Self> {
        let ms = unix_ms.checked_sub((GPS_EPOCH_UNIX_S - LEAP_SECONDS) * 1000)?;
        u64::try_from(ms).ok().map(|ms| Self { ms })
    }

    /// From the number of the week since 1980 and the time in it; times beyond the week run into the next ones.
    pub fn from_week(week: u16, time_of_week_ms: u32) -> Self {
        Self { ms: u64::from(week) * WEEK_MS + u64::from(time_of_week_ms) }
    }

    /// UNIX time in milliseconds.
    pub fn unix_ms(self) -> i64 {
        self.ms as i64 + (GPS_EPOCH_UNIX_S - LEAP_SECONDS) * 1000
    }

    /// Time since the week began, milliseconds.
    pub fn time_of_week_ms(self) -> u32 {
        (self.ms % WEEK_MS) as u32
    }

    /// Number of the week since 1980.
    pub fn week(self) -> u32 {
        (self.ms / WEEK_MS) as u32
    }

    /// Milliseconds from `earlier` to here; negative if it is later.
    pub fn ms_since(self, earlier: Self) -> i64 {
        self.ms as i64 - earlier.ms as i64
    }

    /// The instant `ms` later; the epoch if that is before it.
    #[must_use]
    pub fn plus_ms(self, ms: i64) -> Self {
        Self { ms: self.ms.saturating_add_signed(ms) }
    }

    /// The first instant from here on with this time of week in seconds.
    #[must_use]
    pub fn next(self, time_of_week_s: u32) -> Self {
        let wanted_ms = u64::from(time_of_week_s % WEEK_S) * 1000;
        let week_start_ms = self.ms - self.ms % WEEK_MS;
        let this_week_ms = week_start_ms + wanted_ms;
        Self { ms: if this_week_ms >= self.ms { this_week_ms } else { this_week_ms + WEEK_MS } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_wrap() {
        let end = GpsTime::from_week(2400, 604_799_999);
        assert_eq!(end.plus_ms(1), GpsTime::from_week(2401, 0));
        assert_eq!((end.plus_ms(1).week(), end.plus_ms(1).time_of_week_ms()), (2401, 0));
        assert_eq!(end.next(0), GpsTime::from_week(2401, 0));
        assert_eq!(GpsTime::from_unix_ms(end.unix_ms()), Some(end));
        assert_eq!(GpsTime::from_unix_ms(-1), None);
        assert_eq!(end.plus_ms(i64::MIN).week(), 0);
    }
}
