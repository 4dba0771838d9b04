//! Points, lines and areas.

use crate::refusal::Refusal;

/// A point, in ten-millionths of a degree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Point {
    /// Longitude × 10^7, from -180° to 180°.
    pub lon_e7: i32,
    /// Latitude × 10^7, from -90° to 90°.
    pub lat_e7: i32,
}

impl Point {
    /// From degrees; fails with `E-GEO-01` outside the globe or for NaN.
    pub fn from_degrees(lon: f64, lat: f64) -> Result<Point, Refusal> {
        if !(-180.0..=180.0).contains(&lon) || !(-90.0..=90.0).contains(&lat) {
            return Err(Refusal::new(
                "E-GEO-01",
                "longitude lies within ±180°, latitude within ±90°",
                "经度应在 ±180° 之间,纬度应在 ±90° 之间",
                "longitude must lie within ±180° and latitude within ±90°",
            )
            .value(&format!("{lon},{lat}")));
        }
        let scale = |degrees: f64| (degrees * 1e7).round() as i32;
        Ok(Point { lon_e7: scale(lon), lat_e7: scale(lat) })
    }

    /// Longitude in degrees.
    pub fn lon(self) -> f64 {
        f64::from(self.lon_e7) / 1e7
    }

    /// Latitude in degrees.
    pub fn lat(self) -> f64 {
        f64::from(self.lat_e7) / 1e7
    }
}

/// What a shape is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ShapeKind {
    /// Lines.
    Lines,
    /// Areas, each with its outer ring first and holes after it.
    Areas,
}

/// Lines or areas: `parts[part][ring][point]`; a line has one "ring".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// Lines or areas.
    pub kind: ShapeKind,
    /// `parts[part][ring][point]`; rings of areas are closed.
    pub parts: Vec<Vec<Vec<Point>>>,
}

/// The box around something, in ten-millionths of a degree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// South-western corner.
    pub low: Point,
    /// North-eastern corner.
    pub high: Point,
}

impl Bounds {
    /// Whether a point lies in the box.
    pub fn holds(&self, point: Point) -> bool {
        (self.low.lon_e7..=self.high.lon_e7).contains(&point.lon_e7)
            && (self.low.lat_e7..=self.high.lat_e7).contains(&point.lat_e7)
    }
}

impl Shape {
    /// A shape has at most this many points.
    pub const POINTS_MAX: usize = 200_000;

    /// Checks sizes: lines of two points or more, closed rings of four or more; fails with `E-GEO-02`.
    pub fn new(kind: ShapeKind, parts: Vec<Vec<Vec<Point>>>) -> Result<Shape, Refusal> {
        let points: usize = parts.iter().flatten().map(Vec::len).sum();
        let sound = match kind {
            ShapeKind::Lines => parts.iter().all(|p| p.len() == 1 && p[0].len() >= 2),
            ShapeKind::Areas => parts.iter().all(|part| {
                !part.is_empty() && part.iter().all(|r| r.len() >= 4 && r.first() == r.last())
            }),
        };
        if sound && !parts.is_empty() && points <= Shape::POINTS_MAX {
            return Ok(Shape { kind, parts });
        }
        Err(Refusal::new(
            "E-GEO-02",
            "a line has two points or more, a ring four or more and is closed, a shape 200,000 at most",
            "几何不完整:线至少两点,面的环至少四点且首尾相同,总点数不超过20万",
            "broken geometry: lines need 2 points, rings 4 and the same first and last, 200,000 in all",
        )
        .value(&format!("{points} points")))
    }

    /// All points in order.
    pub fn points(&self) -> impl Iterator<Item = &Point> {
        self.parts.iter().flatten().flatten()
    }

    /// The box around it.
    pub fn bounds(&self) -> Bounds {
        let mut low = Point { lon_e7: i32::MAX, lat_e7: i32::MAX };
        let mut high = Point { lon_e7: i32::MIN, lat_e7: i32::MIN };
        for point in self.points() {
            low = Point {
                lon_e7: low.lon_e7.min(point.lon_e7),
                lat_e7: low.lat_e7.min(point.lat_e7),
            };
            high = Point {
                lon_e7: high.lon_e7.max(point.lon_e7),
                lat_e7: high.lat_e7.max(point.lat_e7),
            };
        }
        Bounds { low, high }
    }

    /// The GeoJSON geometry type.
    pub fn type_name(&self) -> &'static str {
        match (self.kind, self.parts.len()) {
            (ShapeKind::Lines, 1) => "LineString",
            (ShapeKind::Lines, _) => "MultiLineString",
            (ShapeKind::Areas, 1) => "Polygon",
            (ShapeKind::Areas, _) => "MultiPolygon",
        }
    }

    /// Compact text for storage: `L` or `A`, then parts by `|`, rings by `;`, points by space,
    /// each `lon_e7,lat_e7` as the difference from the point before.
    pub fn to_text(&self) -> String {
        use std::fmt::Write as _;
        let mut out = String::from(if self.kind == ShapeKind::Lines { "L" } else { "A" });
        let mut last = Point { lon_e7: 0, lat_e7: 0 };
        for (part_index, part) in self.parts.iter().enumerate() {
            out.push_str(if part_index > 0 { "|" } else { "" });
            for (ring_index, ring) in part.iter().enumerate() {
                out.push_str(if ring_index > 0 { ";" } else { "" });
                for (point_index, point) in ring.iter().enumerate() {
                    let space = if point_index > 0 { " " } else { "" };
                    let (lon, lat) = (point.lon_e7 - last.lon_e7, point.lat_e7 - last.lat_e7);
                    let _ = write!(out, "{space}{lon},{lat}");
                    last = *point;
                }
            }
        }
        out
    }

    /// Reads what [`Shape::to_text`] wrote; `None` when it is damaged.
    pub fn from_text(text: &str) -> Option<Shape> {
        let kind = match text.chars().next()? {
            'L' => ShapeKind::Lines,
            'A' => ShapeKind::Areas,
            _ => return None,
        };
        let mut last = (0i32, 0i32);
        let mut parts = Vec::new();
        for part in text[1..].split('|') {
            let mut rings = Vec::new();
            for ring in part.split(';') {
                let mut points = Vec::new();
                for point in ring.split(' ') {
                    let (lon, lat) = point.split_once(',')?;
                    last.0 = last.0.checked_add(lon.parse().ok()?)?;
                    last.1 = last.1.checked_add(lat.parse().ok()?)?;
                    points.push(Point { lon_e7: last.0, lat_e7: last.1 });
                }
                rings.push(points);
            }
            parts.push(rings);
        }
        Shape::new(kind, parts).ok()
    }
}
