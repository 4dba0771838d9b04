//! Demands of firms, introductions, and results that institutes claim.

use crate::app::App;
use crate::ask::{Args, PageParams};
use crate::extract::{Json, Key, Who};
use crate::problem::{Problem, Problems, Result};
use crate::questions;
use crate::routes::transfer::{private, sight};
use crate::wire;
use crate::wire::transfer::{
    Claim, DemandEnd, DemandItem, DemandPage, FollowUp, Introduction, NewClaim, NewDemandItem,
    NewIntroduction,
};
use atlas::demand::Demand;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use identity::Act;
use kernel::{Day, EntityId};
use transfer::Sight;
use transfer::demand::{self, DemandId, Follow, IntroductionId, NewDemand};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Demands, introductions, claims.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_demands, post_demand))
        .routes(routes!(get_demand, end_demand))
        .routes(routes!(introduce))
        .routes(routes!(follow_up))
        .routes(routes!(list_claims, claim_result))
}

fn item(one: &demand::Demand) -> DemandItem {
    DemandItem {
        id: one.id.to_string(),
        title: one.title.clone(),
        demand: serde_json::from_str(&one.body).unwrap_or_default(),
        firm: one.firm.clone(),
        firm_entity: one.firm_entity.map(|entity| EntityId(entity).to_string()),
        state: one.state.clone(),
        at: one.at.to_string(),
    }
}

fn introduction(one: &demand::Introduction, name: Option<wire::EntityRef>) -> Introduction {
    Introduction {
        id: one.id.to_string(),
        demand: one.demand.to_string(),
        entity: one.entity.to_string(),
        result: name,
        state: one.state.clone(),
        task: one.task.clone(),
        due: one.due.map(|day| day.to_string()),
        case: one.case.map(|case| case.to_string()),
        at: one.at.to_string(),
    }
}

/// Demands, the newest first.
#[utoipa::path(
    get, path = "/transfer/demands", operation_id = "list_demands", tag = "transfer",
    params(PageParams),
    responses((status = 200, description = "Demands.", body = wire::Page<DemandItem>), Problems)
)]
async fn list_demands(
    State(app): State<App>,
    Who(caller): Who,
    Args(page): Args<PageParams>,
) -> Result<Response> {
    let sight = sight(&caller)?;
    let place = |text: &str| text.parse().map_err(|_| questions::bad_place(text));
    let before: Option<DemandId> = page.after.as_deref().map(place).transpose()?;
    let limit = page.limit;
    let items = app
        .blocking(move |app| {
            let found = app.store().read(|tx| demand::list(tx, sight, before, limit + 1))?;
            Ok(found.iter().map(item).collect::<Vec<_>>())
        })
        .await?;
    let page = wire::Page::cut(items, limit, |one: &DemandItem| one.id.clone());
    Ok(private(axum::Json(page)))
}

/// Says what a firm looks for.
#[utoipa::path(
    post, path = "/transfer/demands", operation_id = "post_demand", tag = "transfer",
    request_body = NewDemandItem,
    responses((status = 201, description = "It is kept.", body = DemandItem), Problems)
)]
async fn post_demand(
    State(app): State<App>,
    Who(caller): Who,
    _: Args<()>,
    Json(body): Json<NewDemandItem>,
) -> Result<Response> {
    caller.allow(Act::PostDemand)?;
    let (sight, actor) = (sight(&caller)?, caller.actor());
    let one = app
        .blocking(move |app| {
            let wish = Demand::from(&body.demand);
            wish.check(app.rules())?;
            // A member speaks for its own firm, an officer for any.
            let firm_entity = match sight {
                Sight::Of(entity) => Some(entity),
                Sight::All => entity_of(body.firm_entity.as_deref())?,
            };
            let new = NewDemand {
                title: wish.title.clone(),
                body: wish.canonical(),
                firm: body.firm.clone(),
                firm_entity,
            };
            let now = app.now();
            app.write(|tx| Ok::<_, Problem>(item(&demand::post(tx, &actor, now, &new)?)))
        })
        .await?;
    Ok(private((StatusCode::CREATED, axum::Json(one))))
}

