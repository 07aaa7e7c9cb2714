//! Picture to picture: the letters C, T and U of our own text source, the moves where plain least Σd² is far from the bound.

use std::borrow::Cow;
use std::fmt::Write;
use std::path::Path;

use anyhow::{Context, Result};
use kapok_design::formation::{Source, TextStyle, built_in_font, sample};
use kapok_show::DVec3;

/// C to T and T to U.
pub const KINDS: [&str; 2] = ["letterct", "lettertu"];
/// Vehicles.
pub const SIZES: [usize; 2] = [200, 1000];
/// Smallest distance between two places, as in all instances.
const SPACING_M: f64 = 2.0;

/// Writes `letterct_N.csv` and `lettertu_N.csv`.
pub fn write(folder: &Path) -> Result<()> {
    for n in SIZES {
        let [c, t, u] = [letter("C", n)?, letter("T", n)?, letter("U", n)?];
        for (kind, starts, goals) in [(KINDS[0], &c, &t), (KINDS[1], &t, &u)] {
            let mut text = String::from("start_x_m,start_y_m,start_z_m,goal_x_m,goal_y_m,goal_z_m\n");
            for (a, b) in starts.iter().zip(goals) {
                writeln!(text, "{:.6},{:.6},{:.6},{:.6},{:.6},{:.6}", a.x, a.y, a.z, b.x, b.y, b.z)?;
            }
            let file = folder.join(format!("{kind}_{n}.csv"));
            std::fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))?;
        }
    }
    Ok(())
}

/// An upright letter of n places, scaled so that the closest two are [`SPACING_M`] apart, its lowest place at 30 m.
fn letter(text: &str, n: usize) -> Result<Vec<DVec3>> {
    let font = built_in_font("latin").context("the text source has no font of that name")?;
    let source = Source::Text { text: text.into(), font: Cow::Borrowed(font), height_m: 100.0, style: TextStyle::Fill };
    let formation = sample(&source, n, 0.5, 1)?;
    let scale = (SPACING_M + 2e-6) / formation.spacing_m;
    let low = formation.points.iter().map(|p| p.position_m.z).fold(f64::INFINITY, f64::min);
    Ok(formation.points.iter().map(|p| (p.position_m - DVec3::Z * low) * scale + DVec3::Z * 30.0).collect())
}
