use std::path::PathBuf;

use kapok_format::{ReadError, WriteError};
use kapok_show::BadSetting;

/// Why a file or folder could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The system says no.
    #[error("cannot {what} {}", path.display())]
    Io {
        /// What was tried.
        what: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Too many bytes in one file.
    #[error("{} is larger than 4 GiB, the largest file that is read", path.display())]
    FileTooLarge {
        /// The file.
        path: PathBuf,
    },
    /// Too many bytes in all files of a folder.
    #[error("the files of {} are larger than 4 GiB together, the most that is read", path.display())]
    FolderTooLarge {
        /// The folder.
        path: PathBuf,
    },
    /// Too many entries in a folder.
    #[error("{} has more than {most} files, the most that are read", path.display())]
    TooManyFiles {
        /// The folder.
        path: PathBuf,
        /// How many are read.
        most: usize,
    },
    /// A name that is no text.
    #[error("{}: the name of a file is not UTF-8: rename it", path.display())]
    Name {
        /// The file.
        path: PathBuf,
    },
    /// Nothing of a show.
    #[error("{} has neither .skyb nor .csv files: a show folder has one a vehicle", path.display())]
    NoShow {
        /// The folder.
        path: PathBuf,
    },
}

/// Why bytes could not be judged.
#[derive(Debug, thiserror::Error)]
pub enum CertifyError {
    /// They are no show that can be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The show cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// A limit of the options is illegal.
    #[error("{flag}: {bad}")]
    Limit {
        /// The flag that sets it.
        flag: &'static str,
        /// The limit, its value and what it must be.
        bad: BadSetting,
    },
    /// Limits of the options do not go with the others.
    #[error("with these flags the limits make no sense: {0}")]
    Limits(BadSetting),
    /// The options name a limit that there is not.
    #[error("there is no limit \"{0}\"")]
    UnknownLimit(String),
    /// The bytes of a vehicle cannot be counted.
    #[error("cannot count the bytes of vehicle \"{vehicle}\"")]
    Payload {
        /// Its name.
        vehicle: String,
        /// Why.
        source: WriteError,
    },
    /// The writer and the reader of a format do not agree.
    #[error("the written file does not read back as the show that was to be written")]
    NotReadBack,
}

/// Why a certificate could not be checked.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// It is no certificate.
    #[error("it is no certificate: {0}")]
    NotACertificate(String),
    /// A form that is not read.
    #[error("its schema is \"{0}\", but only \"{schema}\" is read", schema = crate::SCHEMA)]
    Schema(String),
    /// The bytes that it speaks of cannot be judged.
    #[error(transparent)]
    Bytes(#[from] CertifyError),
}
