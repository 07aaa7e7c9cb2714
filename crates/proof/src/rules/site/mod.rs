//! Where vehicles may be: altitudes, the ground, the fence, keep-out volumes.

mod altitude;
mod geofence;
mod keep_out;
mod pose;

use kapok_show::{Reporter, Show};

use crate::rule::RuleReport;
use crate::rules::ends::ends;
use crate::settings::ProofSettings;

pub use altitude::{altitudes, ground_m};
pub use geofence::{Fence, fence_distance_m, fence_margin, geofence, outside_m};
pub use keep_out::{keep_out_distance_m, keep_outs};
pub use pose::{SiteError, SiteErrorReport, SiteMargin, site_error};

/// Holds every vehicle against the rules of the site.
pub fn site(show: &Show, settings: &ProofSettings, reporter: &dyn Reporter) -> Vec<RuleReport> {
    let e = &show.environment;
    let fenced = e.geofence.is_some() || !e.fence_limits.is_empty();
    let passes = 1 + usize::from(fenced) + usize::from(!e.keep_outs.is_empty());
    reporter.phase("site", (passes * show.vehicles.len()) as u64);
    let mut reports = altitudes(show, settings, reporter);
    reports.push(geofence(show, e.geofence.as_ref(), &e.fence_limits, settings, reporter));
    reports.push(keep_outs(show, &show.environment.keep_outs, settings, reporter));
    reports.push(ends(show, settings));
    reports
}
