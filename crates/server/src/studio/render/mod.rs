//! Exports: a show is made of the request, proved, and written.

mod input;
mod judge;
mod output;

use kapok_show::{LimitField, Show};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::fault::Fault;
use super::route::Answer;
use crate::ServerLog;
use judge::Judged;
use output::Format;

#[derive(Deserialize)]
struct InputRequest<'a> {
    format: String,
    #[serde(borrow)]
    data: &'a RawValue,
}

#[derive(Deserialize)]
struct OutputRequest {
    format: String,
    #[serde(default)]
    parameters: output::Parameters,
}

#[derive(Deserialize)]
pub(super) struct RenderRequest<'a> {
    #[serde(borrow)]
    input: InputRequest<'a>,
    output: OutputRequest,
}

#[derive(Deserialize)]
pub(super) struct MultiRenderRequest<'a> {
    #[serde(borrow)]
    input: InputRequest<'a>,
    outputs: Vec<OutputRequest>,
}

/// Most files of one request.
const MAX_OUTPUTS: usize = 16;

pub(super) fn answer_one(request: &RenderRequest, log: &ServerLog) -> Result<Answer, Fault> {
    let format = Format::of(&request.output.format)?;
    request.output.parameters.check(format)?;
    let judged = judged(&request.input)?;
    let file = output::write(format, &request.output.parameters, &judged)?;
    log(&judged.lines(&format!("{format}"), file.bytes.len(), file.note.as_deref()));
    Ok(Answer { headers: judged.headers(file.note.as_deref()), ..Answer::file(file.bytes) })
}

pub(super) fn answer_many(request: &MultiRenderRequest, log: &ServerLog) -> Result<Answer, Fault> {
    if !(1..=MAX_OUTPUTS).contains(&request.outputs.len()) {
        return Err(Fault::Bad(format!(
            "{} outputs are asked for, but it must be 1 to {MAX_OUTPUTS}",
            request.outputs.len()
        )));
    }
    let mut formats = Vec::with_capacity(request.outputs.len());
    for output in &request.outputs {
        let format = Format::of(&output.format)?;
        output.parameters.check(format)?;
        formats.push(format);
    }
    let judged = judged(&request.input)?;
    let mut files = Vec::with_capacity(formats.len());
    let mut notes = Vec::new();
    for (&format, output) in formats.iter().zip(&request.outputs) {
        let file = output::write(format, &output.parameters, &judged)?;
        notes.extend(file.note);
        files.push((format, file.bytes));
    }
    let names: Vec<String> = formats.iter().map(ToString::to_string).collect();
    let note = (!notes.is_empty()).then(|| notes.join("; "));
    let bytes = files.iter().map(|(_, file)| file.len()).sum();
    log(&judged.lines(&names.join(", "), bytes, note.as_deref()));
    let archive = output::archive(&judged.stem(), &files)?;
    Ok(Answer { headers: judged.headers(note.as_deref()), ..Answer::file(archive) })
}

fn judged(input: &InputRequest) -> Result<Judged, Fault> {
    match input.format.as_str() {
        "json" => Judged::new(input::read(input.data)?),
        "dss" | "dss3" => {
            Err(Fault::bad("DSS .path files cannot be imported: their maker has not published what their bytes mean"))
        }
        other => {
            let other: String = other.chars().take(60).collect();
            Err(Fault::Bad(format!("shows are read from \"json\", not from \"{other}\"")))
        }
    }
}

/// A show made of a request.
struct ShowRead {
    show: Show,
    /// Names of the limits that the request states.
    stated: Vec<LimitField>,
    /// What was assumed or lost, one sentence each.
    notes: Vec<String>,
}
