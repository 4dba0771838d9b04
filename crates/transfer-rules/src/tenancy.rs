//! Incubation: space without conflicts, leases, milestones, and who is still there.
//!
//! Days are half-open: a booking from the 1st to the 3rd frees the space on the 3rd.

use crate::bound::{ITEMS_MAX, bounded, missing, number, past_money};
use crate::input::{On, Yuan};
use crate::output;
use kernel::proof::Shown;
use kernel::{Day, Fen, Proof, Ratio, Refusal, Rounding};
use schema::Lookup;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A booking of a space.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Booking {
    /// Its id.
    pub id: String,
    /// The first day.
    pub from: On,
    /// The first day on which it is free again.
    pub to: On,
    /// How many places it takes, from 1.
    pub seats: u32,
}

/// A space with its bookings, and another that is asked for.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// The space.
    pub space: String,
    /// How many places it has.
    pub capacity: u32,
    /// Whether one booking takes all of it, such as a meeting room.
    pub exclusive: bool,
    /// What was accepted.
    pub bookings: Vec<Booking>,
    /// What is asked for.
    pub request: Booking,
}

/// A booking that was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booked {
    /// Most places taken on any day of it, itself among them.
    pub peak: u64,
    /// Places still free on that day.
    pub free: u64,
    /// How that came about.
    pub proof: Proof,
}

impl Booked {
    /// As JSON: `peak`, `free`, `proof`.
    pub fn json(&self) -> Value {
        json!({"peak": self.peak, "free": self.free, "proof": output::proof(&self.proof)})
    }
}

fn sound(booking: &Booking, column: &str) -> Result<(), Refusal> {
    if booking.to <= booking.from {
        return Err(Refusal::new(
            "E-DATE-02",
            "HOUSE space",
            format!("结束日 {} 应晚于开始日 {}", booking.to.0, booking.from.0),
            format!("the end {} must lie after the start {}", booking.to.0, booking.from.0),
        )
        .value(&booking.to.0.to_string())
        .column(&format!("{column}.to")));
    }
    if booking.seats == 0 {
        let (zh, en) = ("应至少占用 1 个工位", "a booking takes at least one place");
        return Err(missing(&format!("{column}.seats"), "HOUSE space", zh, en).value("0"));
    }
    Ok(())
}

/// Accepts a booking, or says which one stands in the way or on which day places run out.
///
/// Fails with `E-SPACE-01` for an exclusive space that is taken or an id that is, `E-SPACE-02`
/// past capacity on any day, `E-DATE-02` for an end not after its start, `E-INPUT-02` for no
/// places, `E-SIZE`. Cost: n log n.
pub fn book(facts: &Facts) -> Result<Booked, Refusal> {
    bounded(&facts.bookings, "bookings")?;
    let request = &facts.request;
    sound(request, "request")?;
    // Places that begin and end on a day, of the bookings that touch the request.
    let mut changes: BTreeMap<Day, i64> = BTreeMap::new();
    for (at, one) in facts.bookings.iter().enumerate() {
        sound(one, &format!("bookings[{}]", at + 1))?;
        let overlaps = one.from < request.to && request.from < one.to;
        if one.id == request.id || (facts.exclusive && overlaps) {
            return Err(Refusal::new(
                "E-SPACE-01",
                "HOUSE space",
                format!("{} 与预订 {}({} 至 {})冲突", facts.space, one.id, one.from.0, one.to.0),
                format!(
                    "{} conflicts with booking {} from {} to {}",
                    facts.space, one.id, one.from.0, one.to.0
                ),
            )
            .value(&one.id)
            .column("request"));
        }
        if overlaps {
            *changes.entry(one.from.0.max(request.from.0)).or_default() += i64::from(one.seats);
            *changes.entry(one.to.0).or_default() -= i64::from(one.seats);
        }
    }
    let asked = i64::from(request.seats);
    let mut taken = 0i64;
    let mut peak = (0i64, request.from.0);
    for (day, change) in changes.range(..request.to.0) {
        taken += change;
        if taken > peak.0 {
            peak = (taken, *day);
        }
    }
    let (most, day) = (peak.0 + asked, peak.1);
    let capacity = i64::from(facts.capacity);
    if most > capacity {
        let free = (capacity - peak.0).max(0);
        return Err(Refusal::new(
            "E-SPACE-02",
            "HOUSE space",
            format!("{} 在 {day} 只剩 {free} 个位置,申请 {asked} 个", facts.space),
            format!("{} has {free} places left on {day}; {asked} are asked for", facts.space),
        )
        .value(&asked.to_string())
        .column("request.seats"));
    }
    let parts = vec![
        Proof::fact("capacity", capacity),
        Proof::fact("taken", peak.0),
        Proof::fact("asked", asked),
        Proof::fact("fullest_day", day),
    ];
    let proof = Proof::step("places_taken", most, "count", parts);
    Ok(Booked { peak: most.unsigned_abs(), free: (capacity - most).unsigned_abs(), proof })
}

