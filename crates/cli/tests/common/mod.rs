//! Shared by the behaviour tests of the command line.
#![allow(clippy::unwrap_used, reason = "a failing test may panic")]
#![allow(dead_code, reason = "each test file uses a part of it")]

pub mod sampler;

use std::path::{Path, PathBuf};

use kapok_show::{Environment, Limits, Show, Silent, Site, Vehicle, VehicleProfile, Wgs84};

/// The folder of sample shows.
pub fn shows() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shows")
}

/// A show of these vehicles on an open field in Guangzhou.
pub fn show_of(title: &str, vehicles: Vec<Vehicle>) -> Show {
    Show {
        title: title.into(),
        site: Site { origin: Wgs84 { latitude_deg: 23.1, longitude_deg: 113.3, amsl_m: 8.0 }, heading_deg: 0.0 },
        environment: Environment::default(),
        limits: Limits::default(),
        profile: VehicleProfile::default(),
        vehicles,
        chapters: Vec::new(),
        audio: None,
        draft: false,
    }
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
