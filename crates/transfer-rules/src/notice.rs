//! The notice of an agreed price: what it says, where it stands, until when, and the first day on
//! which a contract may be signed.
//!
//! Draft → Public → (Objected →) Cleared; a published price, counterparty or scope that changes
//! makes it Void, and a new notice is needed. The clock keeps running while an objection is open.
//! Source: TL 18; ZJ 17, 19; GF16.

use crate::clock::{self, at, filled, unfit};
use crate::input::{On, Yuan, refuse};
use crate::output;
use kernel::{Day, Fen, Proof, Refusal};
use schema::Lookup;
use serde::Deserialize;
use serde_json::{Value, json};

/// How a price is found (TL 18).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// 协议定价: agreed.
    Agreement,
    /// 挂牌: listed at a technology market.
    Listing,
    /// 拍卖: auctioned.
    Auction,
}

impl Way {
    /// The name in data.
    pub fn name(self) -> &'static str {
        match self {
            Way::Agreement => "agreement",
            Way::Listing => "listing",
            Way::Auction => "auction",
        }
    }
}

/// Where a notice stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Site {
    /// At the unit.
    Unit,
    /// At the technology market.
    Market,
}

impl Site {
    /// The name in data.
    pub fn name(self) -> &'static str {
        match self {
            Site::Unit => "unit",
            Site::Market => "market",
        }
    }
}

/// What a related party's deal may be required to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Safeguard {
    /// A listing.
    Listing,
    /// An auction.
    Auction,
    /// An appraisal of the agreed price.
    Appraisal,
}

impl Safeguard {
    /// The name in data.
    pub fn name(self) -> &'static str {
        match self {
            Safeguard::Listing => "listing",
            Safeguard::Auction => "auction",
            Safeguard::Appraisal => "appraisal",
        }
    }
}

/// What a notice says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// The name of the result.
    pub result: Option<String>,
    /// What it is.
    pub summary: Option<String>,
    /// The route: transfer, licence and so on.
    pub route: Option<String>,
    /// What is sold or licensed.
    pub scope: Option<String>,
    /// The proposed price.
    pub price: Option<Yuan>,
    /// Who completed the result.
    pub completers: Vec<String>,
    /// With whom.
    pub counterparty: Option<String>,
    /// How to object.
    pub procedure: Option<String>,
    /// How the price was found.
    pub way: Way,
    /// Whether the price was appraised.
    pub appraised: bool,
    /// Whether the counterparty is an interested party of a completer; unknown when left out.
    pub interested: Option<bool>,
    /// Whether the notice flags the counterparty as related.
    pub flagged: bool,
}

/// What happens to a notice.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", deny_unknown_fields)]
pub enum Event {
    /// It is published.
    Publish {
        /// When.
        on: On,
        /// What it says.
        content: Box<Content>,
        /// Where it stands.
        sites: Vec<Site>,
        /// The last day it names itself, when it runs longer than it must.
        until: Option<On>,
    },
    /// Someone objects.
    Object {
        /// When it was received.
        on: On,
        /// What the objection is called.
        id: String,
    },
    /// An objection is decided.
    Decide {
        /// When.
        on: On,
        /// Which.
        id: String,
        /// Whether it was right.
        upheld: bool,
        /// Why.
        reasons: Option<String>,
    },
    /// What it says is edited; what is left out stays.
    Edit {
        /// When.
        on: On,
        /// The new price.
        price: Option<Yuan>,
        /// The new counterparty.
        counterparty: Option<String>,
        /// The new scope.
        scope: Option<String>,
        /// The new summary: no reason for a new notice.
        summary: Option<String>,
    },
}

impl Event {
    fn on(&self) -> Day {
        match self {
            Event::Publish { on, .. }
            | Event::Object { on, .. }
            | Event::Decide { on, .. }
            | Event::Edit { on, .. } => on.0,
        }
    }
}

/// A notice: its events in order.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// What happened, in order.
    pub events: Vec<Event>,
    /// What the unit's own rule requires of a deal with a related party; the parameter
    /// `notice.related_party_requires` when left out.
    pub related_party_requires: Option<Vec<Safeguard>>,
}

