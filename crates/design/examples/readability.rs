//! Words at several counts: their score, and their dots for another program to read.
//!
//! `readability [--stroke] WORD COUNT.. [-- WORD COUNT..]..` prints a line for each: word, count, score and the dots `x,z` in metres,
//! separated by tabs. `bench/readability.py` blurs the dots and lets text recognisers read them.

use std::io::Write;

use kapok_design::formation::{Source, TextStyle, built_in_font, readability, spread_picture};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let style = if arguments.first().is_some_and(|a| a == "--stroke") { TextStyle::Stroke } else { TextStyle::Fill };
    arguments.retain(|argument| argument != "--stroke");
    let mut out = std::io::stdout().lock();
    for group in arguments.split(|argument| argument == "--") {
        let [word, counts @ ..] = group else { continue };
        let font = if word.chars().any(|c| c >= '\u{2E80}') { "han" } else { "latin" };
        let font = built_in_font(font).ok_or("the font is there")?;
        let source = Source::Text { text: word.clone(), font: font.into(), height_m: 40.0, style };
        for count in counts {
            let points = spread_picture(&source, count.parse()?, 1)?.points;
            let dots: Vec<String> =
                points.iter().map(|p| format!("{:.3},{:.3}", p.position_m.x, p.position_m.z)).collect();
            writeln!(out, "{word}\t{count}\t{:.4}\t{}", readability(&source, &points)?, dots.join(" "))?;
        }
    }
    Ok(())
}
