//! The result for people.

use std::fmt::Write as _;
use std::path::Path;

use kapok_certify::{Verdict, clock};

use super::{Made, format_name};
use crate::prove::report;

impl Made {
    /// The result for people.
    pub(super) fn text(&self, out: &Path) -> String {
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
            rows.push(("rate", format!("{rate_hz} samples a second")));
        }
        if let Some(scale_mm) = loss.scale_mm {
            rows.push(("scale", format!("{scale_mm} mm a unit at most")));
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
            rows.push(("bytes", format!("{each:.0} a vehicle, everything included")));
        }
        let verdict = match &self.judged {
            Some(judged) => judged.certified.certificate().verdict.to_string().to_uppercase(),
            None => "not judged: the format cannot be read back; it is for looking at, not for flying".to_owned(),
        };
        rows.push(("verdict", verdict));
        let mut text = format!(
            "{}: {} ({} vehicles, {}) → {}\n\n",
            self.origin.decoded.show.title,
            format_name(self.origin.decoded.format),
            self.origin.decoded.show.vehicles.len(),
            clock(self.origin.decoded.show.duration_ms() as f64),
            self.target.name()
        );
        for (name, value) in rows {
            let _ = writeln!(text, "  {name:9}   {value}");
        }
        if let Some(judged) = &self.judged {
            let _ = write!(text, "\nThe proof of the decoded result\n\n{}", report(judged.certified.certificate()));
            let step_mm = judged.certified.settings().coordinate_step_m * 1000.0;
            let _ = write!(text, "\n  What rounding to {step_mm} mm can explain is not held against the show.\n");
            if judged.limits_of_source {
                text.push_str(
                    "  Limits, fence and volumes are those of the source: the format has no place for them.\n",
                );
            }
        }
        if let Some(sentence) = self.interpolation() {
            let _ = write!(text, "\n  {sentence}\n");
        }
        if self.judged.as_ref().is_some_and(|j| j.certified.certificate().verdict != Verdict::Proved) {
            text.push_str("\n  The file was written although it is not proved safe.\n");
        }
        let kilobytes = self.byte_count() as f64 / 1000.0;
        let files = if self.target.is_folder() {
            format!("{} ({} files, {kilobytes:.0} kB)", out.display(), self.files.len())
        } else {
            format!("{} ({kilobytes:.0} kB)", out.display())
        };
        let _ = write!(text, "\n  wrote {files}\n");
        text
    }
}
