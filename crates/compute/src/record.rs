//! Events as they are kept: canonical JSON, one object each.

use crate::book::{Member, Program};
use crate::error::{Error, Result};
use compute_rules::bill::Price;
use compute_rules::engine::{Event, Machine, Reservation, ReservationId};
use compute_rules::job::{JobId, Request};
use compute_rules::ledger::{Budget, Issue, Kinds, Tenant, Unit, VoucherId, Window};
use compute_rules::party::{Group, Party};
use kernel::Timestamp;
use kernel::canon::Object;
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::Value;
use std::borrow::Cow;
use std::fmt;

/// A name that is more than JSON's whole numbers hold is kept as text.
fn name(object: Object, key: &str, name: u64) -> Object {
    object.text(key, &name.to_string())
}

fn unit(object: Object, unit: Unit) -> Object {
    match unit {
        Unit::Money => object.text("unit", "money"),
        Unit::Time(kind) => object.text("unit", "time").int("of", i64::from(kind)),
    }
}

fn window(object: Object, window: Window) -> Object {
    object.int("from", window.from.micros()).int("until", window.until.micros())
}

fn numbers<T: ToString>(many: &[T]) -> String {
    many.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// What is told: something that happens, or who and what it is about, which the engine decides
/// nothing by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// Something happens.
    Event(Event),
    /// A tenant has this number from now on.
    Enrol(Tenant, String),
    /// What a job runs.
    Program(JobId, Program),
    /// What a group of tenants is called from now on.
    Group(Group, String),
}

fn party(object: Object, party: Party) -> Object {
    match party {
        Party::Tenant(tenant) => object.int("tenant", i64::from(tenant.0)),
        Party::Group(group) => object.int("group", i64::from(group.0)),
    }
}

impl Told {
    /// As it is kept.
    pub fn write(&self) -> String {
        match self {
            Told::Event(event) => write(event),
            Told::Enrol(tenant, key) => Object::new()
                .text("event", "enrol")
                .int("tenant", i64::from(tenant.0))
                .text("key", key)
                .to_string(),
            Told::Program(job, program) => {
                let words = Value::from(program.command.clone()).to_string();
                let object = name(Object::new().text("event", "program"), "job", job.0)
                    .text("name", &program.name)
                    .text("command", &words)
                    .text("submitter", &program.submitter)
                    .text("key", &program.key);
                match program.array {
                    None => object,
                    Some(Member { index, count }) => {
                        object.int("index", i64::from(index)).int("count", i64::from(count))
                    }
                }
                .to_string()
            }
            Told::Group(group, name) => Object::new()
                .text("event", "group")
                .int("group", i64::from(group.0))
                .text("name", name)
                .to_string(),
        }
    }

    /// What was kept.
    ///
    /// Fails with [`Error::Damaged`] for what [`Told::write`] does not write.
    pub fn read(text: &str) -> Result<Told> {
        let it: Members<'_> = serde_json::from_str(text).map_err(|_| damaged("not JSON"))?;
        Ok(match it.text("event")? {
            "enrol" => Told::Enrol(Tenant(it.int("tenant")?), it.text("key")?.to_string()),
            "program" => {
                let command = serde_json::from_str(it.text("command")?);
                let program = Program {
                    name: it.text("name")?.to_string(),
                    command: command.map_err(|_| damaged("command"))?,
                    submitter: it.text("submitter")?.to_string(),
                    key: it.text("key")?.to_string(),
                    array: match it.some("index")? {
                        None => None,
                        Some(index) => Some(Member { index, count: it.int("count")? }),
                    },
                };
                Told::Program(JobId(it.name("job")?), program)
            }
            "group" => Told::Group(Group(it.int("group")?), it.text("name")?.to_string()),
            _ => Told::Event(event_of(&it)?),
        })
    }
}

