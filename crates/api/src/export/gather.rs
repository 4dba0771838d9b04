//! From answers to rows: what each question puts into a file.

use super::{Cell, Column, Export, ROWS_MAX, Row};
use crate::ask::{Asked, PageParams};
use crate::params::{FromParams, Params, bad};
use crate::problem::{Problem, Result};
use crate::questions::{
    self, ChangesParams, ChoroplethParams, CubeParams, GraphParams, PathsParams, SearchParams,
    SeriesParams, StatementsParams,
};
use crate::wire::label::{AsOf, EntityRef, Page, source_ref};
use crate::wire::map;
use crate::wire::statement::Statement;
use kernel::EntityId;
use std::collections::BTreeMap;

/// Items read at a time.
const PAGE: usize = 200;
/// Changes read at a time: all are counted for each page of them.
const CHANGES_PAGE: usize = 5_000;
/// Geometries looked up at most.
const PLACES_MAX: usize = 5_000;

/// A question whose answer becomes a file.
#[derive(Debug, Clone)]
pub(crate) enum Gather {
    Search(SearchParams, bool),
    Entity(EntityId),
    Graph(GraphParams),
    Paths(PathsParams),
    Map(String),
    Choropleth(ChoroplethParams),
    Series(String, SeriesParams),
    Cube(CubeParams),
    Changes(ChangesParams, bool),
    Coverage,
    Sources(PageParams, bool),
    Statements(StatementsParams, bool),
}

impl Gather {
    /// Reads a question by its name; without `limit` all of its answer is taken.
    pub(super) fn read(question: &str, params: &mut Params) -> Result<Gather> {
        let all = !params.has("limit");
        Ok(match question {
            "search" => Gather::Search(SearchParams::take(params)?, all),
            "entity" => {
                let name = if params.has("id") { "id" } else { "entity" };
                let id = params.need(name)?;
                Gather::Entity(id.parse().map_err(|refusal| bad(name, refusal))?)
            }
            "graph" => Gather::Graph(GraphParams::take(params)?),
            "paths" => Gather::Paths(PathsParams::take(params)?),
            "map" => Gather::Map(params.need("layer")?),
            "choropleth" => Gather::Choropleth(ChoroplethParams::take(params)?),
            "series" => Gather::Series(params.need("indicator")?, SeriesParams::take(params)?),
            "cube" => Gather::Cube(CubeParams::take(params)?),
            "changes" => Gather::Changes(ChangesParams::take(params)?, all),
            "coverage" => Gather::Coverage,
            "sources" => Gather::Sources(PageParams::take(params)?, all),
            "statements" => Gather::Statements(StatementsParams::take(params)?, all),
            other => return Err(Problem::missing("question", other)),
        })
    }

    /// Asks it and gathers the rows.
    pub(super) fn run(&self, asked: &mut Asked<'_, '_>, base: &str) -> Result<Export> {
        let mut sheet = match self {
            Gather::Search(params, all) => search(asked, params, *all)?,
            Gather::Entity(id) => entity(asked, *id)?,
            Gather::Graph(params) => graph(asked, params)?,
            Gather::Paths(params) => paths(asked, params)?,
            Gather::Map(layer) => layer_rows(asked, layer)?,
            Gather::Choropleth(params) => choropleth(asked, params)?,
            Gather::Series(key, params) => series(asked, key, params)?,
            Gather::Cube(params) => cube(asked, params)?,
            Gather::Changes(params, all) => changes(asked, params, *all)?,
            Gather::Coverage => coverage(asked)?,
            Gather::Sources(page, all) => sources(asked, page, *all)?,
            Gather::Statements(params, all) => statements(asked, params, *all)?,
        };
        sheet.place(asked)?;
        Ok(sheet.finish(asked, base))
    }
}

/// Rows while they are gathered.
struct Sheet {
    name: &'static str,
    title: String,
    columns: Vec<Column>,
    rows: Vec<Row>,
    truncated: bool,
    statements: Vec<Statement>,
    entities: BTreeMap<String, EntityRef>,
    sources: Vec<String>,
    geometries: BTreeMap<String, serde_json::Value>,
}

impl Sheet {
    fn new(name: &'static str, title: &str, columns: &[(&'static str, &'static str)]) -> Sheet {
        Sheet {
            name,
            title: title.to_string(),
            columns: columns.iter().map(|(key, zh)| Column { key, zh }).collect(),
            rows: Vec::new(),
            truncated: false,
            statements: Vec::new(),
            entities: BTreeMap::new(),
            sources: Vec::new(),
            geometries: BTreeMap::new(),
        }
    }

