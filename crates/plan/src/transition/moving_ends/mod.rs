//! Moves beside a motion that is not eased there: out of it, into it, or from one to the next, with its velocity and
//! acceleration.

mod by_runs;
mod choice;
mod in_one;
mod rules;
