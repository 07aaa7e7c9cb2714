//! The pictures of the README and of the book: drawn by `kapok render` from the sample shows.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::demo::plan_demo;
use crate::run::{build_kapok, kapok, root, step};

/// Where they stand.
const FOLDER: &str = "docs/pictures";

/// The loop of the README is not larger than this, bytes.
const MAX_LOOP_BYTES: u64 = 1_500_000;

/// Name of the picture, the show, and what is drawn of it.
const PICTURES: [(&str, &str, &[&str]); 8] = [
    ("guangzhou-2017.gif", "guangzhou-2017", LOOP),
    ("guangzhou-2017.png", "guangzhou-2017", &["--sheet", "--size", "400x225"]),
    ("guangzhou-2017-dusk.png", "guangzhou-2017", &["--scene", "福", "--mood", "dusk", "--size", "960x540"]),
    ("guangzhou-2017-orbit.png", "guangzhou-2017", &["--scene", "Rooster", "--camera", "orbit", "--size", "960x540"]),
    ("dragon-field.png", "dragon-field", &["--sheet", "--size", "400x225"]),
    ("pagoda.png", "pagoda", &["--sheet", "--size", "400x225"]),
    ("launch.png", "launch", &["--sheet", "--size", "400x225"]),
    ("new-year.png", "new-year", &["--sheet", "--size", "400x225"]),
];

/// From the first picture to the fourth.
const LOOP: &[&str] =
    &["--film", "--from", "0:32", "--to", "3:32", "--speed", "18", "--fps", "10", "--size", "480x270"];

/// Plans the sample shows and draws all pictures.
///
/// # Errors
/// If a show does not plan, a picture is not drawn, or the loop is too large for a page.
pub fn pictures() -> Result<()> {
    build_kapok()?;
    plan_demo()?;
    for show in ["dragon-field", "pagoda", "launch", "new-year"] {
        let mut plan = Command::new(kapok());
        plan.current_dir(root()).args(["plan", &format!("shows/{show}.toml"), "-o", &format!("out/{show}.skyc")]);
        step(&format!("plan and prove shows/{show}.toml"), &mut plan)?;
    }
    std::fs::create_dir_all(root().join(FOLDER))?;
    for (name, show, subject) in PICTURES {
        let mut render = Command::new(kapok());
        render.current_dir(root()).args(["render", &format!("out/{show}.skyc")]).args(subject);
        let out = format!("{FOLDER}/{name}");
        step(&format!("draw {out}"), render.args(["-o", &out]))?;
        let bytes = root().join(Path::new(&out)).metadata().with_context(|| format!("{out} was not drawn"))?.len();
        if subject == LOOP && bytes > MAX_LOOP_BYTES {
            bail!("{out} has {bytes} bytes, more than {MAX_LOOP_BYTES}: shorten the loop");
        }
    }
    Ok(())
}
