use kapok_format::Decoded;
use kapok_format::fit::{DEFAULT_FIT_TOLERANCE_M, deviation_from_lines_m, fit_trajectory, samples_of_lines};
use kapok_show::Trajectory;
use rayon::prelude::*;

use super::loss::FitLoss;
use super::origin::is_sampled;
use super::target::Target;
use crate::error::JobError;

/// A trajectory of curves, how far it is off a sample, and how far off the straight lines, at most.
type Fitted = (Trajectory, f64, f64);

/// Curves in place of the straight lines of a source that consists of samples.
pub fn fit(source: &mut Decoded, target: Target, asked_m: Option<f64>) -> Result<Option<FitLoss>, JobError> {
    if !is_sampled(source.format) || !target.has_curves() {
        return match asked_m {
            Some(_) => Err(JobError::Setting {
                field: "fit_tolerance_m",
                why: "is for samples (CSV, .vviz) that become curves (.skyc, .skyb, .glb, polynomials)".to_owned(),
            }),
            None => Ok(None),
        };
    }
    let tolerance_m = asked_m.unwrap_or(DEFAULT_FIT_TOLERANCE_M);
    if tolerance_m == 0.0 {
        return Ok(None);
    }
    let max_acceleration_m_s2 = Some(source.show.limits.max_acceleration_m_s2);
    let fitted: Vec<Result<Option<Fitted>, JobError>> = source
        .show
        .vehicles
        .par_iter()
        .map(|v| {
            let Some(samples) = samples_of_lines(&v.trajectory) else { return Ok(None) };
            let fitted = fit_trajectory(&samples, tolerance_m, max_acceleration_m_s2)
                .map_err(|source| JobError::Fit { vehicle: v.name.clone(), source })?;
            let off_m = deviation_from_lines_m(&fitted.trajectory, &samples);
            Ok(Some((fitted.trajectory, fitted.max_error_m, off_m)))
        })
        .collect();
    let worst_vehicle = source.show.vehicles.first().map(|v| v.name.clone()).unwrap_or_default();
    let mut loss = FitLoss { tolerance_m, max_error_m: 0.0, max_deviation_m: 0.0, worst_vehicle, lines: 0, pieces: 0 };
    for (vehicle, fitted) in source.show.vehicles.iter_mut().zip(fitted) {
        let Some((trajectory, error_m, off_m)) = fitted? else { continue };
        loss.lines += vehicle.trajectory.segment_count();
        loss.pieces += trajectory.segment_count();
        loss.max_error_m = loss.max_error_m.max(error_m);
        if off_m > loss.max_deviation_m {
            loss.max_deviation_m = off_m;
            loss.worst_vehicle.clone_from(&vehicle.name);
        }
        vehicle.trajectory = trajectory;
    }
    Ok(Some(loss))
}
