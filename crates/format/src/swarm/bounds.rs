use kapok_show::MAX_VEHICLES;

/// How much a reader takes from outside before it refuses: no file, however hostile, costs more than this says.
///
/// The defaults hold every show that has flown several times over and keep a reader within a few gigabytes. All
/// fields are plain numbers to be raised or lowered as the caller likes; 0 refuses everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadBounds {
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
}

impl Default for ReadBounds {
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
        }
    }
}
