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
    use super::licence_is_allowed;

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
