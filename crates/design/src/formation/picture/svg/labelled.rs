//! The file written again for the converter, so that everything it paints can be told by its element.
//!
//! Every element gets an identifier, colours that are not understood get stand-ins, and what cannot become points becomes
//! an outline that is known by its corners: whether the converter paints it says whether it would have been seen.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use usvg::roxmltree::{Document, Node, NodeType};
use usvg::tiny_skia_path::{Path, PathSegment};

use super::css::{self, Rule};
use super::style::{self, Unknown, Value};

const SVG: &str = "http://www.w3.org/2000/svg";
const XLINK: &str = "http://www.w3.org/1999/xlink";
const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// Most warnings about one file.
const MOST_WARNINGS: usize = 12;

/// An element of the file.
#[derive(Debug)]
pub(super) struct Element {
    pub tag: String,
    id: Option<String>,
    /// Line from 1.
    pub line: u32,
    /// Byte in the file.
    at: usize,
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.id {
            Some(id) => write!(f, "<{} id=\"{}\"> in line {}", self.tag, shortened(id), self.line),
            None => write!(f, "<{}> in line {}", self.tag, self.line),
        }
    }
}

/// The file, written again.
pub(super) struct Labelled<'a> {
    source: &'a str,
    pub text: String,
    pub elements: Vec<Element>,
    element_of: BTreeMap<String, u32>,
    pub unknown: Unknown,
    pub warnings: Vec<String>,
    /// Warnings that are counted only.
    more: usize,
    /// Does the file say how large its page is?
    pub has_page: bool,
}

/// What cannot become points, by its element.
const OUTLINED: [&str; 3] = ["text", "image", "foreignObject"];
/// Elements whose contents are not painted.
const SILENT: [&str; 4] = ["title", "desc", "metadata", "script"];
/// Elements that change others with time.
const MOVING: [&str; 5] = ["animate", "animateTransform", "animateMotion", "animateColor", "set"];

impl<'a> Labelled<'a> {
    pub fn new(document: &Document<'_>, source: &'a str) -> Self {
        let root = document.root_element();
        let is_length = |name| own(root, name).is_some_and(|length| !length.trim().ends_with('%'));
        let mut labelled = Self {
            source,
            text: String::with_capacity(source.len() + source.len() / 4),
            elements: Vec::new(),
            element_of: BTreeMap::new(),
            unknown: Unknown::new(source),
            warnings: Vec::new(),
            more: 0,
            has_page: own(root, "viewBox").is_some() || is_length("width") && is_length("height"),
        };
        labelled.write(root);
        if labelled.more > 0 {
            labelled.warnings.push(format!("and {} more such places", labelled.more));
        }
        labelled
    }

    /// The element of an identifier in the copy.
    pub fn element_of(&self, id: &str) -> Option<u32> {
        self.element_of.get(id).copied()
    }

    /// Column of an element in characters, from 1.
    pub fn column(&self, element: &Element) -> u32 {
        let before = &self.source[..element.at];
        let line = before.rfind('\n').map_or(before, |at| &before[at + 1..]);
        line.chars().count() as u32 + 1
    }

    /// The element that an outline stands for.
    pub fn outlined(&self, path: &Path) -> Option<u32> {
        let mut segments = path.segments();
        let Some(PathSegment::MoveTo(p)) = segments.next() else { return None };
        let index = p.x as u32;
        let corners = corners(index);
        let is_at = |corner: usize, x: f32, y: f32| (x, y) == corners[corner];
        let second = matches!(segments.next(), Some(PathSegment::LineTo(p)) if is_at(1, p.x, p.y));
        let third = matches!(segments.next(), Some(PathSegment::LineTo(p)) if is_at(2, p.x, p.y));
        (is_at(0, p.x, p.y) && second && third && (index as usize) < self.elements.len()).then_some(index)
    }