    fn know(&mut self, entity: &EntityRef) {
        self.entities.entry(entity.id.clone()).or_insert_with(|| entity.clone());
    }

    /// A row about an entity.
    fn add(&mut self, entity: Option<&EntityRef>, cells: Vec<Cell>) {
        if let Some(entity) = entity {
            self.know(entity);
        }
        self.rows.push(Row { cells, entity: entity.cloned(), source: None });
    }

    /// A row that a statement stands behind.
    fn add_said(&mut self, statement: &Statement, cells: Vec<Cell>) {
        self.know(&statement.subject);
        if let crate::wire::Value::Entity { entity } = &statement.value {
            self.know(entity);
        }
        self.sources.push(statement.source.key.clone());
        self.rows.push(Row {
            cells,
            entity: Some(statement.subject.clone()),
            source: Some(statement.source.key.clone()),
        });
        self.statements.push(statement.clone());
    }

    /// Looks up where the entities of the rows are.
    fn place(&mut self, asked: &mut Asked<'_, '_>) -> Result<()> {
        let ids = self.rows.iter().filter_map(|row| row.entity.as_ref()?.id.parse().ok());
        let mut ids: Vec<EntityId> = ids.collect();
        ids.sort();
        ids.dedup();
        ids.truncate(PLACES_MAX);
        let found = atlas::places::features(asked.tx, asked.view, &ids, asked.sight)?;
        for feature in found {
            let geometry = map::geometry(&feature.geometry);
            self.geometries.insert(feature.entity.to_string(), geometry);
            let source = asked.look().source(feature.statement.said.source);
            self.sources.push(source.key);
        }
        Ok(())
    }

    fn finish(self, asked: &Asked<'_, '_>, base: &str) -> Export {
        let mut sources = BTreeMap::new();
        for key in &self.sources {
            if let Some(source) = asked.view.source_named(key) {
                sources.insert(
                    key.clone(),
                    (source_ref(source), source.description.attribution.clone()),
                );
            }
        }
        Export {
            name: self.name,
            title: self.title,
            as_of: AsOf::new(asked.as_of, asked.now),
            columns: self.columns,
            rows: self.rows,
            truncated: self.truncated,
            geometries: self.geometries,
            entities: self.entities,
            statements: self.statements,
            sources,
            base: base.to_string(),
        }
    }
}

/// Takes pages until the list ends or is too long; answers whether it was too long.
fn pages<T>(
    all: bool,
    first: Option<String>,
    limit: usize,
    mut page: impl FnMut(Option<String>, usize) -> Result<Page<T>>,
) -> Result<(Vec<T>, bool)> {
    let limit = if all { PAGE } else { limit };
    let (mut items, mut after) = (Vec::new(), first);
    loop {
        let next = page(after, limit)?;
        items.extend(next.items);
        after = next.next;
        if after.is_none() || !all || items.len() >= ROWS_MAX {
            items.truncate(ROWS_MAX);
            return Ok((items, all && after.is_some()));
        }
    }
}

fn names(entity: &EntityRef) -> [Cell; 4] {
    [
        Cell::text(&entity.id),
        Cell::text(&entity.kind),
        Cell::maybe(entity.name.zh.as_deref()),
        Cell::maybe(entity.name.en.as_deref()),
    ]
}

fn search(asked: &mut Asked<'_, '_>, params: &SearchParams, all: bool) -> Result<Sheet> {
    let mut sheet = Sheet::new(
        "search",
        "搜索结果",
        &[
            ("id", "编号"),
            ("kind", "类别"),
            ("name_zh", "中文名"),
            ("name_en", "英文名"),
            ("place", "所在"),
            ("industry", "行业"),
            ("year", "年份"),
            ("statements", "陈述数"),
        ],
    );
    let (hits, truncated) = pages(all, params.after.clone(), params.limit, |after, limit| {
        let params = SearchParams { after, limit, ..params.clone() };
        let answer = questions::search(asked, &params)?;
        Ok(Page { items: answer.items, next: answer.next })
    })?;
    sheet.truncated = truncated;
    for hit in &hits {
        let place = hit.place.as_ref().map(|place| place.name.text());
        let mut cells = names(&hit.entity).to_vec();
        cells.extend([
            Cell::maybe(place),
            Cell::maybe(hit.industry.as_ref().map(|label| label.text())),
            hit.year.map_or(Cell::Empty, Cell::count),
            Cell::count(hit.statement_count),
        ]);
        sheet.add(Some(&hit.entity), cells);
    }
    Ok(sheet)
}

