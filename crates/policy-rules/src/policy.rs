//! A policy, read and checked: what it says of itself, what it asks, what it grants.

use crate::case::Case;
use crate::code::Code;
use crate::fault::At;
use crate::kind::Kind;
use crate::value::Value;
use kernel::calendar::Count;
use kernel::proof::{Cite, Confidence};
use kernel::{Day, Fen, Label, Ratio, Rounding};
use std::sync::Arc;

/// A policy.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// Stable id, such as `sh.ai.2025.model-voucher`.
    pub id: String,
    /// Its name.
    pub title: Label,
    /// What it grants, in a sentence.
    pub summary: Option<Label>,
    /// Whom it is for (惠及对象).
    pub audience: Option<Label>,
    /// Whose it is: `china`, `shanghai`, `shanghai/xuhui`.
    pub place: String,
    /// The document it comes from.
    pub source: Source,
    /// The days on which it holds, both included; none is open.
    pub valid: (Option<Day>, Option<Day>),
    /// The day since which this version is known.
    pub known: Day,
    /// What it asks.
    pub inputs: Vec<Input>,
    /// Its figures.
    pub parameters: Vec<Parameter>,
    /// Its ladders and scales.
    pub tables: Vec<Table>,
    /// What it defines.
    pub definitions: Vec<Definition>,
    /// Conditions that stand under a label or a clause of their own.
    pub conditions: Vec<Condition>,
    /// Every text it knows.
    pub words: Vec<String>,
    /// Who may have it.
    pub eligible: Option<Code>,
    /// How much it is.
    pub amount: Option<Amount>,
    /// What it is paid from.
    pub pool: Option<Pool>,
    /// How it goes with other support.
    pub support: Support,
    /// Whether an office still decides.
    pub discretion: bool,
    /// What it leaves out and why.
    pub approximated: Vec<Approximated>,
    /// Why it may treat firms by where they are, and until when.
    pub justifications: Vec<Justification>,
    /// How one gets it.
    pub process: Process,
    /// Its own tests.
    pub tests: Vec<Case>,
    /// SHA-256 of its file, hex.
    pub digest: String,
    /// What proofs cite.
    pub cite: Arc<Cite>,
}

/// The document a policy comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its title.
    pub document: String,
    /// Who issued it.
    pub issuer: Option<String>,
    /// Its number.
    pub number: Option<String>,
    /// The day it was issued.
    pub issued: Option<Day>,
    /// Article or item.
    pub clause: Option<String>,
    /// Where it can be read.
    pub url: Option<String>,
    /// How sure we are of it.
    pub confidence: Confidence,
}

/// Something a policy asks.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// Its name, with dots.
    pub name: String,
    /// Where it was written.
    pub at: At,
    /// What it is.
    pub kind: Kind,
    /// What it is called.
    pub label: Label,
    /// What asking for it costs, 1 (one click) to 9 (an audit).
    pub ask: u8,
    /// The least it can be, for numbers.
    pub least: Option<Ratio>,
    /// The most it can be.
    pub most: Option<Ratio>,
    /// The property of the atlas that says it.
    pub property: Option<String>,
    /// Whether it is about a natural person; then the purpose is the policy.
    pub personal: bool,
    /// What a linter must know of it.
    pub concern: Concern,
}

/// What a condition on an input may offend against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Concern {
    /// Nothing.
    #[default]
    None,
    /// It names a firm: no condition may (fair competition, E-POL-06).
    Identity,
    /// It says where a firm is: a condition needs a justification with an end (E-POL-14).
    Locality,
}

/// A figure of a policy, in versions.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Where it was written.
    pub at: At,
    /// What it is.
    pub kind: Kind,
    /// What it is called.
    pub label: Label,
    /// Its versions.
    pub versions: Vec<Version>,
}

/// One version of a figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    /// Where it was written.
    pub at: At,
    /// The first day on which it holds.
    pub from: Option<Day>,
    /// The last day on which it holds.
    pub to: Option<Day>,
    /// The day since which it is known.
    pub known: Option<Day>,
    /// What it says.
    pub value: Setting,
    /// What proofs cite.
    pub cite: Arc<Cite>,
}

/// What a version of a figure says.
#[derive(Debug, Clone, PartialEq)]
pub enum Setting {
    /// This.
    Value(Value),
    /// It could not be read: what depends on it is not known.
    Unread,
    /// It is not in force.
    Absent,
}

/// A ladder or a scale.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Where it was written.
    pub at: At,
    /// What it is asked for.
    pub of: Kind,
    /// What it gives.
    pub gives: Kind,
    /// Whether each part of the number is counted at its own rate.
    pub marginal: bool,
    /// Its versions.
    pub versions: Vec<TableVersion>,
}

/// One version of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct TableVersion {
    /// Where it was written.
    pub at: At,
    /// The first day on which it holds.
    pub from: Option<Day>,
    /// The last day on which it holds.
    pub to: Option<Day>,
    /// Its rows, the lowest first.
    pub rows: Vec<TableRow>,
    /// What proofs cite.
    pub cite: Arc<Cite>,
}

/// A row: what holds from a number on, up to the next.
#[derive(Debug, Clone, PartialEq)]
pub struct TableRow {
    /// Where it was written.
    pub at: At,
    /// The least number it holds for.
    pub from: Ratio,
    /// The first number it no longer holds for; none is without end.
    pub below: Option<Ratio>,
    /// What it gives.
    pub value: Ratio,
}

