//! How the compute platform is shared: groups and their weights, reservations, providers.

use super::compute::{eyes, instant, known_party, party};
use crate::app::App;
use crate::ask::Args;
use crate::extract::{Json, Key, Who};
use crate::params::{FromParams, Params, wrong};
use crate::problem::{Problem, Problems, Result};
use crate::questions::compute::Eyes;
use crate::questions::sharing as said;
use crate::routes::transfer::private;
use crate::wire::sharing::{NewGroup, NewReservation, PartyPlace, Providers, Sharing};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use compute::{GroupName, ReservationName};
use compute_rules::engine::{Event, Reservation, ReservationId};
use compute_rules::ledger::{Tenant, Window};
use compute_rules::party::{Group, Party};
use compute_rules::provider::DAYS_MAX;
use identity::{Act, Caller};
use kernel::{Actor, Day};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// How the platform is shared.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_sharing))
        .routes(routes!(make_group))
        .routes(routes!(place_party))
        .routes(routes!(reserve_nodes))
        .routes(routes!(give_up_reservation))
        .routes(routes!(list_providers))
}

fn sharing(app: &App, eyes: &Eyes) -> Result<Sharing> {
    app.compute_ask(|asked, at| Ok(said::sharing(asked, at, eyes)))
}

/// How the platform is shared: groups, weights, reservations.
#[utoipa::path(
    get, path = "/compute/sharing", operation_id = "get_sharing", tag = "compute",
    responses((status = 200, description = "How it is shared.", body = Sharing), Problems)
)]
async fn get_sharing(State(app): State<App>, Who(caller): Who, _: Args<()>) -> Result<Response> {
    let eyes = eyes(&caller)?;
    let answer = app.blocking(move |app| sharing(app, &eyes)).await?;
    Ok(private(axum::Json(answer)))
}

/// Lets an officer change how it is shared, and says how it is then.
async fn changed(
    app: App,
    caller: Caller,
    status: StatusCode,
    change: impl FnOnce(&App, &Actor) -> Result<()> + Send + 'static,
) -> Result<Response> {
    let eyes = eyes(&caller)?;
    caller.allow(Act::ManageCompute)?;
    let actor = caller.actor();
    let answer = app
        .blocking(move |app| {
            change(app, &actor)?;
            app.announce();
            sharing(app, &eyes)
        })
        .await?;
    Ok(private((status, axum::Json(answer))))
}

/// A group that is there, by its name.
fn group_named(app: &App, text: &str, field: &str) -> Result<Group> {
    let name = text.parse::<GroupName>();
    let name = name.map_err(|refusal| Problem::from(refusal).in_body(field))?;
    let known = app.compute()?.see(|_, book| book.group(name.into()).is_some());
    known.then(|| name.into()).ok_or_else(|| Problem::missing("group", text))
}

/// The group that something is to stand in.
fn within(app: &App, text: Option<&str>) -> Result<Option<Group>> {
    text.map(|text| group_named(app, text, "within")).transpose()
}

/// A party that is there: a group by its name, or a tenant by its key. Blocks.
fn party_named<'k>(app: &App, text: &'k str, field: &str) -> Result<compute::Who<'k>> {
    if text.starts_with('L') {
        return Ok(compute::Who::Group(group_named(app, text, field)?));
    }
    party(text)?;
    known_party(app, text)?;
    Ok(compute::Who::Tenant(text))
}

/// Makes a group of tenants.
#[utoipa::path(
    post, path = "/compute/groups", operation_id = "make_group", tag = "compute",
    request_body = NewGroup,
    responses((status = 201, description = "How it is shared.", body = Sharing), Problems)
)]
async fn make_group(
    State(app): State<App>,
    Who(caller): Who,
    _: Args<()>,
    Json(body): Json<NewGroup>,
) -> Result<Response> {
    changed(app, caller, StatusCode::CREATED, move |app, actor| {
        let place = (within(app, body.within.as_deref())?, body.weight);
        app.compute()?.make_group(actor, app.now(), &body.name, place)?;
        Ok(())
    })
    .await
}

/// Puts a tenant or a group where it stands, with its weight.
#[utoipa::path(
    post, path = "/compute/parties", operation_id = "place_party", tag = "compute",
    request_body = PartyPlace,
    responses((status = 200, description = "How it is shared.", body = Sharing), Problems)
)]
async fn place_party(
    State(app): State<App>,
    Who(caller): Who,
    _: Args<()>,
    Json(body): Json<PartyPlace>,
) -> Result<Response> {
    changed(app, caller, StatusCode::OK, move |app, actor| {
        let who = party_named(app, &body.party, "party")?;
        let place = (within(app, body.within.as_deref())?, body.weight);
        app.compute()?.place_party(actor, app.now(), who, place)?;
        Ok(())
    })
    .await
}

