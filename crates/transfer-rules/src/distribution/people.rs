//! Dividing a reward among people: by contribution, to the fen, within what the law asks.
//!
//! Source: GF16 (main contributors at least half of the reward; leaders), ZJ 39 (main contributors
//! at least 70 %, transfer staff at least 5 %).

use super::table::Split;
use crate::input::Share;
use crate::net_income::{bounded, too_large};
use kernel::proof::Confidence;
use kernel::ratio::divide;
use kernel::{Fen, Label, Proof, Ratio, Refusal, Rounding};
use schema::Lookup;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What someone is to a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Made an important contribution.
    MainContributor,
    /// Contributed.
    Contributor,
    /// Worked on the transfer.
    TransferStaff,
    /// 正职领导: the chief leader of the unit.
    ChiefLeader,
    /// Another leader of the unit.
    OtherLeader,
}

impl Role {
    /// The name in data.
    pub fn name(self) -> &'static str {
        match self {
            Role::MainContributor => "main_contributor",
            Role::Contributor => "contributor",
            Role::TransferStaff => "transfer_staff",
            Role::ChiefLeader => "chief_leader",
            Role::OtherLeader => "other_leader",
        }
    }
}

/// In which form a reward is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// Money.
    Cash,
    /// A part of capital or shares.
    Equity,
}

/// Someone who shares a reward.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// What they are called, alone among the others.
    pub name: String,
    /// Their part of the reward; parts sum to one.
    pub share: Share,
    /// What they are to the result; none: not said.
    #[serde(default)]
    pub roles: Vec<Role>,
    /// In which form; cash unless said.
    pub form: Option<Form>,
    /// What was written down for them, where an agreement names amounts; checked.
    pub amount: Option<crate::input::Yuan>,
}

/// What someone receives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paid {
    /// Who.
    pub name: String,
    /// Their part.
    pub share: Ratio,
    /// How much.
    pub amount: Fen,
    /// In which form.
    pub form: Form,
    /// Whether it must be published because they lead the unit.
    pub published: bool,
}

/// A reward divided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Divided {
    /// Everyone, in the order given.
    pub people: Vec<Paid>,
    /// What main contributors must have in all, where the law says.
    pub main_least: Option<Fen>,
    /// What transfer staff must have in all, where the law says.
    pub staff_least: Option<Fen>,
    /// What is worth knowing.
    pub notes: Vec<Label>,
    /// How it came about.
    pub proof: Proof,
}

/// Shares that sum to exactly one, none below zero or above one (I2).
///
/// Fails with `E-SHARE-02` for one outside, `E-SHARE-01` for another sum.
pub fn whole(shares: &[Ratio], rule: &str, column: &str) -> Result<(), Refusal> {
    if let Some((at, share)) = shares.iter().enumerate().find(|(_, share)| !share.is_share()) {
        let (zh, en) = ("份额应在 0 至 100% 之间", "a share lies from 0 to 100 %");
        let refusal = Refusal::new("E-SHARE-02", rule, zh, en);
        return Err(refusal.column(&format!("{column}[{at}].share")).value(&share.to_string()));
    }
    let sum = Ratio::sum(shares.iter().copied());
    if sum == Some(Ratio::ONE) {
        return Ok(());
    }
    let shown = sum.map_or_else(|| "?".to_string(), |sum| sum.to_string());
    let zh = format!("份额之和应为100%,现为{shown}");
    let en = format!("shares sum to 100 %, here to {shown}");
    Err(Refusal::new("E-SHARE-01", rule, zh, en).column(column).value(&shown))
}

