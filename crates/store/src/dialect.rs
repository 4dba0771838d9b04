//! From the one dialect of migrations to each engine's own words.
//!
//! Only types are translated, and only where a type can stand: in the columns of `create table`
//! and after `alter table … add column`. On PostgreSQL `text` becomes `text collate "C"`, so that
//! both engines sort alike; on SQLite every table becomes `strict`.

use crate::error::{Error, Result};

/// Which engine the text is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

/// The text for one engine. Fails with [`Error::Value`] on a type outside the five.
pub(crate) fn translate(sql: &str, engine: Engine) -> Result<String> {
    let tokens = tokens(sql)?;
    let mut out = String::with_capacity(sql.len() + 64);
    for statement in tokens.split_inclusive(|token| token.text == ";") {
        out.push_str(&translate_statement(statement, engine)?);
    }
    Ok(out)
}

/// Words and marks of a statement, in lower case, quoted names without their quotes.
pub(crate) fn words(sql: &str) -> Vec<String> {
    let tokens = tokens(sql).unwrap_or_default();
    let real = tokens.iter().filter(|token| token.kind != Kind::Blank);
    real.map(|token| match token.kind {
        Kind::Quoted => token.text.trim_matches('"').to_string(),
        _ => token.text.to_ascii_lowercase(),
    })
    .collect()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Word,
    Quoted,
    Literal,
    Symbol,
    Blank,
}

#[derive(Debug, Clone, Copy)]
struct Token<'a> {
    kind: Kind,
    text: &'a str,
}

impl Token<'_> {
    fn is(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(word)
    }
}

fn tokens(sql: &str) -> Result<Vec<Token<'_>>> {
    let mut found = Vec::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let (kind, length) = match first {
            c if c.is_whitespace() => (Kind::Blank, run(rest, char::is_whitespace)),
            '-' if rest.starts_with("--") => (Kind::Blank, run(rest, |c| c != '\n')),
            '\'' => (Kind::Literal, quoted(rest, '\'')?),
            '"' => (Kind::Quoted, quoted(rest, '"')?),
            c if c.is_alphabetic() || c == '_' => {
                (Kind::Word, run(rest, |c| c.is_alphanumeric() || c == '_'))
            }
            c => (Kind::Symbol, c.len_utf8()),
        };
        let (text, after) = rest.split_at(length);
        found.push(Token { kind, text });
        rest = after;
    }
    Ok(found)
}

fn run(text: &str, inside: impl Fn(char) -> bool) -> usize {
    text.find(|c| !inside(c)).unwrap_or(text.len())
}

/// Length of a quoted token; a doubled quote stays inside.
fn quoted(text: &str, quote: char) -> Result<usize> {
    let mut from = 1;
    loop {
        let end = text[from..].find(quote).map(|at| from + at + 1);
        match end {
            None => return Err(Error::Value(format!("a quote {quote} is never closed"))),
            Some(end) if text[end..].starts_with(quote) => from = end + 1,
            Some(end) => return Ok(end),
        }
    }
}

