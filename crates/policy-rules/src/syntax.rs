//! The expressions of the language: from text to a tree that knows where each part stands.
//!
//! ```text
//! choice   = "if" or "then" choice "else" choice | or
//! or       = and { "or" and }             and  = not { "and" not }
//! not      = "not" not | compare          compare = sum [ ("=" | "!=" | "<" | "<=" | ">" | ">=") sum
//!                                                       | ["not"] "in" "[" choice {"," choice} "]" ]
//! sum      = product { ("+" | "-") product }
//! product  = unary { ("*" | "/") unary }   unary = "-" unary | else
//! else     = atom [ "??" atom ]
//! atom     = number | percent | day | text | name | call | loop | "(" choice ")"
//! call     = word "(" [ choice {"," choice} ] ")"
//! loop     = ("sum"|"count"|"any"|"all"|"largest"|"smallest") "(" word "in" name ["where" choice] ":" choice ")"
//! ```

use crate::fault::{At, Fault};
use kernel::{Day, Ratio};

/// An expression has at most so many characters.
pub const CHARACTERS_MAX: usize = 4_000;
/// And so many levels.
pub const LEVELS_MAX: usize = 48;

/// A part of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Where it begins.
    pub at: At,
    /// What it is.
    pub kind: PartKind,
}

/// What a part is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartKind {
    /// A number; `percent` when it was written so.
    Number(Ratio),
    /// A day.
    Day(Day),
    /// A text in quotes.
    Text(String),
    /// `true` or `false`.
    Truth(bool),
    /// A name with its dots.
    Name(String),
    /// A sign before one part: `-` or `not`.
    Unary(Sign, Box<Part>),
    /// A sign between two parts.
    Binary(Sign, Box<Part>, Box<Part>),
    /// One of several; `true` when it is none of them.
    In(Box<Part>, Vec<Part>, bool),
    /// A choice.
    If(Box<Part>, Box<Part>, Box<Part>),
    /// A function.
    Call(String, Vec<Part>),
    /// Over the items of a list: function, item's name, list, condition, body.
    Loop(String, String, Box<Part>, Option<Box<Part>>, Box<Part>),
}

/// A sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sign {
    /// `or`
    Or,
    /// `and`
    And,
    /// `not`
    Not,
    /// `=`
    Equal,
    /// `!=`
    Unequal,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Times,
    /// `/`
    Over,
    /// `??`: the second when the first is not in force.
    Else,
}

impl Sign {
    /// As it is written.
    pub fn text(self) -> &'static str {
        match self {
            Sign::Or => "or",
            Sign::And => "and",
            Sign::Not => "not",
            Sign::Equal => "=",
            Sign::Unequal => "!=",
            Sign::Less => "<",
            Sign::AtMost => "<=",
            Sign::More => ">",
            Sign::AtLeast => ">=",
            Sign::Plus => "+",
            Sign::Minus => "-",
            Sign::Times => "*",
            Sign::Over => "/",
            Sign::Else => "??",
        }
    }
}

/// Functions that go over the items of a list.
pub const LOOPS: &[&str] = &["sum", "count", "any", "all", "largest", "smallest"];

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Number(Ratio),
    Day(Day),
    Text(String),
    Word(String),
    Sign(&'static str),
    End,
}

/// Signs, longer ones first.
const SIGNS: &[&str] =
    &["??", "!=", "<=", ">=", "=", "<", ">", "+", "-", "*", "/", "(", ")", "[", "]", ",", ":"];

/// Reads an expression whose first character stands at `at`.
///
/// Fails with `E-POL-09` and a hint, `E-SIZE` past the bounds.
pub fn read(text: &str, at: At) -> Result<Part, Fault> {
    if text.chars().count() > CHARACTERS_MAX {
        return Err(size(at));
    }
    let tokens = tokens(text, at)?;
    let mut reader = Reader { tokens, next: 0, level: 0 };
    let part = reader.choice()?;
    match reader.peek() {
        (Token::End, _) => Ok(part),
        (other, at) => Err(unexpected(other, *at, "an operator or the end")),
    }
}

