/// Why pages cannot be written as PDF.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// A page has what the writer does not draw.
    #[error("{0} cannot be drawn in a PDF; use filled and stroked paths and plain text")]
    Unsupported(&'static str),
    /// The font cannot be embedded.
    #[error("the font cannot be embedded: {0}")]
    Font(String),
    /// A stream could not be compressed.
    #[error("a stream cannot be compressed: {0}")]
    Compression(std::io::Error),
}
