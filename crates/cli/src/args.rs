use std::net::IpAddr;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand};

use crate::fleet::FleetArgs;
use crate::limits::LimitArgs;
use crate::rehearse::RehearseArgs;
use crate::schema::schemas;
use crate::work::WorkArgs;

/// Designs, plans and proves drone shows, and shows them in the browser.
#[derive(Parser)]
#[command(name = "kapok", version, about = ABOUT, long_about = None, after_help = EXAMPLES)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

const ABOUT: &str = "Designs, plans and proves drone shows, and shows them in the browser";

const EXAMPLES: &str = "\
Examples:
  kapok new show.toml                   write a commented starter script
  kapok plan show.toml -o show.skyc     plan it, prove it, write it
  kapok prove show.skyc                 judge a show file of any origin
  kapok convert show.skyc show.zip      write another format, prove the result
  kapok diff old.skyc new.toml          tell what changed between two shows
  kapok view show.toml --open           watch it in the browser while you write
  kapok render show.skyc --film -o show.mp4   a film of it; pictures, sheets
  kapok rehearse show.skyc --wind 5     fly it with simulated vehicles
  kapok fleet --show show.skyc          be its fleet, for a ground station
  kapok transition start.csv goal.csv --separation 1.5 --max-velocity 6 \\
      --max-acceleration 3 --max-jerk 6
  kapok studio                          serve Skybrush Studio for Blender

Exit codes: 0 done and proved; 1 violated or undecided, or two shows differ;
2 bad input, nothing written.";

fn schema_names() -> PossibleValuesParser {
    schemas().into_iter().map(|(name, _)| name).collect::<Vec<_>>().into()
}

#[derive(Subcommand)]
pub enum Command {
    /// Plan a show script, prove the result, write show files
    Plan(PlanArgs),
    /// Judge a show file: separation, speeds, fence, in continuous time
    Prove(Box<ProveArgs>),
    /// Write a show file in another format; the loss is measured, the result proved
    Convert(ConvertArgs),
    /// Tell what changed between two shows, in words and in a picture
    Diff(DiffArgs),
    /// Show a script or a show file in the browser, from this machine only
    View(ViewArgs),
    /// Fly a show with simulated vehicles in wind: separation, tracking, energy
    Rehearse(Box<RehearseArgs>),
    /// Simulate a fleet that ground stations speak to over UDP as to a real one
    Fleet(Box<FleetArgs>),
    /// Draw a show from the audience's eye: a picture, a contact sheet, a film
    Render(Box<RenderArgs>),
    /// Write a commented starter script
    New(NewArgs),
    /// Plan one move of a fleet from points to points, and prove it
    Transition(TransitionArgs),
    /// Plan and export for Skybrush Studio for Blender, from this machine
    Studio(StudioArgs),
    /// Print the JSON Schema of show scripts, for editors, or of an answer
    Schema(SchemaArgs),
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
    /// Print the manual page, or write those of all commands into a folder
    Man(ManArgs),
}

