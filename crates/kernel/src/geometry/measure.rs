//! Lengths, areas and containment.

use super::shape::{Bounds, Point, Shape, ShapeKind};
use std::collections::BTreeSet;

/// Equatorial radius of the WGS 84 ellipsoid in meters.
const EQUATOR_M: f64 = 6_378_137.0;
/// First eccentricity of the WGS 84 ellipsoid, squared.
const E2: f64 = 0.006_694_379_990_141_316;
/// Radius in meters of the sphere with the ellipsoid's surface (authalic).
const AUTHALIC_M: f64 = 6_371_007.180_918_474;

/// Length of a short line in meters, by the ellipsoid's radii of curvature at its middle.
///
/// Within a millionth for segments of up to 20 km, which is all that is drawn here.
fn distance_m(a: (f64, f64), b: (f64, f64)) -> f64 {
    let latitude = ((a.1 + b.1) / 2.0).to_radians();
    let w2 = 1.0 - E2 * latitude.sin() * latitude.sin();
    let prime_vertical = EQUATOR_M / w2.sqrt();
    let meridian = prime_vertical * (1.0 - E2) / w2;
    let north = meridian * (b.1 - a.1).to_radians();
    let east = prime_vertical * latitude.cos() * (b.0 - a.0).to_radians();
    north.hypot(east)
}

/// Sine of the authalic latitude: areas on the sphere are then areas on the ellipsoid.
/// Source: Snyder, Map Projections (USGS 1395), equations 3-11 and 3-12.
fn authalic_sine(latitude: f64) -> f64 {
    let e = E2.sqrt();
    let q = |sine: f64| {
        let log = ((1.0 - e * sine) / (1.0 + e * sine)).ln();
        (1.0 - E2) * (sine / (1.0 - E2 * sine * sine) - log / (2.0 * e))
    };
    q(latitude.to_radians().sin()) / q(1.0)
}

fn degrees(point: &Point) -> (f64, f64) {
    (point.lon(), point.lat())
}

/// Length of lines, or of the rings of areas, in meters.
pub fn length_m(shape: &Shape) -> f64 {
    let rings = shape.parts.iter().flatten();
    rings
        .flat_map(|ring| ring.windows(2))
        .map(|pair| distance_m(degrees(&pair[0]), degrees(&pair[1])))
        .sum()
}

/// Area in square meters (holes taken out); 0 for lines.
pub fn area_m2(shape: &Shape) -> f64 {
    if shape.kind == ShapeKind::Lines {
        return 0.0;
    }
    let part_area = |part: &Vec<Vec<Point>>| {
        let rings: Vec<f64> = part.iter().map(|ring| ring_area_m2(ring)).collect();
        rings[0] - rings[1..].iter().sum::<f64>()
    };
    shape.parts.iter().map(part_area).sum()
}

/// Area of a closed ring on the ellipsoid (Chamberlain and Duquette 2007, equation 5, on authalic
/// latitudes).
fn ring_area_m2(ring: &[Point]) -> f64 {
    let sum: f64 = ring
        .windows(2)
        .map(|pair| {
            let (a, b) = (degrees(&pair[0]), degrees(&pair[1]));
            let turn = (b.0 - a.0).to_radians();
            turn * (2.0 + authalic_sine(a.1) + authalic_sine(b.1))
        })
        .sum();
    (sum * AUTHALIC_M * AUTHALIC_M / 2.0).abs()
}

/// Whether a point lies in an area (on its edge counts by the even-odd rule).
pub fn contains(shape: &Shape, point: Point) -> bool {
    shape.kind == ShapeKind::Areas
        && shape.parts.iter().any(|part| {
            let crossings = part.iter().filter(|ring| ring_contains(ring, degrees(&point))).count();
            crossings % 2 == 1
        })
}

fn ring_contains(ring: &[Point], (x, y): (f64, f64)) -> bool {
    let mut inside = false;
    for pair in ring.windows(2) {
        let ((x1, y1), (x2, y2)) = (degrees(&pair[0]), degrees(&pair[1]));
        if (y1 > y) != (y2 > y) && x < (x2 - x1) * (y - y1) / (y2 - y1) + x1 {
            inside = !inside;
        }
    }
    inside
}

/// An area with the box around it and its edges, ready to be asked many times.
struct Region<'a> {
    area: &'a Shape,
    bounds: Bounds,
    edges: Vec<(Point, Point)>,
}

