use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result, bail};
use kapok_format::{Decoded, OverriddenLimits};
use kapok_proof::{
    Certificate, Checker, LimitSource, ProofSettings, Rule, RuleReport, SCHEMA, Verdict, verify_return_witness,
    verify_witness,
};
use kapok_show::{Limits, Show};
use serde::Serialize;

use crate::Outcome;
use crate::files::{self, Source};
use crate::prove::word;

/// Differences that are listed, at most; the rest is counted.
const MAX_LISTED: usize = 20;
/// Largest certificate that is read, bytes: one of 25,000 vehicles and an hour has some 3 MB.
const MAX_CERTIFICATE_BYTES: usize = 256 << 20;

/// What came of a check, as printed with `--json`.
#[derive(Serialize)]
struct Answer {
    file: String,
    certificate: String,
    /// The certificate's own.
    verdict: Verdict,
    agrees: bool,
    witnesses_measured: usize,
    difference_count: usize,
    differences: Vec<String>,
    /// Limits that neither the file nor the defaults say, but whoever had the certificate made.
    limits_by_flag: Vec<String>,
}

/// `kapok prove FILE --check CERT.json`: does the certificate speak of this file? Proves nothing anew.
pub fn run(file: &Path, certificate_path: &Path, json: bool) -> Result<Outcome> {
    let certificate = load(certificate_path)?;
    let source = Source::load(file)?;
    let mut check = Check::default();
    check.identity(&source, &certificate);
    // What flags set in place of the file's word need not make sense in the file.
    let by_flags = certificate.limit_sources.iter().filter(|(_, source)| **source == LimitSource::Flag);
    match source.decode(None, OverriddenLimits::of(by_flags.map(|(name, _)| name.as_str()))) {
        Ok(decoded) => {
            check.settings.coordinate_step_m = decoded.coordinate_step_m();
            check.settings.samples = decoded.is_sampled();
            check.content(decoded, &certificate);
        }
        // Bytes that are known to be others may be beyond reading; that is a difference, not bad input.
        Err(error) if !check.differences.is_empty() => check.differ(format!("the file cannot be read: {error}")),
        Err(error) => return Err(error).with_context(|| format!("cannot check {}", file.display())),
    }
    let answer = Answer {
        file: file.display().to_string(),
        certificate: certificate_path.display().to_string(),
        verdict: certificate.verdict,
        agrees: check.differences.is_empty(),
        witnesses_measured: check.witnesses,
        difference_count: check.differences.len(),
        limits_by_flag: by_flag(&certificate),
        differences: check.differences.into_iter().take(MAX_LISTED).collect(),
    };
    if json {
        println!("{}", serde_json::to_string_pretty(&answer)?);
    } else {
        print!("{}", answer.text());
    }
    Ok(if answer.agrees && answer.verdict == Verdict::Proved { Outcome::Done } else { Outcome::NotProved })
}

fn load(path: &Path) -> Result<Certificate> {
    let bytes = files::read(path)?;
    if bytes.len() > MAX_CERTIFICATE_BYTES {
        bail!("{} is larger than 256 MiB, so it is no certificate", path.display());
    }
    let certificate: Certificate =
        serde_json::from_slice(&bytes).with_context(|| format!("{} is no certificate", path.display()))?;
    if certificate.schema != SCHEMA {
        bail!("{} has the schema \"{}\", but only \"{SCHEMA}\" is read", path.display(), certificate.schema);
    }
    Ok(certificate)
}

#[derive(Default)]
struct Check {
    /// What the proof of such a file is made with.
    settings: ProofSettings,
    differences: Vec<String>,
    witnesses: usize,
    /// Hash of the content that is checked.
    sha256: String,
}

impl Check {
    fn differ(&mut self, what: String) {
        self.differences.push(what);
    }

    fn same<T: PartialEq + std::fmt::Display>(&mut self, what: &str, stated: &T, found: &T) {
        if stated != found {
            self.differ(format!("{what}: the certificate says {stated}, here it is {found}"));
        }
    }

    /// The bytes and the program.
    fn identity(&mut self, source: &Source, c: &Certificate) {
        self.sha256.clone_from(&source.sha256);
        match &c.file {
            None => self.differ("the certificate names no file".into()),
            Some(file) => {
                self.same("sha256 of the file", &file.sha256, &source.sha256);
                self.same("size of the file in bytes", &file.bytes, &source.bytes);
            }
        }
        let here = Checker::current();
        self.same("checker", &c.checker.name, &here.name);
        self.same("version of the checker", &c.checker.version, &here.version);
    }

