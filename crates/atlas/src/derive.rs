//! Derived figures: computed from statements, shown as derived, with formula, inputs and rounding.
//!
//! Each rule has a name and a version; the same statements give the same bytes.

use crate::error::Result;
use crate::page::fetch;
use crate::statement::{self, Statement};
use crate::view::{At, Sight, View};
use kernel::geometry::{Bounds, Shape, area_m2, contains, length_within_m};
use kernel::{Decimal, EntityId, Label, Quantity, StatementId, Valid, Value};
use store::Tx;

/// A figure computed from statements.
#[derive(Debug, Clone, PartialEq)]
pub struct Derived {
    /// Key of the indicator it is comparable with.
    pub key: String,
    /// What it is.
    pub label: Label,
    /// The figure.
    pub value: Value,
    /// How it is computed, in words and signs.
    pub formula: Label,
    /// How it is rounded.
    pub rounding: String,
    /// What went in.
    pub inputs: Vec<Input>,
    /// Of when it speaks.
    pub valid: Valid,
    /// Rule and version: `metro_density@1`.
    pub rule: &'static str,
}

/// What went into a derived figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// What it is.
    pub label: Label,
    /// Its value.
    pub value: Value,
    /// The statements it rests on.
    pub statements: Vec<StatementId>,
}

/// Every derived figure of an entity.
pub fn of_entity(
    tx: &mut Tx<'_>,
    view: &View,
    entity: EntityId,
    sight: Sight,
) -> Result<Vec<Derived>> {
    let mut found = Vec::new();
    match view.kind_key(entity) {
        "district" => {
            found.extend(metro(tx, view, entity, sight)?);
            found.extend(implied_city_totals(tx, view, entity, sight)?);
        }
        "street" => {
            found.extend(metro(tx, view, entity, sight)?);
            found.extend(employment_density(tx, view, entity, sight)?);
        }
        _ => {}
    }
    Ok(found)
}

fn number(number: Decimal, unit: &str) -> Value {
    Value::Number { quantity: Quantity::exact(number), unit: Some(unit.to_string()) }
}

/// A measured float, in a number with so many decimals; measuring is approximate by nature.
fn measured(value: f64, decimals: u32) -> Decimal {
    let scaled = (value * 10f64.powi(decimals as i32)).round();
    Decimal::new(scaled as i128, decimals).unwrap_or(Decimal::ZERO)
}

/// An area of a place with the statements it rests on: its streets' outlines together, or its own.
struct Outline {
    shapes: Vec<Shape>,
    statements: Vec<StatementId>,
}

fn shapes_of(tx: &mut Tx<'_>, view: &View, of: &[EntityId], sight: Sight) -> Result<Outline> {
    let Some(property) = view.schema().property_ix("shape") else {
        return Ok(Outline { shapes: Vec::new(), statements: Vec::new() });
    };
    let mut at: Vec<At> = Vec::new();
    for entity in of {
        let own = view.about(*entity).iter().copied();
        at.extend(
            own.filter(|a| view.property_at(*a) == property && view.holds(*a, sight))
                .max_by_key(|a| view.merit(*a)),
        );
    }
    let mut outline = Outline { shapes: Vec::new(), statements: Vec::new() };
    for statement in fetch(tx, &at)? {
        if let Value::Shape(shape) = statement.said.value {
            outline.shapes.push(shape);
            outline.statements.push(statement.id);
        }
    }
    Ok(outline)
}

fn outline(tx: &mut Tx<'_>, view: &View, place: EntityId, sight: Sight) -> Result<Outline> {
    if view.kind_key(place) == "district" {
        let streets = parts(view, place, "street", sight);
        let union = shapes_of(tx, view, &streets, sight)?;
        if !union.shapes.is_empty() {
            return Ok(union);
        }
    }
    shapes_of(tx, view, &[place], sight)
}

