use crate::{Decoded, Format};

/// What coordinates of sampled files are rounded to, metres: four decimals.
pub const SAMPLE_STEP_M: f64 = 1e-4;
/// What coordinates of .skyc files are rounded to where all of them are whole millimetres, metres.
pub const SKYC_STEP_M: f64 = 1e-3;
/// How far a whole number of millimetres may be from one, millimetres.
const WHOLE_MM: f64 = 1e-6;

impl Decoded {
    /// Does the file consist of rows (samples), so that straight lines between them are the reader's assumption?
    pub const fn is_sampled(&self) -> bool {
        matches!(self.format, Format::CsvZip | Format::Vviz)
    }

    /// What the coordinates of the trajectories are rounded to, metres: what a proof may excuse as rounding. One rule for
    /// all that judge files.
    ///
    /// # Guarantees
    /// Where the file states its grid ([`Decoded::grid_m`]), that. Files of samples and .skyc in whole millimetres:
    /// [`SKYC_STEP_M`]; with finer coordinates: [`SAMPLE_STEP_M`]. So the same numbers are judged alike in each of these.
    ///
    /// # Complexity
    /// Linear in the control points of a .skyc or of samples, else constant.
    pub fn coordinate_step_m(&self) -> f64 {
        self.grid_m.unwrap_or_else(|| match self.format {
            Format::Skyc | Format::Vviz | Format::CsvZip => {
                let mut points = self.show.vehicles.iter().flat_map(|v| v.trajectory.control_points_m());
                let whole = |x: f64| (x * 1000.0 - (x * 1000.0).round()).abs() <= WHOLE_MM;
                if points.all(|p| whole(p.x) && whole(p.y) && whole(p.z)) { SKYC_STEP_M } else { SAMPLE_STEP_M }
            }
            Format::Crazyswarm => SAMPLE_STEP_M,
            Format::Skyb | Format::SkybFolder => SKYC_STEP_M,
        })
    }
}
