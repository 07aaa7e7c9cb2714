//! A reader of PDF files that knows ISO 32000-1 and nothing of the writer. It panics where a file breaks a rule.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use flate2::read::ZlibDecoder;

/// Objects by number: the dictionary and the decoded stream.
pub struct PdfFile {
    objects: BTreeMap<u32, (String, Vec<u8>)>,
    trailer: String,
}

/// A page and its content.
pub struct PdfPage {
    pub media_box: [f32; 4],
    pub dict: String,
    pub operators: Vec<Operator>,
}

/// An operator and its operands.
#[derive(Debug, Clone, PartialEq)]
pub struct Operator {
    pub name: String,
    pub operands: Vec<Operand>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    Number(f32),
    Name(String),
    Bytes(Vec<u8>),
    /// Delimiters and keywords of arrays and dictionaries.
    Mark(&'static str),
}

impl Operator {
    pub fn numbers(&self) -> Vec<f32> {
        self.operands.iter().filter_map(|o| if let Operand::Number(n) = o { Some(*n) } else { None }).collect()
    }

    pub fn name_operand(&self) -> &str {
        self.operands.iter().find_map(|o| if let Operand::Name(name) = o { Some(name.as_str()) } else { None }).unwrap()
    }

    pub fn bytes(&self) -> &[u8] {
        self.operands.iter().find_map(|o| if let Operand::Bytes(b) = o { Some(b.as_slice()) } else { None }).unwrap()
    }
}

impl PdfFile {
    /// Header, cross-reference table, trailer, lengths of streams and references: 7.5 and 7.3.
    pub fn read(bytes: &[u8]) -> Self {
        assert!(bytes.starts_with(b"%PDF-1.7") && bytes.ends_with(b"%%EOF"));
        let start = find_last(bytes, b"startxref");
        let at: usize = words(&bytes[start..])[1].parse().unwrap();
        let table = String::from_utf8(bytes[at..start].to_vec()).unwrap();
        let (entries, trailer) = table.split_once("trailer").unwrap();
        let lines: Vec<&str> = entries.split_inclusive('\n').collect();
        assert_eq!(lines[0].trim(), "xref");
        let count = lines.len() - 2;
        assert_eq!(lines[1].trim(), format!("0 {count}"));
        assert!(trailer.contains(&format!("/Size {count}")));
        assert!(lines[2].starts_with("0000000000 65535 f"));
        let mut objects = BTreeMap::new();
        let mut places = BTreeSet::new();
        for (number, entry) in (1_u32..).zip(&lines[3..]) {
            assert!(entry.len() == 20 && entry[10..].starts_with(" 00000 n"), "{entry:?}");
            let object: usize = entry[..10].parse().unwrap();
            assert!(places.insert(object), "two objects at one place");
            objects.insert(number, object_at(bytes, object, number));
        }
        let file = Self { objects, trailer: trailer.to_owned() };
        let mut named: BTreeSet<u32> = references(&file.trailer).into_iter().collect();
        for (dict, _) in file.objects.values() {
            named.extend(references(dict));
        }
        assert_eq!(named, file.objects.keys().copied().collect(), "references and objects");
        file
    }

    /// Dictionary and stream of the object that an entry of a dictionary refers to.
    pub fn follow(&self, dict: &str, key: &str) -> (&str, &[u8]) {
        let (dict, stream) = &self.objects[&references(after(dict, key))[0]];
        (dict, stream)
    }

    /// The page tree, 7.7.3.
    pub fn pages(&self) -> Vec<PdfPage> {
        let (catalog, _) = self.follow(&self.trailer, "/Root");
        assert!(catalog.contains("/Type /Catalog"));
        let (tree, _) = self.follow(catalog, "/Pages");
        let root = references(after(catalog, "/Pages"))[0];
        let kids = references(bracketed(after(tree, "/Kids")));
        assert!(tree.contains(&format!("/Count {}", kids.len())));
        let pages = kids.iter().map(|kid| {
            let dict = self.objects[kid].0.clone();
            assert!(dict.contains("/Type /Page\n") && references(after(&dict, "/Parent"))[0] == root, "{dict}");
            let media_box: Vec<f32> =
                bracketed(after(&dict, "/MediaBox")).split_whitespace().map(|n| n.parse().unwrap()).collect();
            let operators = operators(self.follow(&dict, "/Contents").1);
            PdfPage { media_box: media_box.try_into().unwrap(), dict, operators }
        });
        pages.collect()
    }

