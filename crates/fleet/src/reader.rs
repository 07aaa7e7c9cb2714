use kapok_format::skyb::RthLayout;
use kapok_format::{ReadBounds, read_skyb_as};
use kapok_link::{LoadedShow, ShowReader};

/// Reads the .skyb file that a vehicle was given, as its firmware does.
#[derive(Clone, Copy, Debug, Default)]
pub struct SkybReader {
    /// The layout of return plans that the firmware knows; `None`: the one that the file fits, if it is the only one.
    pub rth_layout: Option<RthLayout>,
}

impl ShowReader for SkybReader {
    fn read(&self, file: &[u8]) -> Option<LoadedShow> {
        let decoded = read_skyb_as(file, "show.skyb", self.rth_layout, &ReadBounds::default()).ok()?;
        let vehicle = decoded.show.vehicles.into_iter().next()?;
        Some(LoadedShow {
            trajectory: vehicle.trajectory,
            lights: vehicle.lights,
            yaw: vehicle.yaw,
            return_to_home: vehicle.return_to_home,
        })
    }
}
