use std::collections::BTreeMap;

use anyhow::{Result, bail};
use kapok_format::{LimitSources, OverriddenLimits};
use kapok_proof::LimitSource;
use kapok_show::Limits;

use crate::args::LimitArgs;

/// The limits a show is held against, and where each came from.
pub struct Held {
    /// The values.
    pub limits: Limits,
    /// By name of the field.
    pub sources: BTreeMap<String, LimitSource>,
    /// One sentence per limit that a flag replaced.
    pub replaced: Vec<String>,
}

/// Puts the flags over what the file (or the default) says.
///
/// # Errors
/// If a flag's value is not legal; the message names the flag. A file's own illegal limits are left to the proof.
pub fn hold(read: &Limits, from: &LimitSources, flags: &LimitArgs) -> Result<Held> {
    let mut sources: BTreeMap<String, LimitSource> = BTreeMap::new();
    for (names, source) in [(&from.from_file, LimitSource::File), (&from.defaulted, LimitSource::Default)] {
        sources.extend(names.iter().map(|&name| (name.to_owned(), source)));
    }
    let (mut limits, mut replaced) = (*read, Vec::new());
    for (flag, field, value, slot) in flags.over(&mut limits) {
        let Some(value) = value else { continue };
        let before = match sources.insert(field.to_owned(), LimitSource::Flag) {
            Some(LimitSource::File) => "that the file states",
            _ => "of the defaults",
        };
        replaced.push(format!("{flag} sets {field} = {value} in place of the {} {before}", *slot));
        *slot = value;
    }
    if !replaced.is_empty()
        && let Err(bad) = limits.validate()
    {
        let mut fresh = *read;
        let given =
            flags.over(&mut fresh).into_iter().find(|(_, field, value, _)| *field == bad.field && value.is_some());
        match given {
            Some((flag, ..)) => bail!("{flag}: {bad}"),
            None => bail!("with these flags the limits make no sense: {bad}"),
        }
    }
    Ok(Held { limits, sources, replaced })
}

impl LimitArgs {
    /// Which limits the flags replace.
    pub fn overridden(&self) -> OverriddenLimits {
        let mut limits = Limits::default();
        OverriddenLimits::of(
            self.over(&mut limits).into_iter().filter(|(.., value, _)| value.is_some()).map(|(_, field, ..)| field),
        )
    }

    /// Flag, field, the flag's value if it was given, and the place of the limit.
    fn over<'a>(&self, l: &'a mut Limits) -> [(&'static str, &'static str, Option<f64>, &'a mut f64); 13] {
        [
            ("--separation", "min_separation_m", self.separation, &mut l.min_separation_m),
            ("--downwash-scale", "downwash_scale", self.downwash_scale, &mut l.downwash_scale),
            ("--ground-separation", "ground_separation_m", self.ground_separation, &mut l.ground_separation_m),
            ("--max-velocity-xy", "max_velocity_xy_m_s", self.max_velocity_xy, &mut l.max_velocity_xy_m_s),
            ("--max-velocity-up", "max_velocity_up_m_s", self.max_velocity_up, &mut l.max_velocity_up_m_s),
            ("--max-velocity-down", "max_velocity_down_m_s", self.max_velocity_down, &mut l.max_velocity_down_m_s),
            ("--max-acceleration", "max_acceleration_m_s2", self.max_acceleration, &mut l.max_acceleration_m_s2),
            ("--max-jerk", "max_jerk_m_s3", self.max_jerk, &mut l.max_jerk_m_s3),
            ("--max-yaw-rate", "max_yaw_rate_deg_s", self.max_yaw_rate, &mut l.max_yaw_rate_deg_s),
            ("--max-altitude", "max_altitude_m", self.max_altitude, &mut l.max_altitude_m),
            (
                "--min-navigation-altitude",
                "min_navigation_altitude_m",
                self.min_navigation_altitude,
                &mut l.min_navigation_altitude_m,
            ),
            ("--max-wind", "max_wind_m_s", self.max_wind, &mut l.max_wind_m_s),
            ("--battery-reserve", "battery_reserve", self.battery_reserve, &mut l.battery_reserve),
        ]
    }
}
