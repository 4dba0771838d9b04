//! The feed: what happened to the atlas, from the journal.

use crate::ask::{Asked, PageParams};
use crate::problem::Result;
use crate::wire::feed::{FeedCounts, FeedItem};
use crate::wire::label::{Label, Page};
use kernel::{EntityId, EventId, StatementId};
use serde_json::Value;
use store::journal::{self, Event};

/// Events read from the journal at a time.
const CHUNK: i64 = 500;
/// Events looked at for one page at most.
const LOOKED_MAX: usize = 20_000;

/// Kinds of event that are news. A batch of statements and a cited document are part of a scan.
const NEWS: &[&str] = &[
    "source_scanned",
    "source_withdrawn",
    "source_restored",
    "statement_corrected",
    "statement_retracted",
    "outcome_recorded",
];

/// News, newest first.
pub fn feed(asked: &mut Asked<'_, '_>, page: &PageParams) -> Result<Page<FeedItem>> {
    let place = |text: &String| text.parse().map_err(|_| super::bad_place(text));
    let mut before: Option<EventId> = page.after.as_ref().map(place).transpose()?;
    let horizon = EventId(i64::from(asked.sight.horizon));
    before = Some(before.map_or(horizon, |before| before.min(horizon)));
    let (mut items, mut looked) = (Vec::new(), 0);
    while items.len() <= page.limit && looked < LOOKED_MAX {
        let events = journal::newest(asked.tx, before, CHUNK)?;
        let Some(last) = events.last() else { break };
        before = Some(last.id);
        looked += events.len();
        for event in events.iter().filter(|event| is_news(event)) {
            items.push(item(asked, event)?);
        }
    }
    let mut found = Page::cut(items, page.limit, |item: &FeedItem| item.event.clone());
    if found.next.is_none() && looked >= LOOKED_MAX {
        found.next = before.map(|before| before.to_string());
    }
    Ok(found)
}

/// News after an event, oldest first, with the last event that was looked at.
pub fn feed_since(
    asked: &mut Asked<'_, '_>,
    after: Option<EventId>,
) -> Result<(Vec<FeedItem>, Option<EventId>)> {
    let events = journal::events(asked.tx, after, CHUNK)?;
    let last = events.last().map(|event| event.id).or(after);
    let mut items = Vec::new();
    for event in events.iter().filter(|event| is_news(event)) {
        items.push(item(asked, event)?);
    }
    Ok((items, last))
}

fn is_news(event: &Event) -> bool {
    NEWS.contains(&event.kind.as_str())
}

fn item(asked: &mut Asked<'_, '_>, event: &Event) -> Result<FeedItem> {
    let payload: Value = serde_json::from_str(&event.payload).unwrap_or_default();
    let subject = event.subject.as_deref().unwrap_or_default();
    let look = asked.look();
    let source = asked.view.source_named(subject).map(|source| look.source(source.id));
    let statement = match subject.parse::<StatementId>() {
        Ok(id) => atlas::statement::list(asked.tx, &[id])?.pop(),
        Err(_) => None,
    };
    let told = (event.kind == "outcome_recorded").then(|| subject.parse::<EntityId>().ok());
    let of = statement.as_ref().map(|statement| statement.said.subject).or(told.flatten());
    let entity = of.map(|entity| look.entity(entity));
    let counts = (event.kind == "source_scanned").then(|| counts(&payload));
    let about = match (&source, &entity) {
        (Some(source), _) => source.title.clone(),
        (None, Some(entity)) => entity.name.text().to_string(),
        (None, None) => subject.to_string(),
    };
    let property = statement.map(|statement| look.property(&statement.said.property).label);
    Ok(FeedItem {
        event: event.id.to_string(),
        at: event.at.to_string(),
        kind: event.kind.clone(),
        title: title(&event.kind, &about, property.as_ref(), counts.as_ref()),
        actor: event.actor.as_str().to_string(),
        entity,
        source,
        counts,
    })
}

fn counts(payload: &Value) -> FeedCounts {
    let count = |name: &str| payload.get(name).and_then(Value::as_u64).unwrap_or(0);
    FeedCounts { new: count("new"), changed: count("changed"), gone: count("gone") }
}

fn title(kind: &str, about: &str, property: Option<&Label>, counts: Option<&FeedCounts>) -> Label {
    let property = property.cloned().unwrap_or_default();
    let (zh, en) = (property.zh.unwrap_or_default(), property.en.unwrap_or_default());
    match (kind, counts) {
        ("source_scanned", Some(FeedCounts { new, changed, gone })) => Label::new(
            &format!("读入“{about}”:新增 {new} 条,变更 {changed} 条,消失 {gone} 条"),
            &format!("Read “{about}”: {new} new, {changed} changed, {gone} gone"),
        ),
        ("source_withdrawn", _) => {
            Label::new(&format!("撤回来源“{about}”"), &format!("Withdrew “{about}”"))
        }
        ("source_restored", _) => {
            Label::new(&format!("恢复来源“{about}”"), &format!("Restored “{about}”"))
        }
        ("statement_corrected", _) => {
            Label::new(&format!("更正“{about}”的{zh}"), &format!("Corrected {en} of “{about}”"))
        }
        ("statement_retracted", _) => {
            Label::new(&format!("收回“{about}”的{zh}"), &format!("Took back {en} of “{about}”"))
        }
        ("outcome_recorded", _) => Label::new(
            &format!("技术转移登记“{about}”的进展"),
            &format!("The technology transfer register tells of “{about}”"),
        ),
        _ => Label::new(about, about),
    }
}