/// Something a policy works out, with its exceptions.
#[derive(Debug, Clone, PartialEq)]
pub struct Definition {
    /// Its name.
    pub name: String,
    /// Where it was written.
    pub at: At,
    /// What it is.
    pub kind: Kind,
    /// What it is called.
    pub label: Label,
    /// What holds unless an exception does.
    pub value: Code,
    /// Its exceptions.
    pub exceptions: Vec<Exception>,
    /// What proofs cite.
    pub cite: Arc<Cite>,
}

/// An exception.
#[derive(Debug, Clone, PartialEq)]
pub struct Exception {
    /// Its label.
    pub label: String,
    /// Where it was written.
    pub at: At,
    /// When it holds.
    pub when: Code,
    /// What holds then.
    pub value: Code,
    /// Labels of the exceptions it goes before.
    pub over: Vec<String>,
    /// What proofs cite.
    pub cite: Arc<Cite>,
}

/// A condition under a label or clause of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// What it is called.
    pub label: Label,
    /// What proofs cite.
    pub cite: Arc<Cite>,
    /// What must hold.
    pub that: Code,
}

/// How much a policy grants.
#[derive(Debug, Clone, PartialEq)]
pub struct Amount {
    /// Whether it is only an upper bound.
    pub up_to: bool,
    /// What is worked out.
    pub expr: Code,
    /// How it becomes whole fen.
    pub round: Rounding,
    /// Whole steps it is rounded to, in yuan; a fen unless said.
    pub step: Ratio,
    /// For what time it is: `once`, `year`, `month`.
    pub per: Per,
}

/// For what time an amount is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Per {
    /// Once.
    Once,
    /// Each year.
    Year,
    /// Each month.
    Month,
}

impl Per {
    /// The name in data and on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Per::Once => "once",
            Per::Year => "year",
            Per::Month => "month",
        }
    }
}

/// What a policy is paid from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pool {
    /// Its id, shared by all that are paid from it.
    pub id: String,
    /// What is in it; none when that could not be read.
    pub budget: Option<Fen>,
}

/// How a policy goes with other support.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Support {
    /// The input that holds the cost which it supports: support for one cost never passes it.
    pub cost: Option<String>,
    /// Policies or groups that are not had together with it.
    pub excludes: Vec<String>,
    /// A group it belongs to.
    pub group: Option<String>,
    /// The most that its group pays one firm in a year.
    pub yearly_cap: Option<Fen>,
    /// The policy that it is another way of; it is never added to it.
    pub alternative_to: Option<String>,
    /// Whether an approval comes first: then it is no part of what a firm may count on.
    pub needs_approval: bool,
}

/// Something a policy leaves out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approximated {
    /// What the text asks.
    pub criterion: Label,
    /// Why it is not asked here.
    pub because: Label,
}

/// Why a policy may treat firms by where they are (Fair Competition Review Regulation, art. 12).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Justification {
    /// The input it is about.
    pub of: String,
    /// The ground.
    pub article: String,
    /// The day it ends.
    pub until: Day,
}

/// How one gets it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Process {
    /// Which way.
    pub way: Way,
    /// When it is paid at the latest, and counted how.
    pub within: Option<(u32, Count)>,
    /// What is to be handed in.
    pub materials: Vec<Material>,
    /// Who receives it.
    pub office: Option<Label>,
    /// Under which number.
    pub phone: Option<String>,
    /// The last day to apply.
    pub closes: Option<Day>,
}

/// Which way support is had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Way {
    /// 免申即享: offered without an application.
    Automatic,
    /// 快申快享: a short application.
    Quick,
    /// An application.
    #[default]
    Application,
    /// 自由申报, 即申即享 …: it holds by law, nothing is applied for.
    ByLaw,
}

impl Way {
    /// The name in data and on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Way::Automatic => "automatic",
            Way::Quick => "quick",
            Way::Application => "application",
            Way::ByLaw => "by_law",
        }
    }

    /// The way with this name.
    pub fn from_name(name: &str) -> Option<Way> {
        [Way::Automatic, Way::Quick, Way::Application, Way::ByLaw]
            .into_iter()
            .find(|way| way.name() == name)
    }
}

/// Something that is to be handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Material {
    /// Where it stands in its file.
    pub at: crate::fault::At,
    /// What it is called.
    pub label: Label,
    /// The input it shows; when the house holds that, it is not asked for again.
    pub shows: Option<String>,
}

impl Policy {
    /// Whether it holds on a day, as it was known on another.
    pub fn holds(&self, on: Day, known: Day) -> bool {
        self.known <= known
            && self.valid.0.is_none_or(|from| from <= on)
            && self.valid.1.is_none_or(|to| on <= to)
    }

    /// The input with a name.
    pub fn input(&self, name: &str) -> Option<usize> {
        self.inputs.iter().position(|input| input.name == name)
    }
}

/// The version among several that holds on a day and was known on another; the latest known one.
pub(crate) fn version<T>(
    all: &[T],
    holds: impl Fn(&T) -> (Option<Day>, Option<Day>, Option<Day>),
    (on, known): (Day, Day),
) -> Option<&T> {
    let fits = |one: &&T| {
        let (from, to, since) = holds(one);
        from.is_none_or(|from| from <= on)
            && to.is_none_or(|to| on <= to)
            && since.is_none_or(|since| since <= known)
    };
    all.iter().filter(fits).max_by_key(|one| {
        let (from, _, since) = holds(one);
        (since, from)
    })
}