/// The columns of a statement.
const STATEMENT: &[(&str, &str)] = &[
    ("statement", "陈述"),
    ("entity", "对象编号"),
    ("kind", "类别"),
    ("name_zh", "中文名"),
    ("name_en", "英文名"),
    ("property", "属性"),
    ("property_label", "属性名称"),
    ("value", "值"),
    ("unit", "单位"),
    ("valid", "有效时间"),
    ("source", "来源"),
    ("record", "记录"),
    ("field", "字段"),
    ("confidence", "可信度"),
    ("recorded_at", "记录时间"),
];

fn said(statement: &Statement) -> Vec<Cell> {
    let [id, kind, zh, en] = names(&statement.subject);
    vec![
        Cell::text(&statement.id),
        id,
        kind,
        zh,
        en,
        Cell::text(&statement.property.key),
        Cell::text(statement.property.label.text()),
        value(statement),
        Cell::text(statement.value.unit()),
        Cell::text(statement.valid.cell()),
        Cell::text(&statement.source.key),
        Cell::text(&statement.locator.record),
        Cell::text(&statement.locator.field),
        Cell::count(statement.confidence),
        Cell::text(&statement.recorded_at),
    ]
}

fn value(statement: &Statement) -> Cell {
    match &statement.value {
        crate::wire::Value::Number { .. } | crate::wire::Value::Money { .. } => {
            Cell::figure(statement.value.cell())
        }
        other => Cell::text(other.cell()),
    }
}

fn statements(asked: &mut Asked<'_, '_>, params: &StatementsParams, all: bool) -> Result<Sheet> {
    let mut sheet = Sheet::new("statements", "陈述", STATEMENT);
    let first = params.after.map(|id| id.to_string());
    let (found, truncated) = pages(all, first, params.limit, |after, limit| {
        let after = match after {
            Some(text) => Some(text.parse()?),
            None => None,
        };
        questions::statements(asked, &StatementsParams { after, limit, ..params.clone() })
    })?;
    sheet.truncated = truncated;
    for statement in &found {
        sheet.add_said(statement, said(statement));
    }
    Ok(sheet)
}

fn entity(asked: &mut Asked<'_, '_>, id: EntityId) -> Result<Sheet> {
    let page = questions::entity(asked, id)?;
    let mut sheet = Sheet::new("entity", page.entity.name.text(), STATEMENT);
    for group in &page.groups {
        sheet.truncated |= group.more > 0;
        for statement in &group.statements {
            sheet.add_said(statement, said(statement));
        }
    }
    Ok(sheet)
}

/// The columns of a connection.
const EDGE: &[(&str, &str)] = &[
    ("source", "起点"),
    ("source_name", "起点名称"),
    ("relation", "关系"),
    ("relation_label", "关系名称"),
    ("target", "终点"),
    ("target_name", "终点名称"),
    ("from", "起"),
    ("to", "止"),
    ("statement", "陈述"),
];

fn add_edges(
    sheet: &mut Sheet,
    edges: &[crate::wire::GraphEdge],
    nodes: &BTreeMap<String, EntityRef>,
) {
    for edge in edges {
        let name = |id: &str| nodes.get(id).map(|entity| entity.name.text().to_string());
        let cells = vec![
            Cell::text(&edge.source),
            Cell::maybe(name(&edge.source).as_deref()),
            Cell::text(&edge.relation.key),
            Cell::text(edge.relation.label.text()),
            Cell::text(&edge.target),
            Cell::maybe(name(&edge.target).as_deref()),
            Cell::maybe(edge.from.as_deref()),
            Cell::maybe(edge.to.as_deref()),
            Cell::text(&edge.statement),
        ];
        sheet.add(nodes.get(&edge.source), cells);
    }
}

fn graph(asked: &mut Asked<'_, '_>, params: &GraphParams) -> Result<Sheet> {
    let graph = questions::graph(asked, params)?;
    let mut sheet = Sheet::new("graph", "关系图", EDGE);
    let nodes: BTreeMap<String, EntityRef> =
        graph.nodes.into_iter().map(|node| (node.entity.id.clone(), node.entity)).collect();
    sheet.truncated = graph.truncated;
    let single = nodes.values().filter(|entity| !entity.id.starts_with("group:"));
    single.for_each(|entity| sheet.know(entity));
    add_edges(&mut sheet, &graph.edges, &nodes);
    Ok(sheet)
}

