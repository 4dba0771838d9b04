//! Expressions: `{column}`, `{a|b}`, `{column:filter}` inside plain text. Small and total.

use crate::lookup::Lookup;
use kernel::{Refusal, identifier, text};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The columns that a mapping reads, numbered as they are first named.
#[derive(Debug, Clone, Default)]
pub(crate) struct Columns {
    pub(crate) names: Vec<String>,
}

impl Columns {
    /// The number of a column.
    pub(crate) fn slot(&mut self, name: &str) -> usize {
        let known = self.names.iter().position(|other| other == name);
        known.unwrap_or_else(|| {
            self.names.push(name.to_string());
            self.names.len() - 1
        })
    }
}

/// What a mapping's expressions may refer to while they are compiled.
pub(crate) struct Names<'a> {
    pub(crate) columns: &'a mut Columns,
    pub(crate) tables: &'a BTreeMap<String, usize>,
    pub(crate) lookups: &'a [Lookup],
}

/// Where an expression finds its cells.
pub(crate) struct Scope<'a> {
    /// Trimmed cells; what stands for "unknown" is already empty.
    pub(crate) cells: &'a [&'a str],
    /// Cells that an `each` has taken apart: they stand before `cells`.
    pub(crate) items: &'a [(usize, &'a str)],
    /// Row number.
    pub(crate) row: u64,
    /// Number of the item, from 1.
    pub(crate) item: usize,
    pub(crate) lookups: &'a [Lookup],
}

impl<'a> Scope<'a> {
    pub(crate) fn cell(&self, slot: usize) -> &'a str {
        match self.items.iter().find(|(s, _)| *s == slot) {
            Some((_, item)) => item,
            None => self.cells.get(slot).copied().unwrap_or(""),
        }
    }
}

/// A compiled expression.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Expression {
    parts: Vec<Part>,
    /// Columns it reads, in order.
    pub(crate) slots: Vec<usize>,
}

#[derive(Debug, Clone, PartialEq)]
enum Part {
    Text(String),
    /// The first that is there.
    Pick(Vec<(Choice, Vec<Filter>)>),
}

#[derive(Debug, Clone, PartialEq)]
enum Choice {
    Column(usize),
    Row,
    Item,
    Literal(String),
}

#[derive(Debug, Clone, PartialEq)]
enum Filter {
    Lower,
    Upper,
    StripQuotes,
    Ror,
    Before(String),
    After(String),
    Take(usize),
    From(usize),
    Replace(String, String),
    Lookup { table: usize, column: usize, must: bool },
}

/// `E-MAP-02`: an expression that cannot be understood.
fn wrong(text: &str, why: &str) -> Refusal {
    Refusal::new(
        "E-MAP-02",
        "an expression is text with {column}, {a|b} and {column:filter}",
        format!("表达式“{text}”有误:{why}"),
        format!("the expression `{text}` is wrong: {why}"),
    )
    .value(text)
}

