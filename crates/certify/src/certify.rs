use std::ops::Deref;
use std::sync::Arc;

use kapok_format::{Decoded, write_skyb, write_skyc};
use kapok_proof::{Checker, Findings, ProofSettings, assumptions as taken_for_granted, prove};
use kapok_risk::{RiskSettings, SafetyReport, failure, safety};
use kapok_show::{BadSetting, Limits, Reporter, Show, Vehicle};
use rayon::prelude::*;
use serde::Serialize;

use crate::certificate::{Certificate, LimitSource, Provenance, SCHEMA};
use crate::error::CertifyError;
use crate::limits::{HeldLimits, hold};
use crate::options::Options;
use crate::source::Source;

/// Bytes that were decoded and judged: the show as every reader of the bytes sees it, its certificate, and the settings
/// that the proof was made with.
///
/// # Guarantees
/// Made by [`certify`] and [`certify_skyc`] alone, and not changed afterwards. The verdict is not always *proved*: it is
/// [`Findings::verdict`] of the certificate. What may be flown is a [`Certified`].
#[derive(Clone, Debug)]
pub struct Judged {
    show: Show,
    certificate: Certificate,
    settings: ProofSettings,
    notes: Vec<String>,
}

/// Bytes that are proved and no draft: what is handed on to be flown. It reads like [`Judged`].
///
/// # Guarantees
/// Made by [`Judged::certified`] alone.
#[derive(Clone, Debug)]
pub struct Certified(Judged);

impl Deref for Certified {
    type Target = Judged;

    fn deref(&self) -> &Judged {
        &self.0
    }
}

impl Judged {
    /// The same as something that may be flown.
    ///
    /// # Errors
    /// Itself, if the verdict is not *proved*, or the bytes say that they are a draft.
    pub fn certified(self) -> Result<Certified, Box<Self>> {
        if self.certificate.certifies() { Ok(Certified(self)) } else { Err(Box::new(self)) }
    }

    /// The decoded show, with the limits that were held against it.
    pub const fn show(&self) -> &Show {
        &self.show
    }

    /// What was proved.
    pub const fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// What the proof was made with.
    pub const fn settings(&self) -> &ProofSettings {
        &self.settings
    }

    /// What the reader had to assume, round or leave out, one sentence each.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The figures of the show over time and place, with the settings of its proof: the page of safety and its proof say
    /// the same.
    ///
    /// # Complexity
    /// Linear in vehicles × duration.
    pub fn safety(&self, reporter: &dyn Reporter) -> SafetyReport {
        safety(&self.show, self.certificate.findings(), &self.settings, reporter)
    }
}

/// A show ready to be proved: decoded, under its limits, with its provenance.
pub(crate) struct Prepared {
    pub show: Show,
    pub provenance: Provenance,
    pub settings: ProofSettings,
    risk: RiskSettings,
    pub notes: Vec<String>,
}

/// Decodes bytes and proves what they say.
///
/// # Guarantees
/// The certificate is of exactly these bytes, under the limits that the file states unless the options replace them. What
/// counts as rounding comes from the decoded file's own grid. A show that is not safe is an answer, not an error.
///
/// # Errors
/// [`CertifyError`] if the bytes are no show, or an option is illegal.
///
/// # Complexity
/// Of reading and of [`kapok_proof::prove`].
///
/// # Determinism
/// The same source and options give the same certificate on any number of threads.
///
/// # Example
/// ```
/// use kapok_certify::{CertifyError, Options, Source, Verdict, certify, certify_skyc};
/// use kapok_show::{DVec3, LightProgram, Show, Silent, Trajectory, Vehicle};
///
/// // One vehicle rests on its pad for ten seconds.
/// let mut rest = Trajectory::starting_at(0, DVec3::ZERO)?;
/// rest.push(10_000, &[DVec3::ZERO])?;
/// let show = Show::of_vehicles(vec![Vehicle::new("1", DVec3::ZERO, rest, LightProgram::dark())]);
/// let (bytes, written) = certify_skyc(&show, "rest.skyc", &Options::default(), &Silent)?;
/// let read = certify(&Source::file("rest.skyc", bytes), &Options::default(), &Silent)?;
/// assert_eq!(read.certificate().verdict, Verdict::Proved);
/// assert_eq!(read.certificate(), written.certificate());
///
/// let no_show = Source::file("notes.txt", b"to be proved".to_vec());
/// let error = certify(&no_show, &Options::default(), &Silent).unwrap_err();
/// assert!(matches!(error, CertifyError::Read(_)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn certify(source: &Source, options: &Options, reporter: &dyn Reporter) -> Result<Judged, CertifyError> {
    Ok(prepare(source, options, reporter)?.prove(reporter))
}

