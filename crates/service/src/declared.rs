//! What firms say of themselves, each fact with what shows it. Appended; the last of a name counts.

use crate::error::Result;
use kernel::canon::Object;
use kernel::{Actor, EventId, Refusal, Timestamp};
use policy_rules::policy::Input;
use policy_rules::{Facts, Policy, Shelf};
use std::collections::BTreeMap;
use store::{NewEvent, Tx, params};

/// A firm declares at most so many facts at once.
pub const AT_ONCE_MAX: usize = 100;

/// A fact that a firm declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// Its name, `firm.employees`.
    pub name: String,
    /// As given; lists are not declared.
    pub value: String,
    /// What shows it.
    pub evidence: Option<String>,
    /// Who said so.
    pub by: Actor,
    /// The journal event.
    pub event: EventId,
    /// When.
    pub at: Timestamp,
}

/// A fact that someone declares.
#[derive(Debug, Clone)]
pub struct NewFact {
    /// Its name.
    pub name: String,
    /// Its value as text; `None` takes back what was said before.
    pub value: Option<String>,
    /// What shows it, at most 500 characters.
    pub evidence: Option<String>,
}

/// The input that a name asks, and a policy that asks it.
pub fn input<'s>(shelf: &'s Shelf, name: &str) -> Option<(&'s Input, &'s Policy)> {
    shelf.policies.iter().find_map(|policy| {
        let place = policy.input(name)?;
        Some((policy.inputs.get(place)?, policy))
    })
}

/// Keeps what a firm says of itself.
///
/// Fails with `E-INPUT-01` for a name that no policy asks or a value that is not of its kind,
/// `E-ID-03` for a fact of a person, which is stated in an application and not kept for the firm,
/// `E-SIZE` past [`AT_ONCE_MAX`].
pub fn declare(
    tx: &mut Tx<'_>,
    (actor, now): (&Actor, Timestamp),
    shelf: &Shelf,
    firm: i64,
    facts: &[NewFact],
) -> Result<EventId> {
    if facts.is_empty() || facts.len() > AT_ONCE_MAX {
        let (zh, en) = ("一次申报1到100项", "1 to 100 facts are declared at once");
        return Err(Refusal::new("E-SIZE", en, zh, en).value(&facts.len().to_string()).into());
    }
    let mut kept = Vec::with_capacity(facts.len());
    for fact in facts {
        let bad = |zh: &str, en: &str| {
            Refusal::new("E-INPUT-01", "facts that policies ask", zh, en).column(&fact.name)
        };
        let (input, policy) = input(shelf, &fact.name)
            .ok_or_else(|| bad("没有政策询问这一事实", "no policy asks this"))?;
        if input.personal {
            let zh = "个人信息只在申请中提交,不作为企业事实留存";
            let en = "a fact of a person stands in an application; it is not kept for the firm";
            let refusal = Refusal::new("E-ID-03", "no personal data without a purpose", zh, en);
            return Err(refusal.column(&fact.name).into());
        }
        let value = match fact.value.as_deref().map(str::trim) {
            None | Some("") => None,
            Some(value) => {
                let value = kernel::text::clean(value, 200)
                    .map_err(|refusal| refusal.column(&fact.name))?;
                let given = serde_json::json!({ &fact.name: value });
                Facts::from_json(&given)?.bind(policy)?;
                Some(value.to_string())
            }
        };
        let evidence = match fact.evidence.as_deref().map(str::trim) {
            None | Some("") => None,
            Some(text) => {
                let text =
                    kernel::text::clean(text, 500).map_err(|refusal| refusal.column("evidence"))?;
                Some(text.to_string())
            }
        };
        kept.push((fact.name.as_str(), value, evidence));
    }
    let names: Vec<String> = kept.iter().map(|(name, ..)| name.to_string()).collect();
    let subject = kernel::EntityId(firm).to_string();
    let event = tx.append(NewEvent {
        kind: "facts_declared".to_string(),
        actor: actor.clone(),
        at: now,
        subject: Some(subject.clone()),
        payload: Object::new().text("firm", &subject).texts("facts", &names).to_string(),
    })?;
    for (name, value, evidence) in &kept {
        tx.execute(
            "insert into service_fact (event_index, firm, name, value, evidence, actor, recorded_us)
             values ($1, $2, $3, $4, $5, $6, $7)
             on conflict (event_index, name) do update set value = $4, evidence = $5",
            params![
                event.0,
                firm,
                *name,
                value.as_deref(),
                evidence.as_deref(),
                actor.as_str(),
                now
            ],
        )?;
    }
    Ok(event)
}

/// What firms say of themselves by now: of one, or of all (`firm` 0), by firm and name.
pub fn declared(tx: &mut Tx<'_>, firm: i64) -> Result<BTreeMap<(i64, String), Declared>> {
    let sql = "select f.firm, f.name, f.value, f.evidence, f.actor, f.event_index, f.recorded_us
        from service_fact f
        where ($1 = 0 or f.firm = $1) order by f.event_index";
    let mut found = BTreeMap::new();
    tx.for_each(sql, params![firm], |row| -> Result<()> {
        let key = (row.int(0)?, row.text(1)?);
        match row.opt_text(2)? {
            None => {
                found.remove(&key);
            }
            Some(value) => {
                let one = Declared {
                    name: key.1.clone(),
                    value,
                    evidence: row.opt_text(3)?,
                    by: Actor::new(row.text(4)?),
                    event: EventId(row.int(5)?),
                    at: Timestamp::from_micros(row.int(6)?),
                };
                found.insert(key, one);
            }
        }
        Ok(())
    })?;
    Ok(found)
}