impl Expression {
    /// Compiles an expression; fails with `E-MAP-02`.
    pub(crate) fn parse(text: &str, names: &mut Names<'_>) -> Result<Expression, Refusal> {
        let mut expression = Expression { parts: Vec::new(), slots: Vec::new() };
        let mut plain = String::new();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            if rest.starts_with("{{") || rest.starts_with("}}") {
                plain.push(c);
                rest = &rest[2..];
            } else if c == '{' {
                let end = rest.find('}').ok_or_else(|| wrong(text, "`}` is missing"))?;
                if !plain.is_empty() {
                    expression.parts.push(Part::Text(std::mem::take(&mut plain)));
                }
                let part = pick(&rest[1..end], names).map_err(|why| wrong(text, &why))?;
                expression.note_slots(&part);
                expression.parts.push(part);
                rest = &rest[end + 1..];
            } else {
                plain.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
        if !plain.is_empty() {
            expression.parts.push(Part::Text(plain));
        }
        Ok(expression)
    }

    fn note_slots(&mut self, part: &Part) {
        if let Part::Pick(choices) = part {
            for (choice, _) in choices {
                if let Choice::Column(slot) = choice
                    && !self.slots.contains(slot)
                {
                    self.slots.push(*slot);
                }
            }
        }
    }

    /// What it says for a row. When all its columns are empty, so is the whole.
    ///
    /// Fails with `E-MAP-05` (a value that a lookup table lacks) or as a filter does.
    pub(crate) fn eval<'a>(&self, scope: &Scope<'a>) -> Result<Cow<'a, str>, Refusal> {
        if let [Part::Pick(choices)] = self.parts.as_slice() {
            return chosen(choices, scope);
        }
        let mut out = String::new();
        let (mut picks, mut found) = (0, 0);
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Pick(choices) => {
                    let value = chosen(choices, scope)?;
                    picks += 1;
                    found += usize::from(!value.is_empty());
                    out.push_str(&value);
                }
            }
        }
        if picks > 0 && found == 0 {
            return Ok(Cow::Borrowed(""));
        }
        Ok(Cow::Owned(out))
    }
}

fn chosen<'a>(
    choices: &[(Choice, Vec<Filter>)],
    scope: &Scope<'a>,
) -> Result<Cow<'a, str>, Refusal> {
    for (choice, filters) in choices {
        let mut found = match choice {
            Choice::Column(slot) => Cow::Borrowed(scope.cell(*slot)),
            Choice::Row => Cow::Owned(scope.row.to_string()),
            Choice::Item => Cow::Owned(scope.item.to_string()),
            Choice::Literal(text) => Cow::Owned(text.clone()),
        };
        for filter in filters {
            if found.is_empty() {
                break;
            }
            found = filter.apply(found, scope)?;
        }
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Cow::Borrowed(""))
}

/// Keeps a part of a text without copying what is borrowed.
fn part<'a>(value: Cow<'a, str>, keep: impl Fn(&str) -> &str) -> Cow<'a, str> {
    match value {
        Cow::Borrowed(text) => Cow::Borrowed(keep(text)),
        Cow::Owned(text) => Cow::Owned(keep(&text).to_string()),
    }
}

fn skip_chars(text: &str, count: usize) -> usize {
    text.char_indices().nth(count).map_or(text.len(), |(at, _)| at)
}

impl Filter {
    fn apply<'a>(&self, value: Cow<'a, str>, scope: &Scope<'a>) -> Result<Cow<'a, str>, Refusal> {
        Ok(match self {
            Filter::Lower => Cow::Owned(value.to_lowercase()),
            Filter::Upper => Cow::Owned(value.to_uppercase()),
            Filter::StripQuotes => Cow::Owned(text::unquoted(&value)),
            Filter::Ror => Cow::Owned(identifier::ror_id(&value)?),
            Filter::Before(mark) => part(value, |text| {
                text.split_once(mark.as_str()).map_or(text, |(head, _)| head).trim()
            }),
            Filter::After(mark) => part(value, |text| {
                text.split_once(mark.as_str()).map_or("", |(_, tail)| tail).trim()
            }),
            Filter::Take(count) => part(value, |text| &text[..skip_chars(text, *count)]),
            Filter::From(count) => part(value, |text| &text[skip_chars(text, *count)..]),
            Filter::Replace(old, new) => Cow::Owned(value.replace(old.as_str(), new)),
            Filter::Lookup { table, column, must } => {
                match scope.lookups[*table].find(&value, *column) {
                    Some(found) => Cow::Borrowed(found),
                    None if *must => return Err(not_listed(&value)),
                    None => Cow::Borrowed(""),
                }
            }
        })
    }

