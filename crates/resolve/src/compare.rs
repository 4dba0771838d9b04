//! Two names side by side: what they share, in order, weighed by how rare it is.

use crate::lexicon::{Class, Lexicon, Region};
use crate::name::{OrgName, Role};
use crate::score::{Feature, Values};

/// What is kept of a name to compare it.
#[derive(Debug, Clone)]
pub(crate) struct Profile {
    pub(crate) units: Box<[u64]>,
    /// How rare each unit is.
    pub(crate) rarity: Box<[f32]>,
    pub(crate) roles: Box<[Role]>,
    pub(crate) regions: Box<[Region]>,
    pub(crate) numbers: Box<[u32]>,
    pub(crate) literal: u64,
    pub(crate) canonical: u64,
    pub(crate) class: Option<Class>,
    pub(crate) parent_units: u8,
}

impl Profile {
    pub(crate) fn new(name: OrgName, rarity: impl Fn(u64) -> f32) -> Profile {
        Profile {
            rarity: name.units.iter().map(|unit| rarity(*unit)).collect(),
            units: name.units.into_boxed_slice(),
            roles: name.roles.into_boxed_slice(),
            regions: name.regions.into_boxed_slice(),
            numbers: name.numbers.into_boxed_slice(),
            literal: name.literal,
            canonical: name.canonical,
            class: name.class,
            parent_units: name.parent_units as u8,
        }
    }

    /// What a unit counts in the core: places and forms nothing, trade a little.
    fn core_weight(&self, at: usize, bare: bool) -> f32 {
        let rarity = self.rarity[at];
        match self.roles[at] {
            Role::Core => rarity,
            Role::Industry => 0.35 * rarity,
            Role::Region if bare => rarity,
            _ => 0.0,
        }
    }

    /// Whether it has no core, as 北京大学: then its place is one.
    fn bare(&self) -> bool {
        !self.roles.iter().any(|role| matches!(role, Role::Core | Role::Industry))
    }
}

/// Room to work in, kept between comparisons.
#[derive(Debug, Default)]
pub(crate) struct Table {
    best: Vec<f32>,
    left: Vec<bool>,
    right: Vec<bool>,
}

impl Table {
    /// Marks the heaviest common subsequence in `left` and `right`; tells the heaviest common
    /// run and how long it is.
    fn align(&mut self, a: &Profile, b: &Profile) -> (f32, usize) {
        let (rows, columns) = (a.units.len(), b.units.len());
        let width = columns + 1;
        self.best.clear();
        self.best.resize((rows + 1) * width, 0.0);
        self.left.clear();
        self.left.resize(rows, false);
        self.right.clear();
        self.right.resize(columns, false);
        let (mut run, mut run_length) = (0.0_f32, 0);
        for row in 0..rows {
            for column in 0..columns {
                let at = (row + 1) * width + column + 1;
                let skip = self.best[at - 1].max(self.best[at - width]);
                let took = self.best[at - width - 1] + a.rarity[row];
                let same = a.units[row] == b.units[column];
                self.best[at] = if same { took.max(skip) } else { skip };
                if same && (row == 0 || column == 0 || a.units[row - 1] != b.units[column - 1]) {
                    let (weight, length) = run_from(a, b, row, column);
                    if weight > run {
                        (run, run_length) = (weight, length);
                    }
                }
            }
        }
        let (mut row, mut column) = (rows, columns);
        while row > 0 && column > 0 {
            let at = row * width + column;
            if self.best[at] == self.best[at - width] {
                row -= 1;
            } else if self.best[at] == self.best[at - 1] {
                column -= 1;
            } else {
                row -= 1;
                column -= 1;
                self.left[row] = true;
                self.right[column] = true;
            }
        }
        (run, run_length)
    }
}

/// Weight and length of the common run that begins here.
fn run_from(a: &Profile, b: &Profile, row: usize, column: usize) -> (f32, usize) {
    let pairs = a.units[row..].iter().zip(&b.units[column..]);
    let length = pairs.take_while(|(left, right)| left == right).count();
    (a.rarity[row..row + length].iter().sum(), length)
}

/// Shares of the core that were found, and the weight of all that was found.
fn covered(profile: &Profile, found: &[bool]) -> (f32, f32) {
    let bare = profile.bare();
    let (mut all, mut hit, mut total) = (0.0, 0.0, 0.0);
    for (at, found) in found.iter().enumerate() {
        let weight = profile.core_weight(at, bare);
        all += weight;
        if *found {
            hit += weight;
            total += profile.rarity[at];
        }
    }
    (if all > 0.0 { hit / all } else { 0.0 }, total)
}

/// Weight that counts as much evidence as there can be.
const EVIDENCE_FULL: f32 = 40.0;