fn size(at: At) -> Fault {
    let zh = format!("表达式过长或嵌套过深(最多{CHARACTERS_MAX}字符、{LEVELS_MAX}层)");
    let en = format!("past {CHARACTERS_MAX} characters or {LEVELS_MAX} levels");
    Fault::new("E-SIZE", at, zh, en)
}

fn wrong(at: At, zh: impl Into<String>, en: impl Into<String>) -> Fault {
    Fault::new("E-POL-09", at, zh, en)
}

fn unexpected(token: &Token, at: At, wanted: &str) -> Fault {
    let found = match token {
        Token::Number(number) => number.to_string(),
        Token::Day(day) => day.to_string(),
        Token::Text(text) => format!("'{text}'"),
        Token::Word(word) => word.clone(),
        Token::Sign(sign) => (*sign).to_string(),
        Token::End => "the end".to_string(),
    };
    wrong(at, format!("此处不应为“{found}”"), format!("`{found}` where {wanted} is wanted"))
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.')
}

fn tokens(text: &str, start: At) -> Result<Vec<(Token, At)>, Fault> {
    let mut all = Vec::new();
    let mut rest = text;
    let mut at = start;
    loop {
        let trimmed = rest.trim_start();
        at = at.plus(rest.chars().count() - trimmed.chars().count());
        rest = trimmed;
        let Some(first) = rest.chars().next() else {
            all.push((Token::End, at));
            return Ok(all);
        };
        let (token, length) = if first == '\'' || first == '"' {
            let body = &rest[1..];
            let Some(end) = body.find(first) else {
                return Err(wrong(at, "引号没有结束", "the quote does not end"));
            };
            (Token::Text(body[..end].to_string()), end + 2)
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            (Token::Sign(sign), sign.len())
        } else if first.is_ascii_digit() {
            number(rest, at)?
        } else if is_word(first) {
            let length = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
            (Token::Word(rest[..length].to_string()), length)
        } else {
            let fault =
                wrong(at, format!("不认识的符号“{first}”"), format!("no such sign `{first}`"));
            let (zh, en) = ("符号须为半角", "write signs in half width");
            return Err(if first.is_ascii() { fault } else { fault.hint(zh, en) });
        };
        all.push((token, at));
        at = at.plus(rest[..length].chars().count());
        rest = &rest[length..];
    }
}

/// A number, a percentage or a day, and how many bytes it takes.
fn number(rest: &str, at: At) -> Result<(Token, usize), Fault> {
    let day_like = rest.len() >= 10
        && rest.as_bytes()[..10].iter().enumerate().all(|(i, b)| match i {
            4 | 7 => *b == b'-',
            _ => b.is_ascii_digit(),
        });
    if day_like {
        let day = Day::parse(&rest[..10]);
        let en = format!("`{}` is no day", &rest[..10]);
        let day = day.map_err(|_| wrong(at, format!("没有“{}”这一天", &rest[..10]), en));
        return Ok((Token::Day(day?), 10));
    }
    let body = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
    let percent = rest[body..].starts_with('%');
    let length = body + usize::from(percent);
    let after = rest[length..].chars().next();
    let read = Ratio::parse(&rest[..length]).ok().filter(|_| !after.is_some_and(is_word));
    let read = read.filter(|_| !rest[..body].ends_with('.'));
    match read {
        Some(number) => Ok((Token::Number(number), length)),
        None => {
            let shown: String = rest.chars().take_while(|c| is_word(*c) || *c == '%').collect();
            let fault = wrong(at, format!("“{shown}”不是数"), format!("`{shown}` is no number"));
            Err(fault.hint("写成 12.5、50% 或 2026-01-31", "write 12.5, 50% or 2026-01-31"))
        }
    }
}

struct Reader {
    tokens: Vec<(Token, At)>,
    next: usize,
    level: usize,
}

impl Reader {
    fn peek(&self) -> &(Token, At) {
        &self.tokens[self.next.min(self.tokens.len() - 1)]
    }

    fn take(&mut self) -> (Token, At) {
        let token = self.peek().clone();
        self.next += 1;
        token
    }

