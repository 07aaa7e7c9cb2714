use kapok_show::{BadSetting, Limits, MAX_VEHICLES};

use crate::decoded::LIMIT_FIELDS;

/// Some of the fields of [`Limits`], by name. A file's value of such a field may be nonsense: the caller puts another in its
/// place before the show is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OverriddenLimits(u16);

impl OverriddenLimits {
    /// Those of these names; other names are no fields and are left out.
    pub fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let bit = |name: &str| LIMIT_FIELDS.iter().position(|field| *field == name).map_or(0, |k| 1 << k);
        Self(names.into_iter().fold(0, |all, name| all | bit(name)))
    }

    fn holds(self, name: &str) -> bool {
        self.0 & Self::of([name]).0 != 0
    }

    /// Are all limits legal but for those that are replaced?
    pub(crate) fn check(self, limits: &Limits) -> Result<(), BadSetting> {
        let (mut legal, defaults) = (*limits, Limits::default());
        for (name, slot, default) in [
            ("min_separation_m", &mut legal.min_separation_m, defaults.min_separation_m),
            ("downwash_scale", &mut legal.downwash_scale, defaults.downwash_scale),
            ("ground_separation_m", &mut legal.ground_separation_m, defaults.ground_separation_m),
            ("max_velocity_xy_m_s", &mut legal.max_velocity_xy_m_s, defaults.max_velocity_xy_m_s),
            ("max_velocity_up_m_s", &mut legal.max_velocity_up_m_s, defaults.max_velocity_up_m_s),
            ("max_velocity_down_m_s", &mut legal.max_velocity_down_m_s, defaults.max_velocity_down_m_s),
            ("max_acceleration_m_s2", &mut legal.max_acceleration_m_s2, defaults.max_acceleration_m_s2),
            ("max_jerk_m_s3", &mut legal.max_jerk_m_s3, defaults.max_jerk_m_s3),
            ("max_yaw_rate_deg_s", &mut legal.max_yaw_rate_deg_s, defaults.max_yaw_rate_deg_s),
            // These two are compared with each other: nothing is above the one, nothing below the other.
            ("max_altitude_m", &mut legal.max_altitude_m, f64::MAX),
            ("min_navigation_altitude_m", &mut legal.min_navigation_altitude_m, 0.0),
            ("max_wind_m_s", &mut legal.max_wind_m_s, defaults.max_wind_m_s),
            ("battery_reserve", &mut legal.battery_reserve, defaults.battery_reserve),
        ] {
            if self.holds(name) {
                *slot = default;
            }
        }
        legal.validate()
    }
}

/// How much a reader takes from outside before it refuses: no file, however hostile, costs more than this says.
///
/// The defaults hold every show that has flown several times over and keep a reader within a few gigabytes. All
/// fields but the last are plain numbers to be raised or lowered as the caller likes; 0 refuses everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadLimits {
    /// Vehicles of a show. Default [`MAX_VEHICLES`].
    pub max_vehicles: usize,
    /// Members of a ZIP archive. Default 200,000.
    pub max_members: usize,
    /// Bytes of one member after decompression; so much text is held at once per thread. Default 1 GiB.
    pub max_member_bytes: u64,
    /// Bytes of all members together after decompression, and of all parts read, repeated ones counted again.
    /// Default 4 GiB.
    pub max_total_bytes: u64,
    /// Decompressed bytes per byte of the archive, looked at from 16 MiB of content up. Default 250 (trajectory text
    /// shrinks 3 to 30 times; deflate cannot do more than about 1,030).
    pub max_compression_ratio: u64,
    /// Segments of one trajectory. Default 500,000.
    pub max_segments_per_vehicle: usize,
    /// Segments of all trajectories together. Default 50,000,000.
    pub max_segments: usize,
    /// Light commands carried out for one vehicle, loops unrolled. Default 500,000.
    pub max_light_commands: usize,
    /// Light keys of all vehicles together. Default 50,000,000.
    pub max_light_keys: usize,
    /// Yaw set points of one vehicle. Default 100,000.
    pub max_yaw_keys: usize,
    /// Pyrotechnic events, and payloads, of one vehicle. Default 10,000.
    pub max_pyro_events: usize,
    /// Entries of one return plan. Default 65,535.
    pub max_return_entries: usize,
    /// Corners of all polygons of the geofence together. Default 10,000.
    pub max_fence_corners: usize,
    /// Bytes of the music. Default 256 MiB.
    pub max_audio_bytes: u64,
    /// Light programs that never end are unrolled up to this time if nothing says how long the show is, milliseconds.
    /// Default one hour.
    pub light_horizon_ms: i64,
    /// Latest (and, negated, earliest) time of a trajectory, milliseconds: beyond lies a mistake of unit, and
    /// what is counted by the second would not fit. Default 24 hours.
    pub max_time_ms: i64,
    /// Bytes of a name or title. Default 1,024.
    pub max_name_bytes: usize,
    /// How deep references to other members may be nested. Default 8.
    pub max_reference_depth: usize,
    /// Limits of the show that the caller replaces with its own: what the file says of them is read and not judged.
    /// Default none.
    pub overridden: OverriddenLimits,
}

impl Default for ReadLimits {
    fn default() -> Self {
        Self {
            max_vehicles: MAX_VEHICLES,
            max_members: 200_000,
            max_member_bytes: 1 << 30,
            max_total_bytes: 4 << 30,
            max_compression_ratio: 250,
            max_segments_per_vehicle: 500_000,
            max_segments: 50_000_000,
            max_light_commands: 500_000,
            max_light_keys: 50_000_000,
            max_yaw_keys: 100_000,
            max_pyro_events: 10_000,
            max_return_entries: 65_535,
            max_fence_corners: 10_000,
            max_audio_bytes: 256 << 20,
            light_horizon_ms: 3_600_000,
            max_time_ms: 86_400_000,
            max_name_bytes: 1_024,
            max_reference_depth: 8,
            overridden: OverriddenLimits::default(),
        }
    }
}
