//! Tests of the use cases.

mod answers;
mod diff;
mod drafts;
mod drills;
mod schema;