/// Sets nodes aside for a tenant or a group.
#[utoipa::path(
    post, path = "/compute/reservations", operation_id = "reserve_nodes", tag = "compute",
    request_body = NewReservation,
    responses((status = 201, description = "How it is shared.", body = Sharing), Problems)
)]
async fn reserve_nodes(
    State(app): State<App>,
    Who(caller): Who,
    _: Args<()>,
    Json(body): Json<NewReservation>,
) -> Result<Response> {
    changed(app, caller, StatusCode::CREATED, move |app, actor| {
        let holder = party_named(app, &body.holder, "holder")?;
        let now = app.now();
        let from = body.from.as_deref().map(|text| instant(text, "from")).transpose()?;
        let window = Window { from: from.unwrap_or(now), until: instant(&body.until, "until")? };
        let platform = app.compute()?;
        let mut nodes: Vec<u32> = body
            .nodes
            .iter()
            .map(|name| {
                let place = platform.look(|engine| engine.node(name));
                place.ok_or_else(|| Problem::missing("node", name))
            })
            .collect::<Result<_>>()?;
        nodes.sort_unstable();
        // Its name and holder are filled in by the platform.
        let reservation = Reservation {
            id: ReservationId(0),
            holder: Party::Tenant(Tenant(0)),
            nodes,
            window,
            lent_after: body.lent_after_ms,
        };
        platform.reserve(actor, now, holder, reservation)?;
        Ok(())
    })
    .await
}

/// Gives a reservation up: its nodes are common from now on.
#[utoipa::path(
    post, path = "/compute/reservations/{id}/give-up", operation_id = "give_up_reservation",
    tag = "compute",
    params(("id" = String, Path, description = "Id of the reservation, `B1`.")),
    responses((status = 200, description = "How it is shared.", body = Sharing), Problems)
)]
async fn give_up_reservation(
    State(app): State<App>,
    Who(caller): Who,
    Key(id): Key<ReservationName>,
    _: Args<()>,
) -> Result<Response> {
    changed(app, caller, StatusCode::OK, move |app, actor| {
        app.compute()?.tell(actor, app.now(), Event::GiveUp(id.into()))?;
        Ok(())
    })
    .await
}

/// Which days are asked for.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
struct DaysParams {
    /// The first day; a month before the last without it.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<Day>,
    /// The last day; today without it.
    #[param(value_type = Option<String>, format = Date)]
    until: Option<Day>,
}

impl FromParams for DaysParams {
    fn take(params: &mut Params) -> Result<DaysParams> {
        let days = DaysParams { from: params.day("from")?, until: params.day("until")? };
        if let (Some(from), Some(until)) = (days.from, days.until) {
            let many = i64::from(until.number()) - i64::from(from.number()) + 1;
            if !(1..=DAYS_MAX as i64).contains(&many) {
                return Err(wrong("E-QUERY-02", "until", &until.to_string())
                    .rule("from one day to another at most 91 days later"));
            }
        }
        Ok(days)
    }
}

fn days_before(day: Day, many: usize) -> Day {
    (0..many).fold(day, |day, _| day.previous())
}

/// What providers brought: devices there and used, and what they earned, by day.
#[utoipa::path(
    get, path = "/compute/providers", operation_id = "list_providers", tag = "compute",
    params(DaysParams),
    responses((status = 200, description = "Providers.", body = Providers), Problems)
)]
async fn list_providers(
    State(app): State<App>,
    Who(caller): Who,
    Args(params): Args<DaysParams>,
) -> Result<Response> {
    caller.allow(Act::ManageCompute)?;
    let answer = app
        .blocking(move |app| {
            let until = params.until.unwrap_or(app.now().legal_day());
            let from = params.from.unwrap_or_else(|| days_before(until, 29));
            if from > until {
                return Err(wrong("E-QUERY-02", "from", &from.to_string())
                    .rule("the first day is not after the last"));
            }
            let from = from.max(days_before(until, DAYS_MAX - 1));
            app.compute_ask(|asked, (engine, _)| Ok(said::brought(asked, engine, (from, until))))
        })
        .await?;
    Ok(private(axum::Json(answer)))
}
