use std::sync::Arc;

use super::show_file::ShowReader;
use crate::identity::VehicleId;
use crate::signing::Signing;

/// Where a vehicle is stricter than the public firmware. All on by default.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Strictness {
    /// A show that is loaded again takes a vehicle on the ground out of the error stage. The firmware stays in it until the mode is
    /// changed or it boots.
    pub upload_clears_error: bool,
    /// Authorization that is revoked in flight sends the vehicle on the prepared way home. The firmware flies on.
    pub revoked_returns_home: bool,
    /// A vehicle that looks another way than the show's orientation does not start: the largest difference, degrees. The firmware
    /// does not look at it.
    pub max_heading_error_deg: Option<f64>,
}

impl Default for Strictness {
    fn default() -> Self {
        // A site turned by 7 degrees must be noticed (field-facts, Orlando 2024); a compass is good to 2 or 3.
        Self { upload_clears_error: true, revoked_returns_home: true, max_heading_error_deg: Some(5.0) }
    }
}

impl Strictness {
    /// As the public firmware: the accidents of the past can be shown.
    pub const FIRMWARE: Self =
        Self { upload_clears_error: false, revoked_returns_home: false, max_heading_error_deg: None };
}

/// What a vehicle is.
#[derive(Clone)]
pub struct VehicleConfig {
    /// Which one.
    pub id: VehicleId,
    /// Reads the show file that is uploaded to it.
    pub show_reader: Arc<dyn ShowReader + Send + Sync>,
    /// Where it is stricter than the firmware.
    pub strictness: Strictness,
    /// Time from power to its first working second, milliseconds.
    pub boot_ms: u64,
    /// Speed of the first climb, m/s; with the next one it says when the motors start.
    pub climb_speed_m_s: f64,
    /// Time the motors need to get going, milliseconds.
    pub spool_ms: u64,
    /// Parameters that are not the default.
    pub params: Vec<(String, f64)>,
    /// Key, if frames are signed.
    pub signing: Option<Signing>,
}

impl VehicleConfig {
    /// A vehicle with the firmware's defaults, that enters show mode when it boots, for want of a pilot.
    pub fn new(id: VehicleId, show_reader: Arc<dyn ShowReader + Send + Sync>) -> Self {
        Self {
            id,
            show_reader,
            strictness: Strictness::default(),
            boot_ms: 3000,
            climb_speed_m_s: 2.5,
            spool_ms: 500,
            params: vec![("SHOW_MODE_BOOT".to_owned(), 3.0)],
            signing: None,
        }
    }
}