/// Divides a reward.
///
/// Fails with `E-SHARE-01/02`, `E-REW-01` (main contributors or transfer staff below what a verified
/// rule asks), `E-REW-02` (amounts written down differ), `E-REW-03` (a leader who may not take
/// equity), `E-INPUT-02` (nobody, or a name twice), `E-SIZE`.
pub fn people(
    reward: Fen,
    persons: &[Person],
    split: Split,
    law: &Lookup<'_>,
) -> Result<Divided, Refusal> {
    bounded(persons.len(), "people")?;
    let mut names = BTreeSet::new();
    let twice = persons.iter().find(|one| one.name.is_empty() || !names.insert(one.name.as_str()));
    if persons.is_empty() || twice.is_some() {
        let (zh, en) = ("请列出完成人,姓名不重复", "name everyone, each once");
        let refusal = Refusal::new("E-INPUT-02", "a reward names its people", zh, en);
        let shown = twice.map_or("", |one| one.name.as_str());
        return Err(refusal.column("people").value(shown));
    }
    let shares: Vec<Ratio> = match split {
        Split::Contribution => persons.iter().map(|one| one.share.0).collect(),
        Split::Equal => {
            let each = Ratio::new(1, persons.len() as i128).ok_or_else(too_large)?;
            vec![each; persons.len()]
        }
    };
    whole(&shares, "I2", "people")?;
    let amounts = divide(reward, &shares).ok_or_else(too_large)?;
    let mut notes = Vec::new();
    let mut paid = Vec::with_capacity(persons.len());
    let mut parts = Vec::with_capacity(persons.len());
    for (at, ((person, share), amount)) in persons.iter().zip(&shares).zip(amounts).enumerate() {
        if let Some(written) = person.amount.filter(|written| written.0 != amount) {
            let zh = format!("{}的金额应为{amount}元", person.name);
            let en = format!("the amount of {} comes to {amount}", person.name);
            let refusal = Refusal::new("E-REW-02", "parts of a reward sum to it", zh, en);
            let column = format!("people[{at}].amount");
            return Err(refusal.column(&column).value(&written.0.to_string()));
        }
        let form = person.form.unwrap_or(Form::Cash);
        let published = leads(person, form, at, amount, law)?;
        if published {
            notes.push(Label::new(
                format!("{}为单位领导,其奖励须公开", person.name),
                format!("{} leads the unit: the reward is made public", person.name),
            ));
        }
        let from = vec![Proof::fact("reward", reward), Proof::fact("contribution", *share)];
        parts.push(Proof::step(person.name.clone(), amount, "share", from));
        paid.push(Paid { name: person.name.clone(), share: *share, amount, form, published });
    }
    let said = persons.iter().any(|one| !one.roles.is_empty());
    let mut least = |id: &str, role: Role| -> Result<Option<Fen>, Refusal> {
        let Some(rule) = law.find(id) else { return Ok(None) };
        let schema::Setting::Ratio(ratio) = rule.setting else { return Ok(None) };
        let least = ratio.of(reward, Rounding::Up).ok_or_else(too_large)?;
        let mut has = Fen::ZERO;
        for (person, one) in persons.iter().zip(&paid) {
            if person.roles.contains(&role) {
                has = has.plus(one.amount).ok_or_else(too_large)?;
            }
        }
        let article = &rule.cite.article;
        if !said {
            notes.push(Label::new(
                format!("未注明人员角色,未核对 {article} 的下限({least}元)"),
                format!("roles are not said, so the least of {article} ({least}) was not checked"),
            ));
        } else if has < least {
            let zh = format!("{}合计{has}元,低于{article}要求的{least}元", role_zh(role));
            let en = format!("{} has {has} in all, below {least} of {article}", role.name());
            // What was only read in part does not refuse; it says so.
            if rule.cite.confidence != Confidence::Verified {
                notes.push(Label::new(zh, en));
            } else {
                let refusal = Refusal::new("E-REW-01", article.as_str(), zh, en);
                return Err(refusal.column("people").value(&has.to_string()));
            }
        }
        Ok(Some(least))
    };
    let main_least = least("reward.main_contributors", Role::MainContributor)?;
    let staff_least = least("reward.transfer_staff", Role::TransferStaff)?;
    let proof = Proof::step("reward_divided", reward, "sum", parts);
    Ok(Divided { people: paid, main_least, staff_least, notes, proof })
}

fn role_zh(role: Role) -> &'static str {
    match role {
        Role::MainContributor => "主要贡献人员",
        Role::Contributor => "贡献人员",
        Role::TransferStaff => "转化人员",
        Role::ChiefLeader => "正职领导",
        Role::OtherLeader => "其他领导",
    }
}

