use kapok_show::Show;

use crate::skyb::Skyb;
use crate::{Format, ReadLimits};

/// What coordinates of sampled files are rounded to, metres: four decimals.
pub const SAMPLE_STEP_M: f64 = 1e-4;
/// What coordinates of .skyc files are rounded to where all of them are whole millimetres, metres.
pub const SKYC_STEP_M: f64 = 1e-3;
/// How far a whole number of millimetres may be from one, millimetres.
const WHOLE_MM: f64 = 1e-6;

/// What the coordinates of a file's trajectories are rounded to, metres: what a proof may excuse as rounding. One rule for
/// all that judge files. `show` is what the bytes decode to.
///
/// # Guarantees
/// Samples: [`SAMPLE_STEP_M`]. A .skyc of whole millimetres: [`SKYC_STEP_M`]; one with finer coordinates has kept those of
/// another file, and is taken like samples. A .skyb: the scale that its bytes state; one millimetre if it states none.
///
/// # Complexity
/// Linear in the control points of a .skyc, in the bytes of a .skyb; else constant.
pub fn coordinate_step_m(format: Format, bytes: &[u8], show: &Show) -> f64 {
    match format {
        Format::Skyc => {
            let mut points = show.vehicles.iter().flat_map(|v| v.trajectory.control_points_m());
            let whole = |x: f64| (x * 1000.0 - (x * 1000.0).round()).abs() <= WHOLE_MM;
            if points.all(|p| whole(p.x) && whole(p.y) && whole(p.z)) { SKYC_STEP_M } else { SAMPLE_STEP_M }
        }
        Format::Vviz | Format::CsvZip => SAMPLE_STEP_M,
        Format::Skyb => {
            let file = Skyb::decode(bytes, &ReadLimits::default()).ok();
            let scale_mm = file.and_then(|f| f.trajectory).map_or(1, |t| t.scale.max(1));
            f64::from(scale_mm) / 1000.0
        }
    }
}
