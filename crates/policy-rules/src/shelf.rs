//! A shelf: every policy of a district, checked one by one and against each other.

use crate::fault::{At, Fault, Weight};
use crate::policy::Policy;
use crate::read::read;
use crate::vocabulary::Vocabulary;
use crate::{lint, standing::Moment};
use kernel::{Calendar, Day};

/// Policies with what is to be said of their files.
#[derive(Debug, Clone, Default)]
pub struct Shelf {
    /// Policies that may be used, by id and then by the day since which they are known.
    pub policies: Vec<Policy>,
    /// Faults by file and place.
    pub faults: Vec<Fault>,
}

impl Shelf {
    /// Reads files, each a name and its text; tests are run with `calendar`.
    pub fn read<'f>(
        files: impl IntoIterator<Item = (&'f str, &'f str)>,
        vocabulary: &Vocabulary,
        calendar: &Calendar,
    ) -> Shelf {
        let mut shelf = Shelf::default();
        let mut from: Vec<String> = Vec::new();
        for (name, text) in files {
            let mut found = read(text, vocabulary);
            if let Some(policy) = &found.policy {
                found.faults.extend(lint::tests(policy, calendar));
            }
            let sound = found.faults.iter().all(|fault| fault.weight == Weight::Warning);
            shelf.faults.extend(found.faults.into_iter().map(|fault| fault.file(name)));
            if let Some(policy) = found.policy.filter(|_| sound) {
                shelf.policies.push(policy);
                from.push(name.to_string());
            }
        }
        shelf.versions(&from);
        shelf.names(&from);
        shelf.policies.sort_by(|a, b| (&a.id, a.known).cmp(&(&b.id, b.known)));
        shelf.faults.sort_by(|a, b| (&a.file, a.at).cmp(&(&b.file, b.at)));
        shelf
    }

    /// Refuses two versions of a policy that hold at once and are known since one day.
    fn versions(&mut self, from: &[String]) {
        let start = At { line: 1, column: 1 };
        for (place, one) in self.policies.iter().enumerate() {
            let other = self.policies[..place].iter().position(|other| {
                let before = |a: Option<Day>, b: Option<Day>| match (a, b) {
                    (Some(a), Some(b)) => a <= b,
                    _ => true,
                };
                other.id == one.id
                    && other.known == one.known
                    && before(one.valid.0, other.valid.1)
                    && before(other.valid.0, one.valid.1)
            });
            if let Some(other) = other {
                let zh = format!("与 {} 的施行时间重叠", from[other]);
                let en = format!("it holds at the same time as {}", from[other]);
                self.faults.push(Fault::new("E-POL-03", start, zh, en).file(&from[place]));
            }
        }
    }

    /// Warns of what a policy says it goes with and nobody knows.
    fn names(&mut self, from: &[String]) {
        let start = At { line: 1, column: 1 };
        let known = |name: &str| {
            let group = Some(name.to_string());
            self.policies.iter().any(|one| one.id == name || one.support.group == group)
        };
        let mut faults = Vec::new();
        for (policy, file) in self.policies.iter().zip(from) {
            let support = &policy.support;
            for name in support.excludes.iter().chain(&support.alternative_to) {
                if !known(name) {
                    let zh = format!("没有“{name}”这项政策或组别");
                    let en = format!("no policy or group is called `{name}`");
                    faults.push(Fault::warning("E-POL-11", start, zh, en).file(file));
                }
            }
            if let Some(cost) = &support.cost
                && policy.input(cost).is_none()
                && !policy.definitions.iter().any(|one| one.name == *cost)
            {
                let en = format!("the cost `{cost}` is no input or definition");
                let zh = format!("成本“{cost}”不是输入或定义");
                faults.push(Fault::warning("E-POL-11", start, zh, en).file(file));
            }
        }
        self.faults.extend(faults);
    }

    /// Whether any file may not be used.
    pub fn is_broken(&self) -> bool {
        self.faults.iter().any(|fault| fault.weight == Weight::Error)
    }

    /// The policies that hold at a moment: of several versions the one that is known last.
    pub fn at(&self, moment: Moment) -> Vec<&Policy> {
        let mut found: Vec<&Policy> = Vec::new();
        for policy in self.policies.iter().filter(|one| one.holds(moment.on, moment.known)) {
            match found.last_mut() {
                Some(last) if last.id == policy.id => *last = policy,
                _ => found.push(policy),
            }
        }
        found
    }

    /// The latest known version of a policy.
    pub fn get(&self, id: &str) -> Option<&Policy> {
        self.policies.iter().rev().find(|policy| policy.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{VOUCHER, calendar, day, moment};

    fn shelf(files: &[(&str, &str)]) -> Shelf {
        Shelf::read(files.iter().copied(), &Vocabulary::default(), calendar())
    }

    #[test]
    fn versions_have_their_time_and_do_not_overlap() {
        let later =
            VOUCHER.replace("issued: 2025-07-28", "issued: 2026-01-01").replace("30%", "40%");
        let later = later.replace("195000.00", "260000.00");
        let both = shelf(&[("a.yaml", VOUCHER), ("b.yaml", &later)]);
        assert!(!both.is_broken(), "{:#?}", both.faults);
        let known = |on: &str, known: &str| {
            let moment = Moment { on: day(on), known: day(known) };
            both.at(moment).iter().map(|policy| policy.known.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(known("2026-02-01", "2025-12-31"), ["2025-07-28"]);
        assert_eq!(known("2026-02-01", "2026-02-01"), ["2026-01-01"]);
        assert_eq!(both.at(moment("2028-01-01")).len(), 0, "it has ended");
        let twice = shelf(&[("a.yaml", VOUCHER), ("b.yaml", VOUCHER)]);
        let codes: Vec<&str> = twice.faults.iter().map(|fault| fault.code).collect();
        assert_eq!(codes, ["E-POL-03"]);
    }

    #[test]
    fn a_policy_without_its_tests_is_not_used() {
        for (cut, says) in [
            ("too few people", "not granted"),
            ("nobody said", "not known"),
            ("some of it", "granted"),
        ] {
            let (head, tests) = VOUCHER.split_once("tests:\n").expect("tests");
            let kept: Vec<&str> = tests
                .split("  - name: ")
                .filter(|one| !one.is_empty() && !one.starts_with(cut))
                .collect();
            let text = format!("{head}tests:\n  - name: {}", kept.join("  - name: "));
            let found = shelf(&[("a.yaml", &text)]);
            let missing = found
                .faults
                .iter()
                .any(|one| one.code == "E-POL-07" && one.message.en.contains(says));
            assert!(missing && found.policies.is_empty(), "{cut}: {:?}", found.faults);
        }
        let failing = VOUCHER.replace("195000.00", "1.00");
        assert!(shelf(&[("a.yaml", &failing)]).faults.iter().any(|one| one.code == "E-POL-15"));
        let few = VOUCHER.replace("firm.staff: 10", "firm.staff: 11");
        let found = shelf(&[("a.yaml", &few)]);
        assert!(
            found.faults.iter().any(|one| one.message.en.contains("edge")),
            "{:?}",
            found.faults
        );
    }
}
