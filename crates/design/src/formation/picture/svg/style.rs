//! What attributes and style sheets say, put so that the converter understands it, or noted where it does not.

use std::str::FromStr;

use svgtypes::{Color, Paint, PaintFallback};

use crate::light::Colour;

/// Properties of CSS that shape or move what is painted and are not understood in style sheets.
const NOT_UNDERSTOOD: [&str; 16] = [
    "d",
    "x",
    "y",
    "cx",
    "cy",
    "r",
    "rx",
    "ry",
    "width",
    "height",
    "translate",
    "rotate",
    "scale",
    "offset-path",
    "animation",
    "mask-image",
];

/// Colours that are not understood. Each stands in the picture as a colour that nothing else has.
#[derive(Debug, Default)]
pub(super) struct Unknown {
    /// What was written, in the order of their stand-ins.
    pub texts: Vec<String>,
    /// Red and green of the stand-ins; the number is in blue and the third bit of green.
    first: [u8; 2],
}

/// Most colours that are told apart; more are taken together.
const MOST_UNKNOWN: usize = 256;

impl Unknown {
    /// Stand-ins that are not in the text.
    pub fn new(text: &str) -> Self {
        let lower = text.to_ascii_lowercase();
        let free = |[r, g]: &[u8; 2]| !lower.contains(&format!("#{r:02x}{g:02x}"));
        let first = (1..=u8::MAX).flat_map(|r| [[r, 0x5b], [r, 0xd7]]).find(free).unwrap_or([0x0d, 0x5b]);
        Self { texts: Vec::new(), first }
    }

    fn stand_in(&mut self, text: &str) -> String {
        let text: String = text.chars().take(60).collect();
        let index = self.texts.iter().position(|known| *known == text).unwrap_or_else(|| {
            if self.texts.len() < MOST_UNKNOWN {
                self.texts.push(text);
            }
            self.texts.len() - 1
        });
        format!("#{:02x}{:02x}{index:02x}", self.first[0], self.first[1])
    }

    /// Which of them a colour of the picture stands for.
    pub fn index_of(&self, colour: usvg::Color) -> Option<usize> {
        let index = usize::from(colour.blue);
        (self.first == [colour.red, colour.green] && index < self.texts.len()).then_some(index)
    }
}

