//! The cube: kind × street × industry × source × year, any two axes, down to the statements.

use crate::error::Result;
use crate::view::{At, Sight, View};
use kernel::{EntityId, Label, Refusal, SourceId};
use std::collections::BTreeMap;

/// An axis of the cube.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Axis {
    /// Kind of the entity.
    Kind,
    /// Street it is in.
    Street,
    /// Industry it belongs to.
    Industry,
    /// File the statement comes from.
    Source,
    /// Year the statement speaks of.
    Year,
}

impl Axis {
    /// All of them.
    pub const ALL: [Axis; 5] = [Axis::Kind, Axis::Street, Axis::Industry, Axis::Source, Axis::Year];

    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Axis::Kind => "kind",
            Axis::Street => "street",
            Axis::Industry => "industry",
            Axis::Source => "source",
            Axis::Year => "year",
        }
    }

    /// The axis with this name; fails with `E-CUBE-01`.
    pub fn from_name(name: &str) -> Result<Axis, Refusal> {
        Axis::ALL.into_iter().find(|axis| axis.name() == name).ok_or_else(|| {
            Refusal::new(
                "E-CUBE-01",
                "an axis is kind, street, industry, source or year",
                "维度应为 kind、street、industry、source 或 year",
                "an axis is kind, street, industry, source or year",
            )
            .value(name)
        })
    }

    /// For people.
    pub fn label(self) -> Label {
        match self {
            Axis::Kind => Label::new("类别", "Kind"),
            Axis::Street => Label::new("街镇", "Subdistrict"),
            Axis::Industry => Label::new("行业", "Industry"),
            Axis::Source => Label::new("来源", "Source"),
            Axis::Year => Label::new("年份", "Year"),
        }
    }
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Different entities.
    Entities,
    /// Statements.
    Statements,
}

/// What of the cube is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// Down.
    pub rows: Axis,
    /// Across; not the same as `rows`.
    pub columns: Axis,
    /// What is counted.
    pub measure: Measure,
    /// Members to keep, by axis; an empty key is "not stated".
    pub filters: Vec<(Axis, Vec<String>)>,
}

/// A table of counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cube {
    /// Keys of the rows, the fullest first (years in order); `""` is "not stated".
    pub rows: Vec<String>,
    /// Keys of the columns.
    pub columns: Vec<String>,
    /// (row, column, count) where not zero.
    pub cells: Vec<(usize, usize, u64)>,
    /// By row.
    pub row_totals: Vec<u64>,
    /// By column.
    pub column_totals: Vec<u64>,
    /// All.
    pub total: u64,
}

/// Number of a member of an axis: a kind's number, a street's or source's id, a concept's number, a
/// year. 0 is "not stated" on every axis but kind.
type Member = i64;

/// The members of every entity on the axes that belong to entities.
struct EntityMembers {
    street: Vec<u32>,
    industry: Vec<u16>,
}

/// The cube of everything but relations and hand-reviewed discrepancies.
///
/// Cost: one pass over the statements in memory. Fails with `E-CUBE-02` when both axes are the same
/// and `E-CUBE-03` for a filter that names no member.
pub fn cube(view: &View, wish: &Wish, sight: Sight) -> Result<Cube> {
    if wish.rows == wish.columns {
        return Err(Refusal::new(
            "E-CUBE-02",
            "a cube has two different axes",
            "行与列应为不同的维度",
            "rows and columns must be different axes",
        )
        .value(wish.rows.name())
        .into());
    }
    let filters = members_of(view, wish)?;
    let axes = [wish.rows, wish.columns];
    if wish.measure == Measure::Statements {
        let mut cells = Runs::default();
        scan(view, sight, &filters, axes, |_, row, column| cells.add((row, column)));
        return Ok(table(view, wish, &cells.finish(), None));
    }
    let mut tally = Tally::default();
    scan(view, sight, &filters, axes, |at, row, column| {
        tally.add(view.columns.entity[at as usize], row, column);
    });
    let (cells, totals) = tally.finish();
    Ok(table(view, wish, &cells, Some(totals)))
}

type Cells = BTreeMap<(Member, Member), u64>;

/// Counts keys that mostly come in runs.
#[derive(Default)]
struct Runs {
    cells: Cells,
    last: Option<((Member, Member), u64)>,
}

impl Runs {
    fn add(&mut self, key: (Member, Member)) {
        match &mut self.last {
            Some((last, count)) if *last == key => *count += 1,
            _ => {
                self.flush();
                self.last = Some((key, 1));
            }
        }
    }

    fn flush(&mut self) {
        if let Some((key, count)) = self.last.take() {
            *self.cells.entry(key).or_default() += count;
        }
    }

    fn finish(mut self) -> Cells {
        self.flush();
        self.cells
    }
}