    /// The map to Unicode of the only font, by code: 9.10.3.
    pub fn unicode(&self, page: &PdfPage) -> BTreeMap<u16, String> {
        let font = self.follow(after(&page.dict, "/Font"), "/F").0;
        assert!(font.contains("/Subtype /Type0") && font.contains("/Encoding /Identity-H"));
        let map = String::from_utf8(self.follow(font, "/ToUnicode").1.to_vec()).unwrap();
        let mut texts = BTreeMap::new();
        for line in map.lines().filter(|line| line.starts_with('<')) {
            let ends: Vec<&str> = line.split(['<', '>', ' ']).filter(|part| !part.is_empty()).collect();
            let code = u16::from_str_radix(ends[0], 16).unwrap();
            if line != "<0000> <FFFF>" {
                texts.insert(code, utf16(&hex(ends[1])));
            }
        }
        texts
    }

    /// Dictionary of the CID font: 9.7.4.
    pub fn cid_font(&self, page: &PdfPage) -> &str {
        let font = self.follow(after(&page.dict, "/Font"), "/F").0;
        self.follow(font, "/DescendantFonts").0
    }
}

impl PdfPage {
    /// The text that a viewer finds, in the order of the content.
    pub fn text(&self, file: &PdfFile) -> String {
        let unicode = file.unicode(self);
        let mut text = String::new();
        let mut is_replaced = false;
        for operator in &self.operators {
            match operator.name.as_str() {
                "BDC" => {
                    // A text string, 7.9.2.2.
                    text += &match operator.bytes() {
                        [0xfe, 0xff, utf @ ..] => utf16(utf),
                        ascii => String::from_utf8(ascii.to_vec()).unwrap(),
                    };
                    is_replaced = true;
                }
                "EMC" => is_replaced = false,
                "Tj" if !is_replaced => {
                    for code in operator.bytes().chunks(2) {
                        text += unicode.get(&u16::from_be_bytes([code[0], code[1]])).map_or("", String::as_str);
                    }
                }
                _ => {}
            }
        }
        text
    }
}

fn object_at(bytes: &[u8], at: usize, number: u32) -> (String, Vec<u8>) {
    let head = format!("{number} 0 obj\n");
    let body = bytes[at..].strip_prefix(head.as_bytes()).expect("an entry of the table shows its object");
    let end = find(body, b"\nendobj");
    let Some(stream) = body[..end].windows(8).position(|w| w == b"\nstream\n") else {
        return (String::from_utf8(body[..end].to_vec()).unwrap(), Vec::new());
    };
    let dict = String::from_utf8(body[..stream].to_vec()).unwrap();
    let length: usize = words(after(&dict, "/Length").as_bytes())[0].parse().unwrap();
    let data = &body[stream + 8..][..length];
    assert!(body[stream + 8 + length..].starts_with(b"\nendstream\nendobj"), "the length of a stream");
    assert!(dict.contains("/Filter /FlateDecode"));
    let mut decoded = Vec::new();
    ZlibDecoder::new(data).read_to_end(&mut decoded).unwrap();
    (dict, decoded)
}

/// Operators of a content stream: 7.8.2.
fn operators(content: &[u8]) -> Vec<Operator> {
    let text = String::from_utf8(content.to_vec()).expect("strings are hexadecimal where they are no ASCII");
    let mut all = Vec::new();
    let mut operands = Vec::new();
    let mut rest = text.as_str();
    loop {
        rest = rest.trim_start();
        let Some(first) = rest.chars().next() else { break };
        if let Some(mark) = ["<<", ">>", "[", "]"].into_iter().find(|mark| rest.starts_with(mark)) {
            operands.push(Operand::Mark(mark));
            rest = &rest[mark.len()..];
        } else if first == '<' {
            let end = rest.find('>').unwrap();
            operands.push(Operand::Bytes(hex(&rest[1..end])));
            rest = &rest[end + 1..];
        } else if first == '(' {
            let (bytes, behind) = literal(&rest[1..]);
            operands.push(Operand::Bytes(bytes));
            rest = behind;
        } else {
            let stop = |c: char| c.is_whitespace() || "<>[]()/".contains(c);
            let end = rest[1..].find(stop).map_or(rest.len(), |k| k + 1);
            let (word, behind) = rest.split_at(end);
            rest = behind;
            if let Some(name) = word.strip_prefix('/') {
                operands.push(Operand::Name(name.to_owned()));
            } else if let Ok(number) = word.parse::<f32>() {
                assert!(number.is_finite() && !word.contains('e'), "{word} is a number of PDF");
                operands.push(Operand::Number(number));
            } else {
                all.push(Operator { name: word.to_owned(), operands: std::mem::take(&mut operands) });
            }
        }
    }
    assert!(operands.is_empty());
    all
}

/// A string in brackets and what comes behind it: 7.3.4.2.
fn literal(text: &str) -> (Vec<u8>, &str) {
    let (mut bytes, mut at, mut depth) = (Vec::new(), 0, 1);
    let raw = text.as_bytes();
    loop {
        let byte = raw[at];
        at += 1;
        match byte {
            b'\\' => {
                let escaped = raw[at];
                at += 1;
                bytes.push(match escaped {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'b' => 8,
                    b'f' => 12,
                    b'0'..=b'7' => {
                        at += 2;
                        u8::from_str_radix(&text[at - 3..at], 8).unwrap()
                    }
                    other => other,
                });
                continue;
            }
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return (bytes, &text[at..]);
        }
        bytes.push(byte);
    }
}

fn hex(digits: &str) -> Vec<u8> {
    (0..digits.len()).step_by(2).map(|k| u8::from_str_radix(&digits[k..k + 2], 16).unwrap()).collect()
}

fn utf16(bytes: &[u8]) -> String {
    let units: Vec<u16> = bytes.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
    String::from_utf16(&units).unwrap()
}

fn find(bytes: &[u8], what: &[u8]) -> usize {
    bytes.windows(what.len()).position(|w| w == what).unwrap()
}

fn find_last(bytes: &[u8], what: &[u8]) -> usize {
    bytes.windows(what.len()).rposition(|w| w == what).unwrap()
}

fn words(bytes: &[u8]) -> Vec<String> {
    String::from_utf8_lossy(&bytes[..bytes.len().min(64)]).split_whitespace().map(str::to_owned).collect()
}

/// What stands behind a key of a dictionary.
pub fn after<'a>(dict: &'a str, key: &str) -> &'a str {
    let found = dict.match_indices(key).map(|(at, _)| &dict[at + key.len()..]);
    found
        .into_iter()
        .find(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
        .unwrap_or_else(|| panic!("no {key} in {dict}"))
}

/// The inside of the array that a text begins with.
pub fn bracketed(text: &str) -> &str {
    let text = text.trim_start().strip_prefix('[').unwrap();
    let ends = text.char_indices().scan(1, |depth, (at, c)| {
        *depth += i32::from(c == '[') - i32::from(c == ']');
        Some((at, *depth))
    });
    &text[..ends.into_iter().find(|(_, depth)| *depth == 0).unwrap().0]
}

/// Numbers of the objects that a text refers to: 7.3.10.
fn references(text: &str) -> Vec<u32> {
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || "[]<>/".contains(c)).filter(|w| !w.is_empty()).collect();
    words.windows(3).filter(|w| w[1] == "0" && w[2] == "R").map(|w| w[0].parse().unwrap()).collect()
}
