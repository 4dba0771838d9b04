//! Places on earth: points, lines and areas in WGS 84, and what can be measured of them.
//!
//! Coordinates are whole ten-millionths of a degree (about a centimeter). Lengths and areas are
//! computed on the WGS 84 ellipsoid.

mod measure;
mod shape;

pub use measure::{area_m2, contains, length_m, length_within_m, simplified};
pub use shape::{Bounds, Point, Shape, ShapeKind};