    /// What the bytes decode to.
    fn content(&mut self, decoded: Decoded, c: &Certificate) {
        // A show without a title goes by the name of its file, which anybody may change.
        if !decoded.show.title.is_empty() {
            self.same("title", &c.title, &decoded.show.title);
        }
        self.same("number of vehicles", &c.vehicle_count, &decoded.show.vehicles.len());
        self.same("duration in milliseconds", &c.duration_ms, &decoded.show.duration_ms());
        self.vehicles(&decoded, c);
        self.limits(&decoded, c);
        for note in decoded.notes.iter().filter(|n| !c.assumptions.contains(n)) {
            self.differ(format!("an assumption is missing from the certificate: {note}"));
        }
        // Witnesses are measured under the limits they were found under.
        let show = Show { limits: c.limits, ..decoded.show };
        self.rules(&show, c);
    }

    fn vehicles(&mut self, decoded: &Decoded, c: &Certificate) {
        let (stated, found) = (&c.vehicle_sha256, &decoded.vehicle_sha256);
        self.same("number of vehicle hashes", &stated.len(), &found.len());
        let differing: Vec<usize> = (0..stated.len().min(found.len())).filter(|&i| stated[i] != found[i]).collect();
        for &i in differing.iter().take(MAX_LISTED) {
            let name = decoded.show.vehicles.get(i).map_or("", |v| v.name.as_str());
            let place = found.iter().position(|hash| *hash == stated[i]);
            let moved = place.map_or(String::new(), |k| format!("; the one meant is vehicle {k} of this file"));
            self.differ(format!("vehicle {i} (\"{name}\") is not the one of the certificate{moved}"));
        }
        let other_bytes = c.file.as_ref().is_some_and(|file| file.sha256 != self.sha256);
        if differing.is_empty() && stated.len() == found.len() && other_bytes {
            self.differ(
                "every vehicle is the one of the certificate: what differs is said elsewhere (site, limits)".into(),
            );
        }
        if differing.len() > MAX_LISTED {
            self.differ(format!("{} more vehicles are not those of the certificate", differing.len() - MAX_LISTED));
        }
    }

    /// Every limit that was not set by a flag must be the one that is read here, and legal.
    fn limits(&mut self, decoded: &Decoded, c: &Certificate) {
        if let Err(bad) = c.limits.validate() {
            self.differ(format!("a limit of the certificate is illegal: {bad}"));
        }
        let here = &decoded.limits_from_file;
        let known = here.from_file.iter().map(|&n| (n, LimitSource::File));
        let known: Vec<_> = known.chain(here.defaulted.iter().map(|&n| (n, LimitSource::Default))).collect();
        let (stated, found) = (values(&c.limits), values(&decoded.show.limits));
        for (name, source) in &known {
            match c.limit_sources.get(*name) {
                None => self.differ(format!("the certificate does not say where {name} came from")),
                Some(LimitSource::Flag) => {}
                Some(said) if said != source => {
                    let (said, source) = (source_word(*said), source_word(*source));
                    self.differ(format!("{name}: the certificate says it comes from {said}, here from {source}"));
                }
                Some(_) if stated.get(*name) != found.get(*name) => {
                    let show = |v: Option<&serde_json::Value>| v.map(ToString::to_string).unwrap_or_default();
                    let (a, b) = (show(stated.get(*name)), show(found.get(*name)));
                    self.differ(format!("{name}: the certificate says {a}, here it is {b}"));
                }
                Some(_) => {}
            }
        }
        for name in c.limit_sources.keys().filter(|n| !known.iter().any(|(k, _)| k == n)) {
            self.differ(format!("the certificate names an unknown limit \"{name}\""));
        }
    }