fn paths(asked: &mut Asked<'_, '_>, params: &PathsParams) -> Result<Sheet> {
    let found = questions::paths(asked, params)?;
    let mut sheet = Sheet::new("paths", "最短路径", EDGE);
    for path in &found.paths {
        let nodes: BTreeMap<String, EntityRef> =
            path.nodes.iter().map(|node| (node.id.clone(), node.clone())).collect();
        nodes.values().for_each(|entity| sheet.know(entity));
        add_edges(&mut sheet, &path.edges, &nodes);
    }
    Ok(sheet)
}

fn layer_rows(asked: &mut Asked<'_, '_>, layer: &str) -> Result<Sheet> {
    let found = atlas::places::layer(asked.tx, asked.view, layer, asked.sight)?;
    let columns = [
        ("id", "编号"),
        ("kind", "类别"),
        ("name_zh", "中文名"),
        ("name_en", "英文名"),
        ("color", "颜色"),
        ("located", "境内对象数"),
    ];
    let mut sheet = Sheet::new("map", "地图图层", &columns);
    for feature in &found {
        let entity = asked.look().entity(feature.entity);
        let located: usize = feature.located.values().sum();
        let mut cells = names(&entity).to_vec();
        cells.extend([Cell::maybe(feature.color.as_deref()), Cell::count(located)]);
        sheet.add(Some(&entity), cells);
    }
    Ok(sheet)
}

fn choropleth(asked: &mut Asked<'_, '_>, params: &ChoroplethParams) -> Result<Sheet> {
    let found = questions::choropleth(asked, params)?;
    let columns = [
        ("id", "编号"),
        ("kind", "类别"),
        ("name_zh", "中文名"),
        ("name_en", "英文名"),
        ("value", "值"),
        ("unit", "单位"),
        ("valid", "有效时间"),
        ("statement", "陈述"),
        ("rule", "计算规则"),
    ];
    let mut sheet = Sheet::new("choropleth", found.indicator.label.text(), &columns);
    for shade in &found.items {
        let said = shade.statement.as_ref().map(|s| (&s.value, &s.valid));
        let figure = said.or(shade.derived.as_ref().map(|d| (&d.value, &d.valid)));
        let mut cells = names(&shade.entity).to_vec();
        cells.extend([
            figure.map_or(Cell::Empty, |(value, _)| Cell::figure(value.cell())),
            figure.map_or(Cell::Empty, |(value, _)| Cell::text(value.unit())),
            figure.map_or(Cell::Empty, |(_, valid)| Cell::text(valid.cell())),
            Cell::maybe(shade.statement.as_ref().map(|s| s.id.as_str())),
            Cell::maybe(shade.derived.as_ref().map(|d| d.rule.as_str())),
        ]);
        match &shade.statement {
            Some(statement) => sheet.add_said(statement, cells),
            None => sheet.add(Some(&shade.entity), cells),
        }
    }
    // Places without a claim are rows too, so the rows are what is to be linked.
    if sheet.statements.len() < sheet.rows.len() {
        sheet.statements.clear();
    }
    Ok(sheet)
}

fn series(asked: &mut Asked<'_, '_>, key: &str, params: &SeriesParams) -> Result<Sheet> {
    let found = questions::series(asked, key, params)?;
    let mut columns = STATEMENT.to_vec();
    columns.extend([("best", "首选"), ("conflict", "矛盾组")]);
    let mut sheet = Sheet::new("series", found.indicator.label.text(), &columns);
    for point in &found.points {
        let mut cells = said(&point.statement);
        cells.push(Cell::text(if point.best { "true" } else { "false" }));
        cells.push(point.conflict.map_or(Cell::Empty, |at| Cell::count(at + 1)));
        sheet.add_said(&point.statement, cells);
    }
    Ok(sheet)
}

fn cube(asked: &mut Asked<'_, '_>, params: &CubeParams) -> Result<Sheet> {
    let found = questions::cube(asked, params)?;
    let columns = [
        ("row", "行"),
        ("row_label", "行名称"),
        ("column", "列"),
        ("column_label", "列名称"),
        ("measure", "度量"),
        ("value", "数量"),
    ];
    let mut sheet = Sheet::new("cube", "数据立方", &columns);
    let labels = |axis: &crate::wire::Axis| -> BTreeMap<String, String> {
        let members = axis.members.iter();
        members.map(|member| (member.key.clone(), member.label.text().to_string())).collect()
    };
    let (rows, across) = (labels(&found.rows), labels(&found.columns));
    for cell in &found.cells {
        sheet.add(
            None,
            vec![
                Cell::text(&cell.row),
                Cell::maybe(rows.get(&cell.row).map(String::as_str)),
                Cell::text(&cell.column),
                Cell::maybe(across.get(&cell.column).map(String::as_str)),
                Cell::text(&found.measure),
                Cell::count(cell.value),
            ],
        );
    }
    Ok(sheet)
}

