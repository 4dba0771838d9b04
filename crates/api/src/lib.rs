#![doc = include_str!("../README.md")]

mod app;
mod ask;
mod attend;
mod document;
mod export;
mod extract;
mod front;
mod gauge;
mod import;
mod matches;
mod params;
mod problem;
pub mod questions;
mod repeat;
mod router;
mod routes;
mod serve;
mod spool;
mod template;
mod watch;
mod web;
pub mod wire;
mod worker;

pub use crate::app::{
    App, AskReader, Chance, Clock, Deliver, District, Parcel, Parts, SecondReader, Settings,
};
pub use crate::ask::{Asked, PageParams};
pub use crate::attend::{Attending, attend, leave};
pub use crate::matches::find_matches;
pub use crate::params::{FromParams, Params};
pub use crate::problem::{Fault, Problem, ProblemBody, Result, Where};
pub use crate::router::{openapi, router};
pub use crate::serve::{answer, serve};
pub use crate::worker::{Worker, start_worker};
