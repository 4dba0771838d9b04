//! Requests of firms and residents (企事快办, 民情快办): what may follow what, and by when.
//!
//! A request is what its steps say. Source: YSHJ 30 and 49.

use kernel::calendar::{Count, Roll};
use kernel::proof::Cite;
use kernel::{Calendar, Day, Proof, Refusal, Shown};
use schema::{Lookup, Parameter};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Marks go from one to five; so many or fewer are a bad one.
pub const BAD_MARK: u8 = 2;

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    /// A firm or institution (企事快办).
    Firm,
    /// A resident (民情快办).
    Resident,
}

impl Lane {
    /// The name in data.
    pub fn name(self) -> &'static str {
        match self {
            Lane::Firm => "firm",
            Lane::Resident => "resident",
        }
    }
}

/// How hard it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// 一般.
    General,
    /// 疑难.
    Difficult,
}

impl Grade {
    /// The name in data.
    pub fn name(self) -> &'static str {
        match self {
            Grade::General => "general",
            Grade::Difficult => "difficult",
        }
    }
}

/// What happens to a request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind", deny_unknown_fields)]
pub enum Step {
    /// It was brought.
    Filed {
        /// Who asks.
        lane: Lane,
        /// In a line.
        title: String,
        /// In words.
        text: String,
    },
    /// Someone is to settle it.
    Assigned {
        /// The account, `A3`.
        to: String,
    },
    /// How hard it is was judged again.
    Graded {
        /// How hard.
        grade: Grade,
        /// Why.
        reason: String,
    },
    /// It was settled.
    Settled {
        /// How.
        answer: String,
    },
    /// It cannot be settled, and why.
    Explained {
        /// Why.
        reason: String,
    },
    /// Who asked said how well it went.
    Rated {
        /// From one to five.
        mark: u8,
        /// Under their name, so that they can be called back.
        named: bool,
        /// In words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
    },
    /// Who rated badly was contacted.
    CalledBack {
        /// What came of it.
        outcome: String,
    },
    /// What was settled was taken up again.
    Reopened {
        /// Why.
        reason: String,
    },
}

impl Step {
    /// The name in data.
    pub fn name(&self) -> &'static str {
        match self {
            Step::Filed { .. } => "filed",
            Step::Assigned { .. } => "assigned",
            Step::Graded { .. } => "graded",
            Step::Settled { .. } => "settled",
            Step::Explained { .. } => "explained",
            Step::Rated { .. } => "rated",
            Step::CalledBack { .. } => "called_back",
            Step::Reopened { .. } => "reopened",
        }
    }

    /// Whether who asked says it, and not the office.
    pub fn of_asker(&self) -> bool {
        matches!(self, Step::Filed { .. } | Step::Rated { .. } | Step::Reopened { .. })
    }
}

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum State {
    /// Nobody settled it yet.
    #[default]
    Open,
    /// It was settled, or why it cannot be was explained.
    Answered,
    /// A bad mark under a name asks for a call.
    CallBack,
    /// It is over.
    Closed,
}

impl State {
    /// The name in data.
    pub fn name(self) -> &'static str {
        match self {
            State::Open => "open",
            State::Answered => "answered",
            State::CallBack => "call_back",
            State::Closed => "closed",
        }
    }
}

/// A period in which the office must act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
    /// `general`, `difficult` or `call_back`.
    pub key: &'static str,
    /// The day it starts on; not counted.
    pub from: Day,
    /// Its length.
    pub period: (u32, Count),
    /// Its last day.
    pub last: Day,
    /// The rule it rests on.
    pub cite: Arc<Cite>,
    /// When it was met.
    pub done: Option<Day>,
}

impl Clock {
    fn new(key: &'static str, from: Day, id: &str, law: &Lookup<'_>) -> Result<Clock, Refusal> {
        let (number, count, rule): (u32, Count, &Parameter) = law.period(id)?;
        let last = law.calendar().due(from, number, count, Roll::None)?.last;
        let cite = Arc::clone(&rule.cite);
        Ok(Clock { key, from, period: (number, count), last, cite, done: None })
    }

    /// Whether it was, or is by `today`, not kept.
    pub fn late(&self, today: Day) -> bool {
        self.done.unwrap_or(today) > self.last
    }

