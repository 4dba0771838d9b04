//! What opens the house.

use crate::ask::Asked;
use crate::problem::Result;
use crate::wire::label::{EntityRef, Label};
use crate::wire::overview::{Attention, Headline, JournalState, KindCount, Overview, Totals};
use atlas::coverage::{Freshness, KindLine};
use kernel::EntityId;
use kernel::canon::hex;

/// Changes on the overview.
const LATEST_MAX: usize = 8;

/// What opens the house.
pub fn overview(asked: &mut Asked<'_, '_>) -> Result<Overview> {
    let events = atlas::source::events(asked.tx, None)?;
    let lines = atlas::coverage::kinds(asked.view, &events, asked.sight);
    let files = atlas::coverage::sources(asked.view, &events, asked.sight);
    let today = asked.today();
    let stale = files
        .iter()
        .filter(|line| !line.withdrawn && Freshness::of(line.retrieved, today) == Freshness::Stale);
    let attention = attention(&lines, stale.count());
    let roots = files.iter().filter(|line| asked.view.root_of(line.id) == line.id);
    let sources = roots.filter(|line| line.statements > 0).count();
    let district = super::district(asked);
    let head = store::journal::head(asked.tx)?;
    let page = crate::ask::PageParams { after: None, limit: LATEST_MAX };
    Ok(Overview {
        headline: headline(asked, district)?,
        latest_changes: super::feed(asked, &page)?.items,
        district: match district {
            Some(district) => asked.look().entity(district),
            None => EntityRef {
                id: String::new(),
                kind: "district".to_string(),
                name: Label::new(&asked.district.name, ""),
            },
        },
        kinds: counts(asked, &lines),
        totals: Totals {
            entities: lines.iter().map(|line| line.count).sum(),
            statements: lines.iter().map(|line| line.statements).sum(),
            sources,
            events: head.size,
        },
        attention,
        journal: JournalState {
            size: head.size,
            root: hex(&head.root),
            checked_at: asked.now.to_string(),
        },
    })
}

fn headline(asked: &mut Asked<'_, '_>, district: Option<EntityId>) -> Result<Vec<Headline>> {
    let Some(district) = district else {
        return Ok(Vec::new());
    };
    let keys: Vec<&str> = asked.district.headline.iter().map(String::as_str).collect();
    let at = atlas::coverage::headline(asked.view, district, &keys, asked.sight);
    let statements = atlas::page::fetch(asked.tx, &at)?;
    let look = asked.look();
    let one = |statement| {
        let statement = look.statement(statement);
        Headline { indicator: statement.property.clone(), statement }
    };
    Ok(statements.iter().map(one).collect())
}

fn counts(asked: &Asked<'_, '_>, lines: &[KindLine]) -> Vec<KindCount> {
    let label = |kind: &str| asked.view.schema().kind(kind).map(|kind| Label::from(&kind.plural));
    let some = lines.iter().filter(|line| line.count > 0);
    some.map(|line| KindCount {
        kind: line.kind.clone(),
        label: label(&line.kind).unwrap_or_default(),
        count: line.count,
        sources: line.sources,
    })
    .collect()
}

fn attention(lines: &[KindLine], stale: usize) -> Vec<Attention> {
    let sum = |of: fn(&KindLine) -> usize| lines.iter().map(of).sum::<usize>();
    let all = [
        (
            "conflicts",
            "说法不一的对象",
            "Entities with contested figures",
            "/coverage#conflicts",
            { sum(|line| line.contested) },
        ),
        (
            "unresolved",
            "待判定的同名对象",
            "Names that wait for judgement",
            "/coverage#unresolved",
            { sum(|line| line.unresolved) },
        ),
        ("stale_sources", "两年未更新的来源", "Sources older than two years", "/sources", stale),
        ("empty_kinds", "没有开放数据的类别", "Kinds without open data", "/import", {
            sum(|line| usize::from(line.count == 0 && !line.open_data))
        }),
    ];
    let some = all.into_iter().filter(|(.., count)| *count > 0);
    some.map(|(code, zh, en, link, count)| Attention {
        code: code.to_string(),
        label: Label::new(zh, en),
        count,
        link: link.to_string(),
    })
    .collect()
}
