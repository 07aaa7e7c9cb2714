use std::path::PathBuf;

use clap::{Args, ValueEnum};
use kapok_jobs::{Shard, WindSweep};

use crate::work::WorkArgs;

#[derive(Args)]
#[command(after_help = "\
Examples:
  kapok rehearse show.skyc                       once, in still air
  kapok rehearse show.skyc --wind 5 --runs 20 --seed 7
  kapok rehearse show.skyc --sweep wind=0..14 --runs 20   how much wind it takes
  kapok rehearse show.skyc --faults drill.toml   with what goes wrong
  kapok rehearse show.skyc --faults drill.toml --protections off
  kapok rehearse show.skyc --runs 200 -o campaign/        and its report
  kapok rehearse show.skyc --runs 200 -o one/ --shard 1/2
  kapok rehearse show.skyc --wind 6 --record flight.mcap
  kapok rehearse --merge one/ two/ -o campaign/
  kapok rehearse show.skyc --wind 8 --json | jq .min_separation_m

Vehicles have rotors, sensors, packs and the autopilot of show boards; every
run has gusts, errors and a direction of the wind of its own, all from the
seed. Nothing is proved by it: kapok prove does that. The same seed gives the
same answer. With -o every run is kept as soon as it is flown, and the same
command goes on where it was interrupted. What is modelled, fault scripts and
the drills of known accidents: docs/rehearsal.md.")]
pub struct RehearseArgs {
    /// The show file: .skyc, .zip (CSV), .vviz, .skyb, or a folder of .skyb with its site.json
    #[arg(value_name = "FILE", required_unless_present = "merge")]
    pub file: Option<PathBuf>,
    /// How often it is flown, in each wind
    #[arg(long, value_name = "N", default_value_t = 1, allow_negative_numbers = true)]
    pub runs: u32,
    /// Mean wind 10 m above the ground, in m/s
    #[arg(long, value_name = "M_S", default_value_t = 0.0, allow_negative_numbers = true)]
    pub wind: f64,
    /// Winds one after the other, wind=FROM..TO or wind=FROM..TO:STEP in m/s: how much wind the show takes
    #[arg(long, value_name = "WINDS", conflicts_with = "wind")]
    pub sweep: Option<WindSweep>,
    /// What the random numbers depend on
    #[arg(long, value_name = "N", default_value_t = 0, allow_negative_numbers = true)]
    pub seed: u64,
    /// Kind of vehicle: show-280g, show-1kg, indoor-30g, or a profile of your own, a .toml
    /// [default: nearest in mass]
    #[arg(long, value_name = "NAME|FILE")]
    pub profile: Option<String>,
    /// How far vehicles stand off their pads: standard deviation along x and along y, in m
    #[arg(long, value_name = "M", default_value_t = 0.0, allow_negative_numbers = true)]
    pub placement: f64,
    /// What goes wrong, and when: a fault script
    #[arg(long, value_name = "FILE.toml")]
    pub faults: Option<PathBuf>,
    /// With --faults: the protections of crew and firmware
    #[arg(long, value_name = "ON|OFF", default_value = "on", requires = "faults", hide_possible_values = true)]
    pub protections: Switch,
    /// Fly only the K-th of N parts of the runs
    #[arg(long, value_name = "K/N", default_value = "1/1", hide_default_value = true)]
    pub shard: Shard,
    /// Put together what other rehearsals of the same inputs left in their folders
    #[arg(long, value_name = "DIR", num_args = 1.., conflicts_with_all = [
        "file", "runs", "wind", "sweep", "seed", "profile", "placement", "faults", "protections", "shard",
    ])]
    pub merge: Vec<PathBuf>,
    /// Folder for the runs, one record each, the answer and the report
    #[arg(short, long = "output", value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// Flight log of the first run: kapok view FILE --log LOG.mcap replays it
    #[arg(long, value_name = "LOG.mcap", conflicts_with = "merge")]
    pub record: Option<PathBuf>,
    #[command(flatten)]
    pub work: WorkArgs,
}

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// On.
    On,
    /// Off.
    Off,
}