impl Command {
    /// Is the answer asked for as JSON?
    pub fn wants_json(&self) -> bool {
        match self {
            Self::Plan(args) => args.work.json,
            Self::Prove(args) => args.work.json,
            Self::Convert(args) => args.work.json,
            Self::Rehearse(args) => args.work.json,
            Self::Diff(args) => args.work.json,
            Self::Fleet(args) => args.json,
            Self::Render(args) => args.work.json,
            Self::Transition(args) => args.work.json,
            Self::View(args) => args.output.json,
            Self::Studio(args) => args.output.json,
            Self::New(_) | Self::Schema(_) | Self::Completions(_) | Self::Man(_) => false,
        }
    }
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  kapok plan show.toml -o show.skyc
  kapok plan show.toml -o show.skyc -o show.zip      and CSV, one per vehicle
  kapok plan show.toml -o show.skyc --return-to-home   a return plan each
  kapok plan show.toml -o show.skyc --json | jq .totals

Beside each .skyc stands its certificate, NAME.certificate.json. Nothing is
written unless the show is proved; with --draft what is not proved is written
all the same, and says everywhere that it is a draft. The exit code stays 1.
The fields of --json: docs/answers.md.")]
pub struct PlanArgs {
    /// The show script
    #[arg(value_name = "SCRIPT.toml")]
    pub script: PathBuf,
    /// File to write, .skyc or .zip (CSV); may be given more than once
    #[arg(short, long = "output", value_name = "FILE", required = true)]
    pub outputs: Vec<PathBuf>,
    /// Rows per second in CSV files
    #[arg(long, value_name = "HZ", default_value_t = 25, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub csv_rate: u32,
    /// Plan a collective return to home from every instant and store it in the .skyc
    #[arg(long)]
    pub return_to_home: bool,
    /// Seconds of show time between two returns to home
    #[arg(long, value_name = "S", default_value_t = 1, requires = "return_to_home",
        value_parser = clap::value_parser!(u32).range(1..=3600))]
    pub return_every: u32,
    /// Write the plan even if it is not proved, marked as a draft: for looking, not for flying
    #[arg(long)]
    pub draft: bool,
    #[command(flatten)]
    pub work: WorkArgs,
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  kapok prove show.skyc
  kapok prove show.skyc --certificate show.certificate.json --plot margin.svg
  kapok prove vehicles/                        .skyb files with their site.json
  kapok prove show.skyc --plot report.pdf
  kapok prove show.skyc --safety safety.json --sarif findings.sarif
  kapok prove show.skyc --separation 2 --max-velocity-xy 8 --max-wind 6
  kapok prove show.skyc --check show.certificate.json
  kapok prove show.skyc --json | jq '.rules[] | select(.verdict != \"proved\")'

--check proves FILE anew under the options that the certificate states and
compares the two value by value: it agrees only if it is exactly that of FILE
and of this version of kapok. What flags set is listed.