/// Something a tenant is to reach.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Milestone {
    /// What.
    pub key: String,
    /// By when.
    pub due: On,
    /// When it was reached.
    #[serde(default)]
    pub reached: Option<On>,
}

/// A lease.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lease {
    /// Who rents.
    pub tenant: String,
    /// The first day.
    pub from: On,
    /// For how many months.
    pub months: u32,
    /// Rent per month.
    pub rent: Yuan,
    /// The deposit.
    pub deposit: Yuan,
    /// Whether it is in writing.
    pub written: bool,
    /// What the tenant is to reach.
    pub milestones: Vec<Milestone>,
}

/// Where a milestone stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Not yet due.
    Open,
    /// Reached in time.
    Reached,
    /// Reached after its day.
    Late,
    /// Its day has passed.
    Overdue,
}

impl Progress {
    /// The name in data.
    pub fn name(self) -> &'static str {
        match self {
            Progress::Open => "open",
            Progress::Reached => "reached",
            Progress::Late => "late",
            Progress::Overdue => "overdue",
        }
    }
}

/// What a lease comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// The first day on which it has ended: the agreed one, or that of the longest term.
    pub ends: Day,
    /// Rent over the agreed months.
    pub rent: Fen,
    /// Rent and deposit.
    pub total: Fen,
    /// Whether it had to be in writing; one that is not runs without a fixed end.
    pub writing_required: bool,
    /// Whether it counts as a lease without a fixed end for want of writing.
    pub open_ended: bool,
    /// The milestones in order.
    pub milestones: Vec<(String, Progress)>,
    /// How that came about.
    pub proof: Proof,
}

impl Terms {
    /// As JSON: `ends`, `rent`, `total`, `writing_required`, `open_ended`, `milestones`, `proof`.
    pub fn json(&self) -> Value {
        let milestone =
            |(key, progress): &(String, Progress)| json!({"key": key, "progress": progress.name()});
        json!({
            "ends": self.ends.to_string(),
            "rent": self.rent.to_string(),
            "total": self.total.to_string(),
            "writing_required": self.writing_required,
            "open_ended": self.open_ended,
            "milestones": self.milestones.iter().map(milestone).collect::<Vec<Value>>(),
            "proof": output::proof(&self.proof),
        })
    }
}

/// What a lease comes to, and where its milestones stand on `now`.
///
/// Fails with `E-DATE-06` for no months or too many, `E-MONEY-02` for negative money,
/// `E-MONEY-04` past its bound, `E-DATE-03` for a milestone reached after `now`.
/// Source: CC 705 (longest term), CC 707 (writing), general knowledge.
pub fn lease(facts: &Lease, law: &Lookup<'_>, now: Day) -> Result<Terms, Refusal> {
    bounded(&facts.milestones, "milestones")?;
    let none = kernel::calendar::Roll::None;
    let from = facts.from.0;
    let due = |number, count| law.calendar().due(from, number, count, none);
    let agreed = due(facts.months, kernel::calendar::Count::Month)
        .map_err(|refusal| refusal.column("months"))?
        .last;
    for (column, money) in [("rent", facts.rent.0), ("deposit", facts.deposit.0)] {
        if money < Fen::ZERO {
            return Err(Refusal::new(
                "E-MONEY-02",
                "a price is not negative",
                format!("{column} 为 {money},不能为负"),
                format!("{column} is {money}; it must not be negative"),
            )
            .value(&money.to_string())
            .column(column));
        }
    }
    let (number_most, count_most, longest) = law.period("lease.longest")?;
    let cap = due(number_most, count_most)?.last;
    let (number_written, count_written, written) = law.period("lease.written_from")?;
    let writing_required = agreed >= due(number_written, count_written)?.last;
    let ends = agreed.min(cap);
    let months = Ratio::new(i128::from(facts.months), 1).ok_or_else(|| past_money("rent"))?;
    let rent = months.of(facts.rent.0, Rounding::Down).ok_or_else(|| past_money("rent"))?;
    let total = rent.plus(facts.deposit.0).ok_or_else(|| past_money("rent"))?;
    let mut milestones = Vec::new();
    for (at, one) in facts.milestones.iter().enumerate() {
        let progress = match one.reached {
            Some(reached) if reached.0 > now => {
                return Err(Refusal::new(
                    "E-DATE-03",
                    "HOUSE milestones",
                    format!("达成日期 {} 晚于今天 {now}", reached.0),
                    format!("reached on {}, after today {now}", reached.0),
                )
                .value(&reached.0.to_string())
                .column(&format!("milestones[{}].reached", at + 1)));
            }
            Some(reached) if reached <= one.due => Progress::Reached,
            Some(_) => Progress::Late,
            None if now > one.due.0 => Progress::Overdue,
            None => Progress::Open,
        };
        milestones.push((one.key.clone(), progress));
    }
    let term = Proof::step(
        "agreed_end",
        agreed,
        "period",
        vec![Proof::fact("from", from), Proof::fact("months", i64::from(facts.months))],
    );
    let cap_proof =
        Proof::step("longest_end", cap, "period", vec![Proof::fact("from", from), longest.proof()]);
    let rent_proof = Proof::step(
        "rent",
        rent,
        "share",
        vec![Proof::fact("rent_per_month", facts.rent.0), Proof::fact("months", months)],
    );
    let deposit = Proof::fact("deposit", facts.deposit.0);
    let parts = vec![
        Proof::step("ends", ends, "smallest", vec![term, cap_proof]).citing(&longest.cite),
        Proof::step("total", total, "sum", vec![rent_proof, deposit]),
        Proof::step("writing_required", writing_required, "choice", vec![written.proof()])
            .citing(&written.cite),
    ];
    let proof = Proof::step("lease", ends, "choice", parts);
    let open_ended = writing_required && !facts.written;
    Ok(Terms { ends, rent, total, writing_required, open_ended, milestones, proof })
}

