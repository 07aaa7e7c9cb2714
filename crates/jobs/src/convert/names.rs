use std::collections::BTreeSet;

use kapok_show::Show;

use crate::error::JobError;

/// Longest name of a vehicle that becomes a file name, bytes.
const MAX_NAME_BYTES: usize = 200;

/// The names of the vehicles as names of files, or why one makes none.
pub fn file_stems(show: &Show) -> Result<Vec<String>, JobError> {
    let bad = |name: &str, why| Err(JobError::VehicleName { name: name.to_owned(), why });
    let mut taken = BTreeSet::new();
    for vehicle in &show.vehicles {
        let name = vehicle.name.as_str();
        if name.is_empty()
            || name.len() > MAX_NAME_BYTES
            || name.starts_with('.')
            || name.contains(['/', '\\', ':'])
            || name.chars().any(char::is_control)
        {
            return bad(name, "makes no file name: use a short one without / \\ : that begins with no dot");
        }
        if !taken.insert(name.to_lowercase()) {
            return bad(name, "differs from another only in upper and lower case: some disks hold one file");
        }
    }
    Ok(show.vehicles.iter().map(|v| v.name.clone()).collect())
}