/// How a notice is asked about.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Course {
    /// The notice.
    pub notice: Notice,
    /// The day it is asked about.
    pub now: On,
}

/// Where a notice is in its course.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Not published, or sent back by an objection that was upheld.
    Draft,
    /// Published, its window running.
    Public,
    /// An objection is open: signing is blocked.
    Objected,
    /// Its window is over and nothing is open.
    Cleared,
    /// Price, counterparty or scope changed: a new notice is needed.
    Void,
}

impl State {
    /// The name in data.
    pub fn name(self) -> &'static str {
        match self {
            State::Draft => "draft",
            State::Public => "public",
            State::Objected => "objected",
            State::Cleared => "cleared",
            State::Void => "void",
        }
    }
}

/// How a notice stands on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its state.
    pub state: State,
    /// When it was published, the last time.
    pub published: Option<Day>,
    /// Its last day.
    pub last: Option<Day>,
    /// The first day on which a contract may be signed; none while an objection is open.
    pub earliest_signing: Option<Day>,
    /// The price it names.
    pub price: Option<Fen>,
    /// With whom.
    pub counterparty: Option<String>,
    /// Objections that are open.
    pub open: Vec<String>,
    /// Whether it stands where the immunity of those who decide asks for it (ZJ 19).
    pub immunity: bool,
    /// Whether the counterparty is related.
    pub related: bool,
    /// How these came about.
    pub proof: Proof,
}

impl Standing {
    /// As JSON.
    pub fn json(&self) -> Value {
        let day = |day: Option<Day>| day.map(|day| day.to_string());
        json!({
            "state": self.state.name(),
            "published": day(self.published),
            "last": day(self.last),
            "earliest_signing": day(self.earliest_signing),
            "price": self.price.map(|price| price.to_string()),
            "counterparty": self.counterparty,
            "open": self.open,
            "immunity": self.immunity,
            "related": self.related,
            "proof": output::proof(&self.proof),
        })
    }
}

/// A notice that was published: its window.
struct Window {
    published: Day,
    last: Day,
    proof: Proof,
    price: Fen,
    content: Content,
    immunity: bool,
    related: bool,
    /// Objections: id, whether it is open.
    objections: Vec<(String, bool)>,
    /// The last decision that came after the window.
    decided: Option<Day>,
    /// What became of it, once nothing more can.
    ended: Option<State>,
}

impl Window {
    fn open(&self) -> bool {
        self.objections.iter().any(|(_, open)| *open)
    }

    fn state(&self, now: Day) -> State {
        match self.ended {
            Some(state) => state,
            None if self.open() => State::Objected,
            None if now > self.last => State::Cleared,
            None => State::Public,
        }
    }
}

/// How a notice stands on a day.
///
/// Fails with `E-PRICE-01` (a window that is too short), `E-PRICE-04` (related party not flagged, or
/// priced the wrong way), `E-INPUT-01` (a field or place is missing, or a step cannot follow),
/// `E-DATE-02` (out of order), `E-DATE-03` (in the future), `E-MONEY-02`, `E-SIZE`.
pub fn stand(facts: &Course, law: &Lookup<'_>) -> Result<Standing, Refusal> {
    let now = facts.now.0;
    let window = fold(&facts.notice, now, law)?;
    let Some(window) = window else {
        return Ok(Standing {
            state: State::Draft,
            published: None,
            last: None,
            earliest_signing: None,
            price: None,
            counterparty: None,
            open: Vec::new(),
            immunity: false,
            related: false,
            proof: Proof::step("notice", "draft", "choice", vec![Proof::fact("now", now)]),
        });
    };
    let state = window.state(now);
    let after = clock::day_after("day_after_notice", window.proof, window.last);
    let first = window.last.next();
    let (earliest, parts) = match window.decided {
        // Decided after the window: not before that day.
        Some(decided) if decided > first => {
            (decided, vec![after, Proof::fact("objection_decided", decided)])
        }
        _ => (first, vec![after]),
    };
    let signable = matches!(state, State::Public | State::Cleared);
    let key = if signable { "earliest_signing" } else { "window_closed" };
    let step = Proof::step(key, earliest, "largest", parts);
    let open: Vec<String> =
        window.objections.iter().filter(|(_, open)| *open).map(|(id, _)| id.clone()).collect();
    let parts = vec![
        Proof::fact("now", now),
        step,
        Proof::fact("open_objections", i64::try_from(open.len()).unwrap_or(i64::MAX)),
        Proof::fact("immunity_places", window.immunity),
    ];
    Ok(Standing {
        state,
        published: Some(window.published),
        last: Some(window.last),
        earliest_signing: signable.then_some(earliest),
        price: Some(window.price),
        counterparty: window.content.counterparty,
        open,
        immunity: window.immunity,
        related: window.related,
        proof: Proof::step("notice", state.name(), "choice", parts),
    })
}

