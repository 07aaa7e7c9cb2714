//! Shared by the behaviour tests of the command line.
#![allow(clippy::unwrap_used, reason = "a failing test may panic")]
#![allow(dead_code, reason = "each test file uses a part of it")]

pub mod sampler;

use std::path::{Path, PathBuf};

use kapok_show::Silent;

/// The folder of sample shows.
pub fn shows() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shows")
}

/// A script's show as the bytes of a .skyc file.
pub fn plan_to_skyc(script: &Path) -> Vec<u8> {
    let text = std::fs::read_to_string(script).unwrap();
    let folder = kapok_design::AssetFolder::new(script.parent().unwrap());
    let storyboard = match kapok_design::load(&text, "script.toml", &folder, &Silent) {
        Ok(storyboard) => storyboard,
        Err(diagnostics) => panic!("{diagnostics}"),
    };
    match kapok_plan::plan(&storyboard, &kapok_plan::PlanSettings::default(), &Silent).unwrap() {
        kapok_plan::Planned::Complete(plan) => kapok_format::write_skyc(&plan.show).unwrap(),
        kapok_plan::Planned::Infeasible(reason) => panic!("infeasible: {reason}"),
    }
}
