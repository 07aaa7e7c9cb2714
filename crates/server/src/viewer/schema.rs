use kapok_certify::{Certificate, SafetyReport};
use kapok_show::LimitField;
use schemars::SchemaGenerator;
use serde_json::{Value, json};

use super::flown::FlownAnswer;
use super::screen::LiveAnswer;
use super::view::ShowAnswer;

/// The JSON Schema of what the pages of the viewer read: `answers` refer to the types in `$defs`; `limits` is the list of the
/// limits with title and unit. The types and readers of `web/src/wire` are made from it.
pub fn viewer_schema() -> Value {
    let mut generator = SchemaGenerator::default();
    let answers = json!({
        "certificate": generator.subschema_for::<Certificate>(),
        "flown": generator.subschema_for::<FlownAnswer>(),
        "live": generator.subschema_for::<LiveAnswer>(),
        "safety": generator.subschema_for::<SafetyReport>(),
        "show": generator.subschema_for::<ShowAnswer<'_>>(),
    });
    let limits = LimitField::ALL.map(|f| json!({ "name": f.name(), "title": f.title(), "unit": f.unit() }));
    json!({ "answers": answers, "limits": limits, "$defs": generator.take_definitions(true) })
}