    fn parse(text: &str, names: &Names<'_>) -> Result<Filter, String> {
        let (name, inside) = match text.split_once('(') {
            Some((name, rest)) => {
                let inside = rest.strip_suffix(')').ok_or("a `)` is missing")?;
                (name.trim(), Some(inside))
            }
            None => (text.trim(), None),
        };
        let number = || {
            inside
                .and_then(|inside| inside.trim().parse().ok())
                .filter(|count| *count <= 10_000)
                .ok_or(format!("`{name}` takes a number of characters"))
        };
        let mark = || {
            inside
                .filter(|inside| !inside.is_empty())
                .map(str::to_string)
                .ok_or(format!("`{name}` takes a text in brackets"))
        };
        Ok(match name {
            "lower" => Filter::Lower,
            "upper" => Filter::Upper,
            "strip_quotes" => Filter::StripQuotes,
            "ror" => Filter::Ror,
            "before" => Filter::Before(mark()?),
            "after" => Filter::After(mark()?),
            "take" => Filter::Take(number()?),
            "from" => Filter::From(number()?),
            "replace" => {
                let inside = mark()?;
                let (old, new) = inside.split_once(',').ok_or("`replace` takes (old,new)")?;
                Filter::Replace(old.to_string(), new.to_string())
            }
            "lookup" | "find" => lookup(&mark()?, name == "lookup", names)?,
            _ => return Err(format!("there is no filter `{name}`")),
        })
    }
}

/// `table.column`, or `table` alone for its second column.
fn lookup(inside: &str, must: bool, names: &Names<'_>) -> Result<Filter, String> {
    let (table, column) = inside.split_once('.').unwrap_or((inside, ""));
    let index =
        *names.tables.get(table.trim()).ok_or(format!("there is no lookup table `{table}`"))?;
    let columns = &names.lookups[index].columns;
    let column = match column.trim() {
        "" if !columns.is_empty() => Some(0),
        name => columns.iter().position(|other| other == name),
    };
    Ok(Filter::Lookup {
        table: index,
        column: column.ok_or(format!("the lookup table has no such column: `{inside}`"))?,
        must,
    })
}

/// `E-MAP-05`: a lookup table lacks a value that must be there.
fn not_listed(value: &str) -> Refusal {
    Refusal::new(
        "E-MAP-05",
        "the mapping's lookup table lists every value of this column",
        format!("映射的对照表中没有“{value}”"),
        format!("the mapping's lookup table does not list `{value}`"),
    )
    .value(value)
}

/// What stands between braces: choices by `|`, each a column and its filters by `:`.
fn pick(inside: &str, names: &mut Names<'_>) -> Result<Part, String> {
    let mut choices = Vec::new();
    for text in split_outside(inside, '|') {
        let mut pieces = split_outside(text, ':').into_iter();
        let name = pieces.next().unwrap_or("").trim();
        let quoted = name.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
        let choice = match (name, quoted) {
            (_, Some(text)) => Choice::Literal(text.to_string()),
            ("", _) => return Err("a column's name is missing".to_string()),
            ("@row", _) => Choice::Row,
            ("@item", _) => Choice::Item,
            (name, _) => Choice::Column(names.columns.slot(name)),
        };
        let mut filters = Vec::new();
        for piece in pieces {
            filters.push(Filter::parse(piece, names)?);
        }
        choices.push((choice, filters));
    }
    Ok(Part::Pick(choices))
}

/// Splits at a mark that stands neither in brackets nor in single quotes.
fn split_outside(text: &str, mark: char) -> Vec<&str> {
    let (mut depth, mut quoted, mut from) = (0usize, false, 0);
    let mut pieces = Vec::new();
    for (at, c) in text.char_indices() {
        match c {
            '\'' if depth == 0 => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth = depth.saturating_sub(1),
            c if c == mark && depth == 0 && !quoted => {
                pieces.push(&text[from..at]);
                from = at + c.len_utf8();
            }
            _ => {}
        }
    }
    pieces.push(&text[from..]);
    pieces
}
