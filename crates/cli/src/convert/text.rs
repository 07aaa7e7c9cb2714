//! The result for people.

use std::path::Path;

use kapok_certify::{Verdict, clock};

use super::{Made, format_name};
use crate::page::Page;
use crate::prove::report;

impl Made {
    /// The result for people.
    pub(super) fn page(&self, out: &Path) -> Page {
        let loss = &self.loss;
        let positions = match (loss.max_deviation_m, &loss.worst_vehicle) {
            (Some(0.0), _) => "exact".to_owned(),
            (Some(off_m), Some(name)) => format!("off by at most {:.2} mm (vehicle {name})", off_m * 1000.0),
            (Some(off_m), None) => format!("off by at most {:.2} mm", off_m * 1000.0),
            (None, _) => self.target.positions_sentence().to_owned(),
        };
        let lights = match loss.worst_light_shift_ms {
            Some(0.0) => "exact".to_owned(),
            Some(shift_ms) if self.target.is_sampled() => {
                format!("changes up to {shift_ms} ms late, shorter flashes may be lost, fades in steps")
            }
            Some(shift_ms) => {
                let error = loss.worst_light_error.unwrap_or_default();
                format!("keys moved by at most {shift_ms} ms, fades off by at most {error} of 255")
            }
            None => self.target.lights_sentence().to_owned(),
        };
        let mut rows = vec![("positions", positions), ("lights", lights), ("left out", loss.left_out.clone())];
        if let Some(rate_hz) = loss.rate_hz {
            rows.push(("rate", format!("{rate_hz} samples per second")));
        }
        if let Some(scale_mm) = loss.scale_mm {
            rows.push(("scale", format!("at most {scale_mm} mm per unit")));
        }
        if let Some(fit) = &loss.fit {
            let value = format!(
                "{} pieces in place of {} lines, off a sample by at most {:.2} mm ({} mm allowed)",
                fit.pieces,
                fit.lines,
                fit.max_error_m * 1000.0,
                fit.tolerance_m * 1000.0
            );
            rows.push(("curves", value));
        }
        let vehicles = self.origin.decoded.show.vehicles.len();
        if let Some(skyb) = &loss.skyb {
            // Without the site's file, which no vehicle carries.
            let carried = self.files.iter().filter(|(name, _)| name != "site.json").map(|(_, bytes)| bytes.len());
            rows.extend(skyb.rows(vehicles, carried.sum()));
        } else {
            let each = self.byte_count() as f64 / vehicles.max(1) as f64;
            rows.push(("bytes", format!("{each:.0} per vehicle, everything included")));
        }
        let verdict = match &self.judged {
            Some(judged) => judged.certified.certificate().verdict.to_string().to_uppercase(),
            None => "not judged: the format cannot be read back; it is for looking at, not for flying".to_owned(),
        };
        rows.push(("verdict", verdict));
        let show = &self.origin.decoded.show;
        let mut page = Page::default();
        page.line(
            0,
            format!(
                "{}: {} ({vehicles} vehicles, {}) → {}",
                show.title,
                format_name(self.origin.decoded.format),
                clock(show.duration_ms() as f64),
                self.target.name()
            ),
        );
        page.gap();
        page.facts(rows);
        if let Some(judged) = &self.judged {
            page.gap();
            page.line(0, "The proof of the decoded result");
            page.gap();
            page.extend(report(judged.certified.certificate()));
            let step_mm = judged.certified.settings().coordinate_step_m * 1000.0;
            page.gap();
            page.line(2, format!("What rounding to {step_mm} mm can explain is not held against the show."));
            if judged.limits_of_source {
                page.line(2, "Limits, fence and volumes are those of the source: the format has no place for them.");
            }
        }
        if let Some(sentence) = self.interpolation() {
            page.gap();
            page.line(2, sentence);
        }
        if self.judged.as_ref().is_some_and(|j| j.certified.certificate().verdict != Verdict::Proved) {
            page.gap();
            page.line(2, "The file was written although it is not proved safe.");
        }
        let kilobytes = self.byte_count() as f64 / 1000.0;
        let files = if self.target.is_folder() {
            format!("{} ({} files, {kilobytes:.0} kB)", out.display(), self.files.len())
        } else {
            format!("{} ({kilobytes:.0} kB)", out.display())
        };
        page.gap();
        page.line(2, format!("wrote {files}"));
        page
    }
}