    fn write(&mut self, root: Node<'_, '_>) {
        let lines = LineCounter::new(self.source);
        let mut stack = vec![Step::Open(root, "")];
        while let Some(step) = stack.pop() {
            match step {
                Step::Close(tag) => {
                    let _ = write!(self.text, "</{tag}>");
                }
                Step::Open(node, outer) => {
                    if let Some((tag, space)) = self.open(node, outer, &lines) {
                        stack.push(Step::Close(tag));
                        // The lowest is written first.
                        let children: Vec<Node<'_, '_>> = node.children().filter(Node::is_element).collect();
                        stack.extend(children.into_iter().rev().map(|child| Step::Open(child, space)));
                    }
                }
            }
        }
    }

    /// Writes the head of an element. Its name and namespace, if what is inside is to be written, too.
    fn open<'t>(&mut self, node: Node<'t, '_>, outer: &str, lines: &LineCounter) -> Option<(&'t str, &'t str)> {
        let (tag, space) = (node.tag_name().name(), node.tag_name().namespace().unwrap_or(""));
        let index = self.elements.len() as u32;
        let own_id = own(node, "id");
        let at = node.range().start;
        let id = own_id.map_or_else(|| format!("kapok-{index}"), str::to_owned);
        self.elements.push(Element { tag: tag.to_owned(), id: own_id.map(str::to_owned), line: lines.line(at), at });
        self.element_of.entry(id.clone()).or_insert(index);
        let is_svg = matches!(space, SVG | "");
        let is_outlined = is_svg && OUTLINED.contains(&tag) && would_paint(node, tag);
        let written = if is_outlined { "path" } else { tag };
        let _ = write!(self.text, "<{written}");
        if space != outer {
            let _ = write!(self.text, " xmlns=\"{}\"", Escaped(space));
        }
        let _ = write!(self.text, " id=\"{}\"", Escaped(&id));
        if is_outlined {
            let [a, b, c] = corners(index);
            let _ = write!(self.text, " d=\"M{} {}L{} {}L{} {}Z\"", a.0, a.1, b.0, b.1, c.0, c.1);
        }
        if is_svg {
            self.attributes(node, index, is_outlined);
        }
        if is_svg && MOVING.contains(&tag) {
            self.warn(index, "animations are not shown: the picture is taken as it stands at rest");
        }
        let is_style = is_svg && tag == "style";
        if is_style || is_outlined || is_svg && (SILENT.contains(&tag) || OUTLINED.contains(&tag)) {
            self.text.push('>');
            if is_style {
                self.style_sheet(node, index);
            }
            let _ = write!(self.text, "</{written}>");
            return None;
        }
        self.text.push('>');
        Some((tag, space))
    }

    fn attributes(&mut self, node: Node<'_, '_>, index: u32, is_outlined: bool) {
        for attribute in node.attributes() {
            let name = attribute.name();
            let written = match attribute.namespace() {
                None | Some(SVG) if name != "id" => name,
                Some(XLINK) if name == "href" && own(node, "href").is_none() => "href",
                Some(XML) if name == "space" => "xml:space",
                _ => continue,
            };
            if is_outlined && matches!(written, "d" | "x" | "y" | "width" | "height" | "href") {
                continue;
            }
            let text = attribute.value();
            if written == "href" && node.tag_name().name() == "use" && !text.starts_with('#') {
                self.warn(index, "it lies in another file, which is not read, so this part is missing");
            }
            if written == "style" {
                let text = self.declarations(&css::without_remarks(text), index);
                let _ = write!(self.text, " style=\"{}\"", Escaped(&text));
            } else if let Some(text) = self.value(written, text, false, index) {
                let _ = write!(self.text, " {written}=\"{}\"", Escaped(&text));
            }
        }
    }

    fn value(&mut self, name: &str, text: &str, in_css: bool, index: u32) -> Option<String> {
        match style::value(name, text.trim(), in_css, &mut self.unknown) {
            Value::Same => Some(text.to_owned()),
            Value::Other(other) => Some(other),
            Value::Dropped(why) => {
                self.warn(index, &format!("\"{name}: {}\" is not understood: {why}", shortened(text)));
                None
            }
        }
    }

    /// Declarations as the converter reads them.
    fn declarations(&mut self, text: &str, index: u32) -> String {
        let mut written = String::new();
        for declaration in css::declarations(text) {
            let name = declaration.name.as_str();
            let Some(value) = self.value(name, declaration.value, true, index) else { continue };
            if css::is_readable(name, &value) {
                let important = if declaration.is_important { " !important" } else { "" };
                let _ = write!(written, "{name}:{value}{important};");
            } else if style::is_painting(name) {
                self.warn(index, &format!("\"{name}: {}\" is not understood and left out", shortened(&value)));
            }
        }
        written
    }

    fn style_sheet(&mut self, node: Node<'_, '_>, index: u32) {
        let texts = node.children().filter(|child| child.node_type() == NodeType::Text);
        let text: String = texts.filter_map(|child| child.text()).collect();
        let mut sheet = String::new();
        for rule in css::rules(&css::without_remarks(&text)) {
            match rule {
                Rule::At("font-face" | "charset" | "namespace" | "keyframes" | "page") => {}
                Rule::At(name) => self.warn(
                    index,
                    &format!("what stands in \"@{}\" is left out; use presentation attributes", shortened(name)),
                ),
                Rule::Style(selectors, block) => {
                    let declarations = self.declarations(block, index);
                    for selector in selectors {
                        if css::is_selector(selector) {
                            let _ = writeln!(sheet, "{selector} {{{declarations}}}");
                        } else if !declarations.is_empty() && !css::is_of_other_states(selector) {
                            let selector = shortened(selector);
                            self.warn(index, &format!("the selector \"{selector}\" is not understood; use a class"));
                        }
                    }
                }
            }
        }
        let _ = write!(self.text, "{}", Escaped(&sheet));
    }

    fn warn(&mut self, index: u32, what: &str) {
        if self.warnings.len() == MOST_WARNINGS {
            self.more += 1;
            return;
        }
        let warning = format!("{}: {what}", self.elements[index as usize]);
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }
}

