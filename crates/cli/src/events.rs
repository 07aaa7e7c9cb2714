//! What a server tells its operator: `tracing` events as lines on standard error.

use std::fmt::{Debug, Write as _};

use kapok_show::printable;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::{LookupSpan, Registry};

use crate::terminal;

/// Prints the events of this process from now on: what the operator should see, and if `verbose` every request.
pub fn print(verbose: bool) {
    let level = if verbose { LevelFilter::DEBUG } else { LevelFilter::INFO };
    // There is one set-up in a process; a second one would change nothing.
    let _ = tracing::subscriber::set_global_default(Registry::default().with(level).with(Lines));
}

/// One line an event. An event of interest to developers alone is told with its request.
struct Lines;

/// The fields of a span, in its extensions.
struct SpanFields(String);

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Lines {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(SpanFields(fields.values));
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let metadata = event.metadata();
        if !metadata.target().starts_with("kapok") {
            return;
        }
        let mut fields = Fields::default();
        event.record(&mut fields);
        let Fields { message, named, .. } = fields;
        let line = match *metadata.level() {
            Level::ERROR => format!("error: {message}{named}"),
            Level::WARN => format!("warning: {message}{named}"),
            Level::INFO => format!("{message}{named}"),
            _ => {
                let mut line = String::from("debug:");
                for span in context.event_scope(event).into_iter().flatten() {
                    if let Some(SpanFields(values)) = span.extensions().get() {
                        line.push_str(values);
                    }
                }
                format!("{line} {message}{named}")
            }
        };
        terminal::complain(&printable(&line));
    }
}

/// Values as text: the message, the others by name, and without names.
#[derive(Default)]
struct Fields {
    message: String,
    named: String,
    values: String,
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        // Writing to a text does not fail.
        if field.name() == "message" {
            let _ = write!(self.message, "{value:?}");
        } else {
            let _ = write!(self.named, " {}={value:?}", field.name());
            let _ = write!(self.values, " {value:?}");
        }
    }
}
