//! `kapok view`: a show file that is judged, or a script that is watched while it is written.

mod desk;
mod files;
mod trouble;

use std::fs::File;
use std::io::BufReader;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use kapok_certify::{Options, Source, check_beside, read_file};
use kapok_jobs::{AddressAnswer, Document, ProofRequest, certificate_path};
use kapok_log::FlightLog;
use kapok_server::{Flown, Mount, Screen, ServerSettings, View, bind, has_web_app, serve};
use kapok_show::{Reporter, Show, printable};

use self::desk::Desk;
use self::files::ScriptFiles;
use crate::args::ViewArgs;
use crate::outcome::Outcome;
use crate::progress::Terminal;
use crate::{events, inputs, prove, servers, terminal};

/// `kapok view`: serves a show or a script on loopback until interrupted.
pub fn run(args: &ViewArgs) -> Result<Outcome> {
    if inputs::is_script(&args.file) {
        if args.airborne_ends || args.prove {
            bail!(
                "--airborne-ends and --prove are for show files: a script is planned from pad to pad, and always proved"
            );
        }
        if args.log.is_some() {
            bail!("--log is for show files: a log is of the file that was flown, not of a script");
        }
        return watch(args);
    }
    let reporter = Terminal::new();
    let (view, sentence) = judged(args, &reporter)?;
    reporter.finish();
    let screen = Screen::showing(view);
    let desk = Desk::open(screen.clone(), None)?;
    show(args, screen.with_opener(desk.opener()), &sentence)
}

/// Watches a script, and shows what becomes of it.
fn watch(args: &ViewArgs) -> Result<Outcome> {
    let name = args.file.display().to_string();
    let screen = Screen::blank(Some(name.clone()));
    let desk = Desk::open(screen.clone(), Some(ScriptFiles::new(&args.file)?))?;
    show(args, screen.with_opener(desk.opener()), &format!("{} is watched.", printable(&name)))
}

/// The show of a file and what is known of it: from the certificate beside it if that agrees, else from a proof.
fn judged(args: &ViewArgs, reporter: &Terminal) -> Result<(View, String)> {
    let options = Options { airborne_ends: args.airborne_ends, ..Options::default() };
    if let Some(checked) = beside(args, &options, reporter)? {
        return Ok(checked);
    }
    let request = ProofRequest { options, ..ProofRequest::default() };
    let judged = prove::judge(&args.file, &request, reporter)?.judged;
    judged.notes().iter().for_each(|note| reporter.warn(note));
    let certificate = judged.certificate();
    let sentence =
        format!("\"{}\" is {}.", printable(&certificate.title), verdict(certificate.verdict, judged.show().draft));
    let flown = flown(args, judged.show(), &certificate.provenance().file.sha256, reporter)?;
    Ok((beside_plan(View::judged(judged)?, flown), sentence))
}

/// The flight that is asked for, beside its show; none if none is.
fn flown(args: &ViewArgs, show: &Show, sha256: &str, reporter: &Terminal) -> Result<Option<Flown>> {
    let Some(path) = &args.log else { return Ok(None) };
    let name = path.display().to_string();
    let name = printable(&name);
    let file = File::open(path).with_context(|| format!("cannot open {name}"))?;
    let log = FlightLog::read(BufReader::new(file)).with_context(|| name.to_string())?;
    if let Some(why) = &log.cut {
        reporter.warn(&format!("{name} ends before its end: {why}; what stands before is shown"));
    }
    if !log.head.show_sha256.eq_ignore_ascii_case(sha256) {
        reporter.warn(&format!(
            "{name} is the log of another file than this one: plan and flight may differ for that reason"
        ));
    }
    Ok(Some(Flown::new(show, sha256, &log).with_context(|| name.to_string())?))
}

fn beside_plan(view: View, flown: Option<Flown>) -> View {
    match flown {
        Some(flown) => view.with_flown(flown),
        None => view,
    }
}

/// The show with the certificate that lies beside its file, unless a proof is asked for or the certificate does not agree.
fn beside(args: &ViewArgs, options: &Options, reporter: &Terminal) -> Result<Option<(View, String)>> {
    let path = certificate_path(&args.file);
    if args.prove || args.file.is_dir() || !path.is_file() {
        return Ok(None);
    }
    let source = Source::load(&args.file)?;
    let document = read_file(&path)?;
    match check_beside(&source, &document, options, reporter) {
        Ok(checked) => {
            checked.notes().iter().for_each(|note| reporter.warn(note));
            let title = printable(&checked.show().title).into_owned();
            let (verdict, certificate) = (verdict(checked.verdict(), checked.draft()), path.display().to_string());
            let sentence = format!(
                "\"{title}\" is {verdict}, says {}, which was checked and not proved anew (--prove does).",
                printable(&certificate)
            );
            let flown = flown(args, checked.show(), &checked.file().sha256, reporter)?;
            Ok(Some((beside_plan(View::checked(&checked, &source)?, flown), sentence)))
        }
        Err(why) => {
            reporter.note(&format!("{} is not used, the show is proved anew: {why}", path.display()));
            Ok(None)
        }
    }
}

fn verdict(verdict: kapok_certify::Verdict, draft: bool) -> String {
    if draft { format!("a draft, {verdict}") } else { verdict.to_string() }
}

/// Serves the screen until interrupted.
fn show(args: &ViewArgs, screen: Screen, sentence: &str) -> Result<Outcome> {
    events::print(args.output.verbose);
    servers::run(async |interrupt| {
        let settings = ServerSettings::default();
        let listener = bind(SocketAddr::from((Ipv4Addr::LOCALHOST, args.port)), &settings).await?;
        let url = format!("http://127.0.0.1:{}/", listener.local_addr()?.port());
        if args.output.json {
            terminal::print_json_line(&Document::of(&AddressAnswer { url: url.clone() }))?;
        } else {
            terminal::print(&format!("{sentence} Watch it at {url} (Ctrl-C ends)\n"))?;
        }
        if !has_web_app() {
            terminal::complain("warning: this binary was built without the web app; the page says how to build it");
        }
        if args.open {
            open_browser(&url);
        }
        Ok(serve(listener, [Mount::Viewer(screen)], settings, interrupt.wait()).await?)
    })?;
    Ok(Outcome::Done)
}

/// Asks the desktop to open a page. Where there is no desktop, the printed address is enough.
fn open_browser(url: &str) {
    let program = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let mut command = if cfg!(windows) { Command::new("explorer") } else { Command::new(program) };
    let _ = command.arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
}
