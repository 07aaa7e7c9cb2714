//! What is common to formats of text: JSON by one door, tables, headers of columns, numbers.

pub mod header;
pub mod json;
pub mod number;
pub mod table;
