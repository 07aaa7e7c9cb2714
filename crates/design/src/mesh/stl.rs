use kapok_show::DVec3;

use super::error::MeshError;
use super::triangle::{MAX_TRIANGLES, Triangle, finite, number};
use crate::text_file;

/// Bytes before the triangles of a binary file: 80 of any content, then their number.
const HEAD: usize = 84;
/// Bytes of a triangle: normal, three corners, two bytes of any content.
const EACH: usize = 50;

/// The triangles of an STL file. Binary is what has the length its head says; some of these begin with "solid", too.
/// Normals are not read: nothing here depends on which side is outside.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Triangle>, MeshError> {
    let count = bytes.get(80..HEAD).and_then(|b| b.try_into().ok()).map_or(0, u32::from_le_bytes);
    let expected = HEAD as u64 + EACH as u64 * u64::from(count);
    if bytes.len() as u64 == expected {
        return binary(&bytes[HEAD..]);
    }
    if let Ok(text) = text_file::unmarked(bytes) {
        if text.trim_ascii_start().get(..5).is_some_and(|word| word.eq_ignore_ascii_case(b"solid")) {
            return Text::new(text).solids();
        }
    } else if text_file::is_utf16(bytes) && bytes.iter().map(|b| usize::from(*b == 0)).sum::<usize>() * 3 > bytes.len()
    {
        return Err(MeshError::BadLine { line: 1, why: "this is UTF-16 text; save it as UTF-8".to_owned() });
    }
    Err(MeshError::NotStl { triangles: count.into(), expected, found: bytes.len() as u64 })
}

fn binary(bytes: &[u8]) -> Result<Vec<Triangle>, MeshError> {
    let (each, _) = bytes.as_chunks::<EACH>();
    if each.len() > MAX_TRIANGLES {
        return Err(MeshError::TooManyTriangles);
    }
    let triangle = |(index, chunk): (usize, &[u8; EACH])| {
        let mut corners = [DVec3::ZERO; 3];
        for (k, corner) in corners.iter_mut().enumerate() {
            for axis in 0..3 {
                let at = 12 + 12 * k + 4 * axis;
                let value = f32::from_le_bytes([chunk[at], chunk[at + 1], chunk[at + 2], chunk[at + 3]]);
                let bad = |why| MeshError::BadTriangle { triangle: index + 1, corner: k + 1, why };
                corner[axis] = finite(value.into(), &value.to_string()).map_err(bad)?;
            }
        }
        Ok(corners)
    };
    each.iter().enumerate().map(triangle).collect()
}

/// The words of a text file with their lines.
struct Text<'a> {
    words: Box<dyn Iterator<Item = (usize, &'a [u8])> + 'a>,
    line: usize,
}

impl<'a> Text<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        let words = text_file::lines(bytes).flat_map(|(number, line)| {
            let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
            // The name after these may be anything, "facet" included.
            let first = words.next();
            let is_titled = first.is_some_and(|w| is(w, "solid") || is(w, "endsolid"));
            let rest = words.filter(move |_| !is_titled);
            first.into_iter().chain(rest).map(move |word| (number, word))
        });
        Self { words: Box::new(words), line: 1 }
    }

    fn solids(mut self) -> Result<Vec<Triangle>, MeshError> {
        let mut triangles = Vec::new();
        while let Some((line, word)) = self.words.next() {
            self.line = line;
            if !is(word, "solid") {
                return Err(self.unexpected("solid", word));
            }
            loop {
                let word = self.word("facet")?;
                if is(word, "endsolid") {
                    break;
                }
                if !is(word, "facet") {
                    return Err(self.unexpected("facet", word));
                }
                self.expect("normal")?;
                for _ in 0..3 {
                    self.word("a number")?;
                }
                self.expect("outer")?;
                self.expect("loop")?;
                let mut corners = [DVec3::ZERO; 3];
                for corner in &mut corners {
                    self.expect("vertex")?;
                    for axis in 0..3 {
                        let word = self.word("a number")?;
                        let text = String::from_utf8_lossy(word);
                        corner[axis] = number(&text).map_err(|why| MeshError::BadLine { line: self.line, why })?;
                    }
                }
                self.expect("endloop")?;
                self.expect("endfacet")?;
                if triangles.len() == MAX_TRIANGLES {
                    return Err(MeshError::TooManyTriangles);
                }
                triangles.push(corners);
            }
        }
        Ok(triangles)
    }

    fn word(&mut self, expected: &str) -> Result<&'a [u8], MeshError> {
        let Some((line, word)) = self.words.next() else {
            let why = format!("the file ends where \"{expected}\" is expected; export it again");
            return Err(MeshError::BadLine { line: self.line, why });
        };
        self.line = line;
        Ok(word)
    }

    fn expect(&mut self, expected: &str) -> Result<(), MeshError> {
        let word = self.word(expected)?;
        if is(word, expected) { Ok(()) } else { Err(self.unexpected(expected, word)) }
    }

    fn unexpected(&self, expected: &str, word: &[u8]) -> MeshError {
        let found: String = String::from_utf8_lossy(word).chars().take(40).collect();
        let why = format!("\"{found}\" stands where \"{expected}\" is expected; export it again");
        MeshError::BadLine { line: self.line, why }
    }
}

fn is(word: &[u8], expected: &str) -> bool {
    word.eq_ignore_ascii_case(expected.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "solid facet of a house\n facet normal 0 0 nan\n  outer loop\n   vertex 0 0 0\n   vertex 1 0 0\n   \
                        vertex 0 1 0.5\n  endloop\n endfacet\nendsolid facet\nsolid\nendsolid\n";

    fn expected() -> Triangle {
        [DVec3::ZERO, DVec3::X, DVec3::new(0.0, 1.0, 0.5)]
    }

    fn in_binary(triangles: &[[[f32; 3]; 3]]) -> Vec<u8> {
        let mut bytes = b"solid although it is binary".to_vec();
        bytes.resize(80, b' ');
        bytes.extend((triangles.len() as u32).to_le_bytes());
        for corners in triangles {
            bytes.extend([0xFF; 12]); // a normal of NaN
            bytes.extend(corners.as_flattened().iter().flat_map(|v| v.to_le_bytes()));
            bytes.extend([7, 7]);
        }
        bytes
    }

    #[test]
    fn text_and_binary_say_the_same() {
        assert_eq!(read(TEXT.as_bytes()).unwrap(), [expected()]);
        assert_eq!(read(TEXT.to_uppercase().as_bytes()).unwrap(), [expected()]);
        let bytes = in_binary(&[[[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.5]]]);
        assert_eq!(read(&bytes).unwrap(), [expected()]);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let refused = |bytes: &[u8]| read(bytes).unwrap_err().to_string();
        assert!(refused(TEXT.replace("1 0 0", "1 inf 0").as_bytes()).starts_with("line 5: \"inf\" is not finite"));
        assert!(
            refused(TEXT.replace("outer", "inner").as_bytes()).starts_with("line 3: \"inner\" stands where \"outer\"")
        );
        assert!(refused(&TEXT.as_bytes()[..60]).contains("the file ends where"));
        let nan = in_binary(&[[[0.0; 3]; 3], [[0.0; 3], [0.0, f32::NAN, 0.0], [0.0; 3]]]);
        assert!(refused(&nan).starts_with("triangle 2, corner 2: \"NaN\" is not finite"));
        let mut short = in_binary(&[[[0.0; 3]; 3]]);
        short[0] = b'S' + 1;
        short.pop();
        assert!(refused(&short).contains("of 1 triangles has 134 bytes, not 133"));
        assert!(refused(b"").contains("this is no STL"));
    }
}
