//! The deal: contract, registration, what falls due.

use super::pricing::Route;
use super::{Case, Clock, Cx, Stage};
use crate::clause::{self, Override, Patterns, Review};
use crate::contract::{self, Contract, Payment};
use crate::export;
use crate::input::{self, On, Yuan};
use crate::licence::{self, Licence, Scope};
use crate::notice::{self, Notice, Way};
use crate::obligation::{self, Milestone, Minimum, Terms, Year};
use crate::ownership::{self, Disposal};
use crate::registration::{self, Application, Course};
use crate::report;
use kernel::{Proof, Refusal};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ContractSigned {
    /// As [`Contract`], without the day.
    contract: Value,
    counterparty: String,
    counterparty_entity: Option<String>,
    /// Of a licensee: what size of firm it is; reports count licences by it.
    #[serde(rename = "licensee_size")]
    _licensee_size: Option<crate::activity::Licensee>,
    /// Whether it goes abroad.
    #[serde(default)]
    foreign: bool,
    /// The text of the contract, for the linter.
    text: Option<String>,
    #[serde(default)]
    overrides: Vec<Override>,
    /// What is licensed where until when.
    scope: Option<Scope>,
    /// The licence that a sublicence is granted under.
    under: Option<String>,
    /// Other live licences of the right.
    #[serde(default)]
    other_licences: Vec<Licence>,
    /// How many days the unit's rule gives completers to answer.
    answer_days: Option<u32>,
    /// When fixed sums are due.
    #[serde(default)]
    due: Vec<On>,
    minimum: Option<Minimum>,
    #[serde(default)]
    years: Vec<Year>,
    #[serde(default)]
    milestones: Vec<Milestone>,
}

