use std::path::PathBuf;

use kapok_plan::{MotionLimits, TransitionSettings};
use kapok_show::Limits;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::JobError;
use crate::file::{by_ending, certificate_path, check_csv_rate};

/// How a transition may be flown, and what it is written as.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TransitionRequest {
    /// Limits.
    pub limits: TransitionLimits,
    /// Start i goes to goal i; otherwise any vehicle may take any goal.
    #[serde(default)]
    pub keep_order: bool,
    /// Files to be made: .csv with sampled rows, or one .skyc with the exact curves, its certificate beside it.
    #[serde(default)]
    pub outputs: Vec<PathBuf>,
    /// Rows per second of each vehicle in .csv.
    #[serde(default = "default_rate_hz")]
    pub csv_rate_hz: u32,
}

/// Limits of a transition.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TransitionLimits {
    /// Least distance of two vehicles, metres, z divided by the downwash scale.
    pub min_separation_m: f64,
    /// How many times longer the separation ellipsoid is vertically than horizontally; from 1 up.
    pub downwash_scale: f64,
    /// Largest horizontal speed, m/s.
    pub max_velocity_xy_m_s: f64,
    /// Largest speed upwards, m/s.
    pub max_velocity_up_m_s: f64,
    /// Largest speed downwards, m/s.
    pub max_velocity_down_m_s: f64,
    /// Largest speed in any direction, m/s, if there is one limit for all; the three above must be the same then.
    pub max_velocity_m_s: Option<f64>,
    /// Largest acceleration, m/s².
    pub max_acceleration_m_s2: f64,
    /// Largest jerk, m/s³.
    pub max_jerk_m_s3: f64,
}

const fn default_rate_hz() -> u32 {
    25
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Skyc,
    Csv,
}

impl TransitionRequest {
    /// Every file that the job makes, the certificate included.
    ///
    /// # Errors
    /// [`JobError::Ending`] for an output that is not written; [`JobError::TwoCertificates`] if there is more than one .skyc;
    /// [`JobError::Setting`] for a rate that is not from 1 to 1000 Hz.
    pub fn paths(&self) -> Result<Vec<PathBuf>, JobError> {
        let formats = self.formats()?;
        let certificates = formats.iter().filter(|(_, f)| *f == Format::Skyc).map(|(path, _)| certificate_path(path));
        Ok(self.outputs.iter().cloned().chain(certificates).collect())
    }

    pub(super) fn formats(&self) -> Result<Vec<(PathBuf, Format)>, JobError> {
        check_csv_rate(self.csv_rate_hz)?;
        let formats = by_ending(&self.outputs, &[("csv", Format::Csv), ("skyc", Format::Skyc)])?;
        if formats.iter().filter(|(_, f)| *f == Format::Skyc).count() > 1 {
            return Err(JobError::TwoCertificates);
        }
        Ok(formats)
    }

    pub(super) fn settings(&self) -> TransitionSettings {
        let limits = &self.limits;
        let motion = match limits.max_velocity_m_s {
            Some(v) => MotionLimits::isotropic(v, limits.max_acceleration_m_s2, limits.max_jerk_m_s3),
            None => MotionLimits::from(&limits.of_show()),
        };
        let mut settings = TransitionSettings::new(motion, limits.min_separation_m, limits.downwash_scale);
        settings.keep_order = self.keep_order;
        settings
    }
}

impl TransitionLimits {
    /// Is the limit for all directions also that of each?
    pub(super) fn check(&self) -> Result<(), JobError> {
        let of_axes = [self.max_velocity_xy_m_s, self.max_velocity_up_m_s, self.max_velocity_down_m_s];
        if self.max_velocity_m_s.is_some_and(|v| of_axes != [v; 3]) {
            let why =
                "is one limit for all directions: give the three others the same value, or leave it out".to_owned();
            return Err(JobError::Setting { field: "max_velocity_m_s", why });
        }
        Ok(())
    }

    /// The limits of a show that flies the transition. What a transition has no limit for forbids nothing.
    pub(super) fn of_show(&self) -> Limits {
        Limits {
            min_separation_m: self.min_separation_m,
            downwash_scale: self.downwash_scale,
            ground_separation_m: self.min_separation_m,
            max_velocity_xy_m_s: self.max_velocity_xy_m_s,
            max_velocity_up_m_s: self.max_velocity_up_m_s,
            max_velocity_down_m_s: self.max_velocity_down_m_s,
            max_acceleration_m_s2: self.max_acceleration_m_s2,
            max_jerk_m_s3: self.max_jerk_m_s3,
            max_yaw_rate_deg_s: 1e6,
            max_altitude_m: 1e6,
            min_navigation_altitude_m: 0.0,
            max_wind_m_s: 0.0,
            battery_reserve: 0.0,
        }
    }
}
