//! Tests of the use cases.

mod answers;
mod schema;
