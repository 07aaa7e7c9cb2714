//! Where vehicles may be: altitudes, the ground, the fence, keep-out volumes.

mod altitude;
mod geofence;
mod keep_out;
mod polygon;
mod pose;

use kapok_show::{Reporter, Show};

use crate::certificate::RuleReport;
use crate::settings::ProofSettings;

pub(crate) use geofence::fence_distance_m;
pub(crate) use keep_out::keep_out_distance_m;
pub use pose::{SiteError, SiteErrorReport, SiteMargin, site_error};

/// Holds every vehicle against the rules of the site.
pub(crate) fn site(show: &Show, settings: &ProofSettings, reporter: &dyn Reporter) -> Vec<RuleReport> {
    let e = &show.environment;
    let passes = 1 + usize::from(e.geofence.is_some()) + usize::from(!e.keep_outs.is_empty());
    reporter.phase("site", (passes * show.vehicles.len()) as u64);
    let mut reports = altitude::altitudes(show, settings, reporter);
    reports.push(geofence::geofence(show, show.environment.geofence.as_ref(), settings, reporter));
    reports.push(keep_out::keep_outs(show, &show.environment.keep_outs, settings, reporter));
    reports
}