/// What becomes of a declaration.
pub(super) enum Value {
    /// As it is written.
    Same,
    /// Written otherwise.
    Other(String),
    /// Left out, for it is not understood: what that means.
    Dropped(&'static str),
}

/// What a property or an attribute of its name says. `in_css` is false for attributes of an element.
pub(super) fn value(name: &str, value: &str, in_css: bool, unknown: &mut Unknown) -> Value {
    match name {
        "fill" | "stroke" | "stop-color" | "color" => colour(value, unknown),
        "clip-path" if is_shape(value) => Value::Dropped("nothing is cut off by it; use a <clipPath>"),
        "mask" if is_shape(value) => Value::Dropped("nothing is hidden by it; use a <clipPath>"),
        "transform" if in_css && value != "none" && svgtypes::Transform::from_str(value).is_err() => {
            Value::Dropped("nothing is moved by it; write it as the attribute `transform`")
        }
        "mix-blend-mode" if !matches!(value, "normal" | "inherit") => Value::Dropped("colours are painted as they are"),
        _ if in_css && NOT_UNDERSTOOD.contains(&name) => Value::Dropped("write it as an attribute of the element"),
        _ => Value::Same,
    }
}

/// Does the property change what is painted? Those of text and of the page do not.
pub(super) fn is_painting(name: &str) -> bool {
    let prefixes =
        ["fill", "stroke", "stop", "clip", "mask", "filter", "opacity", "transform", "display", "visibility", "marker"];
    prefixes.iter().any(|prefix| name.starts_with(prefix)) || name == "color"
}

/// Is it a shape or a picture of CSS, where a reference to an element is understood?
fn is_shape(value: &str) -> bool {
    !matches!(value, "none" | "inherit" | "") && !value.starts_with("url(")
}

fn colour(written: &str, unknown: &mut Unknown) -> Value {
    let text = written.trim();
    if text.is_empty() || Paint::from_str(text).is_ok() {
        return Value::Same;
    }
    let lower = text.to_ascii_lowercase();
    for keyword in ["none", "inherit", "currentColor", "context-fill", "context-stroke", "transparent"] {
        if keyword.eq_ignore_ascii_case(&lower) {
            return Value::Other(keyword.to_owned());
        }
    }
    if let Ok(colour) = lower.parse::<Colour>() {
        return Value::Other(colour.into());
    }
    if Color::from_str(&lower).is_ok() {
        return Value::Other(lower);
    }
    // A colour in sRGB, and after it the same one for a printer.
    let (front, rest) = text.split_at(first_word(text));
    match Paint::from_str(front) {
        Ok(Paint::Color(_)) if rest.contains('(') => Value::Other(front.to_owned()),
        Ok(Paint::FuncIRI(..)) => {
            // The reference, and what is painted should it lead nowhere.
            let rest = rest.trim();
            let front_of_rest = &rest[..first_word(rest)];
            let is_known = matches!(
                Paint::from_str(&format!("{front} {front_of_rest}")),
                Ok(Paint::FuncIRI(_, Some(PaintFallback::Color(_))))
            );
            let fallback = if is_known { front_of_rest.to_owned() } else { unknown.stand_in(rest) };
            Value::Other(format!("{front} {fallback}"))
        }
        _ => Value::Other(unknown.stand_in(text)),
    }
}

/// Where the first space outside brackets stands.
fn first_word(text: &str) -> usize {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            c if c.is_whitespace() && depth == 0 => return at,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, text: &str) -> Option<String> {
        let mut unknown = Unknown { texts: Vec::new(), first: [1, 2] };
        match value(name, text, true, &mut unknown) {
            Value::Same => Some(text.to_owned()),
            Value::Other(other) => Some(other),
            Value::Dropped(_) => None,
        }
    }

    #[test]
    fn colours_are_understood_put_otherwise_or_stood_for() {
        for (text, expected) in [
            ("#ff3355", "#ff3355"),
            ("rgb(100%, 20%, 33.3%)", "rgb(100%, 20%, 33.3%)"),
            ("CurrentColor", "currentColor"),
            ("NONE", "none"),
            ("RebeccaPurple", "#663399"),
            ("#ff3355 icc-color(FOGRA, 0, 0.9)", "#ff3355"),
            ("rgb(1, 2, 3) device-cmyk(0, 0, 0, 1)", "rgb(1, 2, 3)"),
            ("url(#g) #fff", "url(#g) #fff"),
            ("url(#g) #fff icc-color(a, 1)", "url(#g) #fff"),
            ("url(#g) oklch(1 0 0)", "url(#g) #010200"),
            ("oklch(65% 0.25 150)", "#010200"),
            ("var(--c)", "#010200"),
            ("color(display-p3 0 0.66 0.33)", "#010200"),
        ] {
            assert_eq!(read("fill", text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_would_cut_or_move_and_is_not_understood_is_dropped() {
        for (name, text) in [
            ("clip-path", "inset(0 50% 0 0)"),
            ("clip-path", "circle(40%)"),
            ("mask", "linear-gradient(red, blue)"),
            ("transform", "rotate(0.5turn)"),
            ("mix-blend-mode", "multiply"),
            ("r", "40px"),
        ] {
            assert_eq!(read(name, text), None, "{name}: {text}");
        }
        for (name, text) in [("clip-path", "url(#a)"), ("clip-path", "none"), ("transform", "translate(3 4)")] {
            assert_eq!(read(name, text).as_deref(), Some(text), "{name}: {text}");
        }
    }
}
