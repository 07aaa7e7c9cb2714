//! Running other programs.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

/// The checkout's root folder.
pub fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_path_buf()
}

/// The cargo that runs this program.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

/// Prints a heading, runs the program, fails unless it succeeds, prints the time it took.
pub fn step(title: &str, command: &mut Command) -> Result<()> {
    println!("\n== {title}");
    let start = Instant::now();
    let status = command.status().with_context(|| format!("cannot run {}", command.get_program().display()))?;
    if !status.success() {
        bail!("{title}: {} ended with {status}", command.get_program().display());
    }
    println!("   ({:.1} s)", start.elapsed().as_secs_f64());
    Ok(())
}

/// Is there a program of this name that answers `--version`?
pub fn answers(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|o| o.status.success())
}

/// The binary of the command line, as the tests build it too.
pub fn kapok() -> PathBuf {
    target_dir().join("debug").join(if cfg!(windows) { "kapok.exe" } else { "kapok" })
}

/// Where cargo builds.
pub fn target_dir() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Builds the binary. In the profile of the tests, which is optimised, and with the features that the whole workspace asks of its
/// dependencies: demo and tests build each dependency, and each room below the container of files, once.
pub fn build_kapok() -> Result<()> {
    step("build kapok", cargo().args(["build", "--locked", "--workspace", "--bin", "kapok"]))
}
