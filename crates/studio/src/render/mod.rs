//! Exports: a show is made of the request, proved, and written.

mod input;
mod judged;
mod output;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::refusal::{Refusal, shortened};
use crate::reply::Reply;
use judged::Judged;
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
pub struct RenderRequest<'a> {
    #[serde(borrow)]
    input: InputRequest<'a>,
    output: OutputRequest,
}

#[derive(Deserialize)]
pub struct MultiRenderRequest<'a> {
    #[serde(borrow)]
    input: InputRequest<'a>,
    outputs: Vec<OutputRequest>,
}

/// Most files of one request.
const MAX_OUTPUTS: usize = 16;

pub fn answer_one(request: &RenderRequest) -> Result<Reply, Refusal> {
    let format = Format::of(&request.output.format)?;
    request.output.parameters.check(format)?;
    let judged = judged(&request.input)?;
    let file = output::write(format, &request.output.parameters, &judged)?;
    let note = file.note.as_deref();
    let remarks = judged.remarks(&format!("{format}"), file.bytes.len(), note);
    Ok(Reply { headers: judged.headers(note), remarks, ..Reply::file(file.bytes) })
}

pub fn answer_many(request: &MultiRenderRequest) -> Result<Reply, Refusal> {
    if !(1..=MAX_OUTPUTS).contains(&request.outputs.len()) {
        return Err(Refusal::BadRequest(format!(
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
    let remarks = judged.remarks(&names.join(", "), bytes, note.as_deref());
    let archive = output::archive(&judged.stem(), &files)?;
    Ok(Reply { headers: judged.headers(note.as_deref()), remarks, ..Reply::file(archive) })
}

fn judged(input: &InputRequest) -> Result<Judged, Refusal> {
    match input.format.as_str() {
        "json" => Judged::new(input::read(input.data)?),
        "dss" | "dss3" => {
            Err(Refusal::bad("DSS .path files cannot be imported: their maker has not published what their bytes mean"))
        }
        other => {
            let other = shortened(other);
            Err(Refusal::BadRequest(format!("shows are read from \"json\", not from \"{other}\"")))
        }
    }
}