    /// All rules are there, their verdicts fit their own figures, and their witnesses are attained.
    fn rules(&mut self, show: &Show, c: &Certificate) {
        if c.rules.iter().map(|r| r.rule).ne(Rule::ALL) {
            self.differ("the certificate does not hold every rule once, in order".into());
        }
        if c.verdict != Verdict::overall(&c.rules) {
            self.differ(format!("the verdict is {}, but the rules say otherwise", word(c.verdict)));
        }
        for r in &c.rules {
            // A show that makes no sense has its rules undecided with no limit at all.
            let looked_at = r.verdict != Verdict::Undecided || r.worst.is_some();
            let limit = stated_limit(r, show, &self.settings);
            if looked_at && (limit - r.limit.value).abs() > 1e-9 {
                self.differ(format!("{}: held against {}, but the limit is {limit}", r.title, r.limit.value));
            }
            self.verdict(r, show);
            // Sizes stand in no file, and ways home are measured entry by entry.
            let measurable = !matches!(r.rule, Rule::Payload | Rule::ReturnPlans);
            for w in r.worst.iter().chain(&r.witnesses).filter(|_| measurable) {
                self.witnesses += 1;
                if let Err(fault) = verify_witness(show, r.rule, w, &self.settings) {
                    self.differ(format!("{}: a witness is not attained: {fault}", r.title));
                }
            }
        }
        self.ways_home(show, c);
        self.per_second(c);
    }

    /// The worst case of each entry is attained on the ways home, and their number fits the rule.
    fn ways_home(&mut self, show: &Show, c: &Certificate) {
        for e in &c.return_entries {
            self.witnesses += usize::from(e.worst.is_some());
            if let Err(fault) = verify_return_witness(show, e, &self.settings) {
                self.differ(format!("ways home from {} s: a witness is not attained: {fault}", e.time_s));
            }
        }
        let broken = c.return_entries.iter().any(|e| e.verdict == Verdict::Violated);
        let proved = c.rule(Rule::ReturnPlans).is_some_and(|r| r.verdict == Verdict::Proved);
        if proved && (broken || c.return_entries.is_empty()) {
            self.differ("ways home: the verdict does not fit the entries".into());
        }
    }

    fn verdict(&mut self, r: &RuleReport, show: &Show) {
        let slack = if r.rule == Rule::Floor { self.settings.coordinate_step_m } else { 0.0 } + 1e-6;
        let worse = |value: f64| if r.rule.large_is_bad() { value - r.limit.value } else { r.limit.value - value };
        let broken = r.worst.iter().chain(&r.witnesses).any(|w| worse(w.value) > slack || worse(w.bound) > slack);
        let there_is_none = match r.rule {
            Rule::Geofence => show.environment.geofence.is_none(),
            Rule::KeepOut => show.environment.keep_outs.is_empty(),
            Rule::FallOnAudience => show.environment.audiences.is_empty(),
            Rule::FallOnRoad => show.environment.roads.is_empty(),
            Rule::YawRate => show.vehicles.iter().all(|v| v.yaw.is_none()),
            Rule::ReturnPlans => {
                show.vehicles.iter().all(|v| v.return_plan.as_ref().is_none_or(|p| p.entries.is_empty()))
            }
            Rule::Lights => show.vehicles.iter().all(|v| v.lights.keys().is_empty()),
            Rule::Pyro => show.vehicles.iter().all(|v| v.pyro.is_none()),
            Rule::PyroAltitude | Rule::PyroNeighbours => fires_nothing(show),
            Rule::PyroAudience => fires_nothing(show) || show.environment.audiences.is_empty(),
            // Whether there is a limit of bytes is not said by the file.
            Rule::Payload => r.verdict == Verdict::NotApplicable,
            // Lines between samples are silent on these.
            Rule::Acceleration | Rule::Jerk | Rule::AccelerationJump => self.settings.samples,
            _ => false,
        };
        // Distances beyond the search radius have no worst case, nor has a show in which nobody is near the ground.
        let may_lack_worst = matches!(
            r.rule,
            Rule::Separation | Rule::GroundSeparation | Rule::GroundMotion | Rule::ReturnPlans | Rule::PyroNeighbours
        );
        let shown = r.worst.is_some() || may_lack_worst;
        if let Some(w) = &r.worst
            && (worse(w.bound) < worse(w.value) - 1e-6 || r.margin.is_none_or(|m| (m + worse(w.bound)).abs() > 1e-6))
        {
            self.differ(format!("{}: value, bound and margin do not fit each other", r.title));
        }
        let fits = match r.verdict {
            Verdict::Proved => shown && !broken && r.violations == 0 && !there_is_none,
            Verdict::NotApplicable => there_is_none && r.worst.is_none(),
            Verdict::Violated => r.violations > 0 && (r.worst.is_some() || r.rule == Rule::ReturnPlans),
            Verdict::Undecided => true,
        };
        if !fits {
            self.differ(format!("{}: {} does not fit its own figures or the show", r.title, word(r.verdict)));
        }
    }

