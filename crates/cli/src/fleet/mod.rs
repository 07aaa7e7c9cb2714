//! `kapok fleet`: a simulated fleet on sockets.

mod args;

use std::future::{Future, poll_fn};
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use indicatif::{ProgressBar, ProgressStyle};
use kapok_certify::{Options, Source, read_file};
use kapok_fleet::{
    DatagramMode, FaultScript, Field, FleetFault, FleetReport, FleetSettings, LinkQuality, Ports, Sockets, Strictness,
    Twin, gps_now, run as run_twin,
};
use kapok_jobs::{Document, RthLayout};
use kapok_show::printable;

pub use self::args::FleetArgs;
use crate::outcome::Outcome;
use crate::work::in_pool;
use crate::{inputs, servers, terminal};

/// The flag that says each setting.
const FLAGS: [(&str, &str); 4] =
    [("count", "--count"), ("wind_m_s", "--wind"), ("placement_m", "--placement"), ("profile", "--profile")];

/// `kapok fleet`: simulates a fleet on sockets until interrupted.
pub fn run(args: &FleetArgs) -> Result<Outcome> {
    let (field, title) = field(args)?;
    let ports = Ports { bind: args.bind, ground: args.ground, base: args.base_port };
    let faults = args.faults.as_deref().map(|path| faults(path, &field)).transpose()?;
    let mut twin = Twin::new(&field, &settings(args, faults), &ports, gps_now()).map_err(in_flags)?;
    let mut sockets = Sockets::bind(&ports, twin.networks()).map_err(in_flags)?;
    let networks = twin.networks();
    let more = if networks > 1 { ", each further network ten ports on" } else { "" };
    let sentence = format!(
        "{} vehicles {title}, each a {}, networks: {networks}. They listen at {} and speak to {}{more} (Ctrl-C ends)\n",
        field.pads_m.len(),
        twin.fleet().profile().name,
        ports.fleet(0),
        ports.ground(0),
    );
    let (pace, threads, as_json) = (args.speed, args.threads, args.json);
    servers::run(async |interrupt| {
        let mut interrupted = pin!(interrupt.wait());
        // Signals are watched from the first look on: a program that has read the first line may send one.
        if poll_fn(|context| Poll::Ready(interrupted.as_mut().poll(context).is_ready())).await {
            return Ok(());
        }
        if !as_json {
            terminal::print(&sentence)?;
        }
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let mut work = tokio::task::spawn_blocking(move || {
            in_pool(threads, || {
                let mut live = Live::new(as_json);
                run_twin(&mut twin, &mut sockets, pace, &stopped, |report| live.tell(report));
                live.end()
            })
        });
        let done = tokio::select! {
            done = &mut work => done,
            () = &mut interrupted => {
                stop.store(true, Ordering::Relaxed);
                work.await
            }
        };
        done.context("the fleet has stopped")??
    })?;
    Ok(Outcome::Done)
}

/// Where the vehicles stand, and what they are of.
fn field(args: &FleetArgs) -> Result<(Field, String)> {
    let Some(file) = &args.show else {
        return Ok((Field::grid(args.count.unwrap_or_default()).map_err(in_flags)?, "on a grid".to_owned()));
    };
    inputs::expect_show(file)?;
    let context = || format!("cannot simulate the fleet of {}", file.display());
    let show = Source::load(file)?.decode(&Options::default()).with_context(context)?.show;
    let field = Field::of_show(&show).with_context(context)?;
    Ok((field, format!("of \"{}\"", printable(&show.title))))
}

/// What goes wrong.
fn faults(path: &Path, field: &Field) -> Result<FaultScript> {
    let context = || format!("cannot read the faults of {}", path.display());
    let text = String::from_utf8(read_file(path)?).with_context(context)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    FaultScript::read(&name, &text, &field.names, &field.pads_m).with_context(context)
}

fn settings(args: &FleetArgs, faults: Option<FaultScript>) -> FleetSettings {
    FleetSettings {
        faults,
        profile: args.profile.clone(),
        wind_m_s: args.wind,
        seed: args.seed,
        placement_m: args.placement,
        datagram: args.datagram.as_deref().map(|name| match name {
            "tick" => DatagramMode::Tick,
            _ => DatagramMode::Message,
        }),
        link: args.link.unwrap_or(LinkQuality::PERFECT),
        strictness: if args.as_firmware { Strictness::FIRMWARE } else { Strictness::default() },
        rth_layout: args.rth_layout.as_deref().and_then(RthLayout::from_name),
    }
}

/// An error in the words of the command line.
fn in_flags(fault: FleetFault) -> anyhow::Error {
    match &fault {
        FleetFault::Setting { field, why } => {
            let flag = FLAGS.iter().find(|(name, _)| name == field).map_or(*field, |(_, flag)| flag);
            anyhow!("{flag} {why}")
        }
        FleetFault::Socket { .. } | FleetFault::Ports { .. } => {
            anyhow::Error::new(fault).context("choose other ports with --base-port")
        }
        FleetFault::Family { .. } | FleetFault::NoVehicles => fault.into(),
    }
}

/// Tells how the fleet stands: a line that changes on a terminal, lines of JSON for programs.
struct Live {
    as_json: bool,
    bar: ProgressBar,
    last: Option<FleetReport>,
    trouble: Option<anyhow::Error>,
}

impl Live {
    fn new(as_json: bool) -> Self {
        let bar = if as_json { ProgressBar::hidden() } else { ProgressBar::new_spinner() };
        if let Ok(style) = ProgressStyle::with_template("{spinner} {wide_msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(100));
        Self { as_json, bar, last: None, trouble: None }
    }

    /// Tells a report; false if there is none left to be told.
    fn tell(&mut self, report: &FleetReport) -> bool {
        self.last = Some(report.clone());
        if !self.as_json {
            self.bar.set_message(line(report));
            return true;
        }
        terminal::print_json_line(&Document::of(report)).unwrap_or_else(|error| {
            self.trouble = Some(error);
            false
        })
    }

    /// The last word.
    fn end(self) -> Result<()> {
        self.bar.finish_and_clear();
        match (self.trouble, self.last) {
            (Some(error), _) => Err(error),
            (None, Some(report)) if !self.as_json => terminal::print(&format!("{}\n", line(&report))),
            _ => Ok(()),
        }
    }
}

/// How it stands, on a line.
fn line(report: &FleetReport) -> String {
    let minutes = (report.t_s / 60.0) as u64;
    let mut parts = vec![format!("{minutes}:{:02}", report.t_s as u64 % 60)];
    if let Some(seconds) = report.elapsed_s {
        parts.push(format!("T{seconds:+} s"));
    }
    let stages: Vec<String> = report.stages.present().map(|(name, count)| format!("{count} {name}")).collect();
    parts.push(stages.join(", "));
    if report.crashed > 0 {
        parts.push(format!("{} crashed", report.crashed));
    }
    parts.push(format!("out {:.0}/s, in {:.0}/s", report.datagrams_out_per_s, report.datagrams_in_per_s));
    parts.push(format!("{} lost, {} dropped", report.lost, report.dropped));
    parts.push(format!("{:.2} x", report.real_time_factor));
    parts.join(" · ")
}