/// Writes a show as .skyc, reads the bytes back and proves what they say.
///
/// # Guarantees
/// The bytes hold every trajectory of the show, bit for bit, and its limits.
///
/// # Errors
/// As [`certify`]; [`CertifyError::Write`] if the show cannot be written.
pub fn certify_skyc(
    show: &Show,
    name: &str,
    options: &Options,
    reporter: &dyn Reporter,
) -> Result<(Vec<u8>, Judged), CertifyError> {
    reporter.phase("encoding", 0);
    let bytes = Arc::new(write_skyc(show)?);
    let prepared = prepare(&Source::file(name, Arc::clone(&bytes)), options, reporter)?;
    let (read, written) = (&prepared.show.vehicles, &show.vehicles);
    let same = read.len() == written.len()
        && read.iter().zip(written).all(|(a, b)| a.trajectory == b.trajectory)
        && (!options.limits.is_empty() || prepared.show.limits == show.limits);
    if !same {
        return Err(CertifyError::NotReadBack);
    }
    Ok((Arc::unwrap_or_clone(bytes), prepared.prove(reporter)))
}

/// Judges motion that is in no file, so that nothing is rounded and nothing excused; it may begin and end in the air: a
/// verdict, and no certificate.
pub fn judge_motion(show: &Show, reporter: &dyn Reporter) -> Findings {
    let settings = ProofSettings { coordinate_step_m: 0.0, airborne_ends: true, ..ProofSettings::default() };
    prove(show, &settings, reporter)
}

pub(crate) fn prepare(source: &Source, options: &Options, reporter: &dyn Reporter) -> Result<Prepared, CertifyError> {
    reporter.phase("decoding", 0);
    let mut decoded = source.decode(options)?;
    let mut assumptions: Vec<String> = options.remarks.iter().chain(&decoded.notes).cloned().collect();
    if let Some(around) = &options.surroundings {
        let show = &mut decoded.show;
        show.title.clone_from(&around.title);
        show.site = around.site;
        show.environment.clone_from(&around.environment);
        show.limits = around.limits;
        show.profile.clone_from(&around.profile);
        for (vehicle, &pad_m) in show.vehicles.iter_mut().zip(&around.pads_m) {
            vehicle.home_m = pad_m;
        }
        assumptions.push(format!(
            "title, site, surroundings, pads, limits and vehicles are those of {}: the format has no place for them",
            around.from
        ));
    }
    let HeldLimits { limits, mut sources, replaced } =
        hold(&decoded.show.limits, &decoded.limits_from_file, &options.limits)?;
    if options.surroundings.is_some() {
        for source in sources.values_mut() {
            *source = LimitSource::Flag;
        }
    }
    assumptions.extend(replaced);
    let wind_stated = sources.get("max_wind_m_s") != Some(&LimitSource::Default);
    let settings = ProofSettings { wind_stated, ..settings(&decoded, options)? };
    assumptions.push(format!(
        "coordinates are rounded to {} m by the file, and what that explains in speed, acceleration and jerk, in one piece \
         and in the mean over several, is excused",
        settings.coordinate_step_m
    ));
    if settings.time_error_ms > 0.0 {
        assumptions.push(format!(
            "times were moved by up to {:.3} ms, and what that explains in speed, acceleration and jerk is excused; distances of \
             vehicles are charged with what they move in twice that time",
            settings.time_error_ms
        ));
    }
    if let Some(airspeed_m_s) = options.max_airspeed_m_s {
        assumptions.push(format!("--max-airspeed sets the greatest airspeed of the vehicles to {airspeed_m_s} m/s"));
    }
    let mut show = Show { limits, ..decoded.show };
    if show.title.is_empty() {
        // Files of other programs often have none.
        show.title.clone_from(&source.id().name);
    }
    assumptions.extend(taken_for_granted(&show, &settings));
    let provenance = Provenance {
        schema: SCHEMA,
        checker: Checker::current(),
        draft: show.draft,
        file: source.id().clone(),
        vehicle_sha256: decoded.vehicle_sha256,
        assumptions,
        limit_sources: sources,
        options: options.clone(),
    };
    let mut risk = RiskSettings::default();
    if options.without_losses {
        risk.loss_budget = 0;
    }
    Ok(Prepared { show, provenance, settings, risk, notes: decoded.notes })
}

