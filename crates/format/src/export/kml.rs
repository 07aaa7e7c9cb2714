use std::fmt::Write as _;

use kapok_show::{BadSetting, Show, Site};
use rayon::prelude::*;

use crate::WriteError;
use crate::container::zip::{Effort, write_archive};
use crate::sampled::{MAX_PLAIN_ROWS, row_times};

/// How to write a KML track.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KmlOptions {
    /// Positions a second, 0.1 to 1000. Default 4.
    pub rate_hz: f64,
    /// Time of the show's start on the clock of the viewer, seconds since 1970 UTC. Default 0.
    pub start_unix_s: i64,
}

impl Default for KmlOptions {
    fn default() -> Self {
        Self { rate_hz: 4.0, start_unix_s: 0 }
    }
}

/// What is to be said of a site without a height above the sea, where KML and vehicles put it at the level of the sea.
pub fn altitude_note(site: &Site) -> Option<&'static str> {
    (site.origin.amsl_m == 0.0).then_some(
        "the site states no height above the sea (`amsl_m` is 0): KML and whatever goes by absolute altitude put its ground at \
         0 m; state it if the ground lies elsewhere",
    )
}

/// Writes a show as KML: one `gx:Track` per vehicle, with absolute altitudes, playable on the viewer's time slider.
///
/// Positions are sampled at `rate_hz` and written with 8 decimals of a degree (1 mm) and millimetres; samples at rest are
/// written at both ends only. Colours do not fit in: each vehicle has the same icon.
///
/// # Errors
/// [`WriteError::Show`]; [`WriteError::Setting`] for the rate or a start beyond the years 1 to 9999;
/// [`WriteError::NotFinite`]; [`WriteError::TooLarge`] for more than 4 million samples of one
/// vehicle, or 100 million of all.
///
/// # Source
/// OGC 07-147r2 (KML 2.2) and Google's extension namespace `gx`.
pub fn write_kml(show: &Show, options: &KmlOptions) -> Result<Vec<u8>, WriteError> {
    show.check()?;
    if !(0.1..=1000.0).contains(&options.rate_hz) {
        return Err(BadSetting { field: "rate_hz", value: options.rate_hz, why: "it must be from 0.1 to 1000" }.into());
    }
    let times_ms = row_times(show, options.rate_hz, MAX_PLAIN_ROWS, "KML")?;
    let mut clock = Vec::with_capacity(times_ms.len());
    for &t_ms in &times_ms {
        let Some(text) = date_time(options.start_unix_s, t_ms) else {
            let value = options.start_unix_s as f64;
            return Err(BadSetting { field: "start_unix_s", value, why: "the years 1 to 9999 can be written" }.into());
        };
        clock.push(text);
    }
    let origin = show.site.origin;
    if ![origin.latitude_deg, origin.longitude_deg, origin.amsl_m, show.site.heading_deg].iter().all(|v| v.is_finite())
    {
        return Err(WriteError::NotFinite { what: "the site".into() });
    }
    let tracks: Vec<String> = show
        .vehicles
        .par_iter()
        .map(|vehicle| {
            let samples: Vec<String> = times_ms
                .iter()
                .map(|&t_ms| {
                    let p = show.site.wgs84_from_site(vehicle.trajectory.sample(t_ms as f64).position_m);
                    format!("{:.8} {:.8} {:.3}", p.longitude_deg, p.latitude_deg, p.amsl_m)
                })
                .collect();
            let kept: Vec<usize> = (0..samples.len())
                .filter(|&i| {
                    i == 0 || i + 1 == samples.len() || samples[i - 1] != samples[i] || samples[i] != samples[i + 1]
                })
                .collect();
            let mut out = String::from("<Placemark><name>");
            push_escaped(&mut out, &vehicle.name);
            out.push_str("</name><styleUrl>#drone</styleUrl><gx:Track><altitudeMode>absolute</altitudeMode>\n");
            for &i in &kept {
                push(&mut out, format_args!("<when>{}</when>\n", clock[i]));
            }
            for &i in &kept {
                push(&mut out, format_args!("<gx:coord>{}</gx:coord>\n", samples[i]));
            }
            out.push_str("</gx:Track></Placemark>\n");
            out
        })
        .collect();
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<kml xmlns=\"http://www.opengis.net/kml/2.2\" \
         xmlns:gx=\"http://www.google.com/kml/ext/2.2\"><Document><name>",
    );
    push_escaped(&mut out, &show.title);
    out.push_str(
        "</name>\n<Style id=\"drone\"><IconStyle><scale>0.4</scale></IconStyle><LabelStyle><scale>0</scale></LabelStyle>\
         <LineStyle><color>60ffffff</color><width>1</width></LineStyle></Style>\n",
    );
    out.push_str(&tracks.concat());
    out.push_str("</Document></kml>\n");
    Ok(out.into_bytes())
}

/// Writes a show as KMZ: the KML in a ZIP archive.
///
/// # Errors
/// As [`write_kml`].
pub fn write_kmz(show: &Show, options: &KmlOptions) -> Result<Vec<u8>, WriteError> {
    let kml = write_kml(show, options)?;
    write_archive(1, Effort::Usual, |_| Ok(("doc.kml".into(), kml.clone())))
}

fn push(out: &mut String, text: std::fmt::Arguments) {
    let written = out.write_fmt(text);
    debug_assert!(written.is_ok(), "writing to a string cannot fail");
}

/// Text for XML; characters that XML does not allow are replaced.
fn push_escaped(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c if c.is_control() || c == '\u{fffe}' || c == '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
}

/// A date and time of day in UTC (ISO 8601 with milliseconds); `None` outside the years 1 to 9999.
///
/// # Source
/// H. Hinnant, "chrono-compatible low-level date algorithms", `civil_from_days`.
fn date_time(start_unix_s: i64, t_ms: i64) -> Option<String> {
    let ms = start_unix_s.checked_mul(1000)?.checked_add(t_ms)?;
    let (days, in_day) = (ms.div_euclid(86_400_000), ms.rem_euclid(86_400_000));
    // Days since 1 March of year 0, in eras of 400 years; the year begins with March, so the leap day is its last.
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let day_of_era = z.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (h, m, s, milli) = (in_day / 3_600_000, in_day / 60_000 % 60, in_day / 1000 % 60, in_day % 1000);
    (1..=9999).contains(&year).then(|| format!("{year:04}-{month:02}-{day:02}T{h:02}:{m:02}:{s:02}.{milli:03}Z"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        // Seconds by `date -u -d ... +%s`.
        for (unix_s, text) in [
            (0, "1970-01-01T00:00:00.250Z"),
            (1_486_825_200, "2017-02-11T15:00:00.250Z"),
            (951_782_400, "2000-02-29T00:00:00.250Z"),
            (4_107_542_399, "2100-02-28T23:59:59.250Z"),
            (-1, "1969-12-31T23:59:59.250Z"),
        ] {
            assert_eq!(date_time(unix_s, 250).as_deref(), Some(text));
        }
        assert_eq!(date_time(i64::MAX, 0), None);
        assert_eq!(date_time(253_402_300_800, 0), None);
    }

    #[test]
    fn xml_is_escaped() {
        let mut out = String::new();
        push_escaped(&mut out, "<a & b>\u{1b}福");
        assert_eq!(out, "&lt;a &amp; b&gt;\u{fffd}福");
    }
}