/// What a case keeps of its contract.
#[derive(Debug, Clone)]
pub(super) struct Signed {
    pub(super) counterparty: String,
    pub(super) entity: Option<i64>,
    contract: Contract,
    pub(super) terms: Option<Terms>,
    pub(super) licence: Option<Licence>,
    /// The contract as it was stated, for the registration.
    pub(super) kind: contract::Kind,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct SalesReported {
    year: usize,
    base: Yuan,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ObligationMet {
    key: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct PaymentDemanded {
    key: String,
}

/// What a registration is handed in with, beside its step.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Submission {
    traits: Option<contract::Traits>,
    applicant: Option<registration::Side>,
    import: bool,
    disputed: Option<bool>,
}

/// A missing key of an obligation.
fn no_obligation(key: &str) -> Refusal {
    let (zh, en) = ("合同中没有这项义务", "the contract makes nothing of this kind due");
    Refusal::new("E-INPUT-02", "I9", zh, en).column("key").value(key)
}

impl Case {
    pub(super) fn on_contract_signed(&mut self, cx: &mut Cx<'_>) -> Result<(), Refusal> {
        let body: ContractSigned = cx.take()?;
        let on = On(cx.on());
        let mut stated = body.contract.clone();
        if let Some(members) = stated.as_object_mut() {
            members.insert("signed".to_string(), json!(on.0.to_string()));
        }
        let facts: Contract =
            input::take(stated).map_err(|refusal| match refusal.place.column.is_some() {
                true => refusal,
                false => refusal.column("contract"),
            })?;
        let counterparty = super::intake::words(&body.counterparty, 200, "counterparty")?;
        let price = facts.price.total;
        self.check_price(cx, price, &counterparty);
        match contract::check(&facts, &cx.law) {
            Ok(checked) => {
                for note in &checked.notes {
                    let (zh, en) = note_words(note);
                    cx.note(zh, en);
                }
                self.fact(Proof {
                    key: "technical_amount".into(),
                    ..checked.turnover.proof.clone()
                });
                if let Some(kept) = &checked.licence {
                    self.fact(Proof { key: "licence_kind".into(), ..kept.proof.clone() });
                }
                cx.prove(checked.proof);
            }
            Err(refusal) => cx.refuse(within(refusal, "contract")),
        }
        if let Some(text) = &body.text {
            let review = Review { text: text.clone(), overrides: body.overrides.clone() };
            match clause::accept(&review, Patterns::shipped()?) {
                Ok(linted) => cx.prove(linted.proof),
                Err(refusal) => cx.refuse(refusal),
            }
        }
        self.check_title(cx, &body, &facts, &counterparty);
        let licence = self.check_licence(cx, &body, &facts, &counterparty)?;
        self.check_export(cx, &body, &facts);
        let terms = self.terms(&body, &facts);
        if let Some(terms) = &terms {
            match obligation::obligations(terms) {
                Ok(all) => self.owe(cx, &all),
                Err(refusal) => cx.refuse(refusal),
            }
        }
        if !cx.refusals.is_empty() {
            return Ok(());
        }
        self.finish("inaction", cx.on());
        self.finish("notice", cx.on());
        self.report_clock(cx);
        self.fact(Proof::fact("signed", on.0));
        self.fact(Proof::fact("counterparty", counterparty.clone()));
        if self.stated_price().is_none() {
            self.fact(Proof::fact("price", price.0));
        }
        let entity = super::intake::entity(body.counterparty_entity.as_ref())?;
        let kind = facts.kind;
        self.signed = Some(Signed { counterparty, entity, contract: facts, terms, licence, kind });
        self.enter(Stage::Contract, cx.on());
        self.enter(Stage::Registration, cx.on());
        Ok(())
    }

    /// Price and notice: I3 and its kin.
    fn check_price(&self, cx: &mut Cx<'_>, price: Yuan, counterparty: &str) {
        let Some(offer) = &self.offer else { return };
        match offer.way {
            Way::Agreement => {
                let notice = self
                    .notice
                    .clone()
                    .unwrap_or_else(|| Notice { events: Vec::new(), related_party_requires: None });
                let counterparty = counterparty.to_string();
                let facts = notice::Signing { notice, on: On(cx.on()), price, counterparty };
                match notice::sign(&facts, &cx.law) {
                    Ok(signed) => cx.prove(signed.proof),
                    Err(refusal) => cx.refuse(refusal),
                }
            }
            Way::Listing | Way::Auction => {
                let sold = offer.price == Some(price.0)
                    && offer.counterparty.as_deref() == Some(counterparty)
                    && self.listing.is_some();
                cx.need(sold, || {
                    let zh = "合同价格和受让方应与挂牌或拍卖成交结果一致";
                    let en = "price and counterparty are those of the listing or auction";
                    let shown = price.0.to_string();
                    Refusal::new("E-PRICE-02", "TL 18", zh, en)
                        .column("contract.price")
                        .value(&shown)
                });
            }
        }
    }

    /// Who may dispose of the right: I1, co-owners, first refusal.
    fn check_title(
        &self,
        cx: &mut Cx<'_>,
        body: &ContractSigned,
        facts: &Contract,
        counterparty: &str,
    ) {
        let act = match (facts.kind, &body.scope, &facts.licence) {
            (contract::Kind::Transfer | contract::Kind::Investment, ..) => ownership::Act::Assign,
            (contract::Kind::Licence, _, Some(stated))
                if stated.kind.is_some_and(licence::Kind::bars_others) =>
            {
                ownership::Act::ExclusiveLicence
            }
            (contract::Kind::Licence, ..) => ownership::Act::OrdinaryLicence,
            _ => return,
        };
        let Some(right) = &self.right else {
            let (zh, en) =
                ("尚未登记所处分的权利及其权属", "the right and whose it is were not recorded");
            cx.refuse(Refusal::new("E-OWN-01", "CC 847", zh, en).column("right"));
            return;
        };
        let names = self.completers.iter().map(|(name, _)| name.clone());
        let disposal = Disposal {
            right: right.kind,
            holdings: right.holdings.clone(),
            seller: self.unit.clone(),
            buyer: counterparty.to_string(),
            act,
            on: On(cx.on()),
            consents: self.consents.clone(),
            service: None,
            completers: names.collect(),
            notices: self.refusals.clone(),
            answer_days: body.answer_days,
        };
        match ownership::dispose(&disposal, &cx.law) {
            Ok(disposed) => cx.prove(disposed.proof),
            Err(refusal) => cx.refuse(refusal),
        }
    }

    /// Exclusivity over right, field, territory and time: I4, I5.
    fn check_licence(
        &mut self,
        cx: &mut Cx<'_>,
        body: &ContractSigned,
        facts: &Contract,
        counterparty: &str,
    ) -> Result<Option<Licence>, Refusal> {
        if facts.kind != contract::Kind::Licence {
            return Ok(None);
        }
        let Some(scope) = &body.scope else {
            let (zh, en) =
                ("请写明许可的领域、地域和期限", "say field, territory and time of the licence");
            cx.refuse(Refusal::new("E-INPUT-02", "SPC 25", zh, en).column("scope"));
            return Ok(None);
        };
        let stated = facts.licence.unwrap_or(licence::Stated {
            kind: None,
            sublicence: false,
            otherwise_agreed: false,
        });
        let kind = licence::kind(&stated, &cx.law)?.kind;
        let licence = Licence {
            id: format!("{} {}", counterparty, scope.right),
            scope: scope.clone(),
            kind,
            licensee: counterparty.to_string(),
            may_sublicense: facts.licence.map(|stated| stated.sublicence),
            under: body.under.clone(),
            ended: None,
        };
        let request = licence::Request {
            licence: licence.clone(),
            others: body.other_licences.clone(),
            patent: self.right.as_ref().and_then(|right| right.patent),
            open: self.right.as_ref().map(|right| right.open.clone()).unwrap_or_default(),
            effective: On(cx.on()),
        };
        match licence::grant(&request, &cx.law) {
            Ok(granted) => {
                if granted.filing_due.is_some() {
                    let period = cx.law.period("licence.filing")?;
                    let calendar = cx.law.calendar();
                    let clock =
                        Clock::new("filing", cx.on(), period, cx.roll()?, calendar, "office")?;
                    self.clock(clock);
                }
                cx.prove(granted.proof);
            }
            Err(refusal) => cx.refuse(refusal.column("scope")),
        }
        Ok(Some(licence))
    }

    /// Abroad: the letter before, the licence or registration after, the agency's approval.
    fn check_export(&mut self, cx: &mut Cx<'_>, body: &ContractSigned, facts: &Contract) {
        if !body.foreign {
            return;
        }
        let exclusive =
            facts.licence.and_then(|one| one.kind).is_some_and(licence::Kind::bars_others);
        let act = match facts.kind {
            contract::Kind::Licence if exclusive => export::Act::ExclusiveLicence,
            contract::Kind::Licence => export::Act::OtherLicence,
            _ => export::Act::Transfer,
        };
        let mut chain = self.export.clone().unwrap_or(export::Export {
            class: None,
            act,
            publicly_funded: self.publicly_funded,
            approved: None,
            events: Vec::new(),
            now: On(cx.on()),
        });
        chain.act = act;
        chain.now = On(cx.on());
        let signed = chain.events.iter().any(|event| event.step == export::Step::Signed);
        if !signed {
            chain.events.push(export::Event { step: export::Step::Signed, on: On(cx.on()) });
        }
        match export::stand(&chain, &cx.law) {
            Ok(standing) => {
                cx.prove(standing.proof);
                self.export = Some(chain);
            }
            Err(refusal) => cx.refuse(refusal),
        }
    }

    fn terms(&self, body: &ContractSigned, facts: &Contract) -> Option<Terms> {
        let dated = !body.due.is_empty() || !body.years.is_empty() || !body.milestones.is_empty();
        let royal = !matches!(facts.payment, Payment::Once | Payment::Instalments { .. });
        (dated || royal).then(|| Terms {
            price: Some(facts.price.total),
            payment: facts.payment.clone(),
            due: body.due.clone(),
            minimum: body.minimum.clone(),
            years: body.years.clone(),
            milestones: body.milestones.clone(),
        })
    }

    /// Clocks for what is due; what was met stays met.
    fn owe(&mut self, cx: &mut Cx<'_>, all: &[obligation::Obligation]) {
        let cite = cx.own_cite("contract.payment", "CC 846");
        for one in all {
            cx.prove(Proof { key: one.key.clone().into(), ..one.proof.clone() });
            let Some(due) = one.due else { continue };
            let key = format!("payment.{}", one.key);
            let done = self.clocks.iter().find(|clock| clock.key == key).and_then(|one| one.done);
            let mut clock =
                Clock::fixed(key, due, "counterparty", one.amount, std::sync::Arc::clone(&cite));
            clock.done = done;
            self.clock(clock);
        }
    }

    /// The yearly report on what was signed in a year.
    fn report_clock(&mut self, cx: &mut Cx<'_>) {
        let facts = report::Facts {
            year: cx.on().year(),
            reporter: report::Reporter::Institution,
            central: false,
            filed: None,
        };
        if let Ok(due) = report::due(&facts, &cx.law, cx.on()) {
            let cite = due.proof.cite.clone().unwrap_or_else(|| cx.own_cite("report", "SH17 18"));
            self.clock(Clock::fixed(format!("report.{}", facts.year), due.due, "unit", None, cite));
        }
    }

    pub(super) fn on_sales_reported(&mut self, cx: &mut Cx<'_>) -> Result<(), Refusal> {
        let body: SalesReported = cx.take()?;
        let Some(mut terms) = self.signed.as_ref().and_then(|signed| signed.terms.clone()) else {
            return Err(no_obligation("royalty"));
        };
        let year = body.year.checked_sub(1).and_then(|at| terms.years.get_mut(at));
        let Some(year) = year else {
            return Err(no_obligation(&format!("royalty.{}", body.year)));
        };
        year.base = Some(body.base);
        let all = obligation::obligations(&terms)?;
        let key = format!("royalty.{}", body.year);
        let one: Vec<_> = all.into_iter().filter(|one| one.key == key).collect();
        self.owe(cx, &one);
        if let Some(signed) = &mut self.signed {
            signed.terms = Some(terms);
        }
        Ok(())
    }

    pub(super) fn on_obligation_met(&mut self, cx: &mut Cx<'_>) -> Result<(), Refusal> {
        let body: ObligationMet = cx.take()?;
        let Some(clock) = self.clocks.iter_mut().find(|clock| clock.key == body.key) else {
            return Err(no_obligation(&body.key));
        };
        if clock.done.is_some() {
            let (zh, en) = ("该义务已经履行", "this obligation was met already");
            return Err(Refusal::new("E-PAY-03", "I9", zh, en).column("key").value(&body.key));
        }
        clock.done = Some(cx.stamped.event.on);
        if cx.on() > clock.last {
            let last = clock.last;
            cx.note(format!("晚于{last}"), format!("later than {last}"));
        }
        self.finish(&format!("delay.{}", body.key), cx.on());
        Ok(())
    }

    pub(super) fn on_payment_demanded(&mut self, cx: &mut Cx<'_>) -> Result<(), Refusal> {
        let body: PaymentDemanded = cx.take()?;
        let running = self.clocks.iter().find(|one| one.key == body.key && one.done.is_none());
        let Some(clock) = running else { return Err(no_obligation(&body.key)) };
        let last = clock.last;
        let on = cx.on();
        cx.need(on > last, || {
            let zh = format!("尚未到期(到期日{last}),不能催告迟延");
            let en = format!("it is not late: due on {last}");
            Refusal::new("E-DATE-02", "SPC 15", zh, en).column("on").value(&on.to_string())
        });
        let demand = contract::Demand { demanded: On(cx.on()), performed: None };
        let delay = contract::delay(&demand, &cx.law)?;
        let period = cx.law.period("contract.delay")?;
        let key = format!("delay.{}", body.key);
        let (roll, calendar) = (cx.roll()?, cx.law.calendar());
        self.clock(Clock::new(key, cx.on(), period, roll, calendar, "counterparty")?);
        if let Some(right) = delay.right_from {
            let parts = vec![delay.proof.clone()];
            self.fact(Proof::step("termination_right_from", right, "choice", parts));
        }
        cx.prove(delay.proof);
        Ok(())
    }

    pub(super) fn on_registration_moved(&mut self, cx: &mut Cx<'_>) -> Result<(), Refusal> {
        let Some(signed) = self.signed.clone() else { return Ok(()) };
        let mut body = cx.stamped.event.body.clone();
        let mut given = Submission::default();
        if let Some(members) = body.as_object_mut() {
            let mut own = serde_json::Map::new();
            for key in ["traits", "applicant", "import", "disputed"] {
                if let Some(value) = members.remove(key) {
                    own.insert(key.to_string(), value);
                }
            }
            members.insert("on".to_string(), json!(cx.on().to_string()));
            given = input::take(Value::Object(own))?;
        }
        let event: registration::Event = input::take(body)?;
        let submits = matches!(event, registration::Event::Submit { .. });
        if submits {
            let traits = given.traits.unwrap_or(contract::Traits {
                stated: signed.kind,
                to_be_developed: None,
                only_existing: None,
                one_side_pays_only: None,
                existing_specific: None,
                takes_part: None,
                guaranteed_return: None,
                title_moves: None,
                works: None,
            });
            let application = Application {
                contract: self.title.clone(),
                known: self.registrations.clone(),
                applicant: given.applicant.unwrap_or(registration::Side::Seller),
                import: given.import,
                form: signed.contract.form,
                parties_clear: Some(true),
                subject_clear: Some(true),
                price_clear: Some(true),
                traits,
                price: signed.contract.price.clone(),
                on: On(cx.on()),
            };
            let examined = registration::examine(&application, &cx.law)?;
            if examined.verdict == registration::Verdict::Unknown {
                cx.note("尚有事实未明,类型待定", "something that decides the type is not known");
            }
            cx.prove(examined.proof);
        }
        let disputed = given.disputed.or(self.course.as_ref().and_then(|course| course.disputed));
        let mut course = self.course.clone().unwrap_or(Course {
            events: Vec::new(),
            price: signed.contract.price,
            disputed: None,
            now: On(cx.on()),
        });
        course.disputed = disputed.or(Some(false));
        course.now = On(cx.on());
        course.events.push(event);
        let standing = registration::stand(&course, &cx.law)?;
        self.registration_clock(cx, &course, &standing)?;
        self.fact(standing.proof.clone());
        let over = matches!(
            standing.state,
            registration::State::Registered
                | registration::State::NotRegistered
                | registration::State::Cancelled
        );
        if over {
            self.finish("registration", cx.on());
            if self.stage == Stage::Registration {
                self.enter(Stage::Performance, cx.on());
            }
        }
        if standing.state == registration::State::Registered
            && !self.registrations.contains(&self.title)
        {
            self.registrations.push(self.title.clone());
        }
        self.registered = match standing.state {
            registration::State::Registered | registration::State::Changed => Some(true),
            registration::State::NotRegistered | registration::State::Cancelled => Some(false),
            _ => self.registered,
        };
        if standing.state == registration::State::NotRegistered {
            cx.note("未予登记,不享受税收优惠", "not registered: no tax relief");
        }
        cx.prove(standing.proof);
        self.course = Some(course);
        Ok(())
    }

    fn registration_clock(
        &mut self,
        cx: &mut Cx<'_>,
        course: &Course,
        standing: &registration::Standing,
    ) -> Result<(), Refusal> {
        let Some(due) = standing.due else { return Ok(()) };
        let id = if standing.review { "registration.review_clock" } else { "registration.clock" };
        let accepted = course.events.iter().find_map(|event| match event {
            registration::Event::Accept { on } => Some(on.0),
            _ => None,
        });
        let from = course.events.iter().rev().find_map(|event| match event {
            registration::Event::Correct { on } | registration::Event::Accept { on } => Some(on.0),
            _ => None,
        });
        let (Some(accepted), Some(from)) = (accepted, from) else { return Ok(()) };
        let law = crate::clock::at(&cx.law, accepted);
        let period = law.period(id)?;
        let cite = std::sync::Arc::clone(&period.2.cite);
        let computed =
            Clock::new("registration", from, period, cx.roll()?, law.calendar(), "registrar")?;
        let clock = match computed.last == due {
            true => computed,
            false => Clock::fixed("registration", due, "registrar", None, cite),
        };
        self.clock(clock);
        Ok(())
    }

    /// The licence it granted: the right, and the licence as JSON for other cases of the right.
    pub fn licence(&self) -> Option<(&str, String)> {
        let licence = self.signed.as_ref()?.licence.as_ref()?;
        let scope = &licence.scope;
        let body = json!({
            "id": licence.id,
            "scope": {
                "right": scope.right,
                "fields": scope.fields,
                "territories": scope.territories,
                "from": scope.from.0.to_string(),
                "to": scope.to.0.to_string(),
            },
            "kind": licence.kind.name(),
            "licensee": licence.licensee,
            "may_sublicense": licence.may_sublicense,
            "under": licence.under,
            "ended": licence.ended.map(|on| on.0.to_string()),
        });
        Some((scope.right.as_str(), crate::output::canonical(&body)))
    }

    /// Whether the route or the contract is a licence.
    pub(super) fn licensed(&self) -> bool {
        self.route == Some(Route::Licence)
            || self.signed.as_ref().is_some_and(|s| s.licence.is_some())
    }
}

/// The refusal with its column inside another.
fn within(mut refusal: Refusal, outer: &str) -> Refusal {
    let inner = refusal.place.column.take();
    refusal.place.column = Some(match inner {
        Some(inner) => format!("{outer}.{inner}"),
        None => outer.to_string(),
    });
    refusal
}

fn note_words(note: &str) -> (&'static str, &'static str) {
    match note {
        "no_audit_of_books" => {
            ("合同未约定查账办法", "the contract does not say how books are audited")
        }
        "licence_kind_by_law" => (
            "合同未写明许可方式,视为普通许可",
            "the contract is silent on the kind of licence: an ordinary one by law",
        ),
        _ => ("请留意合同条款", "look at the terms of the contract"),
    }
}
