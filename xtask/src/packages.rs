//! Which licences and packages may come in: the lists of `deny.toml`, held against every package of the lock file.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};
use cargo_metadata::{MetadataCommand, Package};
use serde::Deserialize;

use crate::run::root;

#[derive(Deserialize)]
struct Deny {
    licenses: Licenses,
    bans: Bans,
}

#[derive(Deserialize)]
struct Licenses {
    allow: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Bans {
    deny: Vec<Ban>,
    skip: Vec<Skip>,
}

/// A version that may stand beside another one, as `name@version`.
#[derive(Deserialize)]
struct Skip {
    #[serde(rename = "crate")]
    spec: String,
    reason: String,
}

#[derive(Deserialize)]
struct Ban {
    #[serde(rename = "crate")]
    name: String,
    reason: String,
    #[serde(default)]
    wrappers: Vec<String>,
}

/// Fetches the manifests of all packages, those of other platforms too, and fails where one is not allowed.
///
/// # Errors
/// Names every package with a licence outside the list, and every user of a banned package.
pub fn check() -> Result<()> {
    println!("\n== licences and bans of all packages");
    let deny: Deny = toml::from_str(&std::fs::read_to_string(root().join("deny.toml")).context("deny.toml")?)?;
    let metadata = MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .other_options(vec!["--locked".into()])
        .exec()
        .context("cargo metadata")?;
    let refused: Vec<String> = metadata
        .packages
        .iter()
        .filter(|p| !licence_is_allowed(p.license.as_deref(), &deny.licenses.allow))
        .map(|p| format!("{} {}: {}", p.name, p.version, p.license.as_deref().unwrap_or("no licence")))
        .collect();
    if !refused.is_empty() {
        bail!("licences outside the list of deny.toml:\n{}", refused.join("\n"));
    }
    if deny.bans.skip.iter().any(|skip| skip.reason.is_empty()) {
        bail!("a version that may stand beside another one has no reason in deny.toml");
    }
    let packages = metadata.packages.iter().map(|p| (p.name.to_string(), p.version.to_string())).collect();
    let skipped: Vec<&str> = deny.bans.skip.iter().map(|skip| skip.spec.as_str()).collect();
    if let Some(fault) = several_versions(&packages, &skipped) {
        bail!("{fault}");
    }
    for ban in deny.bans.deny {
        let users = users(&metadata.packages, &ban);
        if ban.reason.is_empty() {
            bail!("the ban on {} gives no reason", ban.name);
        }
        if metadata.packages.iter().any(|p| p.name.as_str() == ban.name) && !users.is_empty() {
            bail!("{} is banned ({}), but used by {users:?}", ban.name, ban.reason);
        }
    }
    Ok(())
}

/// The packages that need a banned one and are no exception to the ban.
fn users<'a>(packages: &'a [Package], ban: &Ban) -> Vec<&'a str> {
    let uses = packages.iter().filter(|p| p.dependencies.iter().any(|d| d.name == ban.name && !d.optional));
    uses.map(|p| p.name.as_str()).filter(|user| !ban.wrappers.iter().any(|w| w == user)).collect()
}

/// What is wrong with packages in several versions: one that is not skipped, or a skip of none.
fn several_versions(packages: &BTreeSet<(String, String)>, skipped: &[&str]) -> Option<String> {
    let is = |spec: &str, (name, version): &(String, String)| {
        let known = spec.split_once('@').filter(|(known, _)| known == name);
        known
            .and_then(|(_, start)| version.strip_prefix(start))
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    if let Some(spec) = skipped.iter().find(|spec| !packages.iter().any(|package| is(spec, package))) {
        return Some(format!("deny.toml skips {spec}, which no package needs"));
    }
    let kept: Vec<_> = packages.iter().filter(|package| !skipped.iter().any(|spec| is(spec, package))).collect();
    let twice = kept.windows(2).find(|pair| pair[0].0 == pair[1].0)?;
    Some(format!("{} comes in the versions {} and {}; deny.toml gives no reason", twice[0].0, twice[0].1, twice[1].1))
}

/// Enough of SPDX for what packages write: alternatives of conjunctions, brackets ignored where they only group ORs.
fn licence_is_allowed(licence: Option<&str>, allowed: &BTreeSet<String>) -> bool {
    let Some(text) = licence else { return false };
    let text = text.replace(" / ", "/").replace('/', " OR ");
    let all = |clause: &str| {
        clause.split(" AND ").all(|part| {
            let part = part.trim().trim_start_matches('(').trim_end_matches(')');
            part.split(" OR ").any(|one| allowed.contains(one.trim()))
        })
    };
    if text.contains(" AND ") && text.contains('(') { all(&text) } else { text.split(" OR ").any(all) }
}

#[cfg(test)]
mod tests {
    use super::{licence_is_allowed, several_versions};

    #[test]
    fn a_second_version_needs_a_reason_and_a_reason_a_second_version() {
        let packages =
            [("a", "1.2.0"), ("a", "2.0.1"), ("b", "1.0.0")].map(|(n, v)| (n.to_owned(), v.to_owned())).into();
        assert!(several_versions(&packages, &[]).unwrap().contains("1.2.0 and 2.0.1"));
        assert_eq!(several_versions(&packages, &["a@1"]), None);
        assert!(several_versions(&packages, &["a@1", "c@1"]).unwrap().contains("c@1"));
        assert!(several_versions(&packages, &["a@1.20"]).unwrap().contains("a@1.20"), "numbers are whole");
    }

    #[test]
    fn one_allowed_alternative_is_enough_and_every_part_of_a_conjunction_is_needed() {
        let allowed = ["MIT", "Zlib"].map(str::to_owned).into();
        let is = |text| licence_is_allowed(Some(text), &allowed);
        assert!(is("MIT") && is("GPL-3.0 OR MIT") && is("GPL-3.0/MIT") && is("MIT AND Zlib"));
        assert!(is("(GPL-3.0 OR MIT) AND Zlib"));
        assert!(!is("GPL-3.0") && !is("MIT AND GPL-3.0") && !is("(GPL-3.0 OR BSD) AND MIT"));
        assert!(!licence_is_allowed(None, &allowed));
    }
}