/// An event as it is kept.
pub fn write(event: &Event) -> String {
    let kind = |kind: &str| Object::new().text("event", kind);
    let object = match event {
        Event::Provide(machine) => kind("provide")
            .text("name", &machine.name)
            .int("cpu", machine.cpu)
            .int("memory", machine.memory)
            .int("devices", machine.devices)
            .text("kind", &machine.kind),
        Event::Price(price) => window(
            kind("price").int("kind", i64::from(price.kind)).int("micro_yuan", price.micro_yuan),
            Window { from: price.from, until: price.until },
        ),
        Event::Issue(issue) => window(
            unit(
                name(kind("issue"), "voucher", issue.voucher.0)
                    .int("holder", i64::from(issue.holder.0))
                    .text("kinds", &issue.kinds.0.to_string())
                    .int("amount", issue.amount),
                issue.unit,
            ),
            issue.window,
        ),
        Event::Split(from, to, holder, amount) => {
            name(name(kind("split"), "from", from.0), "to", to.0)
                .int("holder", i64::from(holder.0))
                .int("amount", *amount)
        }
        Event::Budget(budget) => window(
            unit(
                kind("budget")
                    .int("tenant", i64::from(budget.tenant.0))
                    .text("kinds", &budget.kinds.0.to_string())
                    .int("limit", budget.limit),
                budget.unit,
            ),
            budget.window,
        ),
        Event::Weigh(who, weight) => party(kind("weigh"), *who).int("weight", i64::from(*weight)),
        Event::Join(who, within) => {
            let object = party(kind("join"), *who);
            match within {
                None => object,
                Some(group) => object.int("within", i64::from(group.0)),
            }
        }
        Event::Reserve(one) => {
            let object = party(kind("reserve").int("reservation", i64::from(one.id.0)), one.holder)
                .text("nodes", &numbers(&one.nodes));
            let object = window(object, one.window);
            match one.lent_after {
                None => object,
                Some(after) => object.int("lent_after", after),
            }
        }
        Event::GiveUp(id) => kind("give_up").int("reservation", i64::from(id.0)),
        Event::Submit(request) => {
            let after: Vec<u64> = request.after.iter().map(|job| job.0).collect();
            let object = name(kind("submit"), "job", request.job.0)
                .int("tenant", i64::from(request.tenant.0))
                .int("user", i64::from(request.user))
                .int("tasks", i64::from(request.tasks))
                .int("cpu", request.cpu)
                .int("memory", request.memory)
                .int("devices", request.devices)
                .int("share", request.share)
                .int("limit", request.limit)
                .int("priority", i64::from(request.priority));
            let object = match request.kinds.is_empty() {
                true => object,
                false => object.text("kinds", &numbers(&request.kinds)),
            };
            let object = match after.is_empty() {
                true => object,
                false => object.text("after", &numbers(&after)),
            };
            let object = match request.preemptible_after {
                None => object,
                Some(after) => object.int("preemptible_after", after),
            };
            match request.deadline {
                None => object,
                Some(deadline) => object.int("deadline", deadline.micros()),
            }
        }
        Event::End(job, well) => name(kind("end"), "job", job.0).boolean("well", *well),
        Event::Report(job, well, ended) => {
            name(kind("report"), "job", job.0).boolean("well", *well).int("ended", ended.micros())
        }
        Event::Redo(job) => name(kind("redo"), "job", job.0),
        Event::Cancel(job) => name(kind("cancel"), "job", job.0),
        Event::Lose(node) => kind("lose").int("node", i64::from(*node)),
        Event::Return(node) => kind("return").int("node", i64::from(*node)),
        Event::Tick => kind("tick"),
    };
    object.to_string()
}

/// A member of a kept event.
#[derive(Debug)]
enum Scalar<'t> {
    Int(i64),
    Text(Cow<'t, str>),
    Boolean(bool),
}