/// Entities with the cells they fall into; sorted once at the end, which is many times faster than
/// a set that is asked for each statement.
#[derive(Default)]
struct Tally(Vec<(u32, i32, i32)>);

impl Tally {
    fn add(&mut self, entity: u32, row: Member, column: Member) {
        let next = (entity, row as i32, column as i32);
        // Statements of one entity mostly stand together, so most repeats end here.
        if self.0.last() != Some(&next) {
            self.0.push(next);
        }
    }

    /// Counts of different entities by cell, by row, by column and in all.
    fn finish(mut self) -> (Cells, Totals) {
        self.0.sort_unstable();
        self.0.dedup();
        let mut cells = Runs::default();
        let mut totals: Totals = (BTreeMap::new(), BTreeMap::new(), 0);
        let mut columns: Vec<i32> = Vec::new();
        for group in self.0.chunk_by(|a, b| a.0 == b.0) {
            totals.2 += 1;
            for (_, row, column) in group {
                cells.add((Member::from(*row), Member::from(*column)));
            }
            for rows in group.chunk_by(|a, b| a.1 == b.1) {
                *totals.0.entry(Member::from(rows[0].1)).or_default() += 1;
            }
            columns.clear();
            columns.extend(group.iter().map(|(_, _, column)| *column));
            columns.sort_unstable();
            columns.dedup();
            for column in &columns {
                *totals.1.entry(Member::from(*column)).or_default() += 1;
            }
        }
        (cells.finish(), totals)
    }
}

/// The statements behind a cell, in the order of recording, from `after` on.
pub fn cell(
    view: &View,
    wish: &Wish,
    row: &str,
    column: &str,
    sight: Sight,
    after: Option<At>,
    limit: usize,
) -> Result<(Vec<At>, Vec<EntityId>)> {
    let mut filters = members_of(view, wish)?;
    filters.push((wish.rows, vec![member(view, wish.rows, row)?]));
    filters.push((wish.columns, vec![member(view, wish.columns, column)?]));
    let mut found = Vec::new();
    let mut entities: BTreeMap<EntityId, ()> = BTreeMap::new();
    scan(view, sight, &filters, [wish.rows, wish.columns], |at, _, _| {
        if entities.len() < 500 {
            entities.insert(view.entity_at(at), ());
        }
        if after.is_none_or(|after| at > after) && found.len() < limit {
            found.push(at);
        }
    });
    Ok((found, entities.into_keys().collect()))
}

fn members_of(view: &View, wish: &Wish) -> Result<Vec<(Axis, Vec<Member>)>> {
    let mut filters = Vec::new();
    for (axis, keys) in wish.filters.iter().filter(|(_, keys)| !keys.is_empty()) {
        let members: Result<Vec<Member>> =
            keys.iter().map(|key| member(view, *axis, key)).collect();
        filters.push((*axis, members?));
    }
    Ok(filters)
}

/// The number of a member; the key of a kind stands for itself alone.
fn member(view: &View, axis: Axis, key: &str) -> Result<Member> {
    let unknown = || {
        Refusal::new(
            "E-CUBE-03",
            "a filter names a member of its axis",
            format!("“{}”维度上没有这个成员", axis.label().zh),
            format!("the axis {} has no such member", axis.name()),
        )
        .value(key)
    };
    if key.is_empty() && axis != Axis::Kind {
        return Ok(0);
    }
    let found: Option<Member> = match axis {
        Axis::Kind => view.schema().kind_ix(key).map(|ix| i64::from(ix.0)),
        Axis::Street => key.parse::<EntityId>().ok().map(|id| id.0),
        Axis::Industry => {
            let position = view.schema().concepts().iter().position(|c| c.id() == key);
            position.map(|position| position as i64 + 1)
        }
        Axis::Source => view.source_named(key).map(|source| source.id.0),
        Axis::Year => key.parse().ok().filter(|year| (1..=9999).contains(year)),
    };
    Ok(found.ok_or_else(unknown)?)
}

fn scan(
    view: &View,
    sight: Sight,
    filters: &[(Axis, Vec<Member>)],
    axes: [Axis; 2],
    mut take: impl FnMut(At, Member, Member),
) {
    let used = |axis: Axis| axes.contains(&axis) || filters.iter().any(|(a, _)| *a == axis);
    let members = entity_members(view, sight, used(Axis::Street), used(Axis::Industry));
    let skip = skipped_kinds(view);
    let columns = &view.columns;
    let withdrawn: Vec<bool> = (1..=view.sources.len() as u32)
        .map(|source| view.withdrawn(source, sight.horizon))
        .collect();
    let of = |axis: Axis, at: usize| -> Member {
        let entity = columns.entity[at] as usize - 1;
        match axis {
            Axis::Kind => i64::from(view.kinds[entity]),
            Axis::Street => i64::from(members.street[entity]),
            Axis::Industry => i64::from(members.industry[entity]),
            Axis::Source => i64::from(view.sources[columns.source[at] as usize - 1].root),
            Axis::Year => i64::from(columns.year[at]),
        }
    };
    for at in 0..columns.entity.len() {
        let kind = view.kinds[columns.entity[at] as usize - 1];
        let live = columns.event[at] < sight.horizon
            && columns.ended[at] >= sight.horizon
            && columns.from[at] <= sight.day
            && !withdrawn[columns.source[at] as usize - 1];
        if !live || skip[usize::from(kind)] {
            continue;
        }
        if filters.iter().all(|(axis, wanted)| wanted.contains(&of(*axis, at))) {
            take(at as At, of(axes[0], at), of(axes[1], at));
        }
    }
}