fn fold(notice: &Notice, now: Day, law: &Lookup<'_>) -> Result<Option<Window>, Refusal> {
    clock::bounded(notice.events.len(), "events")?;
    let mut window: Option<Window> = None;
    let mut before = None;
    for (at, event) in notice.events.iter().enumerate() {
        let column = format!("events/{at}");
        let on = event.on();
        clock::in_order(before, on, &column)?;
        clock::not_future(on, now, &column)?;
        before = Some(on);
        let state = window.as_ref().map_or(State::Draft, |window| window.state(on));
        let stray = |zh: &str, en: &str| unfit("TL 18", zh, en, state.name(), &column);
        match (event, window.as_mut()) {
            (Event::Publish { content, sites, until, .. }, _) => {
                if !matches!(state, State::Draft | State::Void) {
                    return Err(stray(
                        "公示尚未作废或退回,不能重复公示",
                        "a notice is published again only after it was sent back or made void",
                    ));
                }
                let own = notice.related_party_requires.as_deref();
                let until = until.map(|until| until.0);
                window = Some(publish(on, content, sites, until, own, &column, law)?);
            }
            (Event::Object { id, .. }, Some(window)) => {
                let live = matches!(state, State::Public | State::Objected);
                if !live || on > window.last {
                    let zh = format!("异议应在公示期内提出,最晚 {}", window.last);
                    let en = format!("an objection is raised in the window, by {}", window.last);
                    return Err(unfit("ZJ 17", &zh, &en, &on.to_string(), &column));
                }
                if window.objections.iter().any(|(known, _)| known == id) {
                    return Err(stray("异议编号重复", "this objection was received already"));
                }
                window.objections.push((id.clone(), true));
            }
            (Event::Decide { id, upheld, reasons, .. }, Some(window)) => {
                let found = window.objections.iter_mut().find(|(known, open)| known == id && *open);
                let Some(found) = found.filter(|_| window.ended.is_none()) else {
                    return Err(stray("没有这一待处理的异议", "no such objection is open"));
                };
                if !*upheld && !filled(reasons.as_deref()) {
                    return Err(stray(
                        "驳回异议应当说明理由",
                        "an objection is rejected with reasons",
                    ));
                }
                found.1 = false;
                if *upheld {
                    window.ended = Some(State::Draft);
                } else {
                    window.decided = Some(on);
                }
            }
            (Event::Edit { price, counterparty, scope, summary, .. }, Some(window)) => {
                if window.ended.is_some() {
                    return Err(stray(
                        "公示已作废或退回,应重新公示",
                        "the notice has ended; publish a new one",
                    ));
                }
                let said = &window.content;
                let moved = |new: &Option<String>, old: &Option<String>| {
                    new.is_some() && new.as_deref().map(str::trim) != old.as_deref().map(str::trim)
                };
                if price.is_some_and(|price| price.0 != window.price)
                    || moved(counterparty, &said.counterparty)
                    || moved(scope, &said.scope)
                {
                    window.ended = Some(State::Void);
                } else if summary.is_some() {
                    window.content.summary.clone_from(summary);
                }
            }
            (_, None) => return Err(stray("尚未公示", "nothing has been published yet")),
        }
    }
    Ok(window)
}

