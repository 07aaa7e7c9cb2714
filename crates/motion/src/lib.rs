//! Geometry and timing that the rooms of Kapok share. The proof alone keeps its own: a proof that shares code with the
//! planner shares its mistakes.
//!
//! Row of the architecture: **knows** Bézier curves, time laws from rest to rest, distances of segments, polygons, spatial
//! indices, colouring, the metric of the separation, the grid of written positions; **imports** `show`. No I/O, no clock,
//! no threads, no randomness.
//!
//! # Curves ([`bezier`])
//! c(u) = Σ_k C(d,k) (1−u)^(d−k) u^k c_k for 0 ≤ u ≤ 1. The curve lies in the hull of its control points c_k; its derivative is
//! the curve of degree d − 1 with control points d (c_{k+1} − c_k) (the hodograph); its squared length is a polynomial of
//! degree 2d whose least Bernstein coefficient it never falls below. Parts come from blossoms or de Casteljau's scheme, so
//! bounds may be refined by halving.
//!
//! # Timing ([`timing`])
//! The shortest motion over a distance D from rest to rest under limits on speed v, acceleration a and jerk j is a double S: jerk
//! +j, 0, −j, 0, −j, 0, +j. With v j ≥ a² and D large enough it takes D/v + v/a + a/j; the shorter cases are closed forms too.
//! A *time law* is such a curve from 0 to 1 whose phases last whole milliseconds, as exact cubic Bézier pieces.
//!
//! # Distances ([`segment`], [`polygon`], [`Metric`])
//! The difference of two vehicles that fly straight with one time law is a segment, so their least distance is that of the
//! origin to a segment. Separation is measured by |(x, y, z / c)|, c the downwash scale.
//!
//! # Indices ([`spatial`])
//! Uniform grids, a k-d tree, and the same tree with prices: the query of a power diagram.
//!
//! # Colouring ([`colouring`])
//! Classes of a graph such that neighbours differ: first fit and DSATUR.
//!
//! # Sources
//! Farin, *Curves and Surfaces for CAGD* (1988); Ramshaw, "Blossoms are polar forms" (1989); Biagiotti and Melchiorri,
//! *Trajectory Planning for Automatic Machines and Robots* (2008), chapter 3.4 for the double S; Bentley (1975) for the k-d
//! tree; Aurenhammer (1987) for power diagrams; Brélaz (1979) for DSATUR.

pub mod bezier;
pub mod colouring;
mod metric;
pub mod polygon;
mod position_grid;
pub mod segment;
pub mod spatial;
pub mod timing;

pub use metric::Metric;
pub use position_grid::PositionGrid;
