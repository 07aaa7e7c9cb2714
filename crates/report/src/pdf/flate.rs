use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::error::PdfError;

/// Data of a stream with the filter FlateDecode: ISO 32000-1, 7.4.4.
pub fn compressed(bytes: &[u8]) -> Result<Vec<u8>, PdfError> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).map_err(PdfError::Compression)
}
