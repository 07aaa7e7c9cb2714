use crate::gps_time::GpsTime;
use crate::show_packet::{StartConfig, StartTime};

/// GPS time on a vehicle: taken from the receiver, extrapolated when that is lost.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct GpsClock {
    /// A known instant, in both times.
    anchor: Option<(GpsTime, u64)>,
}

impl GpsClock {
    pub(super) fn set(&mut self, now_ms: u64, time: Option<GpsTime>) {
        if let Some(time) = time {
            self.anchor = Some((time, now_ms));
        }
    }

    /// `None` before the receiver has said it.
    pub(super) fn now(&self, now_ms: u64) -> Option<GpsTime> {
        self.anchor.map(|(time, at_ms)| time.plus_ms(now_ms as i64 - at_ms as i64))
    }
}

/// When the show starts, as the vehicle knows it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ShowStart {
    /// Seconds of the GPS week.
    time_of_week_s: Option<u32>,
    /// The instant; set when the clock first knows the time after the start was set.
    at: Option<GpsTime>,
    /// In countdown mode: the instant on the vehicle's own clock.
    countdown_at_ms: Option<u64>,
}

impl ShowStart {
    pub(super) fn time_of_week_s(&self) -> Option<u32> {
        self.time_of_week_s
    }

    /// Sets the time of week. The same again changes nothing; one that is past in this week means the next one.
    pub(super) fn set(&mut self, time: StartTime<u32>) {
        let wanted = match time {
            StartTime::Leave => return,
            StartTime::Clear => None,
            StartTime::At(time_of_week_s) => Some(time_of_week_s),
        };
        if wanted != self.time_of_week_s {
            (self.time_of_week_s, self.at) = (wanted, None);
        }
    }

    /// Takes start and countdown from the ground.
    pub(super) fn configure(&mut self, now_ms: u64, config: &StartConfig) {
        self.set(config.start);
        match config.countdown_ms {
            Some(StartTime::At(countdown_ms)) => self.countdown_at_ms = Some(now_ms + u64::from(countdown_ms)),
            Some(StartTime::Clear) => self.countdown_at_ms = None,
            Some(StartTime::Leave) | None => {}
        }
    }

    /// Resolves the time of week once the time is known.
    pub(super) fn resolve(&mut self, now: Option<GpsTime>) {
        if let (None, Some(time_of_week_s), Some(now)) = (self.at, self.time_of_week_s, now) {
            self.at = Some(now.next(time_of_week_s));
        }
    }

    /// Milliseconds since the start, negative before it.
    pub(super) fn elapsed_ms(&self, now_ms: u64, gps: Option<GpsTime>, by_countdown: bool) -> Option<i64> {
        if by_countdown {
            return self.countdown_at_ms.map(|at_ms| now_ms as i64 - at_ms as i64);
        }
        Some(gps?.ms_since(self.at?))
    }
}