impl<'de> Deserialize<'de> for Scalar<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<Scalar<'de>, D::Error> {
        struct One;
        impl<'de> Visitor<'de> for One {
            type Value = Scalar<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number, a text or a truth")
            }

            fn visit_i64<E: serde::de::Error>(
                self,
                int: i64,
            ) -> std::result::Result<Scalar<'de>, E> {
                Ok(Scalar::Int(int))
            }

            fn visit_u64<E: serde::de::Error>(
                self,
                int: u64,
            ) -> std::result::Result<Scalar<'de>, E> {
                i64::try_from(int).map(Scalar::Int).map_err(E::custom)
            }

            fn visit_bool<E: serde::de::Error>(
                self,
                it: bool,
            ) -> std::result::Result<Scalar<'de>, E> {
                Ok(Scalar::Boolean(it))
            }

            fn visit_borrowed_str<E: serde::de::Error>(
                self,
                text: &'de str,
            ) -> std::result::Result<Scalar<'de>, E> {
                Ok(Scalar::Text(Cow::Borrowed(text)))
            }

            fn visit_str<E: serde::de::Error>(
                self,
                text: &str,
            ) -> std::result::Result<Scalar<'de>, E> {
                Ok(Scalar::Text(Cow::Owned(text.to_string())))
            }
        }
        from.deserialize_any(One)
    }
}

/// Members of a kept event, in their order. There are few, and a log has millions of them: they are
/// looked through, not filed.
#[derive(Debug)]
struct Members<'t>(Vec<(&'t str, Scalar<'t>)>);

impl<'de: 't, 't> Deserialize<'de> for Members<'t> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<Members<'t>, D::Error> {
        struct All<'t>(std::marker::PhantomData<&'t ()>);
        impl<'de: 't, 't> Visitor<'de> for All<'t> {
            type Value = Members<'t>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of scalars")
            }

            fn visit_map<A: MapAccess<'de>>(
                self,
                mut map: A,
            ) -> std::result::Result<Members<'t>, A::Error> {
                let mut all: Vec<(&'t str, Scalar<'t>)> = Vec::with_capacity(16);
                while let Some(key) = map.next_key::<&'de str>()? {
                    if all.iter().any(|(known, _)| *known == key) {
                        return Err(A::Error::custom("a member twice"));
                    }
                    all.push((key, map.next_value::<Scalar<'de>>()?));
                }
                Ok(Members(all))
            }
        }
        from.deserialize_map(All(std::marker::PhantomData))
    }
}

impl Members<'_> {
    fn member(&self, key: &str) -> Option<&Scalar<'_>> {
        self.0.iter().find(|(known, _)| *known == key).map(|(_, member)| member)
    }

    fn text(&self, key: &str) -> Result<&str> {
        match self.member(key) {
            Some(Scalar::Text(text)) => Ok(text),
            _ => Err(damaged(key)),
        }
    }

    fn int<T: TryFrom<i64>>(&self, key: &str) -> Result<T> {
        match self.member(key) {
            Some(Scalar::Int(int)) => T::try_from(*int).map_err(|_| damaged(key)),
            _ => Err(damaged(key)),
        }
    }

    fn boolean(&self, key: &str) -> Result<bool> {
        match self.member(key) {
            Some(Scalar::Boolean(it)) => Ok(*it),
            _ => Err(damaged(key)),
        }
    }

    fn name(&self, key: &str) -> Result<u64> {
        self.text(key)?.parse().map_err(|_| damaged(key))
    }

    /// Whole numbers; none where there is no such member.
    fn numbers<T: std::str::FromStr>(&self, key: &str) -> Result<Vec<T>> {
        let Some(_) = self.member(key) else { return Ok(Vec::new()) };
        let words = self.text(key)?.split_whitespace();
        words.map(|word| word.parse().map_err(|_| damaged(key))).collect()
    }

    /// A number that need not be there.
    fn some<T: TryFrom<i64>>(&self, key: &str) -> Result<Option<T>> {
        self.member(key).map(|_| self.int(key)).transpose()
    }

    fn party(&self) -> Result<Party> {
        match self.some("group")? {
            Some(group) => Ok(Party::Group(Group(group))),
            None => Ok(Party::Tenant(Tenant(self.int("tenant")?))),
        }
    }

    fn unit(&self) -> Result<Unit> {
        match self.text("unit")? {
            "money" => Ok(Unit::Money),
            "time" => Ok(Unit::Time(self.int("of")?)),
            _ => Err(damaged("unit")),
        }
    }

    fn window(&self) -> Result<Window> {
        let at = |key| Ok::<_, Error>(Timestamp::from_micros(self.int(key)?));
        Ok(Window { from: at("from")?, until: at("until")? })
    }
}

