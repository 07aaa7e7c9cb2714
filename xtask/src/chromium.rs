//! Finding, and where permitted installing, the browser that the tests drive.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use crate::run::{answers, step};

const NAMES: &[&str] = &["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/// Path of a Chromium: `CHROMIUM` if set, else the first found on the PATH, else Debian's, installed now.
///
/// # Errors
/// If there is none and it may not be installed: says what to install. The tests never skip in silence.
pub fn ensure() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("CHROMIUM").map(PathBuf::from) {
        if path.is_file() {
            return Ok(path);
        }
        bail!("CHROMIUM names {}, which is not there", path.display());
    }
    if let Some(path) = find() {
        return Ok(path);
    }
    let prefix: &[&str] = if is_root() {
        &[]
    } else if quiet("sudo", &["-n", "true"]) {
        &["sudo", "-n"]
    } else {
        bail!(
            "the browser tests need Chromium: install it (Debian: apt-get install chromium) or set CHROMIUM to its path"
        )
    };
    if !answers("apt-get") {
        bail!(
            "the browser tests need Chromium, and this system has no apt-get: install it or set CHROMIUM to its path"
        );
    }
    let apt = |args: &[&str]| {
        let words: Vec<&str> =
            prefix.iter().copied().chain(["apt-get", "-q", "-y"]).chain(args.iter().copied()).collect();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    step("update the package lists", &mut apt(&["update"]))?;
    step("install Chromium for the browser tests", &mut apt(&["install", "--no-install-recommends", "chromium"]))?;
    match find() {
        Some(path) => Ok(path),
        None => bail!("Chromium was installed but is not on the PATH: set CHROMIUM to its path"),
    }
}

fn find() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).flat_map(|dir| NAMES.iter().map(move |n| dir.join(n))).find(|p| p.is_file())
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|o| o.stdout.trim_ascii() == b"0")
}

fn quiet(program: &str, args: &[&str]) -> bool {
    Command::new(program).args(args).output().is_ok_and(|o| o.status.success())
}
