use std::collections::BTreeMap;

use kapok_format::LimitSources;
use kapok_show::Limits;

use crate::certificate::LimitSource;
use crate::error::CertifyError;

/// The limits a show is held against, and where each came from.
pub(crate) struct Held {
    pub limits: Limits,
    /// By name of the field.
    pub sources: BTreeMap<String, LimitSource>,
    /// One sentence per limit that was replaced.
    pub replaced: Vec<String>,
}

struct Field {
    name: &'static str,
    flag: &'static str,
    value: fn(&mut Limits) -> &mut f64,
}

const fn field(name: &'static str, flag: &'static str, value: fn(&mut Limits) -> &mut f64) -> Field {
    Field { name, flag, value }
}

/// Each limit with the flag that sets it.
const FIELDS: [Field; 13] = [
    field("min_separation_m", "--separation", |l| &mut l.min_separation_m),
    field("downwash_scale", "--downwash-scale", |l| &mut l.downwash_scale),
    field("ground_separation_m", "--ground-separation", |l| &mut l.ground_separation_m),
    field("max_velocity_xy_m_s", "--max-velocity-xy", |l| &mut l.max_velocity_xy_m_s),
    field("max_velocity_up_m_s", "--max-velocity-up", |l| &mut l.max_velocity_up_m_s),
    field("max_velocity_down_m_s", "--max-velocity-down", |l| &mut l.max_velocity_down_m_s),
    field("max_acceleration_m_s2", "--max-acceleration", |l| &mut l.max_acceleration_m_s2),
    field("max_jerk_m_s3", "--max-jerk", |l| &mut l.max_jerk_m_s3),
    field("max_yaw_rate_deg_s", "--max-yaw-rate", |l| &mut l.max_yaw_rate_deg_s),
    field("max_altitude_m", "--max-altitude", |l| &mut l.max_altitude_m),
    field("min_navigation_altitude_m", "--min-navigation-altitude", |l| &mut l.min_navigation_altitude_m),
    field("max_wind_m_s", "--max-wind", |l| &mut l.max_wind_m_s),
    field("battery_reserve", "--battery-reserve", |l| &mut l.battery_reserve),
];

/// The command line's flag for a limit, by the name of its field.
pub fn flag_of(field: &str) -> Option<&'static str> {
    FIELDS.iter().find(|f| f.name == field).map(|f| f.flag)
}

/// Puts the limits of the options over what the file (or the default) says.
///
/// # Errors
/// If such a limit is unknown or not legal: the message names the flag. If one of the file is not legal and not replaced: the
/// message names its place.
pub(crate) fn hold(
    read: &Limits,
    from: &LimitSources,
    replacing: &BTreeMap<String, f64>,
) -> Result<Held, CertifyError> {
    if let Some(unknown) = replacing.keys().find(|name| flag_of(name).is_none()) {
        return Err(CertifyError::UnknownLimit(unknown.clone()));
    }
    let mut sources: BTreeMap<String, LimitSource> = BTreeMap::new();
    for (names, source) in [(&from.from_file, LimitSource::File), (&from.defaulted, LimitSource::Default)] {
        sources.extend(names.iter().map(|&name| (name.to_owned(), source)));
    }
    let (mut limits, mut replaced) = (*read, Vec::new());
    for Field { name, flag, value } in &FIELDS {
        let Some(&new) = replacing.get(*name) else { continue };
        let before = match sources.insert((*name).to_owned(), LimitSource::Flag) {
            Some(LimitSource::File) => "that the file states",
            _ => "of the defaults",
        };
        let slot = value(&mut limits);
        replaced.push(format!("{flag} sets {name} = {new} in place of the {slot} {before}"));
        *slot = new;
    }
    if !replaced.is_empty()
        && let Err(bad) = limits.validate()
    {
        let of_file = from.illegal.as_ref().filter(|illegal| illegal.field == bad.field);
        return Err(match (flag_of(bad.field).filter(|_| replacing.contains_key(bad.field)), of_file) {
            (Some(flag), _) => CertifyError::Limit { flag, bad },
            (None, Some(illegal)) => CertifyError::Read(illegal.error.clone()),
            (None, None) => CertifyError::Limits(bad),
        });
    }
    Ok(Held { limits, sources, replaced })
}