fn skipped_kinds(view: &View) -> Vec<bool> {
    let kinds = view.schema().kinds().iter();
    kinds.map(|kind| kind.edge.is_some() || kind.key == "discrepancy").collect()
}

fn entity_members(view: &View, sight: Sight, street: bool, industry: bool) -> EntityMembers {
    let ids = || (1..=view.kinds.len() as i64).map(EntityId);
    let street_of =
        |id: EntityId| view.place_of(id, sight).street.map_or(0, |place| place.0 as u32);
    EntityMembers {
        street: if street { ids().map(street_of).collect() } else { Vec::new() },
        industry: if industry {
            ids().map(|id| view.industry_of(id, sight)).collect()
        } else {
            Vec::new()
        },
    }
}

type Totals = (BTreeMap<Member, u64>, BTreeMap<Member, u64>, u64);

fn table(view: &View, wish: &Wish, cells: &Cells, totals: Option<Totals>) -> Cube {
    let (row_sums, column_sums, total) = totals.unwrap_or_else(|| {
        let mut sums: Totals = (BTreeMap::new(), BTreeMap::new(), 0);
        for ((row, column), count) in cells {
            *sums.0.entry(*row).or_default() += count;
            *sums.1.entry(*column).or_default() += count;
            sums.2 += count;
        }
        sums
    });
    let ordered = |axis: Axis, sums: &BTreeMap<Member, u64>| {
        let mut members: Vec<(Member, u64)> = sums.iter().map(|(m, c)| (*m, *c)).collect();
        match axis {
            Axis::Year => members.sort_by_key(|(member, _)| (*member == 0, *member)),
            _ => members
                .sort_by_key(|(m, c)| (*m == 0 && axis != Axis::Kind, std::cmp::Reverse(*c), *m)),
        }
        members
    };
    let rows = ordered(wish.rows, &row_sums);
    let columns = ordered(wish.columns, &column_sums);
    let place = |list: &[(Member, u64)]| -> BTreeMap<Member, usize> {
        list.iter().enumerate().map(|(index, (member, _))| (*member, index)).collect()
    };
    let (row_place, column_place) = (place(&rows), place(&columns));
    let cell = |((row, column), count): (&(Member, Member), &u64)| {
        (row_place[row], column_place[column], *count)
    };
    Cube {
        rows: rows.iter().map(|(member, _)| key(view, wish.rows, *member)).collect(),
        columns: columns.iter().map(|(member, _)| key(view, wish.columns, *member)).collect(),
        cells: cells.iter().map(cell).collect(),
        row_totals: rows.iter().map(|(_, count)| *count).collect(),
        column_totals: columns.iter().map(|(_, count)| *count).collect(),
        total,
    }
}

fn key(view: &View, axis: Axis, member: Member) -> String {
    match axis {
        Axis::Kind => view.schema().kinds()[member as usize].key.clone(),
        _ if member == 0 => String::new(),
        Axis::Street => EntityId(member).to_string(),
        Axis::Industry => view.schema().concepts()[member as usize - 1].id(),
        Axis::Source => view
            .source(SourceId(member))
            .map_or(String::new(), |source| source.description.key.clone()),
        Axis::Year => member.to_string(),
    }
}

/// What a member is called.
pub fn member_label(view: &View, axis: Axis, key: &str) -> Label {
    let unknown = || Label::new("未说明", "Not stated");
    if key.is_empty() {
        return unknown();
    }
    match axis {
        Axis::Kind => view.schema().kind(key).map_or_else(unknown, |kind| kind.label.clone()),
        Axis::Street => {
            key.parse::<EntityId>().map_or_else(|_| unknown(), |entity| view.label(entity))
        }
        Axis::Industry => {
            view.schema().concept(key).map_or_else(unknown, |concept| concept.label.clone())
        }
        Axis::Source => {
            view.source_named(key).map_or_else(unknown, |source| source.description.title.clone())
        }
        Axis::Year => Label::new(format!("{key}年"), key),
    }
}
