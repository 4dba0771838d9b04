//! What would come of a change to the compute platform; nothing is kept.

use crate::app::App;
use crate::ask::Args;
use crate::extract::{Json, Who};
use crate::problem::{Problem, Problems, Result};
use crate::questions::suppose as said;
use crate::routes::transfer::private;
use crate::wire::suppose::{SupposedAnswer, Supposition};
use axum::extract::State;
use axum::response::Response;
use compute::ReservationName;
use compute_rules::engine::{Engine, Event, Machine};
use compute_rules::refused::bound;
use identity::Act;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Machines that are supposed to come at most, and names in a supposition.
const MACHINES_MAX: i64 = 1_024;
const NAMES_MAX: i64 = 4_096;

/// What would come of a change.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(suppose))
}

/// The events of a supposition. Fails for a node or a reservation that is not there, and past
/// 1,024 machines.
fn events(engine: &Engine, body: &Supposition) -> Result<Vec<Event>> {
    let names = body.add.len() + body.lose.len() + body.give_up.len();
    bound("names", names as i64, 0, NAMES_MAX)?;
    let count: i64 = body.add.iter().map(|one| i64::from(one.count)).sum();
    bound("count", count, 0, MACHINES_MAX)?;
    let node = |name: &String| engine.node(name).ok_or_else(|| Problem::missing("node", name));
    let mut events = Vec::new();
    for name in &body.give_up {
        let id = name.parse::<ReservationName>();
        let id = id.map_err(|refusal| Problem::from(refusal).in_body("give_up"))?;
        events.push(Event::GiveUp(id.into()));
    }
    for name in &body.lose {
        events.push(Event::Lose(node(name)?));
    }
    for like in &body.add {
        let at = node(&like.node)?;
        let Some(model) = engine.empty(at as usize) else { continue };
        for _ in 0..like.count {
            events.push(Event::Provide(Machine {
                // No node is called so.
                name: format!("supposed/{}/{}", events.len(), model.name),
                cpu: model.cpu,
                memory: model.memory,
                devices: model.free.len() as i64,
                kind: engine.cluster().models[model.model].clone(),
            }));
        }
    }
    Ok(events)
}

/// What would come of machines that come or are lost, and of reservations that are given up: the same
/// decisions, and nothing is kept.
#[utoipa::path(
    post, path = "/compute/what-if", operation_id = "suppose", tag = "compute",
    request_body = Supposition,
    responses((status = 200, description = "What would come of it.", body = SupposedAnswer), Problems)
)]
async fn suppose(
    State(app): State<App>,
    Who(caller): Who,
    _: Args<()>,
    Json(body): Json<Supposition>,
) -> Result<Response> {
    caller.allow(Act::ManageCompute)?;
    let answer = app
        .blocking(move |app| {
            let platform = app.compute()?;
            let events = platform.look(|engine| events(engine, &body))?;
            let supposed = platform.suppose(app.now(), events)?;
            app.compute_ask(|asked, (_, book)| Ok(said::supposed(asked, book, &supposed)))
        })
        .await?;
    Ok(private(axum::Json(answer)))
}