    /// How its last day came about.
    pub fn proof(&self, calendar: &Calendar) -> Proof {
        let (number, count) = self.period;
        let length = Shown::from(format!("{number} {}", count.name()));
        let mut parts = vec![
            Proof::fact("start_day", self.from),
            Proof::parameter(self.cite.rule.clone(), length, &self.cite),
        ];
        if let Ok(due) = calendar.due(self.from, number, count, Roll::None) {
            parts.extend(due.tables.into_iter().map(|table| Proof::fact("holiday_table", table)));
            let assumed = due.assumed.into_iter().map(i64::from);
            parts.extend(assumed.map(|year| Proof::fact("no_holiday_table", year)));
        }
        Proof::step("last_day", self.last, "period", parts).citing(&self.cite)
    }
}

/// How high a late request has risen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// It is not late.
    None,
    /// Late: who leads the steward is told.
    Lead,
    /// Late for longer than `request.escalate`: the district is told (督办).
    District,
}

impl Level {
    /// The name in data.
    pub fn name(self) -> &'static str {
        match self {
            Level::None => "none",
            Level::Lead => "lead",
            Level::District => "district",
        }
    }
}

/// A request as its steps make it.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Where it stands.
    pub state: State,
    /// Who asks.
    pub lane: Option<Lane>,
    /// In a line.
    pub title: String,
    /// In words.
    pub text: String,
    /// The day it was brought.
    pub filed: Option<Day>,
    /// How hard it is.
    pub grade: Option<Grade>,
    /// Who is to settle it.
    pub assigned: Option<String>,
    /// The mark it was given.
    pub mark: Option<u8>,
    /// Periods that ran or run; the last of a key counts.
    pub clocks: Vec<Clock>,
}

fn refuse(code: &'static str, column: &str, zh: &str, en: &str) -> Refusal {
    Refusal::new(code, "YSHJ 49", zh, en).column(column)
}

impl Request {
    /// The period that runs, if one does.
    pub fn running(&self) -> Option<&Clock> {
        self.clocks.iter().find(|clock| clock.done.is_none())
    }

    /// How high it has risen by a day.
    pub fn level(&self, law: &Lookup<'_>, today: Day) -> Level {
        let Some(clock) = self.running().filter(|clock| clock.late(today)) else {
            return Level::None;
        };
        let district = law.period("request.escalate").ok().and_then(|(number, count, _)| {
            law.calendar().due(clock.last, number, count, Roll::None).ok()
        });
        match district {
            Some(due) if today > due.last => Level::District,
            _ => Level::Lead,
        }
    }

    fn finish(&mut self, on: Day) {
        for clock in self.clocks.iter_mut().filter(|clock| clock.done.is_none()) {
            clock.done = Some(on);
        }
    }

    /// Adds a step that happened on a day.
    ///
    /// Fails with `E-REQ-01` for what does not follow from where it stands, `E-REQ-02` for a mark
    /// outside one to five, `E-REQ-03` for a text that says nothing, the codes of
    /// [`kernel::text::clean`], `E-RULE-01` where no period is law. The request is unchanged then.
    pub fn apply(&mut self, step: &Step, on: Day, law: &Lookup<'_>) -> Result<(), Refusal> {
        let follows = match step {
            Step::Filed { .. } => self.filed.is_none(),
            _ if self.filed.is_none() => false,
            Step::Assigned { .. } => matches!(self.state, State::Open | State::CallBack),
            Step::Graded { .. } => self.state == State::Open,
            Step::Settled { .. } | Step::Explained { .. } => self.state == State::Open,
            Step::Rated { .. } => self.state == State::Answered,
            Step::CalledBack { .. } => self.state == State::CallBack,
            Step::Reopened { .. } => matches!(self.state, State::Answered | State::Closed),
        };
        if !follows {
            let zh = format!("诉求处于“{}”,不能“{}”", self.state.name(), step.name());
            let en = format!("a request that is {} is not {}", self.state.name(), step.name());
            return Err(refuse("E-REQ-01", "kind", &zh, &en).value(step.name()));
        }
        match step {
            Step::Filed { lane, title, text } => {
                let title = words(title, 200, "title")?;
                let text = words(text, 5_000, "text")?;
                let clock = Clock::new("general", on, "request.general", law)?;
                let lane = Some(*lane);
                let (filed, grade) = (Some(on), Some(Grade::General));
                *self = Request { lane, title, text, filed, grade, ..Request::default() };
                self.clocks.push(clock);
            }
            Step::Assigned { to } => self.assigned = Some(words(to, 40, "to")?),
            Step::Graded { grade, reason } => {
                words(reason, 500, "reason")?;
                let key = grade.name();
                // It runs from the day it was brought: judging it anew buys no time but what the
                // law gives.
                let from = self.filed.unwrap_or(on);
                let id = match grade {
                    Grade::General => "request.general",
                    Grade::Difficult => "request.difficult",
                };
                let clock = Clock::new(key, from, id, law)?;
                self.clocks.retain(|clock| clock.done.is_some());
                self.clocks.push(clock);
                self.grade = Some(*grade);
            }
            Step::Settled { answer } => {
                words(answer, 5_000, "answer")?;
                self.finish(on);
                self.state = State::Answered;
            }
            Step::Explained { reason } => {
                words(reason, 5_000, "reason")?;
                self.finish(on);
                self.state = State::Answered;
            }
            Step::Rated { mark, named, text } => {
                if !(1..=5).contains(mark) {
                    let (zh, en) = ("评分应为1到5", "a mark is from one to five");
                    return Err(refuse("E-REQ-02", "mark", zh, en).value(&mark.to_string()));
                }
                if let Some(text) = text {
                    words(text, 2_000, "text")?;
                }
                match *mark <= BAD_MARK && *named {
                    true => {
                        self.clocks.push(Clock::new("call_back", on, "request.call_back", law)?);
                        self.state = State::CallBack;
                    }
                    false => self.state = State::Closed,
                }
                self.mark = Some(*mark);
            }
            Step::CalledBack { outcome } => {
                words(outcome, 2_000, "outcome")?;
                self.finish(on);
                self.state = State::Closed;
            }
            Step::Reopened { reason } => {
                words(reason, 2_000, "reason")?;
                let id = match self.grade {
                    Some(Grade::Difficult) => "request.difficult",
                    _ => "request.general",
                };
                let key = self.grade.unwrap_or(Grade::General).name();
                self.clocks.push(Clock::new(key, on, id, law)?);
                self.state = State::Open;
            }
        }
        Ok(())
    }
}

