use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, Result};
use kapok_server::studio::{StudioSettings, bind_studio, serve_studio};

use crate::Outcome;
use crate::args::StudioArgs;

/// `kapok studio`: serves the Blender add-on until interrupted.
pub fn run(args: &StudioArgs) -> Result<Outcome> {
    let log = |line: &str| {
        // A terminal that is gone must not end the server.
        let _ = writeln!(std::io::stdout(), "{line}");
    };
    let mut settings = StudioSettings { log: Arc::new(log), ..StudioSettings::default() };
    if let Some(path) = &args.api_key_file {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        settings = settings.with_api_key(text.trim()).with_context(|| format!("{}", path.display()))?;
    }
    if let Ok(threads) = std::thread::available_parallelism() {
        settings.max_planning = threads.get();
    }
    let keyed = settings.api_key.is_some();
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let listener = bind_studio(SocketAddr::new(args.host, args.port), &settings).await?;
        let address = listener.local_addr()?;
        if args.json {
            println!("{}", serde_json::json!({ "url": format!("http://{address}/") }));
        } else {
            println!("Planning server for Skybrush Studio for Blender at http://{address}/ (Ctrl-C ends)");
            if address.ip().is_loopback() && address.port() == 8000 && !keyed {
                println!("In the add-on's preferences choose \"Local Skybrush Studio Server\".");
            } else {
                println!("In the add-on's preferences choose \"Advanced\" and enter that address as the server URL.");
            }
        }
        std::io::stdout().flush()?;
        let stop = async {
            // If the signal cannot be watched, Ctrl-C still ends the process the hard way.
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        serve_studio(listener, settings, stop).await?;
        anyhow::Ok(())
    })?;
    Ok(Outcome::Done)
}