fn entity_of(text: Option<&str>) -> Result<Option<i64>> {
    let read = |text: &str| {
        let entity = text.parse::<EntityId>().map_err(Problem::from);
        entity.map(|entity| entity.0).map_err(|error| error.in_body("firm_entity"))
    };
    text.map(read).transpose()
}

/// A demand with its introductions.
#[utoipa::path(
    get, path = "/transfer/demands/{id}", operation_id = "get_demand", tag = "transfer",
    params(("id" = String, Path, description = "Id of the demand, `D1`.")),
    responses((status = 200, description = "The demand.", body = DemandPage), Problems)
)]
async fn get_demand(
    State(app): State<App>,
    Who(caller): Who,
    Key(id): Key<DemandId>,
    _: Args<()>,
) -> Result<Response> {
    let sight = sight(&caller)?;
    let page = app
        .blocking(move |app| {
            let as_of = atlas::AsOf { valid: app.now().day(), known: None };
            app.ask(as_of, |asked| {
                let one = demand::get(asked.tx, sight, id)?;
                let found = demand::introductions(asked.tx, id)?;
                let look = asked.look();
                let introductions = found
                    .iter()
                    .map(|one| introduction(one, Some(look.entity(one.entity))))
                    .collect();
                Ok(DemandPage { demand: item(&one), introductions })
            })
        })
        .await?;
    Ok(private(axum::Json(page)))
}

/// Says that a demand is met, or withdraws it.
#[utoipa::path(
    post, path = "/transfer/demands/{id}", operation_id = "end_demand", tag = "transfer",
    params(("id" = String, Path, description = "Id of the demand, `D1`.")),
    request_body = DemandEnd,
    responses((status = 200, description = "As it is now.", body = DemandItem), Problems)
)]
async fn end_demand(
    State(app): State<App>,
    Who(caller): Who,
    Key(id): Key<DemandId>,
    _: Args<()>,
    Json(body): Json<DemandEnd>,
) -> Result<Response> {
    caller.allow(Act::PostDemand)?;
    let (sight, actor) = (sight(&caller)?, caller.actor());
    let one = app
        .blocking(move |app| {
            let now = app.now();
            app.write(|tx| {
                let done = demand::end(tx, &actor, now, sight, (id, body.met))?;
                Ok::<_, Problem>(item(&done))
            })
        })
        .await?;
    Ok(private(axum::Json(one)))
}

fn day(text: Option<&str>) -> Result<Option<Day>> {
    let read = |text| Day::parse(text).map_err(|refusal| Problem::from(refusal).in_body("due"));
    text.map(read).transpose()
}

/// Brings a demand and a result together.
#[utoipa::path(
    post, path = "/transfer/introductions", operation_id = "introduce", tag = "transfer",
    request_body = NewIntroduction,
    responses((status = 201, description = "It is made.", body = Introduction), Problems)
)]
async fn introduce(
    State(app): State<App>,
    Who(caller): Who,
    _: Args<()>,
    Json(body): Json<NewIntroduction>,
) -> Result<Response> {
    caller.allow(Act::ManageCases)?;
    let actor = caller.actor();
    let one = app
        .blocking(move |app| {
            let id: DemandId = body.demand.parse().map_err(Problem::from)?;
            let entity: EntityId = body.entity.parse().map_err(Problem::from)?;
            let known =
                app.see(|_, view| Ok((1..=view.entity_count() as i64).contains(&entity.0)))?;
            if !known {
                return Err(Problem::missing("entity", &body.entity).in_body("entity"));
            }
            let due = day(body.due.as_deref())?;
            let follow = Follow { task: body.task.clone(), due, ..Follow::default() };
            let now = app.now();
            app.write(|tx| {
                let made = demand::introduce(tx, &actor, now, (id, entity), &follow)?;
                Ok::<_, Problem>(introduction(&made, None))
            })
        })
        .await?;
    Ok(private((StatusCode::CREATED, axum::Json(one))))
}

