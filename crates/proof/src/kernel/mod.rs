//! Arithmetic and search: polynomials in Bernstein form with bounds on their rounding errors, exact integers, branch and bound,
//! and the shapes that rules are made of. Nothing here knows a rule.

pub mod area;
pub mod bernstein;
pub mod exact;
pub mod fall;
pub mod polygon;
pub mod rounding;
pub mod search;
pub mod tally;
pub mod track;
pub mod window;
