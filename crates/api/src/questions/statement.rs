//! Lists of statements, and one of them.

use crate::ask::Asked;
use crate::params::{FromParams, Params};
use crate::problem::{Problem, Result};
use crate::wire::label::Page;
use crate::wire::statement::Statement;
use atlas::View;
use atlas::view::At;
use kernel::{EntityId, StatementId};
use utoipa::IntoParams;

/// Which statements.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct StatementsParams {
    /// Of this entity.
    #[param(value_type = Option<String>)]
    pub entity: Option<EntityId>,
    /// Of this property.
    pub property: Option<String>,
    /// Of this source, or of the file with this key and the documents it cites.
    pub source: Option<String>,
    /// Of entities of this kind.
    pub kind: Option<String>,
    /// `next` of the page before.
    #[param(value_type = Option<String>)]
    pub after: Option<StatementId>,
    /// Items at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: usize,
}

impl FromParams for StatementsParams {
    fn take(params: &mut Params) -> Result<StatementsParams> {
        Ok(StatementsParams {
            entity: params.read("entity")?,
            property: params.one("property")?,
            source: params.one("source")?,
            kind: params.one("kind")?,
            after: params.read("after")?,
            limit: params.limit()?,
        })
    }
}

/// Statements that stand, in the order of recording.
pub fn statements(asked: &mut Asked<'_, '_>, params: &StatementsParams) -> Result<Page<Statement>> {
    let view = asked.view;
    let wanted = Wanted::new(asked, params)?;
    let first = params.after.map_or(0, |after| u32::try_from(after.0).unwrap_or(u32::MAX));
    let end = view.statement_count() as At;
    let passes = |at: &At| *at >= first && wanted.passes(view, *at, asked);
    let found: Vec<At> = match params.entity {
        Some(entity) => {
            let about = view.about(entity).iter().copied();
            about.filter(passes).take(params.limit + 1).collect()
        }
        None => (first..end).filter(passes).take(params.limit + 1).collect(),
    };
    let shown = atlas::page::fetch(asked.tx, &found)?;
    let items = asked.look().statements(&shown);
    Ok(Page::cut(items, params.limit, |statement| statement.id.clone()))
}

/// Filters in numbers.
struct Wanted<'a> {
    property: Option<schema::PropertyIx>,
    source: Option<kernel::SourceId>,
    kind: Option<&'a str>,
}

impl<'a> Wanted<'a> {
    fn new(asked: &Asked<'_, '_>, params: &'a StatementsParams) -> Result<Wanted<'a>> {
        let schema = asked.view.schema();
        super::exists(asked, params.entity)?;
        let property = params
            .property
            .as_deref()
            .map(|key| schema.property_ix(key).ok_or_else(|| Problem::missing("property", key)));
        let source = params.source.as_deref().map(|key| {
            let source = asked.view.source_named(key).map(|source| source.id);
            source.ok_or_else(|| Problem::missing("source", key))
        });
        super::kind_exists(asked, params.kind.as_deref())?;
        Ok(Wanted {
            property: property.transpose()?,
            source: source.transpose()?,
            kind: params.kind.as_deref(),
        })
    }

    fn passes(&self, view: &View, at: At, asked: &Asked<'_, '_>) -> bool {
        let of_source = |wanted: kernel::SourceId| {
            let source = view.source_at(at);
            source == wanted || view.root_of(source) == wanted
        };
        let of_kind = |kind: &str| view.schema().is_a(view.kind_key(view.entity_at(at)), kind);
        self.property.is_none_or(|wanted| view.property_at(at) == wanted)
            && self.source.is_none_or(of_source)
            && self.kind.is_none_or(of_kind)
            && atlas::page::shows(view, at, asked.sight)
    }
}

/// One statement, ended or not.
pub fn statement(asked: &mut Asked<'_, '_>, id: StatementId) -> Result<Statement> {
    let found = atlas::statement::get(asked.tx, id)?;
    match found.event.0 < i64::from(asked.sight.horizon) {
        true => Ok(asked.look().statement(&found)),
        false => Err(Problem::missing("statement", &id.to_string())),
    }
}
