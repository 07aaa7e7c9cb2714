//! Tests of the use cases.

mod answers;
mod drafts;
mod schema;