impl<'a> Region<'a> {
    fn new(area: &'a Shape) -> Region<'a> {
        let rings = area.parts.iter().flatten();
        let edges = rings.flat_map(|ring| ring.windows(2)).map(|pair| (pair[0], pair[1]));
        Region { area, bounds: area.bounds(), edges: edges.collect() }
    }

    fn contains(&self, point: Point) -> bool {
        !apart(&(point, point), &(self.bounds.low, self.bounds.high)) && contains(self.area, point)
    }
}

/// Whether the boxes around two pairs of points lie apart.
fn apart(a: &(Point, Point), b: &(Point, Point)) -> bool {
    let beside =
        |a: (i32, i32), b: (i32, i32)| a.0.max(a.1) < b.0.min(b.1) || b.0.max(b.1) < a.0.min(a.1);
    let lon = beside((a.0.lon_e7, a.1.lon_e7), (b.0.lon_e7, b.1.lon_e7));
    let lat = beside((a.0.lat_e7, a.1.lat_e7), (b.0.lat_e7, b.1.lat_e7));
    lon || lat
}

/// Length in meters of the parts of `lines` that lie inside any of `areas`.
///
/// Each segment is cut at every edge it crosses; a piece counts when its middle is inside. A
/// segment that branches of one line share counts once.
pub fn length_within_m(lines: &Shape, areas: &[Shape]) -> f64 {
    let regions: Vec<Region<'_>> = areas.iter().map(Region::new).collect();
    let segments: BTreeSet<(Point, Point)> = lines
        .parts
        .iter()
        .flatten()
        .flat_map(|line| line.windows(2))
        .map(|pair| (pair[0].min(pair[1]), pair[0].max(pair[1])))
        .collect();
    segments.iter().map(|segment| piece_within_m(segment, &regions)).sum()
}

fn piece_within_m(segment: &(Point, Point), regions: &[Region<'_>]) -> f64 {
    let near = |region: &&Region<'_>| !apart(segment, &(region.bounds.low, region.bounds.high));
    let near: Vec<&Region<'_>> = regions.iter().filter(near).collect();
    if near.is_empty() {
        return 0.0;
    }
    let (a, b) = (degrees(&segment.0), degrees(&segment.1));
    let edges = near.iter().flat_map(|region| &region.edges);
    let mut cuts: Vec<f64> = edges
        .filter(|edge| !apart(segment, edge))
        .filter_map(|(c, d)| crossing(a, b, degrees(c), degrees(d)))
        .collect();
    cuts.push(0.0);
    cuts.push(1.0);
    cuts.sort_by(f64::total_cmp);
    let at = |t: f64| (a.0 + (b.0 - a.0) * t, a.1 + (b.1 - a.1) * t);
    let pieces = cuts.windows(2).filter(|cut| cut[1] - cut[0] > 1e-12);
    pieces
        .filter(|cut| {
            let (lon, lat) = at((cut[0] + cut[1]) / 2.0);
            let middle = Point::from_degrees(lon, lat);
            middle.is_ok_and(|middle| near.iter().any(|region| region.contains(middle)))
        })
        .map(|cut| distance_m(at(cut[0]), at(cut[1])))
        .sum()
}

/// Where along `a`–`b` (0 to 1) it crosses `c`–`d`.
fn crossing(a: (f64, f64), b: (f64, f64), c: (f64, f64), d: (f64, f64)) -> Option<f64> {
    let (r, s) = ((b.0 - a.0, b.1 - a.1), (d.0 - c.0, d.1 - c.1));
    let cross = r.0 * s.1 - r.1 * s.0;
    if cross == 0.0 {
        return None;
    }
    let t = ((c.0 - a.0) * s.1 - (c.1 - a.1) * s.0) / cross;
    let u = ((c.0 - a.0) * r.1 - (c.1 - a.1) * r.0) / cross;
    ((0.0..=1.0).contains(&t) && (0.0..=1.0).contains(&u)).then_some(t)
}

/// The shape with points left out that lie within `tolerance_e7` of the line they interrupt
/// (Douglas and Peucker 1973); rings keep at least four points.
pub fn simplified(shape: &Shape, tolerance_e7: i32) -> Shape {
    let ring = |ring: &Vec<Point>| {
        let mut keep = vec![false; ring.len()];
        let last = ring.len() - 1;
        (keep[0], keep[last]) = (true, true);
        if shape.kind == ShapeKind::Areas {
            (keep[last / 3], keep[2 * last / 3]) = (true, true);
        }
        let anchors: Vec<usize> = (0..ring.len()).filter(|index| keep[*index]).collect();
        let mut open: Vec<(usize, usize)> = anchors.windows(2).map(|w| (w[0], w[1])).collect();
        while let Some((from, to)) = open.pop() {
            if let Some(far) = farthest(ring, from, to, f64::from(tolerance_e7)) {
                keep[far] = true;
                open.push((from, far));
                open.push((far, to));
            }
        }
        let kept = ring.iter().zip(&keep).filter(|(_, keep)| **keep);
        kept.map(|(point, _)| *point).collect::<Vec<Point>>()
    };
    let parts = shape.parts.iter().map(|part| part.iter().map(ring).collect()).collect();
    Shape::new(shape.kind, parts).unwrap_or_else(|_| shape.clone())
}

fn farthest(ring: &[Point], from: usize, to: usize, tolerance: f64) -> Option<usize> {
    let (a, b) = (ring[from], ring[to]);
    let (dx, dy) = (f64::from(b.lon_e7 - a.lon_e7), f64::from(b.lat_e7 - a.lat_e7));
    let length = dx.hypot(dy);
    let far = |point: &Point| {
        let (x, y) = (f64::from(point.lon_e7 - a.lon_e7), f64::from(point.lat_e7 - a.lat_e7));
        if length == 0.0 { x.hypot(y) } else { (x * dy - y * dx).abs() / length }
    };
    let inside = (from + 1..to).map(|index| (index, far(&ring[index])));
    inside
        .max_by(|x, y| x.1.total_cmp(&y.1))
        .filter(|(_, distance)| *distance > tolerance)
        .map(|(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(lon: f64, lat: f64, size: f64) -> Shape {
        let corners = [(0.0, 0.0), (size, 0.0), (size, size), (0.0, size), (0.0, 0.0)];
        let ring = corners
            .iter()
            .map(|(x, y)| Point::from_degrees(lon + x, lat + y).expect("on earth"))
            .collect();
        Shape::new(ShapeKind::Areas, vec![vec![ring]]).expect("closed")
    }

    fn line(points: &[(f64, f64)]) -> Shape {
        let points =
            points.iter().map(|(x, y)| Point::from_degrees(*x, *y).expect("on earth")).collect();
        Shape::new(ShapeKind::Lines, vec![vec![points]]).expect("a line")
    }

    #[test]
    fn measures_a_degree_at_the_equator() {
        let area = area_m2(&square(0.0, 0.0, 1.0));
        assert!((area / 1e6 - 12_308.8).abs() < 1.0, "{area}");
        let length = length_m(&line(&[(0.0, 0.0), (1.0, 0.0)]));
        assert!((length - 111_319.49).abs() < 0.1, "{length}");
    }

    #[test]
    fn cuts_lines_at_the_border() {
        let area = square(121.0, 31.0, 0.1);
        let through = line(&[(120.9, 31.05), (121.2, 31.05)]);
        let inside = length_within_m(&through, std::slice::from_ref(&area));
        let whole = length_m(&line(&[(121.0, 31.05), (121.1, 31.05)]));
        assert!((inside - whole).abs() < 0.5, "{inside} {whole}");
        assert_eq!(
            length_within_m(&line(&[(0.0, 0.0), (1.0, 1.0)]), std::slice::from_ref(&area)),
            0.0
        );
        let back_and_forth = line(&[(121.02, 31.05), (121.08, 31.05), (121.02, 31.05)]);
        let once = line(&[(121.02, 31.05), (121.08, 31.05)]);
        assert_eq!(length_within_m(&back_and_forth, std::slice::from_ref(&area)), length_m(&once));
    }

    #[test]
    fn containment_knows_holes() {
        let (outer, hole) = (square(0.0, 0.0, 3.0), square(1.0, 1.0, 1.0));
        let parts = vec![vec![outer.parts[0][0].clone(), hole.parts[0][0].clone()]];
        let ring = Shape::new(ShapeKind::Areas, parts).expect("sound");
        let at = |x, y| contains(&ring, Point::from_degrees(x, y).expect("on earth"));
        assert!(at(0.5, 0.5) && !at(1.5, 1.5) && !at(4.0, 0.5));
    }

    #[test]
    fn text_reads_back_and_simplifying_keeps_the_ends() {
        let shape = line(&[(121.1, 31.2), (121.2, 31.2000001), (121.3, 31.2)]);
        assert_eq!(Shape::from_text(&shape.to_text()), Some(shape.clone()));
        assert_eq!(simplified(&shape, 1000).points().count(), 2);
        let area = square(1.0, 1.0, 1.0);
        assert_eq!(Shape::from_text(&area.to_text()), Some(area.clone()));
        assert!(simplified(&area, i32::MAX).points().count() >= 4);
        assert_eq!(Shape::from_text("A1,2"), None);
        assert_eq!(Shape::from_text(""), None);
    }
}
