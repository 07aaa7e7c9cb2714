use std::net::SocketAddr;

use anyhow::{Context, Result};
use kapok_jobs::{AddressAnswer, Document};
use kapok_server::{Mount, ServerSettings, bind, serve};

use crate::args::StudioArgs;
use crate::outcome::Outcome;
use crate::{events, servers, terminal};

/// `kapok studio`: serves the Blender add-on until interrupted.
pub fn run(args: &StudioArgs) -> Result<Outcome> {
    events::print(args.output.verbose);
    let mut settings = ServerSettings::default();
    if let Some(path) = &args.api_key_file {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        settings = settings.with_api_key(text.trim()).with_context(|| format!("{}", path.display()))?;
    }
    if let Ok(threads) = std::thread::available_parallelism() {
        settings.max_working = threads.get();
    }
    let keyed = settings.api_key.is_some();
    servers::run(async |interrupt| {
        let listener = bind(SocketAddr::new(args.host, args.port), &settings).await?;
        let address = listener.local_addr()?;
        if args.output.json {
            terminal::print_json_line(&Document::of(&AddressAnswer { url: format!("http://{address}/") }))?;
        } else {
            let choose = if address.ip().is_loopback() && address.port() == 8000 && !keyed {
                "\"Local Skybrush Studio Server\""
            } else {
                "\"Advanced\" and enter that address as the server URL"
            };
            terminal::print(&format!(
                "Planning server for Skybrush Studio for Blender at http://{address}/ (Ctrl-C ends)\n\
                 In the add-on's preferences choose {choose}.\n"
            ))?;
        }
        Ok(serve(listener, [Mount::Studio], settings, interrupt.wait()).await?)
    })?;
    Ok(Outcome::Done)
}