    fn at(&self) -> At {
        self.peek().1
    }

    fn sees_sign(&self, sign: &str) -> bool {
        matches!(&self.peek().0, Token::Sign(found) if *found == sign)
    }

    fn sees_word(&self, word: &str) -> bool {
        matches!(&self.peek().0, Token::Word(found) if found == word)
    }

    fn eat_sign(&mut self, sign: &str) -> bool {
        let sees = self.sees_sign(sign);
        self.next += usize::from(sees);
        sees
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let sees = self.sees_word(word);
        self.next += usize::from(sees);
        sees
    }

    fn want_sign(&mut self, sign: &str) -> Result<(), Fault> {
        match self.eat_sign(sign) {
            true => Ok(()),
            false => {
                let (token, at) = self.peek();
                Err(unexpected(token, *at, &format!("`{sign}`")))
            }
        }
    }

    fn want_word(&mut self, word: &str) -> Result<(), Fault> {
        match self.eat_word(word) {
            true => Ok(()),
            false => {
                let (token, at) = self.peek();
                Err(unexpected(token, *at, &format!("`{word}`")))
            }
        }
    }

    /// One level down; too many are refused, so that no input ends the stack.
    fn deeper(
        &mut self,
        read: impl FnOnce(&mut Reader) -> Result<Part, Fault>,
    ) -> Result<Part, Fault> {
        self.level += 1;
        if self.level > LEVELS_MAX {
            return Err(size(self.at()));
        }
        let part = read(self);
        self.level -= 1;
        part
    }

    fn choice(&mut self) -> Result<Part, Fault> {
        self.deeper(|reader| {
            let at = reader.at();
            if !reader.eat_word("if") {
                return reader.or();
            }
            let condition = Box::new(reader.or()?);
            reader.want_word("then")?;
            let then = Box::new(reader.choice()?);
            reader.want_word("else")?;
            let other = Box::new(reader.choice()?);
            Ok(Part { at, kind: PartKind::If(condition, then, other) })
        })
    }

    fn binary(sign: Sign, a: Part, b: Part) -> Part {
        Part { at: a.at, kind: PartKind::Binary(sign, Box::new(a), Box::new(b)) }
    }

    fn or(&mut self) -> Result<Part, Fault> {
        let mut part = self.and()?;
        while self.eat_word("or") {
            part = Reader::binary(Sign::Or, part, self.and()?);
        }
        Ok(part)
    }

    fn and(&mut self) -> Result<Part, Fault> {
        let mut part = self.not()?;
        while self.eat_word("and") {
            part = Reader::binary(Sign::And, part, self.not()?);
        }
        Ok(part)
    }

    fn not(&mut self) -> Result<Part, Fault> {
        let at = self.at();
        if !self.eat_word("not") {
            return self.compare();
        }
        let of = self.deeper(Reader::not)?;
        Ok(Part { at, kind: PartKind::Unary(Sign::Not, Box::new(of)) })
    }

    fn compare(&mut self) -> Result<Part, Fault> {
        let part = self.sum()?;
        let signs = [
            ("=", Sign::Equal),
            ("!=", Sign::Unequal),
            ("<=", Sign::AtMost),
            (">=", Sign::AtLeast),
            ("<", Sign::Less),
            (">", Sign::More),
        ];
        for (text, sign) in signs {
            if self.eat_sign(text) {
                return Ok(Reader::binary(sign, part, self.sum()?));
            }
        }
        let not = self.eat_word("not");
        if not && !self.sees_word("in") {
            let (token, at) = self.peek();
            return Err(unexpected(token, *at, "`in`"));
        }
        if !self.eat_word("in") {
            return Ok(part);
        }
        self.want_sign("[")?;
        let options = self.list("]")?;
        Ok(Part { at: part.at, kind: PartKind::In(Box::new(part), options, not) })
    }

    fn list(&mut self, end: &str) -> Result<Vec<Part>, Fault> {
        let mut all = Vec::new();
        if self.eat_sign(end) {
            return Ok(all);
        }
        loop {
            all.push(self.choice()?);
            if !self.eat_sign(",") {
                self.want_sign(end)?;
                return Ok(all);
            }
        }
    }

