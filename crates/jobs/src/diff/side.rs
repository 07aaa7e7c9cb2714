use kapok_certify::{Certificate, Options, certify, certify_skyc};
use kapok_design::FormationMemory;
use kapok_format::Format;
use kapok_plan::PlanMemory;
use kapok_show::{Reporter, Show};

use super::request::DiffSource;
use crate::error::JobError;
use crate::script::{ScriptMotion, load_script};

/// A show with what is known of it.
pub struct Side {
    pub show: Show,
    /// Does its format state title, site, fleet, limits and scenes?
    pub states_all: bool,
    pub format: &'static str,
    pub certificate: Option<Certificate>,
    pub notes: Vec<String>,
}

/// Reads a file, or plans a script; with `prove` its bytes are judged, too.
pub fn side(source: DiffSource<'_>, name: &str, prove: bool, reporter: &dyn Reporter) -> Result<Side, JobError> {
    match source {
        DiffSource::Show(source) => {
            reporter.phase("reading", 0);
            let decoded = source.decode(&Options::default())?;
            let certificate =
                if prove { Some(certify(source, &Options::default(), reporter)?.certificate().clone()) } else { None };
            let (states_all, format) = match decoded.format {
                Format::Skyc => (true, "a .skyc"),
                Format::Skyb => (false, "a .skyb"),
                Format::SkybFolder => (false, "a folder of .skyb"),
                Format::Vviz => (false, "a .vviz"),
                Format::CsvZip => (false, "CSV"),
                Format::Crazyswarm => (false, "polynomials in CSV"),
            };
            Ok(Side { show: decoded.show, states_all, format, certificate, notes: decoded.left_out })
        }
        DiffSource::Script(script) => {
            let loaded = load_script(&FormationMemory::default(), &script, reporter)?;
            let show = match loaded.plan(&PlanMemory::default(), reporter)? {
                ScriptMotion::Planned(show) => *show,
                ScriptMotion::Infeasible(infeasible) => {
                    return Err(JobError::NoPlan { name: name.to_owned(), reason: infeasible.reason });
                }
            };
            let (show, certificate) = if prove {
                let judged = certify_skyc(&show, name, &Options::default(), reporter)?.1;
                (judged.show().clone(), Some(judged.certificate().clone()))
            } else {
                (show, None)
            };
            Ok(Side { show, states_all: true, format: "a script", certificate, notes: Vec::new() })
        }
    }
}
