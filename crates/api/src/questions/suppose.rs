//! What would come of a change to the compute platform, said of the jobs that it touches.

use super::compute::{key_of, start, tenant};
use crate::ask::Asked;
use crate::wire::suppose::{Stand, SupposedAnswer, Touched};
use compute::book::Book;
use compute::{JobName, Supposed};
use compute_rules::engine::{Decision, Engine};
use compute_rules::job::{JobId, Standing};
use std::collections::BTreeMap;

/// Jobs that wait on and are listed at most.
const WAITING_MAX: usize = 50;

fn stand(engine: &Engine) -> Stand {
    let nodes = engine.cluster().nodes.iter().enumerate();
    let there = nodes.filter(|(at, _)| !engine.is_lost(*at as u32));
    let (milli, free) = there.fold((0, 0), |(milli, free), (at, node)| {
        (milli + engine.empty(at).map_or(0, |node| node.room()), free + node.room())
    });
    Stand {
        milli,
        free,
        fragmented: engine.fragmentation(),
        running: engine.running().count(),
        waiting: engine.waiting(),
    }
}

/// What a change would do to the jobs that are known.
pub(crate) fn supposed(asked: &Asked<'_, '_>, book: &Book, of: &Supposed) -> SupposedAnswer {
    let runs = |engine: &Engine, id: JobId| {
        engine.job(id).is_some_and(|job| matches!(job.standing, Standing::Running { .. }))
    };
    let mut what: BTreeMap<JobId, &str> = BTreeMap::new();
    for decision in &of.decisions {
        let (Decision::Start { job: id, .. } | Decision::Stop(id) | Decision::Again(id)) = decision
        else {
            continue;
        };
        let word = match (runs(&of.before, *id), runs(&of.after, *id)) {
            (false, true) => "starts",
            (true, false) => "stops",
            _ => "moves",
        };
        what.insert(*id, word);
    }
    let mut waiting: Vec<JobId> = of
        .after
        .jobs()
        .filter(|job| job.standing == Standing::Waiting)
        .map(|job| job.request.job)
        .filter(|id| !what.contains_key(id))
        .collect();
    waiting.sort_unstable();
    waiting.truncate(WAITING_MAX);
    let touched = what.into_iter().chain(waiting.into_iter().map(|id| (id, "waits")));
    let jobs = touched.filter_map(|(id, what)| {
        let request = &of.after.job(id)?.request;
        Some(Touched {
            id: JobName::from(id).to_string(),
            name: book.program(id).map_or(String::new(), |program| program.name.clone()),
            tenant: tenant(asked, key_of(book, request.tenant)),
            milli: request.milli(),
            what: what.to_string(),
            start_before: start(&of.before, asked.now, id),
            start_after: start(&of.after, asked.now, id),
        })
    });
    SupposedAnswer { jobs: jobs.collect(), before: stand(&of.before), after: stand(&of.after) }
}