    fn sum(&mut self) -> Result<Part, Fault> {
        let mut part = self.product()?;
        loop {
            let sign = match () {
                () if self.eat_sign("+") => Sign::Plus,
                () if self.eat_sign("-") => Sign::Minus,
                () => return Ok(part),
            };
            part = Reader::binary(sign, part, self.product()?);
        }
    }

    fn product(&mut self) -> Result<Part, Fault> {
        let mut part = self.unary()?;
        loop {
            let sign = match () {
                () if self.eat_sign("*") => Sign::Times,
                () if self.eat_sign("/") => Sign::Over,
                () => return Ok(part),
            };
            part = Reader::binary(sign, part, self.unary()?);
        }
    }

    fn unary(&mut self) -> Result<Part, Fault> {
        let at = self.at();
        if self.eat_sign("-") {
            let of = self.deeper(Reader::unary)?;
            return Ok(Part { at, kind: PartKind::Unary(Sign::Minus, Box::new(of)) });
        }
        let part = self.atom()?;
        match self.eat_sign("??") {
            true => Ok(Reader::binary(Sign::Else, part, self.atom()?)),
            false => Ok(part),
        }
    }

    fn atom(&mut self) -> Result<Part, Fault> {
        let (token, at) = self.take();
        let kind = match token {
            Token::Number(number) => PartKind::Number(number),
            Token::Day(day) => PartKind::Day(day),
            Token::Text(text) => PartKind::Text(text),
            Token::Word(word) if word == "true" || word == "false" => {
                PartKind::Truth(word == "true")
            }
            Token::Word(word)
                if ["if", "then", "else", "and", "or", "not", "in", "where"].contains(&&*word) =>
            {
                return Err(unexpected(&Token::Word(word), at, "a value"));
            }
            Token::Word(word) if self.eat_sign("(") => self.call(word)?,
            Token::Word(word) => PartKind::Name(word),
            Token::Sign("(") => {
                let part = self.choice()?;
                self.want_sign(")")?;
                return Ok(part);
            }
            other => return Err(unexpected(&other, at, "a value")),
        };
        Ok(Part { at, kind })
    }

