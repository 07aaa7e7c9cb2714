//! From the bytes of a file to its XML.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Read;

use usvg::roxmltree::{Document, ParsingOptions};

use crate::formation::error::FormationError;
use crate::formation::source::MAX_SVG_BYTES;
use crate::text_file;

/// Most elements, texts and remarks of a file.
const MAX_NODES: u32 = 500_000;

/// The text of a file: UTF-8 or UTF-16, with or without a mark, ISO 8859-1 where the file says so, packed or not.
pub(super) fn text_of(bytes: &[u8]) -> Result<Cow<'_, str>, FormationError> {
    if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut unpacked = Vec::new();
        let most = MAX_SVG_BYTES as u64 + 1;
        let read = flate2::read::GzDecoder::new(bytes).take(most).read_to_end(&mut unpacked);
        read.map_err(|e| bad(format!("it is compressed (.svgz) and cannot be unpacked: {e}")))?;
        if unpacked.len() > MAX_SVG_BYTES {
            let (what, found, max) = ("bytes of the unpacked SVG", unpacked.len(), MAX_SVG_BYTES);
            return Err(FormationError::TooComplex { what, found, max });
        }
        return plain_text_of(&unpacked).map(|text| Cow::Owned(text.into_owned()));
    }
    plain_text_of(bytes)
}

fn plain_text_of(bytes: &[u8]) -> Result<Cow<'_, str>, FormationError> {
    if text_file::is_utf16(bytes) {
        let is_big = bytes.starts_with(&[0xfe, 0xff]) || bytes.first() == Some(&0);
        let (pairs, _) = bytes.as_chunks::<2>();
        let units = pairs.iter().map(|&pair| if is_big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) });
        let text: Result<String, _> = char::decode_utf16(units).collect();
        let text = text.map_err(|_| bad("it is UTF-16 text with a broken character; save it as UTF-8".to_owned()))?;
        return Ok(Cow::Owned(text.trim_start_matches('\u{feff}').to_owned()));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Cow::Borrowed(text.strip_prefix('\u{feff}').unwrap_or(text))),
        Err(_) if is_said_to_be_latin(bytes) => Ok(Cow::Owned(bytes.iter().map(|&b| char::from(b)).collect())),
        Err(e) => Err(bad(format!("byte {} is not UTF-8 text; save it as UTF-8", e.valid_up_to()))),
    }
}

/// Does the first line name an encoding whose characters are bytes?
fn is_said_to_be_latin(bytes: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).to_ascii_lowercase();
    let declaration = head.split_once("?>").map_or("", |(declaration, _)| declaration);
    ["iso-8859-1", "latin1", "latin-1", "windows-1252", "us-ascii"].iter().any(|name| declaration.contains(name))
}

/// The XML of a text. A DOCTYPE is read; entities of it must be plain text, and nothing outside the file is fetched.
pub(super) fn document(text: &str) -> Result<Document<'_>, FormationError> {
    check_entities(text)?;
    let options = ParsingOptions { allow_dtd: true, nodes_limit: MAX_NODES, entity_resolver: None };
    Document::parse_with_options(text, options).map_err(|e| bad(e.to_string()))
}

/// Entities must be plain text, and all that they stand for must stay within the size of a file.
fn check_entities(text: &str) -> Result<(), FormationError> {
    let Some(subset) = internal_subset(text) else { return Ok(()) };
    let mut bytes_of: BTreeMap<&str, usize> = BTreeMap::new();
    for declaration in subset.split("<!ENTITY").skip(1) {
        let declaration = declaration.trim_start();
        let (name, rest) = declaration.split_once(char::is_whitespace).unwrap_or((declaration, ""));
        let rest = rest.trim_start();
        let value = ['"', '\''].iter().find_map(|&quote| rest.strip_prefix(quote)?.split(quote).next());
        // What lies outside the file has no value here: to name it is an error of the XML.
        let value = value.unwrap_or("");
        if name == "%" || value.contains('<') || value.replace("&#", "").contains('&') {
            let name: String = name.chars().take(40).collect();
            return Err(bad(format!(
                "the entity \"{name}\" of its DOCTYPE is made of others or of elements; save it as plain SVG"
            )));
        }
        bytes_of.entry(name).or_insert(value.len());
    }
    let references = text.split('&').skip(1).filter_map(|rest| rest.split_once(';'));
    let total: usize = references.filter_map(|(name, _)| bytes_of.get(name)).sum();
    if total > MAX_SVG_BYTES {
        let (what, found, max) = ("bytes of the SVG's entities", total, MAX_SVG_BYTES);
        return Err(FormationError::TooComplex { what, found, max });
    }
    Ok(())
}

/// What stands in the brackets of a DOCTYPE.
fn internal_subset(text: &str) -> Option<&str> {
    let start = text.find("<!DOCTYPE")?;
    let mut quote = None;
    let mut open = None;
    for (at, c) in text[start..].char_indices() {
        match (quote, c) {
            (Some(q), c) if q == c => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, '[') if open.is_none() => open = Some(start + at + 1),
            (None, ']') if open.is_some() => return Some(&text[open?..start + at]),
            (None, '>') if open.is_none() => return None,
            _ => {}
        }
    }
    // Not closed: the parser says so; until then everything counts.
    open.map(|open| &text[open..])
}

pub(super) fn bad(why: String) -> FormationError {
    FormationError::BadSvg { why }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn svg(doctype: &str, inside: &str) -> String {
        format!("{doctype}<svg xmlns='http://www.w3.org/2000/svg'>{inside}</svg>")
    }

    #[test]
    fn entities_as_programs_write_them_are_put_in() {
        let doctype = "<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' 'svg11.dtd' [\n <!ENTITY ns \"http://a.b/\">\n \
                       <!-- [ it's ] -->\n <!ENTITY st0 'fill:#f00;'>\n <!ATTLIST svg a CDATA #FIXED \"1\">\n]>\n";
        let text = svg(doctype, "<rect class='&ns;' style='&st0;'/>");
        let document = document(&text).unwrap();
        let rect = document.root_element().first_element_child().unwrap();
        assert_eq!((rect.attribute("class"), rect.attribute("style")), (Some("http://a.b/"), Some("fill:#f00;")));
    }

    #[test]
    fn entities_that_grow_or_lie_elsewhere_are_refused() {
        let refused = |text: &str| document(text).map(|_| ()).unwrap_err().to_string();
        let nested = svg("<!DOCTYPE svg [<!ENTITY a 'x'><!ENTITY b '&a;&a;'>]>", "<title>&b;</title>");
        assert!(refused(&nested).contains("entity \"b\""));
        let elements = svg("<!DOCTYPE svg [<!ENTITY a '<rect/>'>]>", "&a;");
        assert!(refused(&elements).contains("save it as plain SVG"));
        let parameter = svg("<!DOCTYPE svg [<!ENTITY % a '<!ENTITY b \"c\">'>]>", "");
        assert!(refused(&parameter).contains("save it as plain SVG"));
        let elsewhere = svg("<!DOCTYPE svg [<!ENTITY a SYSTEM 'file:///etc/hostname'>]>", "<title>&a;</title>");
        assert!(refused(&elsewhere).contains("unknown entity reference 'a'"), "{}", refused(&elsewhere));
        let long = format!("<!DOCTYPE svg [<!ENTITY a '{}'>]>", "x".repeat(1 << 20));
        let many = svg(&long, &format!("<title>{}</title>", "&a;".repeat(9)));
        assert!(matches!(document(&many), Err(FormationError::TooComplex { .. })));
        assert!(document(&svg(&long, "")).is_ok());
    }
}