Exit codes: 0 proved (and, with --check, everything agrees); 1 violated,
undecided, or the certificate does not agree; 2 bad input, nothing written.")]
pub struct ProveArgs {
    /// The show file: .skyc, .zip (CSV), .vviz, .skyb, or a folder of .skyb with its site.json
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Write the certificate to this file
    #[arg(long, value_name = "OUT.json")]
    pub certificate: Option<PathBuf>,
    /// Draw the least separation in each second (.svg, .png), or write the whole report (.pdf)
    #[arg(long, value_name = "OUT.svg|png|pdf")]
    pub plot: Option<PathBuf>,
    /// Write per-second figures and possible fall areas to this file
    #[arg(long, value_name = "OUT.json")]
    pub safety: Option<PathBuf>,
    /// Write what is not proved to this file, as SARIF 2.1.0 for other tools
    #[arg(long, value_name = "OUT.sarif")]
    pub sarif: Option<PathBuf>,
    /// Largest number of bytes that may be loaded into one vehicle, as a .skyb file
    #[arg(long, value_name = "BYTES")]
    pub max_payload_bytes: Option<u64>,
    /// Greatest airspeed of the vehicles, in place of what the file states: held against the greatest speed plus the wind
    #[arg(long, value_name = "M/S", allow_negative_numbers = true)]
    pub max_airspeed: Option<f64>,
    /// Let the motion begin and end in the air, as a part of a show does; the certificate says so
    #[arg(long)]
    pub airborne_ends: bool,
    /// Check that this is the certificate of FILE
    #[arg(long, value_name = "CERT.json", conflicts_with_all = ["certificate", "plot", "safety", "sarif", "max_payload_bytes", "max_airspeed", "airborne_ends", "LimitArgs"])]
    pub check: Option<PathBuf>,
    #[command(flatten)]
    pub limits: LimitArgs,
    #[command(flatten)]
    pub work: WorkArgs,
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  kapok convert show.skyc show.zip --rate 50      CSV, one file per vehicle
  kapok convert show.skyc vehicles/               NAME.skyb for each vehicle
  kapok convert show.skyc vehicles/ --rth-layout crate-0.1   with return plans
  kapok convert vehicles/ show.skyc               .skyb files with site.json
  kapok convert finale.vviz show.skyc             curves through its samples
  kapok convert rows.zip show.skyc --fit 0        straight lines between rows
  kapok convert show.skyc show.glb                for Blender; .kml for globes
  kapok convert show.skyc volume.geojson          flight volume, fence, pads
  kapok convert show.skyc show.vviz --json | jq .loss

The decoded result is proved against the limits of IN. What is violated or
undecided is written all the same, with the violation stated and exit code 1.
In CSV and .vviz acceleration and jerk are not judged: between samples the
format says nothing (docs/formats.md). .glb, .kml, .kmz and .geojson cannot be
read back and are not judged.")]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct ConvertArgs {
    /// The show: .skyc, .zip (CSV), .vviz, .skyb, or a folder of .skyb or polynomial .csv; its content says which
    #[arg(value_name = "IN")]
    pub input: PathBuf,
    /// .skyc, .zip (CSV), .vviz, .glb, .kml, .kmz, .geojson, .skyb (one vehicle), or a folder for one .skyb per vehicle
    #[arg(value_name = "OUT")]
    pub output: PathBuf,
    /// Samples per second in CSV, .vviz (default 25), KML and KMZ (default 4)
    #[arg(long, value_name = "HZ")]
    pub rate: Option<f64>,
    /// From samples (CSV, .vviz) to curves: curves within this distance of each sample, metres; 0 keeps straight lines
    /// [default: 0.01]
    #[arg(long, value_name = "M", allow_negative_numbers = true)]
    pub fit: Option<f64>,
    /// Layout of return plans in .skyb, read or written, as the firmware knows it; none: leave them out knowingly
    #[arg(long, value_name = "NAME", value_parser = ["released-4", "main-2026", "crate-0.1", "none"])]
    pub rth_layout: Option<String>,
    /// OUT (.zip or a folder) gets one polynomial CSV per vehicle, as Crazyswarm reads it
    #[arg(long, conflicts_with = "skyb_folder")]
    pub crazyswarm: bool,
    /// OUT is a folder for .skyb files, also if its name does not end with a slash
    #[arg(long)]
    pub skyb_folder: bool,
    /// Let the motion begin and end in the air, as a part of a show does; the certificate says so
    #[arg(long)]
    pub airborne_ends: bool,
    #[command(flatten)]
    pub work: WorkArgs,
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  kapok view show.toml --open      pictures at every save, plan and proof behind
  kapok view show.skyc --open
  kapok view show.skyc --prove     although a certificate lies beside it

A script and the art that it names are watched. A certificate beside a show
file (NAME.certificate.json) is checked and not proved anew; the page says so.
A show or a script that is dropped on the page opens.")]
pub struct ViewArgs {
    /// The script, .toml; or the show: .skyc, .zip (CSV), .vviz, .skyb, or a folder of .skyb with its site.json
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Prove a show file anew, even if a certificate that agrees lies beside it
    #[arg(long)]
    pub prove: bool,
    /// Let the motion begin and end in the air, as a part of a show does; the certificate says so
    #[arg(long)]
    pub airborne_ends: bool,
    /// A flight log (.mcap) of the show, replayed beside its plan
    #[arg(long, value_name = "LOG")]
    pub log: Option<PathBuf>,
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// Open the page in the default browser
    #[arg(long)]
    pub open: bool,
    #[command(flatten)]
    pub output: ServerOutput,
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  kapok render show.skyc --scene Ring -o ring.png
  kapok render show.skyc --at 1:23.5 --camera orbit --size 1920x1080 -o air.png
  kapok render show.skyc --sheet -o scenes.png        all scenes on one sheet
  kapok render show.skyc --film -o show.mp4           through ffmpeg
  kapok render show.skyc --film -o frames/            numbered pictures
  kapok render show.skyc --film --from 0:40 --to 1:20 --speed 4 -o loop.gif

Cameras: audience (the first), audience-2 and so on, or an audience by its
name; orbit, top, side. Without --fov the audience's camera is as wide as the
pictures of the show need. An .mp4 is made by the ffmpeg that is found on PATH;
where there is none, numbered pictures are written. Nothing is proved: a
picture makes no claim. The fields of --json: docs/answers.md.")]
#[command(group = clap::ArgGroup::new("subject").required(true).args(["at", "scene", "sheet", "film"]))]
pub struct RenderArgs {
    /// The show file: .skyc, .zip (CSV), .vviz, .skyb, or a folder of .skyb with its site.json
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Draw this instant: seconds, or minutes and seconds
    #[arg(long, value_name = "TIME", value_parser = show_time)]
    pub at: Option<i64>,
    /// Draw this scene at its brightest
    #[arg(long, value_name = "NAME")]
    pub scene: Option<String>,
    /// Draw all scenes on one sheet
    #[arg(long)]
    pub sheet: bool,
    /// Draw a film
    #[arg(long)]
    pub film: bool,
    /// File to write: .png; for a film .mp4, .gif, or a folder for its frames
    #[arg(short, long = "output", value_name = "OUT")]
    pub output: PathBuf,
    /// From where it is looked at
    #[arg(long, value_name = "NAME", default_value = "audience")]
    pub camera: String,
    /// Field of view from left to right [default: the audience's, or what the pictures of the show need]
    #[arg(long, value_name = "DEGREES", allow_negative_numbers = true)]
    pub fov: Option<f64>,
    /// Time of day [default: night; hall if the show is indoors]
    #[arg(long, value_name = "NAME", value_parser = ["day", "dusk", "night", "hall"])]
    pub mood: Option<String>,
    /// Size in pixels; with --sheet that of each picture [default: 1280x720; .gif 640x360; --sheet 480x270]
    #[arg(long, value_name = "WxH", value_parser = size_px)]
    pub size: Option<(u32, u32)>,
    /// Frames per second of a film [default: 30; .gif 12]
    #[arg(long, value_name = "HZ", allow_negative_numbers = true, conflicts_with_all = ["at", "scene", "sheet"])]
    pub fps: Option<f64>,
    /// Show time at which a film begins
    #[arg(long, value_name = "TIME", value_parser = show_time, conflicts_with_all = ["at", "scene", "sheet"])]
    pub from: Option<i64>,
    /// Show time at which a film ends
    #[arg(long, value_name = "TIME", value_parser = show_time, conflicts_with_all = ["at", "scene", "sheet"])]
    pub to: Option<i64>,
    /// How many times faster than the show a film runs
    #[arg(long, value_name = "TIMES", allow_negative_numbers = true, conflicts_with_all = ["at", "scene", "sheet"], default_value_t = 1.0)]
    pub speed: f64,
    #[command(flatten)]
    pub work: WorkArgs,
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  kapok diff monday.skyc tuesday.skyc
  kapok diff monday.skyc show.toml -o changes.png    a script is planned first
  kapok diff show.skyc show.vviz                     did a format lose anything?
  kapok diff a.skyc b.skyc --prove --json | jq .verdicts

Vehicles are paired by name, scenes too. Only what both files state is compared.
The picture has both shows side by side at the moment of the largest change, and
a third frame with what moved in two colours.

Exit codes: 0 the same; 1 different; 2 bad input, nothing written.")]
pub struct DiffArgs {
    /// The first show: a file of any format that kapok prove reads, or a script
    #[arg(value_name = "A")]
    pub a: PathBuf,
    /// The second
    #[arg(value_name = "B")]
    pub b: PathBuf,
    /// Draw the largest change into this file, .png
    #[arg(short, long = "output", value_name = "OUT.png")]
    pub output: Option<PathBuf>,
    /// Positions no farther apart are the same; formats round them
    #[arg(long, value_name = "M", default_value_t = 0.005, allow_negative_numbers = true)]
    pub tolerance: f64,
    /// Prove both, and compare the verdicts
    #[arg(long)]
    pub prove: bool,
    /// From where the picture is taken; see kapok render
    #[arg(long, value_name = "NAME", default_value = "audience", requires = "output")]
    pub camera: String,
    /// Time of day of the picture [default: night; hall if the second show is indoors]
    #[arg(long, value_name = "NAME", value_parser = ["day", "dusk", "night", "hall"], requires = "output")]
    pub mood: Option<String>,
    /// Size of each frame of the picture, pixels
    #[arg(long, value_name = "WxH", value_parser = size_px, default_value = "640x360", requires = "output")]
    pub size: (u32, u32),
    #[command(flatten)]
    pub work: WorkArgs,
}

/// Seconds, `m:ss` or `h:mm:ss`, each with decimals of a second, as milliseconds.
fn show_time(text: &str) -> Result<i64, String> {
    let wrong = || "give seconds (83.5) or minutes and seconds (1:23.5)".to_owned();
    let parts: Vec<&str> = text.split(':').collect();
    let (last, higher) = parts.split_last().ok_or_else(wrong)?;
    let is_plain = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit() || c == '.');
    if higher.len() > 2 || !parts.iter().all(|part| is_plain(part)) {
        return Err(wrong());
    }
    let mut seconds: f64 = last.parse().map_err(|_| wrong())?;
    if !higher.is_empty() && seconds >= 60.0 {
        return Err(wrong());
    }
    for (part, unit_s) in higher.iter().rev().zip([60.0, 3600.0]) {
        seconds += unit_s * f64::from(part.parse::<u16>().map_err(|_| wrong())?);
    }
    if seconds > 1e6 {
        return Err("no show lasts that long".to_owned());
    }
    Ok((seconds * 1000.0).round() as i64)
}

/// Width and height, pixels.
fn size_px(text: &str) -> Result<(u32, u32), String> {
    let sides = text.split_once(['x', '×']);
    let sides = sides.and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
    sides.ok_or_else(|| "give width and height in pixels, as 1920x1080".to_owned())
}

/// What a server prints.
#[derive(Args)]
pub struct ServerOutput {
    /// Print the address as JSON, {"url": "http://..."}, on stdout instead of a sentence
    #[arg(long)]
    pub json: bool,
    /// Print every request on stderr, with its status and duration
    #[arg(long)]
    pub verbose: bool,
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  kapok studio
  kapok studio --host 192.168.1.20 --api-key-file key.txt

In Blender: Edit > Preferences > Add-ons > Skybrush Studio, server
\"Local Skybrush Studio Server\". On an address that other machines reach, every
request must carry the key; set it in the add-on's preferences too. The
protocol has no encryption of its own: beyond a network you trust, put a proxy
with TLS in front.")]
pub struct StudioArgs {
    /// Port; the add-on's local server is on 8000, 0 takes a free one
    #[arg(long, default_value_t = 8000)]
    pub port: u16,
    /// Address to listen on; any but loopback needs --api-key-file
    #[arg(long, default_value = "127.0.0.1")]
    pub host: IpAddr,
    /// File with the key that requests must carry: 8 to 256 of A-Z a-z 0-9 - _ .
    #[arg(long, value_name = "FILE")]
    pub api_key_file: Option<PathBuf>,
    #[command(flatten)]
    pub output: ServerOutput,
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  kapok new
  kapok new my-show.toml
  kapok new hall.toml --indoor

The script plans as it is: 60 vehicles, a ring, a word, a planet. With --indoor
32 small ones in a hall, without wind. Every field is explained in
docs/show-script.md; kapok schema prints them for editors.")]
pub struct NewArgs {
    /// File to write; an existing one is never overwritten
    #[arg(value_name = "SCRIPT.toml", default_value = "show.toml")]
    pub script: PathBuf,

