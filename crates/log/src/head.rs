use std::collections::BTreeMap;

use crate::LogError;

/// Vehicles of a log, at most: as in shows.
pub const MAX_LOG_VEHICLES: u32 = 50_000;

/// Name of the metadata record.
pub const RECORD: &str = "kapok.log";

/// What a log is of.
#[derive(Clone, Debug, PartialEq)]
pub struct LogHead {
    /// Title of the show.
    pub title: String,
    /// SHA-256 of the show file's bytes, 64 digits.
    pub show_sha256: String,
    /// Vehicles of the show.
    pub vehicles: u32,
    /// Separation that the show asks for, metres.
    pub separation_m: f64,
    /// Log time at which the show begins, nanoseconds.
    pub show_start_ns: u64,
    /// More about it, each under a name of its own: seed, wind, profile, software, operator.
    pub about: BTreeMap<String, String>,
}

/// Names of the entries of the head itself.
const NAMES: [&str; 5] = ["title", "show_sha256", "vehicles", "separation_m", "show_start_ns"];

impl LogHead {
    /// As a metadata record.
    pub(crate) fn to_entries(&self) -> BTreeMap<String, String> {
        let own = [
            self.title.clone(),
            self.show_sha256.clone(),
            self.vehicles.to_string(),
            self.separation_m.to_string(),
            self.show_start_ns.to_string(),
        ];
        let about = self.about.iter().filter(|(name, _)| !NAMES.contains(&name.as_str()));
        let mut entries: BTreeMap<String, String> = about.map(|(k, v)| (k.clone(), v.clone())).collect();
        entries.extend(NAMES.iter().map(|&name| name.to_owned()).zip(own));
        entries
    }

    /// From a metadata record.
    pub(crate) fn from_entries(mut entries: BTreeMap<String, String>) -> Result<Self, LogError> {
        let mut take = |field: &'static str| {
            entries.remove(field).ok_or_else(|| LogError::Head { field, why: "is missing".to_owned() })
        };
        let title = take("title")?;
        let show_sha256 = take("show_sha256")?;
        if show_sha256.len() != 64 || !show_sha256.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(wrong("show_sha256", &show_sha256, "must be 64 hexadecimal digits"));
        }
        let vehicles = take("vehicles")?;
        let vehicles = match vehicles.parse() {
            Ok(count) if (1..=MAX_LOG_VEHICLES).contains(&count) => count,
            _ => return Err(wrong("vehicles", &vehicles, &format!("must be a number from 1 to {MAX_LOG_VEHICLES}"))),
        };
        let separation = take("separation_m")?;
        let separation_m = match separation.parse::<f64>() {
            Ok(metres) if metres.is_finite() && metres >= 0.0 => metres,
            _ => return Err(wrong("separation_m", &separation, "must be a number of metres")),
        };
        let start = take("show_start_ns")?;
        let show_start_ns = start.parse().map_err(|_| wrong("show_start_ns", &start, "must be a number"))?;
        Ok(Self { title, show_sha256, vehicles, separation_m, show_start_ns, about: entries })
    }
}

fn wrong(field: &'static str, value: &str, must: &str) -> LogError {
    let shown: String = value.chars().take(80).collect();
    LogError::Head { field, why: format!("is {shown:?}, but {must}") }
}
