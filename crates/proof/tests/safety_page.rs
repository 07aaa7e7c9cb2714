//! The page that an authority reads says which rules there are: all of them, in the order of a certificate.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use kapok_proof::Rule;

#[test]
fn the_table_of_the_safety_page_is_that_of_the_rules() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../SAFETY.md")).unwrap();
    let (_, table) = page.split_once("| rule | what it says |").unwrap();
    let (table, _) = table.split_once("\n\n").unwrap();
    let stated: Vec<&str> = table.lines().filter_map(|l| l.strip_prefix("| `")?.split_once('`')).map(|l| l.0).collect();
    let rules: Vec<String> =
        Rule::ALL.iter().map(|r| serde_json::to_value(r).unwrap().as_str().unwrap().to_owned()).collect();
    assert_eq!(stated, rules);
    for what in ["What is proved", "What is trusted", "What is not proved"] {
        assert!(page.contains(&format!("## {what}")), "{what}");
    }
}