/// What a decoded file is proved with: what counts as rounding is said by its own grid. The one place where this is decided.
fn settings(decoded: &Decoded, options: &Options) -> Result<ProofSettings, CertifyError> {
    let mut settings = ProofSettings {
        coordinate_step_m: decoded.coordinate_step_m(),
        samples: decoded.is_sampled(),
        time_error_ms: decoded.time_error_ms,
        max_payload_bytes: options.max_payload_bytes,
        airborne_ends: options.airborne_ends,
        max_airspeed_m_s: options.max_airspeed_m_s,
        ..ProofSettings::default()
    };
    if let Some(value) = options.max_airspeed_m_s.filter(|a| !(a.is_finite() && *a > 0.0)) {
        let bad = BadSetting { field: "max_airspeed_m_s", value, why: "it must be a finite number above 0" };
        return Err(CertifyError::Limit { flag: "--max-airspeed", bad });
    }
    if options.max_payload_bytes.is_some() {
        settings.payload_bytes = payload_bytes(&decoded.show)?;
    }
    Ok(settings)
}

/// What each vehicle is given, as a .skyb file.
fn payload_bytes(show: &Show) -> Result<Vec<u64>, CertifyError> {
    let size = |v: &Vehicle| {
        let export = write_skyb(v, &kapok_format::skyb::SkybOptions::default());
        export.map(|e| e.bytes.len() as u64).map_err(|source| CertifyError::Payload { vehicle: v.name.clone(), source })
    };
    let sizes: Vec<Result<u64, CertifyError>> = show.vehicles.par_iter().map(size).collect();
    sizes.into_iter().collect()
}

/// What a certificate says that is known without a proof.
#[derive(Serialize)]
pub(crate) struct CertificateHead<'a> {
    #[serde(flatten)]
    provenance: &'a Provenance,
    title: &'a str,
    vehicle_count: usize,
    duration_ms: i64,
    limits: &'a Limits,
}

impl Prepared {
    pub fn head(&self) -> CertificateHead<'_> {
        CertificateHead {
            provenance: &self.provenance,
            title: &self.show.title,
            vehicle_count: self.show.vehicles.len(),
            duration_ms: self.show.duration_ms(),
            limits: &self.show.limits,
        }
    }

    pub fn prove(self, reporter: &dyn Reporter) -> Judged {
        let Self { show, provenance, settings, risk, notes } = self;
        let findings = prove(&show, &settings, reporter);
        let figures = failure(&show, &findings, &settings, &risk, reporter);
        let certificate = Certificate::new(provenance, findings, figures);
        Judged { show, certificate, settings, notes }
    }
}
