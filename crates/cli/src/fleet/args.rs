use std::net::IpAddr;
use std::path::PathBuf;

use clap::Args;
use kapok_fleet::{LinkQuality, Pace};

use crate::work::thread_count;

#[derive(Args)]
#[command(after_help = "\
Examples:
  kapok fleet --show show.skyc                  its vehicles, on their pads
  kapok fleet --show show.skyc --wind 6 --link loss=5%,delay=40ms
  kapok fleet --show show.skyc --faults drill.toml      with what goes wrong
  kapok fleet --count 22580                     a fleet on a grid
  kapok fleet --count 40 --speed 4 --json | jq .stages

The first 250 vehicles speak to the ground station at 127.0.0.1:14550 and
listen at 14555; every further 250 ten ports on. They boot, take shows,
refuse, arm, fly and land as the open show firmware does, with the physics of
kapok rehearse. What a link has may be loss, duplicates, delay, jitter and
bandwidth (64kbit), for every vehicle by itself. docs/fleet.md tells it all.

Exit codes: 0 ended by Ctrl-C or a closed pipe; 2 bad input, nothing started.")]
#[command(group = clap::ArgGroup::new("vehicles").required(true).args(["show", "count"]))]
pub struct FleetArgs {
    /// The show whose pads they stand on: .skyc, .zip (CSV), .vviz, .skyb, or a folder of .skyb with its site.json
    #[arg(long, value_name = "FILE")]
    pub show: Option<PathBuf>,
    /// So many vehicles, on a grid
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub count: Option<usize>,
    /// Kind of vehicle: show-280g, show-1kg, indoor-30g [default: nearest in mass to the show's, or show-1kg]
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Mean wind 10 m above the ground, in m/s
    #[arg(long, value_name = "M_S", default_value_t = 0.0, allow_negative_numbers = true)]
    pub wind: f64,
    /// How far from their pads they are put, standard deviation in metres
    #[arg(long, value_name = "M", default_value_t = 0.1, allow_negative_numbers = true)]
    pub placement: f64,
    /// What the links do, as loss=5%,delay=40ms
    #[arg(long, value_name = "QUALITIES")]
    pub link: Option<LinkQuality>,
    /// What goes wrong, counted from the start that the ground station sets; kapok schema faults says what a script may say
    #[arg(long, value_name = "DRILL.toml")]
    pub faults: Option<PathBuf>,
    /// How many times faster than the clock the field's time runs, or max
    #[arg(long, value_name = "TIMES", default_value = "1", value_parser = pace, allow_negative_numbers = true)]
    pub speed: Pace,
    /// What the random numbers depend on
    #[arg(long, value_name = "N", default_value_t = 0, allow_negative_numbers = true)]
    pub seed: u64,
    /// A datagram for each message, or all of a network and step together [default: tick above 2000 vehicles]
    #[arg(long, value_name = "WHAT", value_parser = ["tick", "message"])]
    pub datagram: Option<String>,
    /// Do as the public firmware where Kapok's vehicles are stricter: docs/field-protocol.md
    #[arg(long)]
    pub as_firmware: bool,
    /// Layout of return plans in .skyb, as their firmware knows it [default: the one that a file fits]
    #[arg(long, value_name = "NAME", value_parser = ["released-4", "main-2026", "crate-0.1"])]
    pub rth_layout: Option<String>,
    /// Port of the ground station for the first network
    #[arg(long, value_name = "PORT", default_value_t = 14550)]
    pub base_port: u16,
    /// Address to listen on; any that other machines reach lets them command the fleet
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub bind: IpAddr,
    /// Address of the ground station
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub ground: IpAddr,
    /// Threads to use [default: one per core]
    #[arg(long, value_name = "N", value_parser = thread_count)]
    pub threads: Option<usize>,
    /// Print how it stands as JSON, a line at the start and each second; kapok schema fleet says what is in it
    #[arg(long)]
    pub json: bool,
}

/// A speed of the field's time.
fn pace(text: &str) -> Result<Pace, String> {
    /// Faster than any machine.
    const MOST: f64 = 1000.0;
    match text.parse() {
        _ if text == "max" => Ok(Pace::Max),
        Ok(times) if times > 0.0 && times <= MOST => Ok(Pace::Times(times)),
        _ => Err(format!("give max, or a number above 0 up to {MOST}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pace_is_a_number_or_the_most() {
        assert_eq!((pace("max"), pace("0.5")), (Ok(Pace::Max), Ok(Pace::Times(0.5))));
        for bad in ["", "0", "-1", "nan", "inf", "1001", "fast"] {
            assert!(pace(bad).is_err(), "{bad}");
        }
    }
}