/// Publishes: checks what it says and where it stands, and starts the clock.
fn publish(
    on: Day,
    content: &Content,
    sites: &[Site],
    until: Option<Day>,
    own: Option<&[Safeguard]>,
    column: &str,
    law: &Lookup<'_>,
) -> Result<Window, Refusal> {
    let law = &at(law, on);
    let (places, required) = law.text("notice.places")?;
    clock::bounded(content.completers.len(), "completers")?;
    let stands = |place: &str| sites.iter().any(|site| site.name() == place);
    let missing = |name: &str, list: &str| {
        let zh = format!("公示缺少:{name}");
        let en = format!("the notice lacks: {name}");
        unfit(&required.cite.article, &zh, &en, name, &format!("{column}/{list}"))
    };
    if let Some(place) = places.split(',').find(|place| !stands(place)) {
        return Err(missing(place, "sites"));
    }
    for (name, text) in [
        ("result", &content.result),
        ("summary", &content.summary),
        ("route", &content.route),
        ("scope", &content.scope),
        ("counterparty", &content.counterparty),
        ("procedure", &content.procedure),
    ] {
        if !filled(text.as_deref()) {
            return Err(missing(name, "content"));
        }
    }
    if !content.completers.iter().any(|name| filled(Some(name))) {
        return Err(missing("completers", "content"));
    }
    let Some(price) = content.price else { return Err(missing("price", "content")) };
    if price.0 < Fen::ZERO {
        let en = "a price is not negative";
        return Err(Refusal::new("E-MONEY-02", en, "价格不能为负", en)
            .value(&price.0.to_string())
            .column(&format!("{column}/content/price")));
    }
    let related = related(content, own, column, law)?;

    let start = Proof::fact("published", on);
    let least = clock::run("shortest_notice", start, on, "notice.days", law)?;
    let last = until.unwrap_or(least.due.last);
    if last < least.due.last {
        let article = least.proof.cite.as_ref().map_or("", |cite| &*cite.article);
        let zh = format!("公示期过短,至少到 {}", least.due.last);
        let en = format!("the notice is too short; it runs to {} at least", least.due.last);
        return Err(refuse("E-PRICE-01", article, &zh, &en)
            .value(&last.to_string())
            .column(&format!("{column}/until")));
    }
    let mut parts = vec![least.proof];
    parts.extend(until.map(|until| Proof::fact("announced_until", until)));
    let (immune, _) = law.text("notice.immunity_places")?;
    Ok(Window {
        published: on,
        last,
        proof: Proof::step("last_notice_day", last, "largest", parts),
        price: price.0,
        content: content.clone(),
        immunity: immune.split(',').all(stands),
        related,
        objections: Vec::new(),
        decided: None,
        ended: None,
    })
}

/// Whether the counterparty is related. Fails with `E-PRICE-04` when that is unknown, not flagged,
/// or the deal lacks what the rule requires of it.
fn related(
    content: &Content,
    own: Option<&[Safeguard]>,
    column: &str,
    law: &Lookup<'_>,
) -> Result<bool, Refusal> {
    let party = content.counterparty.as_deref().unwrap_or_default().trim();
    let completer = content.completers.iter().any(|name| name.trim() == party);
    let (must, flag) = law.truth("notice.related_party_flagged")?;
    let refused = |article: &str, zh: &str, en: &str, value: &str| {
        Err(refuse("E-PRICE-04", article, zh, en)
            .value(value)
            .column(&format!("{column}/content/counterparty")))
    };
    let article = &*flag.cite.article;
    let related = match (completer, content.interested) {
        (true, _) => true,
        (false, Some(interested)) => interested,
        (false, None) => {
            return refused(
                article,
                "应说明受让方是否为完成人或者利害关系人",
                "say whether the counterparty is a completer or an interested party",
                party,
            );
        }
    };
    if !related {
        return Ok(false);
    }
    if must && !content.flagged {
        return refused(
            article,
            "受让方是完成人或者利害关系人,公示中应当标明",
            "the counterparty is a completer or an interested party; the notice must flag it",
            party,
        );
    }
    let (named, switch) = law.text("notice.related_party_requires")?;
    let required: Vec<&str> = match own {
        Some(own) => own.iter().map(|one| one.name()).collect(),
        None => named.split(',').filter(|one| *one != "none").collect(),
    };
    let given = |one: &&str| match *one {
        "appraisal" => content.appraised,
        way => way == content.way.name(),
    };
    if !required.is_empty() && !required.iter().any(given) {
        let list = required.join("|");
        let zh = format!("与关联方的交易应采用:{list}");
        let en = format!("a deal with a related party requires one of {list}");
        return refused(&switch.cite.article, &zh, &en, content.way.name());
    }
    Ok(true)
}

