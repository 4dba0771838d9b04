//! GeoJSON (RFC 7946): features of a collection, their properties as cells, their geometry checked.

use super::json::{Json, Reader, cells, each, shape};
use super::{Geometry, Row, Sink, Wanted};
use crate::limits::Limits;
use kernel::Refusal;
use kernel::geometry::{Point, Shape, ShapeKind};

/// Reads every feature of the collection.
pub(crate) fn read(
    text: &str,
    wanted: &Wanted<'_>,
    limits: &Limits,
    sink: &mut dyn Sink,
) -> Result<(), Refusal> {
    let mut reader = Reader::new(text, limits);
    let mut number = 0;
    each(&mut reader, "features", &mut |feature| {
        number += 1;
        limits.check_rows(number)?;
        let read = || {
            if text_of(&feature, "type") != Some("Feature") {
                return Err(shape("every element is a Feature", "每一项应为 Feature"));
            }
            let nothing = Json::Object(Vec::new());
            let properties = match feature.member("properties") {
                None | Some(Json::Null) => &nothing,
                Some(properties) => properties,
            };
            let owned = cells(properties, wanted, limits)?;
            let owned = owned.into_iter().map(|cell| cell.into_owned().into()).collect();
            Ok::<(Vec<std::borrow::Cow<'_, str>>, _), Refusal>((owned, geometry(&feature)?))
        };
        Ok(match read() {
            Ok((cells, geometry)) => sink.row(&Row { number, cells: &cells, geometry }),
            Err(refusal) => sink.refuse(refusal.row(number)),
        })
    })
}

fn text_of<'a>(value: &'a Json, name: &str) -> Option<&'a str> {
    match value.member(name) {
        Some(Json::Text(text)) => Some(text),
        _ => None,
    }
}

fn geometry(feature: &Json) -> Result<Option<Geometry>, Refusal> {
    let geometry = match feature.member("geometry") {
        None | Some(Json::Null) => return Ok(None),
        Some(geometry) => geometry,
    };
    let coordinates = geometry.member("coordinates").unwrap_or(&Json::Null);
    let found = match text_of(geometry, "type") {
        Some("Point") => Geometry::Point(point(coordinates)?),
        Some("LineString") => shape_of(ShapeKind::Lines, vec![vec![points(coordinates)?]])?,
        Some("MultiLineString") => {
            let lines = array(coordinates)?.iter().map(|line| Ok(vec![points(line)?]));
            shape_of(ShapeKind::Lines, lines.collect::<Result<_, Refusal>>()?)?
        }
        Some("Polygon") => shape_of(ShapeKind::Areas, vec![rings(coordinates)?])?,
        Some("MultiPolygon") => {
            let parts = array(coordinates)?.iter().map(rings);
            shape_of(ShapeKind::Areas, parts.collect::<Result<_, Refusal>>()?)?
        }
        other => {
            return Err(shape(
                "a geometry is a Point, LineString or Polygon, or several lines or polygons",
                "几何类型应为 Point、LineString、Polygon、MultiLineString 或 MultiPolygon",
            )
            .column("geometry")
            .value(other.unwrap_or("")));
        }
    };
    Ok(Some(found))
}

fn shape_of(kind: ShapeKind, parts: Vec<Vec<Vec<Point>>>) -> Result<Geometry, Refusal> {
    Shape::new(kind, parts).map(Geometry::Shape).map_err(|r| r.column("geometry"))
}

fn array(value: &Json) -> Result<&[Json], Refusal> {
    match value {
        Json::Array(items) => Ok(items),
        _ => Err(shape("coordinates are arrays", "坐标应为数组").column("geometry")),
    }
}

fn rings(value: &Json) -> Result<Vec<Vec<Point>>, Refusal> {
    array(value)?.iter().map(points).collect()
}

fn points(value: &Json) -> Result<Vec<Point>, Refusal> {
    array(value)?.iter().map(point).collect()
}

/// `[longitude, latitude]`, with a height that is left out.
fn point(value: &Json) -> Result<Point, Refusal> {
    match array(value)? {
        [Json::Number(lon), Json::Number(lat)] | [Json::Number(lon), Json::Number(lat), _] => {
            degrees(lon, lat).map_err(|r| r.column("geometry"))
        }
        _ => Err(shape("a position is two numbers", "坐标应为两个数字").column("geometry")),
    }
}

/// A point from two written numbers; fails with `E-NUM-01` or `E-GEO-01`.
pub(crate) fn degrees(lon: &str, lat: &str) -> Result<Point, Refusal> {
    let read = |text: &str| match text.parse::<f64>() {
        Ok(degrees) if text.bytes().all(|b| b"0123456789.-+eE".contains(&b)) => Ok(degrees),
        _ => kernel::Decimal::parse(text).map(kernel::Decimal::approximate),
    };
    Point::from_degrees(read(lon)?, read(lat)?)
}
