use kapok_certify::{Certificate, SafetyReport};
use kapok_fleet::FleetReport;
use kapok_show::{Diagnostic, Diagnostics};
use kapok_sim::{FaultDocument, ProfileDocument};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::Serialize;
use serde_json::Value;

use crate::check::CheckAnswer;
use crate::convert::ConversionAnswer;
use crate::diff::DiffAnswer;
use crate::rehearse::RehearsalAnswer;
use crate::render::RenderAnswer;
use crate::script::ScriptAnswer;
use crate::transition::TransitionAnswer;

/// What may be the content of a [`Document`].
pub trait Answer: Serialize + JsonSchema {
    /// Name and version of its form.
    const SCHEMA: &'static str;
}

impl Answer for ScriptAnswer {
    const SCHEMA: &'static str = "kapok-plan/1";
}

impl Answer for TransitionAnswer {
    const SCHEMA: &'static str = "kapok-transition/1";
}

impl Answer for ConversionAnswer {
    const SCHEMA: &'static str = "kapok-conversion/1";
}

impl Answer for RehearsalAnswer {
    const SCHEMA: &'static str = "kapok-rehearsal/1";
}

impl Answer for FleetReport {
    const SCHEMA: &'static str = "kapok-fleet/1";
}

impl Answer for RenderAnswer {
    const SCHEMA: &'static str = "kapok-render/1";
}

impl Answer for DiffAnswer {
    const SCHEMA: &'static str = "kapok-diff/1";
}

impl Answer for CheckAnswer {
    const SCHEMA: &'static str = "kapok-check/1";
}

impl Answer for ErrorAnswer {
    const SCHEMA: &'static str = "kapok-error/1";
}

impl Answer for AddressAnswer {
    const SCHEMA: &'static str = "kapok-address/1";
}

/// The outer form of every answer in JSON: which form it has, which program made it, and its fields beside these. A
/// certificate is a document of its own: it begins with its `schema`, too, and states the program as `checker`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Document<T> {
    /// Name and version of the form.
    pub schema: &'static str,
    /// Version of the program.
    pub kapok_version: &'static str,
    /// The answer.
    #[serde(flatten)]
    pub answer: T,
}

impl<'a, T: Answer> Document<&'a T> {
    /// An answer in its outer form.
    pub const fn of(answer: &'a T) -> Self {
        Self { schema: T::SCHEMA, kapok_version: env!("CARGO_PKG_VERSION"), answer }
    }
}

/// Why there is no answer: the input makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ErrorAnswer {
    /// What is wrong.
    pub error: ErrorDetail,
}

/// What is wrong with the input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ErrorDetail {
    /// In a sentence.
    pub message: String,
    /// Mistakes of a script, in the order of their places; the first 200 of them.
    pub diagnostics: Vec<ScriptMistake>,
}

/// A mistake of a script.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ScriptMistake {
    /// Name of the script's file.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Path of the field, as `scene[0].formation[1].count`; empty for the file as a whole.
    pub field: String,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl ErrorAnswer {
    /// An error, and the mistakes of the script if it is about one.
    pub fn new(message: impl Into<String>, script: Option<&Diagnostics>) -> Self {
        let mistakes = script.map(Diagnostics::items).unwrap_or_default();
        let diagnostics = mistakes.iter().map(ScriptMistake::of).collect();
        Self { error: ErrorDetail { message: message.into(), diagnostics } }
    }
}

impl ScriptMistake {
    fn of(diagnostic: &Diagnostic) -> Self {
        Self {
            file: diagnostic.file.clone(),
            line: diagnostic.line,
            column: diagnostic.column,
            field: diagnostic.field.clone(),
            message: diagnostic.message.clone(),
            help: diagnostic.help.clone(),
        }
    }
}

/// Where a server listens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AddressAnswer {
    /// Address of its first page.
    pub url: String,
}

/// The name of a document, and what makes its schema.
pub type NamedSchema = (&'static str, fn() -> Value);

/// The JSON Schema (draft 2020-12) of each document that Kapok reads or writes, by its name: the script, and every answer.
pub const SCHEMAS: [NamedSchema; 15] = [
    ("show", kapok_design::schema),
    ("plan", || document_schema::<ScriptAnswer>("The answer of kapok plan")),
    ("transition", || document_schema::<TransitionAnswer>("The answer of kapok transition")),
    ("certificate", || schema_of::<Certificate>("A certificate, the answer of kapok prove")),
    ("check", || document_schema::<CheckAnswer>("The answer of kapok prove --check")),
    ("conversion", || document_schema::<ConversionAnswer>("The answer of kapok convert")),
    ("diff", || document_schema::<DiffAnswer>("The answer of kapok diff")),
    ("render", || document_schema::<RenderAnswer>("The answer of kapok render")),
    ("rehearsal", || document_schema::<RehearsalAnswer>("The answer of kapok rehearse")),
    ("fleet", || document_schema::<FleetReport>("What kapok fleet says each second")),
    ("profile", || read_schema::<ProfileDocument>("A vehicle profile of the simulation")),
    ("faults", || read_schema::<FaultDocument>("A fault script of a rehearsal")),
    ("safety", || schema_of::<SafetyReport>("Figures over time and place, of kapok prove --safety")),
    ("address", || document_schema::<AddressAnswer>("Where kapok view and kapok studio listen")),
    ("error", || document_schema::<ErrorAnswer>("Why there is no answer")),
];

/// The schema of a file as it is read.
fn read_schema<T: JsonSchema>(title: &str) -> Value {
    let settings = SchemaSettings::draft2020_12();
    let mut schema: Schema = settings.into_generator().into_root_schema_for::<T>();
    schema.insert("title".to_owned(), title.into());
    schema.to_value()
}

/// The schema of an answer in its outer form, with the one `schema` that it states.
fn document_schema<T: Answer>(title: &str) -> Value {
    let mut schema = schema_of::<Document<T>>(title);
    schema["properties"]["schema"]["const"] = T::SCHEMA.into();
    schema
}

/// The schema of what is written: a field that may be left out is not required.
fn schema_of<T: JsonSchema>(title: &str) -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let mut schema: Schema = settings.into_generator().into_root_schema_for::<T>();
    schema.insert("title".to_owned(), title.into());
    schema.to_value()
}
