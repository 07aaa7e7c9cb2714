use thiserror::Error;

/// Why a log cannot be read or written.
#[derive(Debug, Error)]
pub enum LogError {
    /// The disk, or what stands behind the reader or writer.
    #[error("the log cannot be read or written: {0}")]
    Io(#[from] std::io::Error),
    /// The bytes are no MCAP.
    #[error("this is no flight log: it does not begin with the marks of an MCAP file")]
    NoMcap,
    /// An MCAP of something else.
    #[error("this MCAP file is no flight log of Kapok: it has no metadata \"kapok.log\" before its first chunk")]
    NoHead,
    /// The metadata of the log lacks something, or states what makes no sense.
    #[error("the log's metadata: \"{field}\" {why}")]
    Head {
        /// Which entry.
        field: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// A message that is not what its channel announces.
    #[error("message {number} of the log, on {channel}: {why}")]
    Message {
        /// Number of the message in the file, from 1.
        number: u64,
        /// Topic of its channel.
        channel: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// The container itself.
    #[error("the log's container: {0}")]
    Container(String),
    /// A compressed chunk.
    #[error(
        "the log is compressed ({0}); Kapok reads logs without compression: `mcap decompress` of the MCAP tools makes one"
    )]
    Compressed(String),
    /// More than a reader holds.
    #[error("the log holds more than {0} positions, which is more than fits in memory here")]
    TooLarge(u64),
}
