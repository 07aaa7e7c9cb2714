use sha2::{Digest, Sha256};

use crate::command::{Command, command_number};
use crate::fence::Fence;
use crate::ftp::file_crc32;
use crate::params::PackedParam;

/// z of an origin without altitude, millimetres.
const NO_AMSL_MM: f32 = -32_768_000.0;
/// What SHOW_ORIGIN_AMSL says then.
const UNSET_AMSL_MM: i32 = -10_000_000;
/// The highest altitude that vehicles take; whole millimetres up to here are exact in a 32-bit float.
const MAX_AMSL_MM: i32 = 9_999_999;

/// Where a show stands, as vehicles store it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ShowSite {
    /// Latitude of the origin, 1e-7 degrees; not 0.
    pub latitude_e7: i32,
    /// Longitude of the origin, 1e-7 degrees; not 0.
    pub longitude_e7: i32,
    /// Height of z = 0 above the sea, millimetres; `None`: heights count from where each vehicle stands.
    pub amsl_mm: Option<i32>,
    /// Heading of the show's x axis (straight ahead), degrees clockwise from north, 0 to 360.
    pub orientation_deg: f32,
}

impl ShowSite {
    /// USER_2, to be addressed to a vehicle; `None` if vehicles cannot hold this site.
    pub fn command(&self) -> Option<Command> {
        let whole_turn = (0.0..360.0).contains(&self.orientation_deg);
        let high = self.amsl_mm.is_some_and(|mm| !(UNSET_AMSL_MM + 1..=MAX_AMSL_MM).contains(&mm));
        if self.latitude_e7 == 0 || self.longitude_e7 == 0 || !whole_turn || high {
            return None;
        }
        let z = self.amsl_mm.map_or(NO_AMSL_MM, |mm| mm as f32);
        let params = [0.0, 0.0, 0.0, self.orientation_deg];
        Some(Command::int(command_number::SHOW_ORIGIN, params, self.latitude_e7, self.longitude_e7, z))
    }

    /// The same as parameters, for firmware without the command.
    pub fn params(&self) -> [(&'static str, f32); 4] {
        [
            ("SHOW_ORIGIN_LAT", self.latitude_e7 as f32),
            ("SHOW_ORIGIN_LNG", self.longitude_e7 as f32),
            ("SHOW_ORIGIN_AMSL", self.amsl_mm.unwrap_or(UNSET_AMSL_MM) as f32),
            ("SHOW_ORIENTATION", self.orientation_deg),
        ]
    }

    /// From a bundle of parameters, which states them exactly; `None` if one is missing.
    pub fn from_params(params: &[PackedParam]) -> Option<Self> {
        let value = |name: &str| params.iter().find(|p| p.name == name).map(|p| p.value);
        let amsl_mm = value("SHOW_ORIGIN_AMSL")? as i32;
        Some(Self {
            latitude_e7: value("SHOW_ORIGIN_LAT")? as i32,
            longitude_e7: value("SHOW_ORIGIN_LNG")? as i32,
            amsl_mm: (amsl_mm > UNSET_AMSL_MM).then_some(amsl_mm),
            orientation_deg: value("SHOW_ORIENTATION")? as f32,
        })
    }
}

/// What one vehicle is to hold.
#[derive(Clone, Debug, PartialEq)]
pub struct UploadPlan {
    /// Its show file.
    pub show: Vec<u8>,
    /// Where the show stands.
    pub site: ShowSite,
    /// Polygons and circles.
    pub fence: Fence,
    /// Greatest height above home, metres (FENCE_ALT_MAX).
    pub max_altitude_m: f32,
    /// Greatest distance from home, metres (FENCE_RADIUS).
    pub max_distance_m: f32,
    /// FENCE_ACTION.
    pub fence_action: u8,
}

impl UploadPlan {
    /// What a vehicle holds that has got all of it.
    pub fn held(&self) -> HeldState {
        HeldState {
            show_crc32: file_crc32(&self.show),
            show_len: None,
            show_sha256: None,
            site: self.site,
            fence: self.fence.clone(),
            fence_params: self.fence_params(),
        }
    }

    /// Greatest height and distance, action, kinds of fence, on or off.
    pub(super) fn fence_params(&self) -> [f32; 5] {
        // 1 altitude, 2 circle, 4 polygon.
        let types = 3 | if self.fence.areas().is_empty() { 0 } else { 4 };
        [self.max_altitude_m, self.max_distance_m, f32::from(self.fence_action), types as f32, 1.0]
    }

    pub(super) const FENCE_PARAMS: [&'static str; 5] =
        ["FENCE_ALT_MAX", "FENCE_RADIUS", "FENCE_ACTION", "FENCE_TYPE", "FENCE_ENABLE"];
}

/// What a vehicle has been read to hold.
#[derive(Clone, Debug, PartialEq)]
pub struct HeldState {
    /// Checksum of its show file, as it states it.
    pub show_crc32: u32,
    /// Length of the show file, if the whole of it was read.
    pub show_len: Option<usize>,
    /// SHA-256 of the show file, if the whole of it was read.
    pub show_sha256: Option<[u8; 32]>,
    /// Origin and orientation.
    pub site: ShowSite,
    /// Its fence.
    pub fence: Fence,
    /// Greatest height and distance, action, kinds of fence, on or off.
    pub fence_params: [f32; 5],
}

impl HeldState {
    /// One hash of show, site and fence: equal on vehicles that hold the same.
    ///
    /// # Source
    /// SHA-256, little-endian: checksum of the show (u32); latitude, longitude, altitude (i32; the least i32 without one),
    /// orientation (f32); the hash of the fence; its five parameters (f32).
    pub fn fingerprint(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.show_crc32.to_le_bytes());
        for value in [self.site.latitude_e7, self.site.longitude_e7, self.site.amsl_mm.unwrap_or(i32::MIN)] {
            hash.update(value.to_le_bytes());
        }
        hash.update(self.site.orientation_deg.to_le_bytes());
        hash.update(self.fence.sha256());
        for value in self.fence_params {
            hash.update(value.to_le_bytes());
        }
        hash.finalize().into()
    }

    /// The first thing that is not as planned, in a word: `show`, `site` or `fence`.
    pub fn difference(&self, plan: &UploadPlan) -> Option<&'static str> {
        let planned = plan.held();
        let whole = self.show_sha256.is_none_or(|hash| hash == <[u8; 32]>::from(Sha256::digest(&plan.show)));
        if self.show_crc32 != planned.show_crc32 || !whole {
            Some("show")
        } else if self.site != planned.site {
            Some("site")
        } else if self.fence != planned.fence || self.fence_params != planned.fence_params {
            Some("fence")
        } else {
            None
        }
    }
}
