//! Building the web app.

use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Result, bail};

use crate::run::{answers, root, step};

/// What the built app depends on, below `web/`, besides its pages: all HTML files there.
const SOURCES: &[&str] = &["src", "public", "package-lock.json", "vite.config.ts", "svelte.config.js", "tsconfig.json"];

/// npm in `web/`.
pub fn npm(args: &[&str]) -> Command {
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.current_dir(root().join("web")).args(args);
    command
}

/// Installs what the web app needs, if `package-lock.json` is newer than the last installation.
pub fn install() -> Result<()> {
    if !answers("node") || !answers("npm") {
        bail!(
            "the web app needs Node 20 or newer with npm (Debian: apt-get install nodejs npm; or https://nodejs.org)"
        );
    }
    let web = root().join("web");
    let installed = modified(&web.join("node_modules/.package-lock.json"));
    if installed.is_some() && installed >= modified(&web.join("package-lock.json")) {
        return Ok(());
    }
    step("install the web app's packages", &mut npm(&["ci", "--no-audit", "--no-fund"]))
}

/// Builds `web/dist` unless it is newer than every source.
pub fn build() -> Result<()> {
    install()?;
    let web = root().join("web");
    let built = modified(&web.join("dist/index.html"));
    let pages = web.read_dir()?.flatten().map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == "html"));
    let newest = SOURCES.iter().map(|s| web.join(s)).chain(pages).filter_map(|s| newest_below(&s)).max();
    if built.is_some() && built >= newest {
        return Ok(());
    }
    step("build the web app", &mut npm(&["run", "build"]))
}

fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|m| m.modified()).ok()
}

fn newest_below(path: &Path) -> Option<SystemTime> {
    let own = modified(path);
    let Ok(entries) = path.read_dir() else { return own };
    entries.flatten().filter_map(|e| newest_below(&e.path())).chain(own).max()
}
