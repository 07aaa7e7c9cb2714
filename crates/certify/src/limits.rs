use std::collections::BTreeMap;

use kapok_format::LimitSources;
use kapok_show::{LimitField, Limits};

use crate::certificate::LimitSource;
use crate::error::CertifyError;

/// The limits a show is held against, and where each came from.
pub(crate) struct HeldLimits {
    pub limits: Limits,
    /// By name of the field.
    pub sources: BTreeMap<String, LimitSource>,
    /// One sentence per limit that was replaced.
    pub replaced: Vec<String>,
}

/// Puts the limits of the options over what the file (or the default) says.
///
/// # Errors
/// If such a limit is unknown or not legal: the message names the flag. If one of the file is not legal and not replaced: the
/// message names its place.
pub(crate) fn hold(
    read: &Limits,
    from: &LimitSources,
    replacing: &BTreeMap<String, f64>,
) -> Result<HeldLimits, CertifyError> {
    if let Some(unknown) = replacing.keys().find(|name| LimitField::named(name).is_none()) {
        return Err(CertifyError::UnknownLimit(unknown.clone()));
    }
    let mut sources: BTreeMap<String, LimitSource> = BTreeMap::new();
    for (names, source) in [(&from.from_file, LimitSource::File), (&from.defaulted, LimitSource::Default)] {
        sources.extend(names.iter().map(|field| (field.name().to_owned(), source)));
    }
    let (mut limits, mut replaced) = (*read, Vec::new());
    for field in LimitField::ALL {
        let (name, flag) = (field.name(), field.flag());
        let Some(&new) = replacing.get(name) else { continue };
        let before = match sources.insert(name.to_owned(), LimitSource::Flag) {
            Some(LimitSource::File) => "that the file states",
            _ => "of the defaults",
        };
        let old = field.get(&limits);
        replaced.push(format!("{flag} sets {name} = {new} in place of the {old} {before}"));
        field.set(&mut limits, new);
    }
    if !replaced.is_empty()
        && let Err(bad) = limits.validate()
    {
        let of_file = from.illegal.as_ref().filter(|illegal| illegal.field == bad.field);
        return Err(
            match (LimitField::named(bad.field).filter(|field| replacing.contains_key(field.name())), of_file) {
                (Some(field), _) => CertifyError::Limit { flag: field.flag(), bad },
                (None, Some(illegal)) => CertifyError::Read(illegal.error.clone()),
                (None, None) => CertifyError::Limits(bad),
            },
        );
    }
    Ok(HeldLimits { limits, sources, replaced })
}
