//! These bytes are proved: from the bytes of a show to its certificate, and from a certificate back to the bytes.
//!
//! Row of the architecture: **knows** which bytes are judged, under which limits and options, and what a certificate says;
//! the only room that calls the proof; **imports** `show`, `format`, `proof`, `risk`.
//!
//! # What a certificate is
//! [`certify`] decodes a [`Source`], takes what its own grid excuses from the decoded file (`settings`), puts the caller's
//! [`Options`] over the file's limits, proves, and joins findings and provenance in a [`Certificate`]. There is no other way
//! to make one: its fields are private and it cannot be read from JSON. So the same bytes and options have the same
//! certificate at every door. Everything that is not of the bytes stands in the certificate's `options`.
//!
//! # How one is checked
//! [`check`] makes the certificate of the same bytes under the options that the document states and compares the two, value
//! by value. A document that says more than a proof would is found out, whichever value was changed.
//!
//! [`check_beside`] does less: all but the proof. It opens a show quickly for looking.
//!
//! # What may be flown
//! A [`Judged`] has any verdict. [`Judged::certified`] makes a [`Certified`] of one that is proved: what is flown takes nothing
//! else. Bytes that say of themselves that they are a draft never become one, whatever is proved of them.
//!
//! Motion without bytes is judged by [`judge_motion`]: findings, and no certificate.

mod beside;
mod certificate;
mod certify;
mod check;
mod error;
mod limits;
mod options;
mod sarif;
mod source;
mod words;

pub use beside::{CheckedCertificate, NotUsed, check_beside};
pub use certificate::{Certificate, FileId, LimitSource, Provenance, SCHEMA};
pub use certify::{Certified, Judged, certify, certify_skyc, judge_motion};
pub use check::{Check, Difference, check};
pub use error::{CertifyError, CheckError, SourceError};
pub use kapok_proof::{
    Checker, Findings, ProofSettings, ReturnEntryReport, Rule, RuleLimit, RuleReport, Statistics, VehicleRef, Verdict,
    Witness, WitnessFault,
};
pub use kapok_risk::{
    AreaFigure, FailureFigures, LossFigure, LossMode, LossWitness, SafetyReport, SectorLoss, WindReserve,
};
pub use options::{Options, Surroundings};
pub use sarif::sarif;
pub use source::{Source, read_file};
pub use words::{clock, headline};
