//! What changed between two dates.

use crate::ask::Asked;
use crate::params::{FromParams, Params, wrong};
use crate::problem::{Problem, Result};
use crate::wire::change::{Change, ChangeSummary, Changes};
use atlas::changes::{TimeAxis, Wish};
use axum::http::StatusCode;
use kernel::{Day, EntityId};
use utoipa::IntoParams;

/// What is asked.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ChangesParams {
    /// From the end of this day (`known`), or on this day (`valid`); unless said a week before
    /// `to`.
    #[param(value_type = Option<String>, format = Date)]
    pub from: Option<Day>,
    /// To the end of this day, or on this day; today unless said.
    #[param(value_type = Option<String>, format = Date)]
    pub to: Option<Day>,
    /// Which time: `known` (what was recorded) or `valid` (what was true).
    #[param(value_type = String, required = false, default = "known")]
    pub axis: TimeAxis,
    /// Of entities of this kind.
    pub kind: Option<String>,
    /// Of this entity.
    #[param(value_type = Option<String>)]
    pub entity: Option<EntityId>,
    /// Of this property.
    pub property: Option<String>,
    /// `next` of the page before.
    #[param(value_type = Option<String>)]
    pub after: Option<usize>,
    /// Items at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: usize,
}

impl FromParams for ChangesParams {
    fn take(params: &mut Params) -> Result<ChangesParams> {
        let axis = match params.sent("axis")?.as_deref() {
            None | Some("known") => TimeAxis::Known,
            Some("valid") => TimeAxis::Valid,
            Some(other) => {
                return Err(wrong("E-QUERY-02", "axis", other).rule("`known` or `valid`"));
            }
        };
        Ok(ChangesParams {
            from: params.day("from")?,
            to: params.day("to")?,
            axis,
            kind: params.one("kind")?,
            entity: params.read("entity")?,
            property: params.one("property")?,
            after: params.number("after", 0, usize::MAX >> 1)?,
            limit: params.limit()?,
        })
    }
}

/// What changed.
pub fn changes(asked: &mut Asked<'_, '_>, params: &ChangesParams) -> Result<Changes> {
    super::exists(asked, params.entity)?;
    super::kind_exists(asked, params.kind.as_deref())?;
    if let Some(key) = &params.property
        && asked.view.schema().property(key).is_none()
    {
        return Err(Problem::missing("property", key));
    }
    let to = params.to.unwrap_or(asked.today());
    let from = params.from.unwrap_or(Day::from_number(to.number() - 7));
    if from > to {
        return Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "E-DATE-02",
            "结束日期早于开始日期",
            "`to` lies before `from`",
        )
        .file("query")
        .column("to")
        .value(&to.to_string()));
    }
    let wish = Wish {
        from,
        to,
        axis: params.axis,
        kind: params.kind.clone(),
        entity: params.entity,
        property: params.property.clone(),
        after: params.after,
        limit: params.limit,
    };
    let found = atlas::changes::changes(asked.tx, asked.view, &wish, asked.as_of.valid)?;
    let look = asked.look();
    let change = |change: &atlas::changes::Change| Change {
        entity: look.entity(change.entity),
        property: look.property(&change.property),
        before: change.before.as_ref().map(|statement| look.statement(statement)),
        after: change.after.as_ref().map(|statement| look.statement(statement)),
        at: change.at.to_string(),
    };
    Ok(Changes {
        items: found.items.iter().map(change).collect(),
        next: found.next.map(|next| next.to_string()),
        summary: ChangeSummary {
            added: found.added,
            ended: found.ended,
            changed: found.changed,
            entities: found.entities,
        },
    })
}