    /// Start from a show in a hall: small vehicles, no wind
    #[arg(long)]
    pub indoor: bool,
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  kapok transition start.csv goal.csv --separation 1.5 --max-velocity 6 \\
      --max-acceleration 3 --max-jerk 6
  kapok transition start.csv goal.csv --separation 1.5 --downwash-scale 2 \\
      --max-velocity-xy 6 --max-velocity-up 3 --max-velocity-down 2 \\
      --max-acceleration 3 --max-jerk 6 -o move.csv --rate 10 --json |
      jq '{verdict, duration_s, ratio}'

Points: CSV, header x,y,z or none, metres, z up, one vehicle per row. Vehicles
and goals count from 0. Written: .csv with rows vehicle,t,x,y,z (seconds,
metres), sampled; .skyc with the exact curves and a certificate. The fields of
--json: docs/answers.md.
Exit codes: 0 complete and proved; 1 planned but not proved; 2 bad input or
infeasible. Only with 0 is a file written.")]
#[command(group = clap::ArgGroup::new("velocity").required(true).multiple(true)
    .args(["max_velocity", "max_velocity_xy", "max_velocity_up", "max_velocity_down"]))]
pub struct TransitionArgs {
    /// Where the vehicles rest
    #[arg(value_name = "START.csv")]
    pub start: PathBuf,
    /// Where they shall rest
    #[arg(value_name = "GOAL.csv")]
    pub goal: PathBuf,
    /// Least distance of two vehicles at any instant, metres, z divided by the downwash scale
    #[arg(long, value_name = "M", allow_negative_numbers = true)]
    pub separation: f64,
    /// How many times longer the separation ellipsoid is vertically; from 1 up
    #[arg(long, value_name = "K", allow_negative_numbers = true, default_value_t = 1.0)]
    pub downwash_scale: f64,
    /// Largest speed in any direction, m/s
    #[arg(long, value_name = "V", allow_negative_numbers = true, conflicts_with_all = ["max_velocity_xy", "max_velocity_up", "max_velocity_down"])]
    pub max_velocity: Option<f64>,
    /// Largest horizontal speed, m/s
    #[arg(long, value_name = "V", allow_negative_numbers = true, requires_all = ["max_velocity_up", "max_velocity_down"])]
    pub max_velocity_xy: Option<f64>,
    /// Largest speed upwards, m/s
    #[arg(long, value_name = "V", allow_negative_numbers = true, requires_all = ["max_velocity_xy", "max_velocity_down"])]
    pub max_velocity_up: Option<f64>,
    /// Largest speed downwards, m/s
    #[arg(long, value_name = "V", allow_negative_numbers = true, requires_all = ["max_velocity_xy", "max_velocity_up"])]
    pub max_velocity_down: Option<f64>,
    /// Largest acceleration, m/s²
    #[arg(long, value_name = "A", allow_negative_numbers = true)]
    pub max_acceleration: f64,
    /// Largest jerk, m/s³
    #[arg(long, value_name = "J", allow_negative_numbers = true)]
    pub max_jerk: f64,
    /// Start i goes to goal i; without this any vehicle may take any goal
    #[arg(long)]
    pub keep_order: bool,
    /// File to write, .csv or .skyc; may be given more than once
    #[arg(short, long = "output", value_name = "FILE")]
    pub outputs: Vec<PathBuf>,
    /// Rows per second of each vehicle in .csv
    #[arg(long, value_name = "HZ", default_value_t = 25, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub rate: u32,
    #[command(flatten)]
    pub work: WorkArgs,
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  kapok schema > show.schema.json
  kapok schema certificate        what a certificate holds
  kapok schema --list             plan, transition, check and so on

Editors with a TOML language server (Taplo, Even Better TOML) take it from the
first line of a script:
  #:schema ./show.schema.json")]
pub struct SchemaArgs {
    /// Which: show is the script, viewer is what kapok view answers to its page, the others are answers of --json
    #[arg(value_name = "NAME", default_value = "show", value_parser = schema_names())]
    pub name: String,
    /// Print the names
    #[arg(long)]
    pub list: bool,
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  kapok completions bash > ~/.local/share/bash-completion/completions/kapok
  kapok completions zsh > ~/.zfunc/_kapok
  kapok completions fish > ~/.config/fish/completions/kapok.fish")]
pub struct CompletionsArgs {
    /// The shell
    pub shell: clap_complete::Shell,
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  kapok man | man -l -
  kapok man ~/.local/share/man/man1")]
pub struct ManArgs {
    /// Folder for kapok.1, kapok-plan.1 and so on; it must exist
    #[arg(value_name = "FOLDER")]
    pub folder: Option<PathBuf>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_seconds_or_minutes_and_seconds() {
        let good =
            [("0", 0), ("83", 83_000), ("83.5", 83_500), ("1:23.25", 83_250), ("1:02:03", 3_723_000), ("0:05", 5_000)];
        for (text, ms) in good {
            assert_eq!(show_time(text), Ok(ms), "{text}");
        }
        for bad in [
            "",
            ":",
            "1:",
            ":5",
            "-3",
            "1:60",
            "1:2:3:4",
            "1.5:00",
            "nan",
            "1e3",
            "..",
            "9999999999",
            "1 :20",
            "99999:00",
        ] {
            assert!(show_time(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn sizes_are_two_numbers() {
        assert_eq!(size_px("1920x1080"), Ok((1920, 1080)));
        for bad in ["", "1920", "1920x", "x", "-1x5", "1.5x2", "99999999999x1"] {
            assert!(size_px(bad).is_err(), "{bad}");
        }
    }
}
