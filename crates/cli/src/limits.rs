//! The flags of the limits, made from the one list of limits.

use std::collections::BTreeMap;

use clap::{Arg, ArgGroup, ArgMatches, Args, Command, FromArgMatches, Id, value_parser};
use kapok_show::LimitField;

const HEADING: &str = "Limits, instead of those of the file (or of the defaults where it states none)";
/// Name of the group of all of them, for `conflicts_with`.
const GROUP: &str = "LimitArgs";

/// Limits that override those of the file; the certificate says which did.
#[derive(Default)]
pub struct LimitArgs {
    /// The limits that the flags replace, by the name of the field.
    pub replacing: BTreeMap<String, f64>,
}

impl Args for LimitArgs {
    fn group_id() -> Option<Id> {
        Some(GROUP.into())
    }

    fn augment_args(command: Command) -> Command {
        let group = ArgGroup::new(GROUP).multiple(true).args(LimitField::ALL.map(LimitField::name));
        command.next_help_heading(HEADING).args(LimitField::ALL.map(flag)).group(group)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for LimitArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut args = Self::default();
        args.update_from_arg_matches(matches)?;
        Ok(args)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        for name in LimitField::ALL.map(LimitField::name) {
            if let Some(&value) = matches.get_one::<f64>(name) {
                self.replacing.insert(name.to_owned(), value);
            }
        }
        Ok(())
    }
}

fn flag(field: LimitField) -> Arg {
    Arg::new(field.name())
        .long(field.flag().trim_start_matches('-'))
        .value_name(placeholder(field.unit()))
        .value_parser(value_parser!(f64))
        .allow_negative_numbers(true)
        .help(field.meaning())
}

/// What stands for the value in the help.
fn placeholder(unit: &str) -> &'static str {
    match unit {
        "m" => "M",
        "m/s" => "M/S",
        "m/s²" => "M/S²",
        "m/s³" => "M/S³",
        "deg/s" => "DEG/S",
        "share" => "SHARE",
        _ => "K",
    }
}