fn damaged(key: &str) -> Error {
    Error::Damaged(format!("a record of the compute platform: `{key}`"))
}

/// A kept event.
///
/// Fails with [`Error::Damaged`] for what [`write`] does not write.
pub fn read(text: &str) -> Result<Event> {
    event_of(&serde_json::from_str(text).map_err(|_| damaged("body"))?)
}

fn event_of(it: &Members<'_>) -> Result<Event> {
    Ok(match it.text("event")? {
        "provide" => Event::Provide(Machine {
            name: it.text("name")?.to_string(),
            cpu: it.int("cpu")?,
            memory: it.int("memory")?,
            devices: it.int("devices")?,
            kind: it.text("kind")?.to_string(),
        }),
        "price" => {
            let Window { from, until } = it.window()?;
            let micro_yuan = it.int("micro_yuan")?;
            Event::Price(Price { kind: it.int("kind")?, from, until, micro_yuan })
        }
        "issue" => Event::Issue(Issue {
            voucher: VoucherId(it.name("voucher")?),
            holder: Tenant(it.int("holder")?),
            unit: it.unit()?,
            kinds: Kinds(it.name("kinds")?),
            window: it.window()?,
            amount: it.int("amount")?,
        }),
        "split" => Event::Split(
            VoucherId(it.name("from")?),
            VoucherId(it.name("to")?),
            Tenant(it.int("holder")?),
            it.int("amount")?,
        ),
        "budget" => Event::Budget(Budget {
            tenant: Tenant(it.int("tenant")?),
            unit: it.unit()?,
            kinds: Kinds(it.name("kinds")?),
            window: it.window()?,
            limit: it.int("limit")?,
        }),
        "weigh" => Event::Weigh(it.party()?, it.int("weight")?),
        "join" => Event::Join(it.party()?, it.some("within")?.map(Group)),
        "reserve" => Event::Reserve(Reservation {
            id: ReservationId(it.int("reservation")?),
            holder: it.party()?,
            nodes: it.numbers("nodes")?,
            window: it.window()?,
            lent_after: it.some("lent_after")?,
        }),
        "give_up" => Event::GiveUp(ReservationId(it.int("reservation")?)),
        "submit" => Event::Submit(Request {
            job: JobId(it.name("job")?),
            tenant: Tenant(it.int("tenant")?),
            user: it.int("user")?,
            tasks: it.int("tasks")?,
            cpu: it.int("cpu")?,
            memory: it.int("memory")?,
            devices: it.int("devices")?,
            share: it.int("share")?,
            kinds: it.numbers("kinds")?,
            limit: it.int("limit")?,
            priority: it.int("priority")?,
            after: it.numbers("after")?.into_iter().map(JobId).collect(),
            preemptible_after: it.some("preemptible_after")?,
            deadline: it.some("deadline")?.map(Timestamp::from_micros),
        }),
        "end" => {
            let well = it.boolean("well")?;
            Event::End(JobId(it.name("job")?), well)
        }
        "report" => {
            let well = it.boolean("well")?;
            let ended = Timestamp::from_micros(it.int("ended")?);
            Event::Report(JobId(it.name("job")?), well, ended)
        }
        "redo" => Event::Redo(JobId(it.name("job")?)),
        "cancel" => Event::Cancel(JobId(it.name("job")?)),
        "lose" => Event::Lose(it.int("node")?),
        "return" => Event::Return(it.int("node")?),
        "tick" => Event::Tick,
        _ => return Err(damaged("event")),
    })
}
