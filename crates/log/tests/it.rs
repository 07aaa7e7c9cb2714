//! Tests of the flight log.

mod files;
mod outside;
mod wire;
