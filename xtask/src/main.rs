//! Maintainer commands, run as `cargo xtask COMMAND`.
#![allow(clippy::print_stdout, reason = "a command-line program: its output is its interface")]
#![allow(clippy::disallowed_methods, reason = "step times are shown to a person, no output depends on them")]

mod bench;
mod chromium;
mod demo;
mod generate;
mod looks;
mod packages;
mod pictures;
mod run;
mod test;
mod web;
mod wire;

use std::process::ExitCode;

const HELP: &str = "\
Maintainer commands of Kapok

  cargo xtask demo [--no-serve] [--port N]   build everything, plan and prove the Guangzhou show, open the viewer
  cargo xtask test [--nightly]               every test, the browser tests included; --nightly adds the long ones
  cargo xtask bench [--quick]                measure against rivals, write docs/bench; wants a quiet machine
  cargo xtask bench --instructions [--accept]
                                             count the hot kernels' instructions against bench/instructions.txt
  cargo xtask generate [--check]             write the generated files; --check: only compare
  cargo xtask pictures                       draw the pictures of README and docs from the sample shows
  cargo xtask web                            build the web app if its sources changed
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let outcome = match args.as_slice() {
        ["demo", options @ ..] => demo::Options::parse(options).and_then(|options| demo::demo(&options)),
        ["test"] => test::test(false),
        ["test", "--nightly"] => test::test(true),
        ["bench"] => bench::bench(false),
        ["bench", "--quick"] => bench::bench(true),
        ["bench", "--instructions"] => bench::instructions(false),
        ["bench", "--instructions", "--accept"] => bench::instructions(true),
        ["generate"] => run::build_kapok().and_then(|()| generate::generate(false)),
        ["generate", "--check"] => run::build_kapok().and_then(|()| generate::generate(true)),
        ["pictures"] => pictures::pictures(),
        ["web"] => web::build(),
        [] | ["help" | "--help" | "-h"] => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        other => Err(anyhow::anyhow!("unknown command \"{}\"\n\n{HELP}", other.join(" "))),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}