/// A contract that is to be signed after a notice.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signing {
    /// The notice.
    pub notice: Notice,
    /// The day of signing.
    pub on: On,
    /// The price of the contract.
    pub price: Yuan,
    /// With whom.
    pub counterparty: String,
}

/// A signing that may happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The first day on which it might have.
    pub earliest: Day,
    /// The price.
    pub price: Fen,
    /// How that came about.
    pub proof: Proof,
}

impl Signed {
    /// As JSON.
    pub fn json(&self) -> Value {
        json!({
            "earliest": self.earliest.to_string(),
            "price": self.price.to_string(),
            "proof": output::proof(&self.proof),
        })
    }
}

/// Whether a contract may be signed on a day.
///
/// Fails with `E-PRICE-01` (no notice in force, or before its end), `E-PRICE-02` (price or
/// counterparty differs), `E-PRICE-03` (an objection is open), and like [`stand`].
pub fn sign(facts: &Signing, law: &Lookup<'_>) -> Result<Signed, Refusal> {
    let on = facts.on.0;
    let standing = stand(&Course { notice: facts.notice.clone(), now: facts.on }, law)?;
    let day = standing.published.unwrap_or(on);
    let (_, _, days) = at(law, day).period("notice.days")?;
    let article = &*days.cite.article;
    let refused = |code, zh: &str, en: &str, value: &str, column: &str| {
        Err(refuse(code, article, zh, en).value(value).column(column))
    };
    if let Some(first) = standing.open.first() {
        let zh = "有异议尚未处理,不得签约";
        return refused(
            "E-PRICE-03",
            zh,
            "an objection is open; nothing is signed",
            first,
            "notice",
        );
    }
    let Some(earliest) = standing.earliest_signing else {
        return refused(
            "E-PRICE-01",
            "没有有效的公示,应先公示",
            "there is no notice in force; publish one first",
            standing.state.name(),
            "notice",
        );
    };
    if on < earliest {
        let zh = format!("公示期未满,最早可于 {earliest} 签约");
        let en = format!("the notice has not ended; the contract may be signed from {earliest}");
        return refused("E-PRICE-01", &zh, &en, &on.to_string(), "on");
    }
    let named = standing.price.unwrap_or(Fen::ZERO);
    if facts.price.0 != named {
        let zh = format!("合同价格与公示价格 {named} 不一致");
        let en = format!("the price differs from the {named} of the notice");
        return refused("E-PRICE-02", &zh, &en, &facts.price.0.to_string(), "price");
    }
    let party = standing.counterparty.as_deref().unwrap_or_default();
    if facts.counterparty.trim() != party.trim() {
        let zh = format!("签约方与公示的 {party} 不一致,应重新公示");
        let en = format!("the counterparty differs from {party} of the notice; publish a new one");
        return refused("E-PRICE-02", &zh, &en, &facts.counterparty, "counterparty");
    }
    let parts = vec![Proof::fact("signed", on), Proof::fact("price", named), standing.proof];
    let proof = Proof::step("signing", true, "choice", parts).citing(&days.cite);
    Ok(Signed { earliest, price: named, proof })
}

#[cfg(test)]
mod tests;
