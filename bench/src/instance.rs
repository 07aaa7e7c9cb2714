//! One transition as a file: `KIND_N.csv`, six columns.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use kapok_show::DVec3;

/// Starts and goals, metres.
pub struct Instance {
    pub starts: Vec<DVec3>,
    pub goals: Vec<DVec3>,
}

/// Reads a file of six columns with one header line.
pub fn read(path: &Path) -> Result<Instance> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut instance = Instance { starts: Vec::new(), goals: Vec::new() };
    for (line, row) in text.lines().enumerate().skip(1) {
        let numbers: Vec<f64> = row
            .split(',')
            .map(str::parse)
            .collect::<Result<_, _>>()
            .with_context(|| format!("{} line {}", path.display(), line + 1))?;
        ensure!(numbers.len() == 6, "{} line {}: {} numbers, not 6", path.display(), line + 1, numbers.len());
        instance.starts.push(DVec3::from_slice(&numbers[..3]));
        instance.goals.push(DVec3::from_slice(&numbers[3..]));
    }
    Ok(instance)
}
