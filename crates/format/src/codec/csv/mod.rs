//! Show CSV: one file per drone, one row per instant, zipped, in a folder, or a single file.
//!
//! Each file `<drone>.csv` has the header `Time [msec],x [m],y [m],z [m],Red,Green,Blue` and rows of numbers: the time
//! in milliseconds, the position in metres north-west-up (x along the show's heading), the colour in integers from 0 to
//! 255 (white where there is none). Times increase strictly. Columns are read by their names and units, in any order: a
//! column taken by its place would make a show of metres out of one of feet.
//!
//! The format does not say how the vehicle gets from row to row. Read, it means: straight lines at constant speed between
//! rows, and each colour held until the next row. Written, the show is sampled at a stated rate, and the deviation of the
//! straight lines from the true curve is measured and returned. Site, limits, chapters and pads do not fit in.

mod columns;
mod read;
mod write;

pub use read::read_csv_zip;
pub use write::{CsvExport, DEFAULT_CSV_RATE_HZ, write_csv_zip};

pub(crate) use read::read_files;
