//! From formations and grids to places in the site: placement, the room that may be flown, separation, reserve places.

mod grid;
mod place;
mod polygon;
mod reserve;
mod room;

pub(crate) use grid::{grid_places, squarest_columns};
pub(crate) use place::Placement;
pub(crate) use polygon::Polygon;
pub(crate) use reserve::reserve_places;
pub(crate) use room::{Refusal, Room};