enum Step<'t, 'i> {
    /// An element inside one of this namespace.
    Open(Node<'t, 'i>, &'t str),
    Close(&'t str),
}

/// An attribute without namespace; a bare name given to the XML reader means that name in any namespace, as in `xlink:href`.
fn own<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.attributes().find(|a| a.namespace().is_none() && a.name() == name).map(|a| a.value())
}

/// Would something be seen of the element?
fn would_paint(node: Node<'_, '_>, tag: &str) -> bool {
    let is_nothing = |name| own(node, name).is_some_and(|length| length.trim().parse() == Ok(0.0));
    match tag {
        "text" => node.descendants().filter_map(|inner| inner.text()).any(|text| !text.trim().is_empty()),
        "image" => {
            let has_source = own(node, "href").or(node.attribute((XLINK, "href"))).is_some();
            has_source && !is_nothing("width") && !is_nothing("height")
        }
        _ => node.first_element_child().is_some() && !is_nothing("width") && !is_nothing("height"),
    }
}

/// Corners that no drawing has, all exact, with the number of the element in them.
fn corners(index: u32) -> [(f32, f32); 3] {
    let x = index as f32;
    [(x, 0.867_187_5), (x + 0.25, 0.242_187_5), (x + 0.5, 0.398_437_5)]
}

/// Lines by byte.
struct LineCounter(Vec<usize>);

impl LineCounter {
    fn new(text: &str) -> Self {
        Self(text.match_indices('\n').map(|(at, _)| at).collect())
    }

    fn line(&self, at: usize) -> u32 {
        self.0.partition_point(|&end| end < at) as u32 + 1
    }
}

struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '&' => f.write_str("&amp;")?,
                '"' => f.write_str("&quot;")?,
                '\t' | '\n' | '\r' => write!(f, "&#{};", u32::from(c))?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// Text of a file for a message: its beginning, in one line.
fn shortened(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(60).collect()
}