/// Whether someone leads the unit; fails with `E-REW-03` when they may not take what they take.
fn leads(
    person: &Person,
    form: Form,
    at: usize,
    amount: Fen,
    law: &Lookup<'_>,
) -> Result<bool, Refusal> {
    let chief = person.roles.contains(&Role::ChiefLeader);
    let other = person.roles.contains(&Role::OtherLeader);
    if !chief && !other {
        return Ok(false);
    }
    let id = if chief { "leader.chief_equity" } else { "leader.other_equity" };
    let (allowed, rule) = law.truth(id)?;
    if form == Form::Equity && !allowed {
        let zh = format!("{}任正职,原则上不得获得股权奖励,可改为现金{amount}元", person.name);
        let en = format!("{} is a chief leader: no equity; {amount} in cash instead", person.name);
        let refusal = Refusal::new("E-REW-03", &*rule.cite.article, zh, en);
        return Err(refusal.column(&format!("people[{at}].form")).value("equity"));
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Yuan;
    use crate::testkit::{book, day, share, yuan};
    use proptest::prelude::*;

    fn person(name: &str, part: &str, roles: &[Role]) -> Person {
        Person {
            name: name.to_string(),
            share: Share(share(part)),
            roles: roles.to_vec(),
            form: None,
            amount: None,
        }
    }

    fn ask(
        place: &str,
        reward: &str,
        persons: &[Person],
        split: Split,
    ) -> Result<Divided, Refusal> {
        let law = book().lookup(place, day("2026-04-10"), day("2026-11-27"));
        people(yuan(reward), persons, split, &law)
    }

    fn four(roles: [&[Role]; 4]) -> Vec<Person> {
        let parts = ["45%", "30%", "15%", "10%"];
        let names = ["甲", "乙", "丙", "丁"];
        (0..4).map(|at| person(names[at], parts[at], roles[at])).collect()
    }

    #[test]
    fn scenario_1_is_divided_to_the_fen() {
        let found = ask("shanghai", "2054150", &four([&[]; 4]), Split::Contribution);
        let found = found.expect("divided");
        let amounts: Vec<String> = found.people.iter().map(|one| one.amount.to_string()).collect();
        assert_eq!(amounts, ["924367.50", "616245.00", "308122.50", "205415.00"]);
        assert_eq!(found.people[0].name, "甲");
        assert_eq!((found.people[0].share, found.people[0].form), (share("45%"), Form::Cash));
        assert!(found.people.iter().all(|one| !one.published));
        assert_eq!(found.proof.first_wrong(), None);
        assert_eq!(found.main_least, Some(yuan("1027075")), "half, by an excerpt");
        assert_eq!(found.staff_least, None);
        assert_eq!(found.notes.len(), 1, "roles were not said");
        let found = ask("zhejiang", "2054150", &four([&[]; 4]), Split::Contribution);
        let found = found.expect("divided");
        assert_eq!(found.main_least, Some(yuan("1437905.00")));
        assert_eq!(found.staff_least, Some(yuan("102707.50")));
        assert_eq!(found.notes.len(), 2);
    }

    #[test]
    fn the_least_of_each_role_on_both_sides() {
        use Role::{Contributor as C, MainContributor as M, TransferStaff as T};
        for (place, main, staff, rest, code, notes) in [
            ("zhejiang", "70%", "5%", "25%", None, 0),
            ("zhejiang", "69.9999%", "5%", "25.0001%", Some("E-REW-01"), 0),
            ("zhejiang", "70%", "4.9999%", "25.0001%", Some("E-REW-01"), 0),
            ("shanghai", "50%", "0%", "50%", None, 0),
            ("shanghai", "49%", "0%", "51%", None, 1),
        ] {
            let persons =
                [person("a", main, &[M]), person("b", staff, &[T]), person("c", rest, &[C])];
            let found = ask(place, "1000000", &persons, Split::Contribution);
            match found {
                Ok(found) => {
                    assert_eq!(code, None, "{place} {main} {staff}");
                    assert_eq!(found.notes.len(), notes, "{place} {main} {staff}");
                }
                Err(refusal) => {
                    assert_eq!(Some(refusal.code), code, "{place} {main} {staff}");
                    assert_eq!(refusal.rule, "ZJ 39");
                    assert_eq!(refusal.place.column.as_deref(), Some("people"));
                }
            }
        }
    }

    #[test]
    fn leaders_take_what_they_may_in_public() {
        use Role::{ChiefLeader, MainContributor, OtherLeader};
        let with = |role: &[Role], form| {
            let mut one = person("院长", "20%", role);
            one.form = Some(form);
            let persons = [one, person("甲", "80%", &[MainContributor])];
            ask("shanghai", "7000000", &persons, Split::Contribution)
        };
        let refused = with(&[ChiefLeader], Form::Equity).expect_err("no equity");
        assert_eq!((refused.code, refused.rule.as_str()), ("E-REW-03", "GF16 领导"));
        assert_eq!(refused.place.column.as_deref(), Some("people[0].form"));
        assert!(refused.message.en.contains("1400000.00 in cash"), "{}", refused.message.en);
        let both = with(&[OtherLeader, ChiefLeader], Form::Equity).expect_err("chief counts");
        assert_eq!(both.code, "E-REW-03");
        for (role, form) in [
            (&[ChiefLeader][..], Form::Cash),
            (&[OtherLeader], Form::Cash),
            (&[OtherLeader], Form::Equity),
        ] {
            let found = with(role, form).expect("allowed");
            assert!(found.people[0].published && !found.people[1].published);
            assert_eq!(found.people[0].form, form);
            assert_eq!(found.notes.len(), 1);
        }
        let found = with(&[MainContributor], Form::Equity).expect("allowed");
        assert!(!found.people[0].published && found.notes.is_empty());
    }

    #[test]
    fn shares_sum_to_one_and_names_are_told_apart() {
        for (parts, code) in [
            (&["50%", "50%"][..], None),
            (&["50%", "49.9999%"], Some("E-SHARE-01")),
            (&["50%", "50.0001%"], Some("E-SHARE-01")),
            (&["-1%", "101%"], Some("E-SHARE-02")),
            (&["101%", "-1%"], Some("E-SHARE-02")),
            (&["1/3", "2/3"], None),
            (&["100%", "0%"], None),
            (&[], Some("E-INPUT-02")),
        ] {
            let persons: Vec<_> = parts
                .iter()
                .enumerate()
                .map(|(at, part)| person(&format!("p{at}"), part, &[]))
                .collect();
            let found = ask("us", "100", &persons, Split::Contribution);
            assert_eq!(found.map_err(|refusal| refusal.code).err(), code, "{parts:?}");
        }
        let twice = [person("a", "50%", &[]), person("a", "50%", &[])];
        let found = ask("us", "100", &twice, Split::Contribution).map_err(|refusal| refusal.code);
        assert_eq!(found.err(), Some("E-INPUT-02"));
        let empty = [person("", "100%", &[])];
        let found = ask("us", "100", &empty, Split::Contribution).map_err(|refusal| refusal.code);
        assert_eq!(found.err(), Some("E-INPUT-02"));
        let many: Vec<_> = (0..10_001).map(|at| person(&at.to_string(), "0", &[])).collect();
        let found = ask("us", "100", &many, Split::Contribution).map_err(|refusal| refusal.code);
        assert_eq!(found.err(), Some("E-SIZE"));
    }

    #[test]
    fn an_equal_split_asks_nobody() {
        let persons = [person("a", "90%", &[]), person("b", "10%", &[]), person("c", "0", &[])];
        let found = ask("us", "100.01", &persons, Split::Equal).expect("divided");
        let amounts: Vec<String> = found.people.iter().map(|one| one.amount.to_string()).collect();
        assert_eq!(amounts, ["33.34", "33.34", "33.33"]);
        assert_eq!(found.people[2].share, share("1/3"));
    }

    #[test]
    fn amounts_that_were_written_down_are_checked() {
        let mut persons = four([&[]; 4]);
        persons[1].amount = Some(Yuan(yuan("616245")));
        assert!(ask("shanghai", "2054150", &persons, Split::Contribution).is_ok());
        persons[1].amount = Some(Yuan(yuan("616245.01")));
        let refused = ask("shanghai", "2054150", &persons, Split::Contribution);
        let refused = refused.expect_err("it differs");
        assert_eq!(refused.code, "E-REW-02");
        assert_eq!(refused.place.column.as_deref(), Some("people[1].amount"));
        assert_eq!(refused.place.value.as_deref(), Some("616245.01"));
        let names: Vec<_> = [
            Role::MainContributor,
            Role::Contributor,
            Role::TransferStaff,
            Role::ChiefLeader,
            Role::OtherLeader,
        ]
        .map(|role| (role.name(), role_zh(role)))
        .into();
        let mut unique = names.clone();
        unique.dedup();
        assert_eq!(names, unique);
    }

    proptest! {
        #[test]
        fn no_fen_is_lost(
            reward in 0i64..1_000_000_000_000,
            weights in prop::collection::vec(1i128..1000, 1..12),
        ) {
            let sum: i128 = weights.iter().sum();
            let persons: Vec<Person> = weights.iter().enumerate().map(|(at, weight)| Person {
                name: at.to_string(),
                share: Share(Ratio::new(*weight, sum).expect("a share")),
                roles: Vec::new(),
                form: None,
                amount: None,
            }).collect();
            let law = book().lookup("china", day("2026-04-10"), day("2026-11-27"));
            let reward = Fen::new(reward).expect("fen");
            for split in [Split::Contribution, Split::Equal] {
                let found = people(reward, &persons, split, &law).expect("divided");
                let sum = Fen::sum(found.people.iter().map(|one| one.amount));
                prop_assert_eq!(sum, Some(reward));
                prop_assert_eq!(found.proof.first_wrong(), None);
            }
        }
    }
}