fn translate_statement(tokens: &[Token<'_>], engine: Engine) -> Result<String> {
    let real: Vec<usize> = (0..tokens.len()).filter(|at| tokens[*at].kind != Kind::Blank).collect();
    let starts = |words: &[&str]| {
        words.len() <= real.len() && words.iter().zip(&real).all(|(word, at)| tokens[*at].is(word))
    };
    let mut out: Vec<String> = tokens.iter().map(|token| token.text.to_string()).collect();
    if starts(&["create", "table"]) {
        translate_table(tokens, &real, engine, &mut out)?;
    } else if starts(&["alter", "table"])
        && let Some(add) = real.iter().position(|at| tokens[*at].is("add"))
        && !real.get(add + 1).is_some_and(|at| is_table_rule(&tokens[*at]))
    {
        let column = real.get(add + 1).is_some_and(|at| tokens[*at].is("column"));
        let kind = add + if column { 3 } else { 2 };
        translate_type(tokens, real.get(kind..).unwrap_or(&[]), engine, &mut out)?;
    }
    Ok(out.concat())
}

fn translate_table(
    tokens: &[Token<'_>],
    real: &[usize],
    engine: Engine,
    out: &mut [String],
) -> Result<()> {
    let mut depth = 0;
    let mut item_starts = false;
    for (place, at) in real.iter().enumerate() {
        match tokens[*at].text {
            "(" => {
                depth += 1;
                item_starts = depth == 1;
                continue;
            }
            ")" => {
                depth -= 1;
                if depth == 0 && engine == Engine::Sqlite {
                    out[*at].push_str(" strict");
                }
            }
            "," if depth == 1 => {
                item_starts = true;
                continue;
            }
            _ if item_starts && !is_table_rule(&tokens[*at]) => {
                translate_type(tokens, &real[place + 1..], engine, out)?;
            }
            _ => {}
        }
        item_starts = false;
    }
    Ok(())
}

fn is_table_rule(token: &Token<'_>) -> bool {
    ["constraint", "primary", "unique", "check", "foreign"].iter().any(|word| token.is(word))
}

/// Rewrites the type that starts at `real[0]`.
fn translate_type(
    tokens: &[Token<'_>],
    real: &[usize],
    engine: Engine,
    out: &mut [String],
) -> Result<()> {
    let word = |place: usize| {
        real.get(place).map(|at| tokens[*at].text.to_ascii_lowercase()).unwrap_or_default()
    };
    let name = word(0);
    let double = name == "double" && word(1) == "precision";
    let sqlite = match name.as_str() {
        "text" => "text",
        "bigint" | "boolean" => "integer",
        "bytea" => "blob",
        "double" if double => "real",
        other => {
            return Err(Error::Value(format!(
                "`{other}` is not one of text, bigint, double precision, boolean, bytea"
            )));
        }
    };
    match engine {
        Engine::Sqlite => {
            out[real[0]] = sqlite.to_string();
            if double {
                out[real[1]] = String::new();
            }
        }
        Engine::Postgres if name == "text" => out[real[0]] = "text collate \"C\"".to_string(),
        Engine::Postgres => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sql: &str, sqlite: &str, postgres: &str) {
        assert_eq!(translate(sql, Engine::Sqlite).expect("SQLite"), sqlite);
        assert_eq!(translate(sql, Engine::Postgres).expect("PostgreSQL"), postgres);
    }

    #[test]
    fn tables_are_translated() {
        check(
            "create table a (id bigint primary key, text text not null, f double precision);",
            "create table a (id integer primary key, text text not null, f real ) strict;",
            "create table a (id bigint primary key, text text collate \"C\" not null, \
             f double precision);",
        );
        check(
            "-- bytea; here\ncreate table b (x bytea check (x <> ')'), constraint c unique (x))",
            "-- bytea; here\ncreate table b (x blob check (x <> ')'), \
             constraint c unique (x)) strict",
            "-- bytea; here\ncreate table b (x bytea check (x <> ')'), constraint c unique (x))",
        );
        check(
            "alter table a add column ok boolean not null default false; drop table \"text\"",
            "alter table a add column ok integer not null default false; drop table \"text\"",
            "alter table a add column ok boolean not null default false; drop table \"text\"",
        );
        let rule = "alter table a add constraint b check (bigint > 0);";
        check(rule, rule, rule);
        let query = "insert into t (text) select cast(a as bigint) from u where b = 'it''s text'";
        check(query, query, query);
    }

    #[test]
    fn other_types_are_refused() {
        for sql in [
            "create table a (id integer)",
            "create table a (id bigint, at timestamp)",
            "create table a (id double)",
            "create table a (id)",
            "alter table a add column b varchar",
            "create table a (b text default 'open)",
        ] {
            assert!(translate(sql, Engine::Sqlite).is_err(), "{sql}");
            assert!(translate(sql, Engine::Postgres).is_err(), "{sql}");
        }
    }
}
