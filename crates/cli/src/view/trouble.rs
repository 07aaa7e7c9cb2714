//! What is wrong with a script, as the page shows it.

use kapok_jobs::{InfeasibleScript, JobError};
use kapok_server::{MarkedMistake, Trouble};
use kapok_show::{Diagnostic, Diagnostics};

/// Mistakes that the page lists; the rest is counted.
const MOST_LISTED: usize = 20;
/// Characters of a line on either side of what is meant.
const AROUND: usize = 70;

/// A sentence alone.
pub fn of(message: String) -> Trouble {
    Trouble { message, ..Trouble::default() }
}

/// Why a script cannot be shown.
pub fn of_error(error: &JobError) -> Trouble {
    let JobError::Script(diagnostics) = error else {
        return of(chain(error));
    };
    let count = diagnostics.count();
    let items = &diagnostics.items()[..diagnostics.items().len().min(MOST_LISTED)];
    Trouble {
        message: if count == 1 {
            "The script has a mistake.".into()
        } else {
            format!("The script has {count} mistakes.")
        },
        mistakes: items.iter().map(|item| marked(diagnostics, item)).collect(),
        more: count - items.len(),
    }
}

/// Why a script cannot be planned; `name` and `text` are the script's.
pub fn of_infeasible(answer: &InfeasibleScript, name: &str, text: &[u8]) -> Trouble {
    let message = format!("The pictures stand, but they cannot be flown: {}", answer.reason);
    let text = String::from_utf8_lossy(text);
    let line = answer.line.and_then(|line| Some((line, text.lines().nth(line.checked_sub(1)?)?)));
    let mistakes = line.map(|(line, content)| MarkedMistake {
        file: name.to_owned(),
        line,
        column: 1,
        message: "the scene begins here".to_owned(),
        marked: content.chars().take(AROUND).collect(),
        ..MarkedMistake::default()
    });
    Trouble { message, mistakes: mistakes.into_iter().collect(), more: 0 }
}

/// An error with what caused it.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

fn marked(diagnostics: &Diagnostics, item: &Diagnostic) -> MarkedMistake {
    let (line, span) = diagnostics.line_of(item);
    let part = |range: std::ops::Range<usize>| line.get(range).unwrap_or_default();
    let before = part(0..span.start);
    let skipped = before.chars().count().saturating_sub(AROUND);
    MarkedMistake {
        file: item.file.clone(),
        line: item.line,
        column: item.column,
        message: item.message.clone(),
        help: item.help.clone(),
        before: before.chars().skip(skipped).collect(),
        marked: part(span.clone()).chars().take(AROUND).collect(),
        after: part(span.end..line.len()).chars().take(AROUND).collect(),
    }
}
