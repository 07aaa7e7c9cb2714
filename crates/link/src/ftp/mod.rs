//! Files: MAVFTP, the server that a vehicle has and the client that a ground station has.

mod checksum;
mod download;
mod exchange;
mod packet;
mod query;
mod server;
mod store;
mod upload;

pub use checksum::file_crc32;
pub use download::{Downloaded, FtpDownload};
pub use exchange::{FtpFailure, FtpTiming};
pub use packet::{FTP_DATA_LEN, FtpError, FtpOp, FtpPacket};
pub use query::FtpChecksum;
pub use server::FtpServer;
pub use store::FileStore;
pub use upload::{FtpUpload, Uploaded};
