//! Names of vehicles as names of files.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use kapok_show::Show;

/// Longest name of a vehicle that becomes a file name, bytes.
const MAX_NAME_BYTES: usize = 200;

/// The names of the vehicles as names of files, or why one makes none.
pub(super) fn file_stems(show: &Show) -> Result<Vec<String>> {
    let mut taken = BTreeSet::new();
    for vehicle in &show.vehicles {
        let name = vehicle.name.as_str();
        if name.is_empty()
            || name.len() > MAX_NAME_BYTES
            || name.starts_with('.')
            || name.contains(['/', '\\', ':'])
            || name.chars().any(char::is_control)
        {
            bail!(
                "the vehicle name {name:?} makes no file name: use a short one without / \\ : that begins with no dot"
            );
        }
        if !taken.insert(name.to_lowercase()) {
            bail!(
                "the vehicle name {name:?} differs from another only in upper and lower case: some disks hold one file"
            );
        }
    }
    Ok(show.vehicles.iter().map(|v| v.name.clone()).collect())
}
