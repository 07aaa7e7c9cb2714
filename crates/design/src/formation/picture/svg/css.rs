//! Style sheets and style attributes, cut into rules and declarations. What the converter's own parser stumbles over would
//! take all that follows with it, so it is given nothing that it does not read to the end.

use simplecss::{DeclarationTokenizer, Selector};

/// A property and what it says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Declaration<'a> {
    pub name: String,
    pub value: &'a str,
    pub is_important: bool,
}

/// What stands in a style sheet, in its order.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Rule<'a> {
    /// Selectors, and declarations as text.
    Style(Vec<&'a str>, &'a str),
    /// A rule with an at sign, by its name.
    At(&'a str),
}

/// The text without remarks.
pub(super) fn without_remarks(text: &str) -> String {
    let text = text.replace("<!--", "").replace("-->", "");
    let mut kept = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("/*") {
        kept.push_str(before);
        kept.push(' ');
        rest = after.split_once("*/").map_or("", |(_, rest)| rest);
    }
    kept + rest
}

/// The rules of a style sheet without remarks.
pub(super) fn rules(text: &str) -> Vec<Rule<'_>> {
    let mut rules = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let end = rest.find(['{', ';']).unwrap_or(rest.len());
        let (head, tail) = rest.split_at(end);
        let block = if tail.starts_with('{') { block_of(tail) } else { "" };
        let at_name = head.trim_start().strip_prefix('@').map(|name| {
            let length = name.find(|c: char| !(c.is_alphanumeric() || c == '-')).unwrap_or(name.len());
            &name[..length]
        });
        match at_name {
            Some(name) => rules.push(Rule::At(name)),
            None if tail.starts_with('{') => {
                rules.push(Rule::Style(head.split(',').map(str::trim).collect(), block));
            }
            None => {}
        }
        let taken = if tail.starts_with('{') { block.len() + 2 } else { 1 };
        rest = tail.get(taken..).unwrap_or("").trim_start();
    }
    rules
}

/// What stands between a brace and its partner.
fn block_of(text: &str) -> &str {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 1 => return &text[1..at],
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    &text[1..]
}

/// The declarations of a block or attribute without remarks. Variables are none.
pub(super) fn declarations(text: &str) -> Vec<Declaration<'_>> {
    let (mut depth, mut quote, mut start) = (0_usize, None, 0);
    let mut pieces = Vec::new();
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(q), c) if q == c => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => depth = depth.saturating_sub(1),
            (None, ';') if depth == 0 => {
                pieces.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    pieces.push(&text[start..]);
    pieces.into_iter().filter_map(declaration).collect()
}

fn declaration(piece: &str) -> Option<Declaration<'_>> {
    let (name, value) = piece.split_once(':')?;
    let name = name.trim().to_ascii_lowercase();
    let value = value.trim();
    let important = value.rsplit_once('!').filter(|(_, word)| word.trim().eq_ignore_ascii_case("important"));
    let (value, is_important) = important.map_or((value, false), |(value, _)| (value.trim(), true));
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    (is_name && !name.starts_with("--")).then_some(Declaration { name, value, is_important })
}

/// Does the converter read the declaration to its end?
pub(super) fn is_readable(name: &str, value: &str) -> bool {
    let text = format!("{name}:{value};a:b");
    let mut read = DeclarationTokenizer::from(text.as_str());
    let is_whole = read.next().is_some_and(|found| found.name == name && found.value == value);
    is_whole && read.next().is_some_and(|found| found.name == "a")
}

/// Does the converter find elements by the selector?
pub(super) fn is_selector(text: &str) -> bool {
    Selector::parse(text).is_some()
}

/// Is the selector of states that a picture is never in, or of parts that it does not have?
pub(super) fn is_of_other_states(selector: &str) -> bool {
    [":hover", ":active", ":focus", ":visited", ":target", "::"].iter().any(|state| selector.contains(state))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn style_sheets_are_cut_into_rules() {
        let text = "<!-- .a, g > .b {fill: red;} /* { */ @media (a) {.a {fill: blue}} @import url(a.css);\n.c{} -->";
        let found = without_remarks(text);
        let style = |selectors: &[&'static str], block| Rule::Style(selectors.to_vec(), block);
        let expected =
            [style(&[".a", "g > .b"], "fill: red;"), Rule::At("media"), Rule::At("import"), style(&[".c"], "")];
        assert_eq!(rules(&found), expected);
        assert_eq!(rules(".a{fill:red"), [style(&[".a"], "fill:red")]);
    }

    #[test]
    fn a_declaration_does_not_take_the_next_one_with_it() {
        let text = "--c: #fff; fill : URL('a;b'); font: 12px/1.2 'x'; stroke:rgb(1, 2, 3)!important;;broken;opacity:.5";
        let found: Vec<(String, &str, bool)> =
            declarations(text).into_iter().map(|d| (d.name, d.value, d.is_important)).collect();
        let expected = [
            ("fill", "URL('a;b')", false),
            ("font", "12px/1.2 'x'", false),
            ("stroke", "rgb(1, 2, 3)", true),
            ("opacity", ".5", false),
        ];
        assert_eq!(found, expected.map(|(name, value, important)| (name.to_owned(), value, important)));
        assert!(is_readable("fill", "#f00") && is_readable("opacity", ".5") && is_readable("stroke", "rgb(1, 2, 3)"));
        assert!(is_readable("stroke-dasharray", "4 2,3") && is_readable("font-family", "'A B', serif"));
        assert!(!is_readable("font", "12px/1.2 x") && !is_readable("filter", "drop-shadow(0 0 2px rgb(0,0,0))"));
    }
}
