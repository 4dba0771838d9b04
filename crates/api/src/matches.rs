//! Matching without a server: the same question as the route asks.

use crate::app::App;
use crate::problem::Result;
use crate::questions;
use crate::wire::matching::Matches;
use atlas::AsOf;
use atlas::demand::Demand;

/// What of the atlas fits a demand, best first. Blocks.
pub fn find_matches(app: &App, demand: &Demand, limit: usize) -> Result<Matches> {
    let as_of = AsOf { valid: app.now().day(), known: None };
    app.ask(as_of, |asked| questions::matches(asked, app, demand, limit))
}
