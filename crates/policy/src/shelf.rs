//! The shelf that ships with the program, and shelves read from elsewhere.

use kernel::Calendar;
use policy_rules::{Fault, Shelf, Vocabulary};
use rust_embed::RustEmbed;
use std::sync::OnceLock;

/// The file of the facts that policies share.
pub const VOCABULARY: &str = "facts.yaml";

#[derive(RustEmbed)]
#[folder = "../../data/policies"]
struct Shipped;

/// The files of a shelf: the vocabulary, and policies by file name in order.
#[derive(Debug, Clone, Default)]
pub struct Files {
    /// The text of the vocabulary, when there is one.
    pub vocabulary: Option<String>,
    /// Policies: file name and text.
    pub policies: Vec<(String, String)>,
}

impl Files {
    /// The files that ship.
    pub fn shipped() -> Files {
        let mut files = Files::default();
        let mut names: Vec<String> = Shipped::iter().map(|name| name.to_string()).collect();
        names.sort();
        for name in names {
            let Some(file) = Shipped::get(&name) else { continue };
            files.add(name, String::from_utf8_lossy(&file.data).into_owned());
        }
        files
    }

    /// Adds a file by its name.
    pub fn add(&mut self, name: String, text: String) {
        if !name.ends_with(".yaml") {
            return;
        }
        match name == VOCABULARY {
            true => self.vocabulary = Some(text),
            false => self.policies.push((name, text)),
        }
    }

    /// The facts that the policies share: those of the files, or those that ship.
    ///
    /// Fails with the faults of the vocabulary.
    pub fn vocabulary(&self) -> Result<Vocabulary, Vec<Fault>> {
        let named =
            |faults: Vec<Fault>| faults.into_iter().map(|one| one.file(VOCABULARY)).collect();
        match &self.vocabulary {
            Some(text) => Vocabulary::read(text).map_err(named),
            None => match Shipped::get(VOCABULARY) {
                Some(file) => Vocabulary::read(&String::from_utf8_lossy(&file.data)).map_err(named),
                None => Ok(Vocabulary::default()),
            },
        }
    }

    /// The shelf, read and checked; faults of the vocabulary stand among its own.
    pub fn shelf(&self, calendar: &Calendar) -> Shelf {
        match self.vocabulary() {
            Ok(vocabulary) => {
                let files = self.policies.iter().map(|(name, text)| (name.as_str(), text.as_str()));
                Shelf::read(files, &vocabulary, calendar)
            }
            Err(faults) => Shelf { policies: Vec::new(), faults },
        }
    }
}

/// The shelf that ships, read and tested once, with the calendar of the first who asks.
pub fn shipped(calendar: &Calendar) -> &'static Shelf {
    static SHIPPED: OnceLock<Shelf> = OnceLock::new();
    SHIPPED.get_or_init(|| Files::shipped().shelf(calendar))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Day;
    use policy_rules::{Facts, Moment, json, mutate, run};
    use schema::Rulebook;
    use serde_json::json;

    fn book() -> Rulebook {
        Rulebook::shipped().expect("sound")
    }

    #[test]
    fn the_shelf_that_ships_is_sound() {
        let book = book();
        let shelf = shipped(book.calendar());
        let faults: Vec<String> = shelf.faults.iter().map(ToString::to_string).collect();
        assert_eq!(faults, Vec::<String>::new());
        assert!(shelf.policies.len() >= 40, "{}", shelf.policies.len());
        let tests: usize = shelf.policies.iter().map(|policy| policy.tests.len()).sum();
        assert!(tests >= 300, "{tests}");
        for policy in &shelf.policies {
            for case in &policy.tests {
                assert!(case.clause.is_some(), "{}: {} names no clause", policy.id, case.name);
            }
            for ran in run::all(policy, book.calendar()) {
                assert_eq!(ran.wrong, None, "{}: {}", policy.id, ran.name);
            }
        }
    }

    #[test]
    fn the_tests_of_every_policy_notice_nine_changes_of_ten() {
        let book = book();
        let mut low = Vec::new();
        let (mut killed, mut all) = (0, 0);
        for policy in &shipped(book.calendar()).policies {
            let mutants = mutate::all(policy, book.calendar());
            let dead = mutants.iter().filter(|mutant| mutant.killed_by.is_some()).count();
            (killed, all) = (killed + dead, all + mutants.len());
            if dead * 10 < mutants.len() * 9 {
                let alive = mutants.iter().filter(|mutant| mutant.killed_by.is_none());
                let alive: Vec<String> = alive
                    .map(|one| format!("{}:{} {}", one.at.line, one.at.column, one.change))
                    .collect();
                low.push(format!("{} {dead}/{}: {alive:?}", policy.id, mutants.len()));
            }
        }
        assert_eq!(low, Vec::<String>::new(), "{killed} of {all}");
        assert!(all > 600, "{all}");
    }

    /// Scenario 7: compute 4,000,000, models 1,300,000, corpora 900,000 of which 250,000 come from an
    /// affiliate.
    #[test]
    fn upper_bounds_are_added_once_and_called_so() {
        let book = book();
        let shelf = shipped(book.calendar());
        let day = |text: &str| Day::parse(text).expect("a day");
        let moment = Moment { on: day("2026-03-01"), known: day("2026-03-01") };
        let facts = json!({
            "compute.rent": "4000000.00", "compute.contract_verified": true,
            "compute.months_supported": 0, "compute.approved_early": true,
            "contract.verified": "1300000.00", "use.is_third_party_model": true,
            "corpus.bought": "900000.00", "corpus.from_affiliates": "250000.00", "corpus.delivered": true,
        });
        let ask = |facts: &serde_json::Value| {
            let facts = Facts::from_json(facts).expect("facts");
            json::all(shelf, &facts, moment, book.calendar()).expect("sound")
        };
        let said = ask(&facts);
        let result = |said: &serde_json::Value, id: &str| {
            let all = said["policies"].as_array().expect("policies").clone();
            all.into_iter().find(|one| one["policy"] == id).expect("on the shelf")
        };
        for (id, amount) in [
            ("sh.ai.2025.compute-voucher", "1200000.00"),
            ("sh.ai.2025.compute-voucher-early", "4000000.00"),
            ("sh.ai.2025.model-voucher", "650000.00"),
            ("sh.ai.2025.corpus-voucher", "195000.00"),
        ] {
            let one = result(&said, id);
            assert_eq!(
                (&one["result"]["kind"], &one["result"]["amount"]),
                (&json!("up_to"), &json!(amount))
            );
            assert_eq!(one["result"]["note"]["en"], "an upper bound, not an entitlement");
        }
        assert_eq!(result(&said, "sh.ai.2025.corpus-voucher")["unread"][0]["parameter"], "cap");
        assert_eq!(said["together"]["total"], "2045000.00");
        // Nobody said how much comes from affiliates: asked first of what is asked there.
        let mut unknown = facts.clone();
        unknown["corpus.from_affiliates"] = serde_json::Value::Null;
        let one = result(&ask(&unknown), "sh.ai.2025.corpus-voucher");
        assert_eq!(one["result"]["kind"], "unknown");
        assert_eq!(one["missing"][0]["input"], "corpus.from_affiliates");
        // The same facts give the same bytes.
        assert_eq!(ask(&facts).to_string(), said.to_string());
    }
}