    /// The curve for plots must not lie above a distance that was measured.
    fn per_second(&mut self, c: &Certificate) {
        for rule in [Rule::Separation, Rule::GroundSeparation] {
            let Some(w) = c.rule(rule).and_then(|r| r.worst.as_ref()) else { continue };
            // An instant on the border of two seconds may count in either.
            let near = |k: &(usize, &f64)| (w.t_ms - 1000.0 * (k.0 as f64 + 0.5)).abs() <= 500.5;
            let least = c
                .separation_per_second_m
                .iter()
                .enumerate()
                .filter(near)
                .map(|(_, &m)| m)
                .fold(f64::INFINITY, f64::min);
            if least.is_finite() && least > w.value + 1e-6 {
                self.differ(format!("separation per second says {least} m where a witness has {} m", w.value));
            }
        }
    }
}

/// A source in words.
pub const fn source_word(source: LimitSource) -> &'static str {
    match source {
        LimitSource::File => "the file",
        LimitSource::Default => "the defaults",
        LimitSource::Flag => "flags",
    }
}

/// The limit a rule is held against under the limits of a show.
fn stated_limit(report: &RuleReport, show: &Show, settings: &ProofSettings) -> f64 {
    let l = &show.limits;
    match report.rule {
        Rule::Separation => l.min_separation_m,
        Rule::GroundSeparation => l.ground_separation_m,
        Rule::VelocityXy => l.max_velocity_xy_m_s,
        Rule::VelocityUp => l.max_velocity_up_m_s,
        Rule::VelocityDown => l.max_velocity_down_m_s,
        Rule::Acceleration => l.max_acceleration_m_s2,
        Rule::Jerk => l.max_jerk_m_s3,
        Rule::Continuity => settings.velocity_jump_m_s,
        Rule::AccelerationJump => settings.acceleration_jump_m_s2.unwrap_or(l.max_acceleration_m_s2),
        Rule::Altitude => l.max_altitude_m,
        Rule::GroundMotion => settings.ground_drift_m_s,
        Rule::YawRate => l.max_yaw_rate_deg_s,
        Rule::Floor
        | Rule::Geofence
        | Rule::KeepOut
        | Rule::FallOnAudience
        | Rule::FallOnRoad
        | Rule::ReturnPlans
        | Rule::Lights
        | Rule::Pyro => 0.0,
        Rule::PyroAltitude => settings.pyro_altitude_m,
        Rule::PyroNeighbours => settings.pyro_neighbour_m,
        Rule::PyroAudience => settings.pyro_audience_m + settings.pyro_spark_s * l.max_wind_m_s,
        // Set by a flag: the file does not say it.
        Rule::Payload => report.limit.value,
        Rule::Energy => show.profile.endurance_s * (1.0 - l.battery_reserve),
    }
}

fn fires_nothing(show: &Show) -> bool {
    show.vehicles.iter().all(|v| v.pyro.as_ref().is_none_or(|p| p.events.is_empty()))
}

/// Limits by the names of their fields.
fn values(limits: &Limits) -> serde_json::Map<String, serde_json::Value> {
    match serde_json::to_value(limits) {
        Ok(serde_json::Value::Object(map)) => map,
        _ => serde_json::Map::new(),
    }
}

fn by_flag(c: &Certificate) -> Vec<String> {
    let values = values(&c.limits);
    let set = c.limit_sources.iter().filter(|(_, source)| **source == LimitSource::Flag);
    set.filter_map(|(name, _)| values.get(name).map(|v| format!("{name} = {v}"))).collect()
}

impl Answer {
    fn text(&self) -> String {
        let mut text = String::new();
        if self.agrees {
            let _ = writeln!(
                text,
                "The certificate agrees with the file; its verdict is {}.\n\n  \
                 The bytes, every vehicle, the limits and the version of the checker are the same, and all {} witnesses\n  \
                 are attained. Nothing was proved anew.",
                word(self.verdict).to_uppercase(),
                self.witnesses_measured
            );
        } else {
            let _ = writeln!(text, "The certificate DOES NOT AGREE with the file.\n");
            for difference in &self.differences {
                let _ = writeln!(text, "  {difference}");
            }
            if self.difference_count > self.differences.len() {
                let _ = writeln!(text, "  and {} more", self.difference_count - self.differences.len());
            }
        }
        for limit in &self.limits_by_flag {
            let _ = writeln!(text, "  Set by a flag, not by the file: {limit}");
        }
        text
    }
}
