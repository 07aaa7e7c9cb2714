use std::io::Write;
use std::process::{Command, Stdio};

use anyhow::Result;
use kapok_certify::Options;
use kapok_server::{View, bind_loopback, has_web_app, serve};
use kapok_show::Reporter;

use crate::Outcome;
use crate::args::ViewArgs;
use crate::progress::Terminal;
use crate::prove;

/// `kapok view`: reads and proves a file, then serves it on loopback until interrupted.
pub fn run(args: &ViewArgs) -> Result<Outcome> {
    let reporter = Terminal::new();
    let judged = prove::judge(&args.file, &Options::default(), &reporter)?;
    reporter.finish();
    judged.notes().iter().for_each(|note| reporter.warn(note));
    let certificate = judged.certificate().clone();
    let view = View::new(judged)?;
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let listener = bind_loopback(args.port).await?;
        let url = format!("http://127.0.0.1:{}/", listener.local_addr()?.port());
        if args.json {
            println!("{}", serde_json::json!({ "url": url }));
        } else {
            println!("\"{}\" is {}. Watch it at {url} (Ctrl-C ends)", certificate.title, certificate.verdict);
        }
        std::io::stdout().flush()?;
        if !has_web_app() {
            eprintln!("warning: this binary was built without the web app; the page says how to build it");
        }
        if args.open {
            open_browser(&url);
        }
        let stop = async {
            // If the signal cannot be watched, Ctrl-C still ends the process the hard way.
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        serve(listener, view, stop).await?;
        anyhow::Ok(())
    })?;
    Ok(Outcome::Done)
}

/// Asks the desktop to open a page. Where there is no desktop, the printed address is enough.
fn open_browser(url: &str) {
    let program = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let mut command = if cfg!(windows) { Command::new("explorer") } else { Command::new(program) };
    let _ = command.arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
}