/// Words that say something, without outer white space.
fn words(text: &str, most: usize, column: &str) -> Result<String, Refusal> {
    let text = kernel::text::clean(text.trim(), most).map_err(|refusal| refusal.column(column))?;
    if text.is_empty() {
        return Err(refuse("E-REQ-03", column, "请写明内容", "say something here"));
    }
    Ok(text.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use schema::Rulebook;

    fn book() -> Rulebook {
        Rulebook::shipped().expect("sound")
    }

    fn day(text: &str) -> Day {
        Day::parse(text).expect("a day")
    }

    fn filed() -> Step {
        let (title, text) = ("停车位不足".to_string(), "园区早高峰没有车位".to_string());
        Step::Filed { lane: Lane::Firm, title, text }
    }

    fn settled() -> Step {
        Step::Settled { answer: "已协调增加临时车位".to_string() }
    }

    fn rated(mark: u8, named: bool) -> Step {
        Step::Rated { mark, named, text: None }
    }

    fn play(steps: &[(&str, Step)]) -> Result<Request, Refusal> {
        let book = book();
        let mut request = Request::default();
        for (on, step) in steps {
            let on = day(on);
            request.apply(step, on, &book.lookup("shanghai", on, day("2026-11-27")))?;
        }
        Ok(request)
    }

    /// Scenario 9: the make-up Sunday of 20 September counts, the National Day holiday does not.
    #[test]
    fn clocks_run_by_working_days() {
        let request = play(&[("2026-09-18", filed())]).expect("filed");
        assert_eq!(request.running().expect("runs").last, day("2026-09-24"));
        let hard = Step::Graded { grade: Grade::Difficult, reason: "涉及多个部门".into() };
        let graded = [("2026-09-18", filed()), ("2026-09-21", hard)];
        let request = play(&graded).expect("graded");
        let clock = request.running().expect("runs");
        assert_eq!((clock.key, clock.last), ("difficult", day("2026-10-15")));
        let book = book();
        let proof = clock.proof(book.calendar());
        assert_eq!((proof.first_wrong(), &*clock.cite.article), (None, "YSHJ 49"));

        let bad =
            [("2026-09-18", filed()), ("2026-09-24", settled()), ("2026-09-30", rated(1, true))];
        let request = play(&bad).expect("rated");
        let clock = request.running().expect("a call is due");
        assert_eq!((clock.key, clock.last), ("call_back", day("2026-10-08")));
        assert_eq!(request.state, State::CallBack);
        assert!(!request.clocks[0].late(day("2026-12-01")), "it was settled on its last day");
        // A bad mark without a name, or a good one with it, asks for no call.
        for (mark, named) in [(1, false), (2, false), (3, true), (5, true)] {
            let steps = [
                ("2026-09-18", filed()),
                ("2026-09-24", settled()),
                ("2026-09-30", rated(mark, named)),
            ];
            assert_eq!(play(&steps).expect("rated").state, State::Closed, "{mark} {named}");
        }
        let steps =
            [("2026-09-18", filed()), ("2026-09-24", settled()), ("2026-09-30", rated(2, true))];
        assert_eq!(play(&steps).expect("rated").state, State::CallBack);
    }

    #[test]
    fn what_is_late_rises() {
        let request = play(&[("2026-09-18", filed())]).expect("filed");
        let book = book();
        let level = |on: &str| {
            let on = day(on);
            request.level(&book.lookup("shanghai", on, day("2026-11-27")), on)
        };
        assert_eq!(level("2026-09-24"), Level::None);
        // Two working days after the 24th are over with the 28th, behind the Mid-Autumn holiday.
        assert_eq!(level("2026-09-25"), Level::Lead);
        assert_eq!(level("2026-09-29"), Level::Lead);
        assert_eq!(level("2026-09-30"), Level::District);
        let late = play(&[("2026-09-18", filed()), ("2026-09-25", settled())]).expect("settled");
        assert!(late.clocks[0].late(day("2026-09-25")));
        assert_eq!(
            late.level(
                &book.lookup("shanghai", day("2026-12-01"), day("2026-12-01")),
                day("2026-12-01")
            ),
            Level::None
        );
    }

    #[test]
    fn steps_follow_one_another() {
        let called = Step::CalledBack { outcome: "已致电说明".into() };
        let again = Step::Reopened { reason: "问题又出现".into() };
        let explained = Step::Explained { reason: "不属于本区权限".into() };
        let assigned = Step::Assigned { to: "A3".into() };
        let code = |steps: &[(&str, Step)]| play(steps).map_err(|refusal| refusal.code).err();
        let first = ("2026-09-18", filed());
        assert_eq!(code(&[("2026-09-18", settled())]), Some("E-REQ-01"));
        assert_eq!(code(&[first.clone(), first.clone()]), Some("E-REQ-01"));
        assert_eq!(code(&[first.clone(), ("2026-09-19", rated(5, true))]), Some("E-REQ-01"));
        assert_eq!(code(&[first.clone(), ("2026-09-19", called.clone())]), Some("E-REQ-01"));
        assert_eq!(
            code(&[first.clone(), ("2026-09-19", settled()), ("2026-09-19", settled())]),
            Some("E-REQ-01")
        );
        assert_eq!(
            code(&[first.clone(), ("2026-09-19", settled()), ("2026-09-20", rated(6, true))]),
            Some("E-REQ-02")
        );
        assert_eq!(
            code(&[first.clone(), ("2026-09-19", settled()), ("2026-09-20", rated(0, true))]),
            Some("E-REQ-02")
        );
        assert_eq!(
            code(&[first.clone(), ("2026-09-19", Step::Settled { answer: "  ".into() })]),
            Some("E-REQ-03")
        );
        let whole = [
            first,
            ("2026-09-18", assigned),
            ("2026-09-21", explained),
            ("2026-09-22", rated(1, true)),
            ("2026-09-23", called),
            ("2026-10-09", again),
            ("2026-10-12", settled()),
            ("2026-10-13", rated(5, true)),
        ];
        let request = play(&whole).expect("it goes on");
        assert_eq!((request.state, request.clocks.len()), (State::Closed, 3));
        assert_eq!(request.clocks[2].last, day("2026-10-15"));
    }

    proptest! {
        /// Whatever is said in whatever order: what is refused changes nothing, at most one period
        /// runs, and a closed request has none.
        #[test]
        fn a_request_is_never_between_states(order in prop::collection::vec(0usize..9, 0..24)) {
            let book = book();
            let all = [
                filed(), Step::Assigned { to: "A3".into() },
                Step::Graded { grade: Grade::Difficult, reason: "难".into() },
                Step::Graded { grade: Grade::General, reason: "不难".into() },
                settled(), Step::Explained { reason: "不行".into() },
                rated(1, true), rated(5, false), Step::CalledBack { outcome: "好".into() },
            ];
            let mut request = Request::default();
            let mut on = day("2026-03-02");
            for at in order {
                let before = format!("{request:?}");
                if request.apply(&all[at], on, &book.lookup("shanghai", on, day("2026-11-27"))).is_err() {
                    prop_assert_eq!(&before, &format!("{request:?}"));
                }
                let running = request.clocks.iter().filter(|clock| clock.done.is_none()).count();
                let wanted = match request.state {
                    State::Open => usize::from(request.filed.is_some()),
                    State::CallBack => 1,
                    State::Answered | State::Closed => 0,
                };
                prop_assert_eq!(running, wanted);
                on = on.next();
            }
        }
    }
}
