use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Command, Stdio};

use anyhow::Result;
use kapok_certify::Options;
use kapok_jobs::{AddressAnswer, Document, ProofRequest};
use kapok_server::{Mount, ServerSettings, View, bind, has_web_app, serve};
use kapok_show::{Reporter, printable};

use crate::args::ViewArgs;
use crate::outcome::Outcome;
use crate::progress::Terminal;
use crate::{events, prove, servers, terminal};

/// `kapok view`: reads and proves a file, then serves it on loopback until interrupted.
pub fn run(args: &ViewArgs) -> Result<Outcome> {
    let reporter = Terminal::new();
    let options = Options { airborne_ends: args.airborne_ends, ..Options::default() };
    let request = ProofRequest { options, ..ProofRequest::default() };
    let judged = prove::judge(&args.file, &request, &reporter)?.certified;
    reporter.finish();
    judged.notes().iter().for_each(|note| reporter.warn(note));
    let (title, verdict) = (judged.certificate().title.clone(), judged.certificate().verdict);
    let view = Mount::Viewer(View::new(judged)?);
    events::print(args.output.verbose);
    servers::run(async |interrupt| {
        let settings = ServerSettings::default();
        let listener = bind(SocketAddr::from((Ipv4Addr::LOCALHOST, args.port)), &settings).await?;
        let url = format!("http://127.0.0.1:{}/", listener.local_addr()?.port());
        if args.output.json {
            terminal::print_json_line(&Document::of(&AddressAnswer { url: url.clone() }))?;
        } else {
            terminal::print(&format!("\"{}\" is {verdict}. Watch it at {url} (Ctrl-C ends)\n", printable(&title)))?;
        }
        if !has_web_app() {
            terminal::complain("warning: this binary was built without the web app; the page says how to build it");
        }
        if args.open {
            open_browser(&url);
        }
        Ok(serve(listener, [view], settings, interrupt.wait()).await?)
    })?;
    Ok(Outcome::Done)
}

/// Asks the desktop to open a page. Where there is no desktop, the printed address is enough.
fn open_browser(url: &str) {
    let program = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let mut command = if cfg!(windows) { Command::new("explorer") } else { Command::new(program) };
    let _ = command.arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
}
