//! The routes of the API, one file a resource.

mod applications;
mod calculators;
mod calendar;
mod compute;
mod correct;
mod demands;
mod documents;
mod export;
mod feed;
mod firms;
mod house;
mod imports;
mod journal;
mod judgements;
mod matches;
mod policies;
mod questions;
mod reads;
mod reports;
mod requests;
mod session;
mod sharing;
mod studio;
mod suppose;
mod transfer;

use crate::app::App;
use axum::Router;
use utoipa_axum::router::OpenApiRouter;

/// Every route below `/api/v1`.
pub(crate) fn all() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(reads::routes())
        .merge(correct::routes())
        .merge(feed::routes())
        .merge(questions::routes())
        .merge(imports::routes())
        .merge(documents::routes())
        .merge(export::routes())
        .merge(session::routes())
        .merge(journal::routes())
        .merge(judgements::routes())
        .merge(matches::routes())
        .merge(policies::routes())
        .merge(studio::routes())
        .merge(requests::routes())
        .merge(firms::routes())
        .merge(applications::routes())
        .merge(compute::routes())
        .merge(sharing::routes())
        .merge(suppose::routes())
        .merge(transfer::routes())
        .merge(calculators::routes())
        .merge(reports::routes())
        .merge(calendar::routes())
        .merge(demands::routes())
        .merge(house::routes())
}

/// Described routes outside `/api/v1`.
pub(crate) fn outside() -> OpenApiRouter<App> {
    journal::tiles()
}

/// Routes at the root that are described below `/api/v1`.
pub(crate) fn twins() -> Router<App> {
    feed::outside()
}

/// Routes that anyone may ask at any rate.
pub(crate) fn open() -> Router<App> {
    house::open()
}