/// Says how an introduction goes on, and what is to be done next.
#[utoipa::path(
    post, path = "/transfer/introductions/{id}", operation_id = "follow_introduction",
    tag = "transfer",
    params(("id" = String, Path, description = "Id of the introduction, `I1`.")),
    request_body = FollowUp,
    responses((status = 200, description = "As it is now.", body = Introduction), Problems)
)]
async fn follow_up(
    State(app): State<App>,
    Who(caller): Who,
    Key(id): Key<IntroductionId>,
    _: Args<()>,
    Json(body): Json<FollowUp>,
) -> Result<Response> {
    caller.allow(Act::ManageCases)?;
    let actor = caller.actor();
    let one = app
        .blocking(move |app| {
            let case = body.case.as_deref().map(str::parse).transpose();
            let case =
                case.map_err(|refusal: kernel::Refusal| Problem::from(refusal).in_body("case"))?;
            let follow = Follow {
                state: body.state.clone(),
                task: body.task.clone(),
                due: day(body.due.as_deref())?,
                case,
                note: body.note.clone(),
            };
            let now = app.now();
            app.write(|tx| {
                let done = demand::follow(tx, &actor, now, id, &follow)?;
                Ok::<_, Problem>(introduction(&done, None))
            })
        })
        .await?;
    Ok(private(axum::Json(one)))
}

/// Results of the atlas that institutes say are theirs to transfer.
#[utoipa::path(
    get, path = "/transfer/claims", operation_id = "list_claims", tag = "transfer",
    responses((status = 200, description = "Claims.", body = wire::Page<Claim>), Problems)
)]
async fn list_claims(State(app): State<App>, Who(caller): Who, _: Args<()>) -> Result<Response> {
    caller.allow(Act::Read)?;
    let items = app
        .blocking(move |app| {
            let as_of = atlas::AsOf { valid: app.now().day(), known: None };
            app.ask(as_of, |asked| {
                let found = demand::claims(asked.tx)?;
                let look = asked.look();
                let claim = |one: &demand::Claim| Claim {
                    result: look.entity(one.entity),
                    unit: look.entity(one.unit),
                    registered: one.registered.to_string(),
                    case: one.case.map(|case| case.to_string()),
                };
                Ok(found.iter().map(claim).collect::<Vec<_>>())
            })
        })
        .await?;
    Ok(private(axum::Json(wire::Page { items, next: None })))
}

/// Claims a result of the atlas for an institute.
#[utoipa::path(
    post, path = "/transfer/claims", operation_id = "claim_result", tag = "transfer",
    request_body = NewClaim,
    responses((status = 204, description = "It is claimed."), Problems)
)]
async fn claim_result(
    State(app): State<App>,
    Who(caller): Who,
    _: Args<()>,
    Json(body): Json<NewClaim>,
) -> Result<StatusCode> {
    caller.allow(Act::ActInCases)?;
    let (sight, actor) = (sight(&caller)?, caller.actor());
    app.blocking(move |app| {
        let entity = |text: &str, field: &str| {
            let entity = text.parse::<EntityId>().map_err(Problem::from);
            entity.map_err(|error| error.in_body(field))
        };
        let (result, unit) = (entity(&body.result, "result")?, entity(&body.unit, "unit")?);
        // A member claims for its own institute only.
        if matches!(sight, Sight::Of(own) if own != unit.0) {
            return Err(identity::Error::Forbidden(Act::ManageCases).into());
        }
        let known = app.see(|_, view| {
            let there = 1..=view.entity_count() as i64;
            Ok(there.contains(&result.0) && there.contains(&unit.0))
        })?;
        if !known {
            return Err(Problem::missing("entity", &body.result).in_body("result"));
        }
        let registered = Day::parse(&body.registered)
            .map_err(|refusal| Problem::from(refusal).in_body("registered"))?;
        let case = body.case.as_deref().map(str::parse).transpose();
        let case =
            case.map_err(|refusal: kernel::Refusal| Problem::from(refusal).in_body("case"))?;
        let claim = demand::Claim { entity: result, unit, registered, case };
        let now = app.now();
        app.write(|tx| Ok::<_, Problem>(demand::claim(tx, &actor, now, &claim)?))
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}