    fn call(&mut self, word: String) -> Result<PartKind, Fault> {
        let names_item = matches!(&self.peek().0, Token::Word(_))
            && matches!(self.tokens.get(self.next + 1), Some((Token::Word(after), _)) if after == "in");
        if !LOOPS.contains(&&*word) || !names_item {
            return Ok(PartKind::Call(word, self.list(")")?));
        }
        let (Token::Word(item), at) = self.take() else {
            return Err(wrong(self.at(), "此处应为名称", "a name is wanted here"));
        };
        if item.contains('.') {
            return Err(wrong(at, "逐项的名称不含点", "the name of an item has no dot"));
        }
        self.want_word("in")?;
        let list = Box::new(self.atom()?);
        let condition = match self.eat_word("where") {
            true => Some(Box::new(self.choice()?)),
            false => None,
        };
        let body = match self.eat_sign(":") {
            true => Box::new(self.choice()?),
            // What is counted needs no body.
            false if word == "count" => {
                Box::new(Part { at: self.at(), kind: PartKind::Truth(true) })
            }
            false => {
                let (token, at) = self.peek();
                return Err(unexpected(token, *at, "`:`"));
            }
        };
        self.want_sign(")")?;
        Ok(PartKind::Loop(word, item, list, condition, body))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const START: At = At { line: 1, column: 1 };

    /// The tree with brackets.
    fn shown(part: &Part) -> String {
        let list = |parts: &[Part]| parts.iter().map(shown).collect::<Vec<_>>().join(" ");
        match &part.kind {
            PartKind::Number(number) => number.to_string(),
            PartKind::Day(day) => day.to_string(),
            PartKind::Text(text) => format!("'{text}'"),
            PartKind::Truth(truth) => truth.to_string(),
            PartKind::Name(name) => name.clone(),
            PartKind::Unary(sign, of) => format!("({} {})", sign.text(), shown(of)),
            PartKind::Binary(sign, a, b) => format!("({} {} {})", sign.text(), shown(a), shown(b)),
            PartKind::In(of, options, not) => {
                format!("({} {} {})", if *not { "outside" } else { "in" }, shown(of), list(options))
            }
            PartKind::If(c, a, b) => format!("(if {} {} {})", shown(c), shown(a), shown(b)),
            PartKind::Call(name, parts) => format!("({name} {})", list(parts)),
            PartKind::Loop(name, item, of, condition, body) => {
                let condition = condition.as_ref().map(|c| format!(" where {}", shown(c)));
                let condition = condition.unwrap_or_default();
                format!("({name} {item} {}{condition} {})", shown(of), shown(body))
            }
        }
    }

    #[test]
    fn signs_bind_as_people_expect() {
        for (text, tree) in [
            ("1 + 2 * 3", "(+ 100% (* 200% 300%))"),
            ("a - b - c", "(- (- a b) c)"),
            ("a / b * c", "(* (/ a b) c)"),
            ("-a * b", "(* (- a) b)"),
            ("not a and b or c", "(or (and (not a) b) c)"),
            ("a or b and c", "(or a (and b c))"),
            ("a.b >= 50% and not c = 'x'", "(and (>= a.b 50%) (not (= c 'x')))"),
            ("k in ['a', 'b']", "(in k 'a' 'b')"),
            ("k not in ['a']", "(outside k 'a')"),
            ("if a then 1 else if b then 2 else 3", "(if a 100% (if b 200% 300%))"),
            ("min(0.5 * x, 5000000.00)", "(min (* 50% x) 500000000%)"),
            ("rate ?? 0", "(?? rate 0%)"),
            ("rate ?? 0 + 1", "(+ (?? rate 0%) 100%)"),
            ("since >= 2025-07-28", "(>= since 2025-07-28)"),
            ("sum(m in household: m.salary)", "(sum m household m.salary)"),
            ("count(m in people where m.age < 18)", "(count m people where (< m.age 1800%) true)"),
            ("sum(a, b)", "(sum a b)"),
            ("企业.注册地 = '徐汇'", "(= 企业.注册地 '徐汇')"),
        ] {
            let read = read(text, START).map(|part| shown(&part));
            assert_eq!(read.as_deref().map_err(|fault| fault.to_string()), Ok(tree), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        for (text, column, says) in [
            ("", 1, "the end"),
            ("a +", 4, "the end"),
            ("a + * b", 5, "`*`"),
            ("a b", 3, "`b`"),
            ("(a", 3, "`)`"),
            ("min(a, ", 8, "the end"),
            ("a = 'x", 5, "quote"),
            ("a ＝ 1", 3, "＝"),
            ("1.5.2 + a", 1, "1.5.2"),
            ("12abc", 1, "12abc"),
            ("since > 2015-13-32", 9, "2015-13-32"),
            ("if a then b", 12, "`else`"),
            ("a not b", 7, "`in`"),
            ("sum(m in x m.y)", 12, "`:`"),
            ("and", 1, "`and`"),
        ] {
            let fault = read(text, START).expect_err(text);
            assert_eq!((fault.code, fault.at.column), ("E-POL-09", column), "{text}: {fault}");
            assert!(fault.message.en.contains(says), "{text}: {fault}");
        }
        let deep = format!("{}a{}", "(".repeat(100), ")".repeat(100));
        for text in [deep, "not ".repeat(100) + "a", "-".repeat(100) + "a", "a ".repeat(3_000)] {
            assert_eq!(read(&text, START).map_err(|fault| fault.code), Err("E-SIZE"));
        }
    }

    proptest! {
        /// No text whatever ends in anything but a tree or a fault.
        #[test]
        fn any_text_is_read_or_refused(text in "[a-z0-9 .%()\\[\\],:'+*/=<>!?-]{0,80}|\\PC{0,40}") {
            if let Err(fault) = read(&text, START) {
                prop_assert!(matches!(fault.code, "E-POL-09" | "E-SIZE"));
                prop_assert!(fault.at.column as usize <= text.chars().count() + 1);
            }
        }
    }
}
