//! A period that runs in a case: who must act by when, and why.

use kernel::calendar::{Count, Due, Roll};
use kernel::proof::Cite;
use kernel::{Calendar, Day, Fen, Proof, Refusal, Shown};
use schema::Parameter;
use std::sync::Arc;

/// Someone must act, or something may happen, when a period has run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
    /// What it is within its case: `notice`, `royalty.2028`, `registration`.
    pub key: String,
    /// The day it starts on; not counted.
    pub from: Day,
    /// How many.
    pub number: u32,
    /// Of what.
    pub count: Count,
    /// What happens when it ends on a free day.
    pub roll: Roll,
    /// Its last day.
    pub last: Day,
    /// Who must act: `unit`, `market`, `counterparty`, `registrar`, `team`, `office`.
    pub who: &'static str,
    /// What is to be paid, when that is what it is about.
    pub amount: Option<Fen>,
    /// The rule it rests on.
    pub cite: Arc<Cite>,
    /// The day it was met, or fell away.
    pub done: Option<Day>,
}

impl Clock {
    /// A period by a parameter; fails like [`Calendar::due`].
    pub fn new(
        key: impl Into<String>,
        from: Day,
        (number, count, rule): (u32, Count, &Parameter),
        roll: Roll,
        calendar: &Calendar,
        who: &'static str,
    ) -> Result<Clock, Refusal> {
        let last = calendar.due(from, number, count, roll)?.last;
        Ok(Clock {
            key: key.into(),
            from,
            number,
            count,
            roll,
            last,
            who,
            amount: None,
            cite: Arc::clone(&rule.cite),
            done: None,
        })
    }

    /// A day that someone wrote down: it never moves.
    pub fn fixed(
        key: impl Into<String>,
        last: Day,
        who: &'static str,
        amount: Option<Fen>,
        cite: Arc<Cite>,
    ) -> Clock {
        let (from, number, count, roll) = (last.previous(), 1, Count::Day, Roll::None);
        Clock { key: key.into(), from, number, count, roll, last, who, amount, cite, done: None }
    }

    /// The period as a calendar has it.
    pub fn due(&self, calendar: &Calendar) -> Result<Due, Refusal> {
        calendar.due(self.from, self.number, self.count, self.roll)
    }

    /// How its last day came about.
    pub fn proof(&self, calendar: &Calendar) -> Proof {
        let length = Shown::from(format!("{} {}", self.number, self.count.name()));
        let mut parts = vec![
            Proof::fact("start_day", self.from),
            Proof::parameter(self.cite.rule.clone(), length, &self.cite),
            Proof::fact("roll", self.roll.name()),
        ];
        if let Ok(due) = self.due(calendar) {
            parts.extend(due.tables.into_iter().map(|table| Proof::fact("holiday_table", table)));
            let assumed = due.assumed.into_iter().map(i64::from);
            parts.extend(assumed.map(|year| Proof::fact("no_holiday_table", year)));
        }
        Proof::step("last_day", self.last, "period", parts).citing(&self.cite)
    }
}