fn changes(asked: &mut Asked<'_, '_>, params: &ChangesParams, all: bool) -> Result<Sheet> {
    let columns = [
        ("id", "编号"),
        ("kind", "类别"),
        ("name_zh", "中文名"),
        ("name_en", "英文名"),
        ("property", "属性"),
        ("property_label", "属性名称"),
        ("before", "此前"),
        ("after", "此后"),
        ("source", "来源"),
        ("at", "记录时间"),
    ];
    let mut sheet = Sheet::new("changes", "变化", &columns);
    let first = params.after.map(|after| after.to_string());
    let (found, truncated) = pages(all, first, params.limit, |after, limit| {
        let after = after.and_then(|text| text.parse().ok());
        let limit = if all { CHANGES_PAGE } else { limit };
        let page = questions::changes(asked, &ChangesParams { after, limit, ..params.clone() })?;
        Ok(Page { items: page.items, next: page.next })
    })?;
    sheet.truncated = truncated;
    for change in &found {
        let side = |s: &Option<Statement>| s.as_ref().map_or(Cell::Empty, value);
        let source = change.after.as_ref().or(change.before.as_ref()).map(|s| &s.source.key);
        let mut cells = names(&change.entity).to_vec();
        cells.extend([
            Cell::text(&change.property.key),
            Cell::text(change.property.label.text()),
            side(&change.before),
            side(&change.after),
            Cell::maybe(source.map(String::as_str)),
            Cell::text(&change.at),
        ]);
        sheet.sources.extend(source.cloned());
        sheet.know(&change.entity);
        let (entity, source) = (Some(change.entity.clone()), source.cloned());
        sheet.rows.push(Row { cells, entity, source });
    }
    Ok(sheet)
}

fn coverage(asked: &mut Asked<'_, '_>) -> Result<Sheet> {
    let found = questions::coverage(asked)?;
    let columns = [
        ("kind", "类别"),
        ("label", "名称"),
        ("count", "数量"),
        ("sources", "来源数"),
        ("statements", "陈述数"),
        ("newest", "最近获取"),
        ("unresolved", "待判定"),
        ("conflicts", "说法不一"),
        ("open_data", "有开放数据"),
    ];
    let mut sheet = Sheet::new("coverage", "覆盖情况", &columns);
    for item in &found.items {
        sheet.add(
            None,
            vec![
                Cell::text(&item.kind),
                Cell::text(item.label.text()),
                Cell::count(item.count),
                Cell::count(item.sources),
                Cell::count(item.statements),
                Cell::maybe(item.newest.as_deref()),
                Cell::count(item.unresolved),
                Cell::count(item.conflicts),
                Cell::text(if item.open_data { "true" } else { "false" }),
            ],
        );
    }
    Ok(sheet)
}

fn sources(asked: &mut Asked<'_, '_>, page: &PageParams, all: bool) -> Result<Sheet> {
    let columns = [
        ("key", "来源"),
        ("title", "标题"),
        ("kind", "类型"),
        ("publisher", "发布者"),
        ("licence", "许可"),
        ("url", "网址"),
        ("retrieved", "获取日期"),
        ("published", "发布日期"),
        ("freshness", "新旧"),
        ("statements", "陈述数"),
        ("entities", "对象数"),
        ("withdrawn", "已撤回"),
    ];
    let mut sheet = Sheet::new("sources", "来源", &columns);
    let (found, truncated) = pages(all, page.after.clone(), page.limit, |after, limit| {
        questions::sources(asked, &PageParams { after, limit })
    })?;
    sheet.truncated = truncated;
    for source in &found {
        let of = &source.source;
        sheet.sources.push(of.key.clone());
        sheet.rows.push(Row {
            cells: vec![
                Cell::text(&of.key),
                Cell::text(&of.title),
                Cell::text(&source.kind),
                Cell::maybe(of.publisher.as_deref()),
                Cell::maybe(of.licence.as_deref()),
                Cell::maybe(of.url.as_deref()),
                Cell::maybe(source.retrieved.as_deref()),
                Cell::maybe(source.published.as_deref()),
                Cell::text(&source.freshness),
                Cell::count(source.statements),
                Cell::count(source.entities),
                Cell::text(if of.withdrawn { "true" } else { "false" }),
            ],
            entity: None,
            source: Some(of.key.clone()),
        });
    }
    Ok(sheet)
}