/// A firm of a cohort.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Firm {
    /// Its id.
    pub id: String,
    /// When it entered.
    pub entered: On,
    /// When it ceased.
    #[serde(default)]
    pub ceased: Option<On>,
    /// The last day on which it was seen operating.
    #[serde(default)]
    pub seen: Option<On>,
}

/// A cohort and the age to look at.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cohort {
    /// The firms.
    pub firms: Vec<Firm>,
    /// After how many years.
    pub years: u32,
}

/// Who of a cohort was still operating at an age.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survival {
    /// Seen operating at that age or later.
    pub operating: usize,
    /// Ceased by then.
    pub ceased: usize,
    /// Old enough, and nobody knows.
    pub unknown: usize,
    /// Not old enough yet.
    pub young: usize,
    /// The least the rate can be: every unknown one had ceased. `None` with no firm old enough.
    pub lowest: Option<Ratio>,
    /// The most it can be: every unknown one still operated.
    pub highest: Option<Ratio>,
    /// How that came about.
    pub proof: Proof,
}

impl Survival {
    /// As JSON: the four counts, `lowest`, `highest`, `proof`.
    pub fn json(&self) -> Value {
        let ratio = |one: Option<Ratio>| one.map(|one| one.to_string());
        json!({
            "operating": self.operating,
            "ceased": self.ceased,
            "unknown": self.unknown,
            "young": self.young,
            "lowest": ratio(self.lowest),
            "highest": ratio(self.highest),
            "proof": output::proof(&self.proof),
        })
    }
}

/// Survival at an age, between two bounds where something is unknown.
///
/// Fails with `E-DATE-02` for a firm that ceased before it entered, `E-DATE-03` for one that
/// ceased or was seen after `now`, `E-DATE-06` for no years, `E-SIZE` past 10,000 firms.
pub fn survival(facts: &Cohort, law: &Lookup<'_>, now: Day) -> Result<Survival, Refusal> {
    bounded(&facts.firms, "firms")?;
    let (mut operating, mut ceased, mut unknown, mut young) = (0usize, 0usize, 0usize, 0usize);
    let mut parts = Vec::with_capacity(facts.firms.len().min(ITEMS_MAX));
    for (at, firm) in facts.firms.iter().enumerate() {
        let column = format!("firms[{}]", at + 1);
        let wrong = |code, day: Day, zh: &str, en: &str| {
            Refusal::new(code, "HOUSE cohort", zh, en).value(&day.to_string()).column(&column)
        };
        for day in [firm.ceased, firm.seen].into_iter().flatten().map(|on| on.0) {
            if day > now {
                return Err(wrong("E-DATE-03", day, "日期晚于今天", "the day lies after today"));
            }
            if day < firm.entered.0 {
                return Err(wrong(
                    "E-DATE-02",
                    day,
                    "日期早于入驻日",
                    "the day lies before the firm entered",
                ));
            }
        }
        let count = kernel::calendar::Count::Year;
        let none = kernel::calendar::Roll::None;
        let age = law.calendar().due(firm.entered.0, facts.years, count, none)?.last;
        let gone = firm.ceased.is_some_and(|on| on.0 < age);
        let alive = firm.ceased.or(firm.seen).is_some_and(|on| on.0 >= age);
        let fate = match (age > now, gone, alive) {
            // A firm counts once all of its year could be alive: else the dead come in first.
            (true, _, _) => {
                young += 1;
                "young"
            }
            (_, true, _) => {
                ceased += 1;
                "ceased"
            }
            (_, _, true) => {
                operating += 1;
                "operating"
            }
            _ => {
                unknown += 1;
                "unknown"
            }
        };
        parts.push(Proof::step(firm.id.clone(), fate, "choice", vec![Proof::fact("age_on", age)]));
    }
    let all = number(operating + ceased + unknown);
    let rate = |alive: usize| Ratio::new(i128::from(number(alive)), i128::from(all));
    let (lowest, highest) = (rate(operating), rate(operating + unknown));
    let value = lowest.filter(|_| unknown == 0).map_or(Shown::Unknown, Shown::Ratio);
    let proof = Proof::step("survival", value, "quotient", parts);
    Ok(Survival { operating, ceased, unknown, young, lowest, highest, proof })
}

#[cfg(test)]
mod tests;