/// The places of a kind that are located in a place.
pub(crate) fn parts(view: &View, place: EntityId, kind: &str, sight: Sight) -> Vec<EntityId> {
    let mut found: Vec<EntityId> = view
        .into(place)
        .iter()
        .filter(|at| view.property_at(**at).0 == view.known.located_in && view.holds(**at, sight))
        .map(|at| view.entity_at(*at))
        .filter(|entity| view.kind_key(*entity) == kind)
        .collect();
    found.sort();
    found.dedup();
    found
}

fn of_kind(view: &View, kind: &str, sight: Sight) -> Vec<EntityId> {
    let Some(ix) = view.schema().kind_ix(kind) else {
        return Vec::new();
    };
    let all = (1..=view.entity_count() as i64).map(EntityId);
    all.filter(|id| view.kind(*id) == Some(ix) && view.exists(*id, sight)).collect()
}

/// Stations and lines inside a place, by geometry, and the density of lines.
fn metro(tx: &mut Tx<'_>, view: &View, place: EntityId, sight: Sight) -> Result<Vec<Derived>> {
    let outline = outline(tx, view, place, sight)?;
    let stations = stations_inside(tx, view, &outline, sight)?;
    let lines = shapes_of(tx, view, &of_kind(view, "metro_line", sight), sight)?;
    if outline.shapes.is_empty() || lines.shapes.is_empty() {
        return Ok(Vec::new());
    }
    let area = measured(outline.shapes.iter().map(area_m2).sum::<f64>() / 1e6, 2);
    let meters: f64 = lines.shapes.iter().map(|line| length_within_m(line, &outline.shapes)).sum();
    let length = measured(meters / 1e3, 2);
    let area_input = Input {
        label: Label::new("街镇边界合计面积", "Area of the outlines"),
        value: number(area, "平方公里"),
        statements: outline.statements.clone(),
    };
    let length_input = Input {
        label: Label::new(
            "界内线路长度(站间直线)",
            "Length of lines inside, straight between stations",
        ),
        value: number(length, "公里"),
        statements: lines.statements,
    };
    let count = Derived {
        key: "metro_stations".to_string(),
        label: Label::new("界内地铁站数", "Metro stations inside"),
        value: number(Decimal::whole(stations.len() as i64), "座"),
        formula: Label::new(
            "坐标落在边界内的车站数",
            "stations whose position lies inside the outline",
        ),
        rounding: "none".to_string(),
        inputs: vec![
            Input {
                label: Label::new("车站坐标", "Positions of stations"),
                value: number(Decimal::whole(stations.len() as i64), "座"),
                statements: stations,
            },
            area_input.clone(),
        ],
        valid: Valid::ALWAYS,
        rule: "metro_stations_inside@1",
    };
    let density = length.divided(area, 2).map(|density| Derived {
        key: "metro_density".to_string(),
        label: Label::new("地铁线路密度", "Metro line density"),
        value: number(density, "公里/平方公里"),
        formula: Label::new("界内线路长度 ÷ 面积", "length of lines inside ÷ area"),
        rounding: "half up, 2 decimals".to_string(),
        inputs: vec![length_input, area_input],
        valid: Valid::ALWAYS,
        rule: "metro_density@1",
    });
    Ok(std::iter::once(count).chain(density).collect())
}

fn stations_inside(
    tx: &mut Tx<'_>,
    view: &View,
    outline: &Outline,
    sight: Sight,
) -> Result<Vec<StatementId>> {
    let Some(location) = view.schema().property_ix("location") else {
        return Ok(Vec::new());
    };
    let mut at: Vec<At> = Vec::new();
    for station in of_kind(view, "metro_station", sight) {
        let own = view.about(station).iter().copied();
        at.extend(
            own.filter(|a| view.property_at(*a) == location && view.holds(*a, sight))
                .max_by_key(|a| view.merit(*a)),
        );
    }
    let bounds: Vec<Bounds> = outline.shapes.iter().map(Shape::bounds).collect();
    let shapes = || outline.shapes.iter().zip(&bounds);
    let inside = |statement: &Statement| match statement.said.value {
        Value::Point(point) => {
            shapes().any(|(shape, bounds)| bounds.holds(point) && contains(shape, point))
        }
        _ => false,
    };
    Ok(fetch(tx, &at)?.into_iter().filter(inside).map(|s| s.id).collect())
}