/// Fills the values of a pair; `cosine` is known from the search for candidates.
pub(crate) fn compare(
    lexicon: &Lexicon,
    query: &Profile,
    name: &Profile,
    cosine: f32,
    table: &mut Table,
) -> Values {
    let mut values: Values = [0.0; crate::score::FEATURES];
    let mut set = |feature: Feature, value: f32| values[feature as usize] = value;
    let yes = |fact: bool| if fact { 1.0 } else { 0.0 };
    let (run, run_length) = table.align(query, name);
    let (cover_query, found) = covered(query, &table.left);
    let (cover_name, _) = covered(name, &table.right);
    let weight = |profile: &Profile| profile.rarity.iter().sum::<f32>();
    let shorter = weight(query).min(weight(name)).max(1e-3);
    let length = query.units.len().min(name.units.len());
    set(Feature::Prior, 1.0);
    set(Feature::Exact, yes(query.literal == name.literal));
    set(
        Feature::Canonical,
        yes(query.canonical == name.canonical && query.literal != name.literal),
    );
    set(Feature::CoverQuery, cover_query);
    set(Feature::CoverName, cover_name);
    set(Feature::CoverBoth, cover_query * cover_name);
    set(Feature::CoreConflict, (1.0 - cover_query) * (1.0 - cover_name));
    set(Feature::Cosine, cosine);
    set(Feature::Run, (run / shorter).min(1.0));
    set(Feature::Evidence, (found / EVIDENCE_FULL).min(1.0));
    let contained = run_length == length && length > 1;
    set(Feature::Contained, yes(contained && query.literal != name.literal));
    let subsequence = |found: &[bool]| found.iter().all(|found| *found);
    let short = subsequence(&table.left) || subsequence(&table.right);
    set(Feature::Abbreviation, yes(short && !contained && length > 1));
    let first = |profile: &Profile| {
        profile.roles.iter().position(|role| *role == Role::Core).map(|at| profile.units[at])
    };
    set(Feature::Head, yes(first(query).is_some() && first(query) == first(name)));
    for (feature, fact) in facts(lexicon, query, name, table) {
        set(feature, yes(fact));
    }
    values
}

/// The features that are simply so or not so.
fn facts(
    lexicon: &Lexicon,
    query: &Profile,
    name: &Profile,
    table: &Table,
) -> [(Feature, bool); 13] {
    let region = meet(&query.regions, &name.regions);
    let one_region = query.regions.is_empty() != name.regions.is_empty();
    let (same, meets, conflict) = match (query.class, name.class) {
        (Some(left), Some(right)) => {
            let meets = lexicon.classes_meet(left, right);
            (left == right, left != right && meets, !meets)
        }
        _ => (false, false, false),
    };
    let part = part_whole(query, name, &table.left, &table.right)
        || (conflict && (goes_on(query, name) || goes_on(name, query)));
    let parents = query.parent_units > 0 && name.parent_units > 0;
    let agree = parents && parents_agree(query, name, table);
    [
        (Feature::Initials, initials(query, name, &table.left, &table.right)),
        (Feature::RegionAgree, region == Some(true)),
        (Feature::RegionConflict, region == Some(false)),
        (Feature::RegionSilent, one_region),
        (Feature::ClassSame, same),
        (Feature::ClassMeets, meets),
        (Feature::ClassConflict, conflict),
        (Feature::ClassSilent, query.class.is_some() != name.class.is_some()),
        (Feature::NumberConflict, numbers_conflict(&query.numbers, &name.numbers)),
        (Feature::PartWhole, part),
        (Feature::ParentAgree, agree),
        (Feature::ParentConflict, parents && !agree),
        (Feature::ParentSilent, (query.parent_units > 0) != (name.parent_units > 0) && !part),
    ]
}

/// Whether the places agree; nothing if one side names none.
///
/// They exclude each other only if no place of one side meets any of the other.
pub(crate) fn meet(left: &[Region], right: &[Region]) -> Option<bool> {
    if left.is_empty() || right.is_empty() {
        return None;
    }
    Some(left.iter().any(|a| right.iter().any(|b| a.meets(*b))))
}

/// Whether the numbers differ: both have some and neither side's are all in the other's.
fn numbers_conflict(left: &[u32], right: &[u32]) -> bool {
    let within = |few: &[u32], many: &[u32]| few.iter().all(|n| many.contains(n));
    !left.is_empty() && !right.is_empty() && !within(left, right) && !within(right, left)
}

/// Whether one is the body of the other: what they share lies in the body's name, and the part
/// has a name of its own that is not shared.
fn part_whole(query: &Profile, name: &Profile, left: &[bool], right: &[bool]) -> bool {
    let lone = |whole: &Profile, whole_found: &[bool], part: &Profile, part_found: &[bool]| {
        let body = usize::from(part.parent_units);
        if whole.parent_units > 0 || body == 0 {
            return false;
        }
        let own = part_found[body..].iter().zip(&part.roles[body..]);
        let own_found = own.filter(|(found, role)| **found && **role != Role::Form).count();
        let in_body = part_found[..body].iter().filter(|found| **found).count();
        let bare = whole_found.iter().filter(|found| !**found).count();
        own_found == 0 && in_body >= 2 && bare * 3 <= whole_found.len()
    };
    lone(query, left, name, right) || lone(name, right, query, left)
}

/// Whether a name is the other and more, as 复旦大学出版社 is 复旦大学 and more.
fn goes_on(short: &Profile, long: &Profile) -> bool {
    short.units.len() > 1 && long.units.starts_with(&short.units)
}

/// Whether the bodies share most of the shorter of their names.
fn parents_agree(query: &Profile, name: &Profile, table: &Table) -> bool {
    let (left, right) = (usize::from(query.parent_units), usize::from(name.parent_units));
    let found = table.left[..left].iter().filter(|found| **found).count();
    let back = table.right[..right].iter().filter(|found| **found).count();
    found.min(back) * 3 >= left.min(right) * 2
}

/// Whether a short query has the first character of each piece of the name and nothing else.
fn initials(query: &Profile, name: &Profile, left: &[bool], right: &[bool]) -> bool {
    const SHORT: usize = 5;
    let content = |profile: &Profile| profile.roles.iter().filter(|r| **r != Role::Form).count();
    let (short, long) = (content(query), content(name));
    if query.units.len() > SHORT || short < 2 || short >= long {
        return false;
    }
    let all = query.roles.iter().zip(left).all(|(role, found)| *found || *role == Role::Form);
    let mut before = None;
    let starts = name.roles.iter().zip(right).all(|(role, found)| {
        let starts = before != Some(*role);
        before = Some(*role);
        *found || !starts || matches!(role, Role::Form | Role::Link)
    });
    all && starts && right.first() == Some(&true)
}
