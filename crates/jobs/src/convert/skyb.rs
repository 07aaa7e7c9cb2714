use std::collections::BTreeSet;

use kapok_format::skyb::{RthLayout, RthWriting, SkybExport, SkybOptions};
use kapok_format::{SITE_FILE_NAME, write_site_file, write_skyb};
use kapok_show::Show;
use rayon::prelude::*;

use super::loss::{Loss, SkybLoss};
use super::names::file_stems;
use super::request::ConversionRequest;
use super::target::Target;
use crate::error::JobError;
use crate::file::NamedFiles;

/// The show as one .skyb a vehicle.
pub fn encode_skyb(
    show: &Show,
    target: Target,
    request: &ConversionRequest,
    name: &str,
) -> Result<(NamedFiles, Loss), JobError> {
    show.check()?;
    let names: Vec<String> = if target == Target::SkybFolder {
        file_stems(show)?.into_iter().map(|stem| format!("{stem}.skyb")).collect()
    } else if show.vehicles.len() == 1 {
        vec![name.to_owned()]
    } else {
        return Err(JobError::OneFileForMany(show.vehicles.len()));
    };
    let with_plan = show.vehicles.iter().find(|v| v.return_to_home.as_ref().is_some_and(|p| !p.entries.is_empty()));
    let rth = match (request.rth_layout, request.without_return_to_home, with_plan) {
        (_, true, _) => RthWriting::LeaveOut,
        (Some(layout), false, _) => RthWriting::Layout(layout),
        (None, false, None) => RthWriting::Refuse,
        (None, false, Some(vehicle)) => return Err(JobError::UnnamedLayout { vehicle: vehicle.name.clone() }),
    };
    let options = SkybOptions { rth, ..SkybOptions::default() };
    let exports: Vec<_> = show.vehicles.par_iter().map(|v| write_skyb(v, &options)).collect();
    let exports: Vec<SkybExport> = exports.into_iter().collect::<Result<_, _>>()?;
    let mut loss = Loss {
        max_deviation_m: Some(0.0),
        scale_mm: Some(1),
        worst_light_shift_ms: Some(0.0),
        worst_light_error: Some(0),
        ..Loss::default()
    };
    let mut sizes = SkybLoss::default();
    let mut left_out: BTreeSet<&str> = [target.left_out()].into();
    let mut files = Vec::with_capacity(names.len() + 1);
    for ((file, export), vehicle) in names.iter().zip(exports).zip(&show.vehicles) {
        if loss.max_deviation_m.is_none_or(|worst_m| export.max_error_m > worst_m) {
            loss.max_deviation_m = Some(export.max_error_m);
            loss.worst_vehicle = Some(vehicle.name.clone());
        }
        loss.scale_mm = loss.scale_mm.max(Some(export.scale));
        loss.worst_light_error = loss.worst_light_error.max(Some(export.worst_light_error));
        let shift_ms = export.worst_light_shift_ms as f64;
        loss.worst_light_shift_ms = loss.worst_light_shift_ms.map(|worst_ms| worst_ms.max(shift_ms));
        sizes.segments += export.segments;
        sizes.max_segments = sizes.max_segments.max(export.segments);
        sizes.max_light_bytes = sizes.max_light_bytes.max(export.light_bytes);
        sizes.max_yaw_error_deg = sizes.max_yaw_error_deg.max(export.max_yaw_error_deg);
        if export.bytes.len() > sizes.max_bytes {
            sizes.max_bytes = export.bytes.len();
            sizes.largest_vehicle.clone_from(&vehicle.name);
        }
        // The number of the group stands in the site file.
        left_out.extend(export.left_out.iter().filter(|what| target == Target::Skyb || !what.contains("group")));
        if let (Some(plan), RthWriting::Layout(layout)) = (export.return_to_home, rth) {
            sizes.rth_layout = Some(layout.name());
            sizes.max_return_error_m = sizes.max_return_error_m.max(plan.max_error_m);
            sizes.max_return_shift_ms = sizes.max_return_shift_ms.max(plan.max_shift_ms);
            left_out.extend(plan.left_out);
        }
        files.push((file.clone(), export.bytes));
    }
    if target == Target::SkybFolder {
        let layout = sizes.rth_layout.and_then(RthLayout::from_name);
        files.push((SITE_FILE_NAME.to_owned(), write_site_file(show, &names, layout)?));
    }
    loss.left_out = left_out.into_iter().collect::<Vec<_>>().join("; ");
    loss.skyb = Some(sizes);
    Ok((files, loss))
}
