//! Plots and report pages of a show and its certificate, and of a rehearsal.
//!
//! Row of the architecture: **knows** how a show and its certificate look on paper: plots and report pages as SVG, PNG and
//! PDF; **imports** `show`, `certify`, `fonts`.
//!
//! # What the pages say
//! The table of rules and the cases are those of the certificate: they hold at every instant. The curves of speed and
//! altitude are samples for the eye, and say so. Fonts are those that ship with Kapok; nothing is taken from the system.
//!
//! # Determinism
//! The same show and certificate give the same bytes.

mod chart;
mod envelope;
mod pages;
mod pdf;
mod picture;
mod rehearsal;
mod separation;
mod text;

pub use pages::{report_pages, report_pdf};
pub use pdf::PdfError;
pub use picture::{PictureError, svg_to_pdf, svg_to_png};
pub use rehearsal::{
    BandTracking, FlightEnd, GroundMap, RehearsalReport, RehearsalTable, SeparationOverTime, WindTracking,
    rehearsal_page,
};
pub use separation::separation_svg;
