use kapok_proof::{Rule, RuleReport, Verdict, Witness};
use serde_json::{Value, json};

use crate::certificate::Certificate;

/// Cases listed for each cause, at most; the count of all is stated.
const MAX_CASES: usize = 21;

/// What is not proved as a SARIF 2.1.0 log: one result per rule that is violated or undecided, with the number of pairs or
/// vehicles it concerns and its worst cases, and one per entry time of returns to home that is not proved.
///
/// # Source
/// Static Analysis Results Interchange Format, version 2.1.0 (OASIS).
pub fn sarif(certificate: &Certificate, file: &str) -> Value {
    let rules: Vec<Value> = Rule::ALL
        .iter()
        .map(|rule| {
            json!({
                "id": id(*rule),
                "name": rule.title(),
                "shortDescription": { "text": rule.title() },
                "properties": { "unit": rule.unit() },
            })
        })
        .collect();
    let open = certificate.rules.iter().filter(|r| matches!(r.verdict, Verdict::Violated | Verdict::Undecided));
    let mut results: Vec<Value> = open.map(|r| result(r, file)).collect();
    for e in certificate.return_entries.iter().filter(|e| e.verdict != Verdict::Proved) {
        let text = format!("Returns to home from {} s: {}", e.time_s, e.detail);
        results.push(finding(Rule::ReturnToHome, e.verdict, &text, 1, &e.worst.iter().collect::<Vec<_>>(), file));
    }
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "kapok",
                "version": certificate.provenance().checker.version,
                "rules": rules,
            } },
            "artifacts": [{ "location": { "uri": uri(file) }, "hashes": { "sha-256": certificate.provenance().file.sha256 } }],
            "results": results,
            "properties": {
                "verdict": certificate.verdict,
                "draft": certificate.provenance().draft,
                "vehicles": certificate.vehicle_count,
            },
        }],
    })
}

fn result(report: &RuleReport, file: &str) -> Value {
    let cases: Vec<&Witness> = report.worst.iter().chain(&report.witnesses).take(MAX_CASES).collect();
    let worst = report.worst.as_ref().map(|w| {
        let names: Vec<&str> = w.vehicles.iter().map(|v| v.name.as_str()).collect();
        let (value, unit) = (w.value, &report.limit.unit);
        format!(" Worst: {value:.3} {unit} at {:.3} s ({}).", w.t_ms / 1000.0, names.join(", "))
    });
    let text = format!("{}: {}{}", report.title, report.detail, worst.unwrap_or_default());
    finding(report.rule, report.verdict, &text, report.violations, &cases, file)
}

fn finding(rule: Rule, verdict: Verdict, text: &str, count: u64, cases: &[&Witness], file: &str) -> Value {
    let level = if verdict == Verdict::Violated { "error" } else { "warning" };
    let mut names: Vec<&str> = Vec::new();
    for v in cases.iter().flat_map(|w| &w.vehicles) {
        if !names.contains(&v.name.as_str()) {
            names.push(&v.name);
        }
    }
    let places: Vec<Value> = names.iter().map(|name| json!({ "name": name, "kind": "object" })).collect();
    let mut result = json!({
        "ruleId": id(rule),
        "ruleIndex": Rule::ALL.iter().position(|r| *r == rule),
        "level": level,
        "message": { "text": text },
        "locations": [{
            "physicalLocation": { "artifactLocation": { "uri": uri(file), "index": 0 } },
            "logicalLocations": places,
        }],
        "properties": { "count": count, "cases": cases },
    });
    if count > 0 {
        result["occurrenceCount"] = json!(count);
    }
    result
}

fn id(rule: Rule) -> String {
    serde_json::to_value(rule).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// A path as the reference of a URI: what is no plain character is written as per cent and two digits.
fn uri(file: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~/".contains(&b);
    file.replace('\\', "/")
        .bytes()
        .map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}