/// A district's filed models over its share of the city: how many the city would have.
fn implied_city_totals(
    tx: &mut Tx<'_>,
    view: &View,
    place: EntityId,
    sight: Sight,
) -> Result<Vec<Derived>> {
    let claims = |tx: &mut Tx<'_>, key: &str| -> Result<Vec<Statement>> {
        let Some(property) = view.schema().property_ix(key) else {
            return Ok(Vec::new());
        };
        let about = view.about(place).iter().copied();
        let at: Vec<At> =
            about.filter(|a| view.property_at(*a) == property && view.begun(*a, sight)).collect();
        fetch(tx, &at)
    };
    let counts = claims(tx, "filed_models")?;
    let shares = claims(tx, "filed_models_share")?;
    let pairs = counts.iter().flat_map(|count| {
        let source = count.said.source;
        shares
            .iter()
            .filter(move |share| share.said.source == source)
            .map(move |share| (count, share))
    });
    Ok(pairs.filter_map(|(count, share)| implied(count, share)).collect())
}

fn implied(count: &Statement, share: &Statement) -> Option<Derived> {
    let (total, percent) =
        (count.said.value.quantity()?.number, share.said.value.quantity()?.number);
    let hundredfold = total.times(Decimal::whole(100))?;
    let city = hundredfold.divided(percent, 0)?;
    let input = |zh: &str, en: &str, statement: &Statement| Input {
        label: Label::new(zh, en),
        value: statement.said.value.clone(),
        statements: vec![statement.id],
    };
    Some(Derived {
        key: "filed_models".to_string(),
        label: Label::new("隐含的全市备案大模型数", "City total implied by the share"),
        value: Value::Number {
            quantity: Quantity { comparator: kernel::Comparator::About, number: city, high: None },
            unit: Some("款".to_string()),
        },
        formula: Label::new("备案数 ÷ 占全市比重", "filed models ÷ share of the city"),
        rounding: "half up, whole".to_string(),
        inputs: vec![
            input("本区备案大模型数", "Filed models of the district", count),
            input("占全市比重", "Share of the city", share),
        ],
        valid: count.said.valid,
        rule: "implied_city_total@1",
    })
}

/// Persons employed per square kilometer of a street.
fn employment_density(
    tx: &mut Tx<'_>,
    view: &View,
    place: EntityId,
    sight: Sight,
) -> Result<Vec<Derived>> {
    let Some(property) = view.schema().property_ix("employment_partial") else {
        return Ok(Vec::new());
    };
    let about = view.about(place).iter().copied();
    let latest = about
        .filter(|at| view.property_at(*at) == property && view.begun(*at, sight))
        .max_by_key(|at| view.merit(*at));
    let outline = outline(tx, view, place, sight)?;
    let (Some(latest), false) = (latest, outline.shapes.is_empty()) else {
        return Ok(Vec::new());
    };
    let claim = statement::get(tx, View::id_at(latest))?;
    let area = measured(outline.shapes.iter().map(area_m2).sum::<f64>() / 1e6, 2);
    let Some(persons) = claim.said.value.quantity().map(|quantity| quantity.number) else {
        return Ok(Vec::new());
    };
    Ok(persons
        .divided(area, 0)
        .map(|density| Derived {
            key: "employment_density".to_string(),
            label: Label::new(
                "就业密度(不含建筑业和金融业)",
                "Employment density, without construction and finance",
            ),
            value: number(density, "人/平方公里"),
            formula: Label::new("从业人员 ÷ 面积", "employment ÷ area"),
            rounding: "half up, whole".to_string(),
            inputs: vec![
                Input {
                    label: Label::new("从业人员", "Employment"),
                    value: claim.said.value.clone(),
                    statements: vec![claim.id],
                },
                Input {
                    label: Label::new("边界面积", "Area of the outline"),
                    value: number(area, "平方公里"),
                    statements: outline.statements,
                },
            ],
            valid: claim.said.valid,
            rule: "employment_density@1",
        })
        .into_iter()
        .collect())
}
