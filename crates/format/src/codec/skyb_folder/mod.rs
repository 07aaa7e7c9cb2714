//! A folder with one .skyb a vehicle and a site file beside them: a whole show as it stands on board.
//!
//! A .skyb says what one vehicle does, not where. [`SITE_FILE_NAME`] says the rest: one JSON object with `version` 1 and,
//! all optional but `site`,
//!
//! | member | content |
//! |---|---|
//! | `title` | text |
//! | `site` | `{"origin": {"latitude_deg", "longitude_deg", "amsl_m"}, "heading_deg"}` |
//! | `limits` | members of [`kapok_show::Limits`]; those left out have their defaults |
//! | `profile` | members of [`kapok_show::VehicleProfile`]; those left out have their defaults |
//! | `environment` | as [`kapok_show::Environment`]: fence, keep-outs, audiences, waters, roads, landmarks |
//! | `chapters` | list of `{"name", "kind", "start_ms", "end_ms"}` |
//! | `rth_layout` | the layout of the return plans: `released-4`, `main-2026` or `crate-0.1` |
//! | `landing_speed_m_s` | speed of the final descent, for layouts that do not state it |
//! | `vehicles` | list of `{"file", "name", "home_m", "group"}` in the order of the show, all but `file` optional |
//!
//! Unknown members are refused: a limit with a mistake in its name would be no limit. Without `vehicles` all .skyb files
//! count, in the natural order of their names; with it, exactly those listed.

mod read;
mod site_file;

pub use read::read_skyb_folder;
pub use site_file::{SITE_FILE_NAME, write_site_file};
