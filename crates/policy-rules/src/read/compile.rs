//! From the tree of an expression to checked code.

use super::Reading;
use crate::code::{Code, Comparison, DayFunction, Loop, Op};
use crate::fault::{At, Fault};
use crate::kind::Kind;
use crate::syntax::{Part, PartKind, Sign};
use crate::unit::Unit;
use crate::value::{Gap, Span, Value};
use kernel::{Ratio, Rounding};

/// Items of the loops around an expression, the outermost first.
pub(super) type Scope<'a> = Vec<(&'a str, &'a [(String, Kind)])>;

/// Functions and how many values they take, for hints.
const FUNCTIONS: &[&str] = &[
    "min",
    "max",
    "round",
    "years",
    "months",
    "days",
    "add_months",
    "add_days",
    "add_workdays",
    "year",
    "month",
    "start_of_month",
    "end_of_month",
    "earlier",
    "later",
    "prorated",
    "between",
];

type Compiled = Result<(Code, Kind), Fault>;

fn kind_fault(at: At, wanted: impl std::fmt::Display, found: &Kind) -> Fault {
    let zh = format!("此处需要 {wanted},而不是 {found}");
    Fault::new("E-POL-10", at, zh, format!("{wanted} is wanted here, not {found}"))
}

impl Reading<'_> {
    /// Checks an expression; names are looked up in the policy and in the loops around it.
    pub(super) fn compile<'s>(&mut self, part: &'s Part, scope: &Scope<'s>) -> Compiled {
        let (mut code, kind) = self.compile_plain(part, scope)?;
        code.money = kind.unit().is_money();
        Ok((code, kind))
    }

    fn compile_plain<'s>(&mut self, part: &'s Part, scope: &Scope<'s>) -> Compiled {
        let at = part.at;
        let (op, kind) = match &part.kind {
            PartKind::Number(number) => {
                (Op::Constant(Value::Number(Span::exact(*number))), Kind::Literal)
            }
            PartKind::Day(day) => (Op::Constant(Value::Day(Some(*day), Gap::NONE)), Kind::Day),
            PartKind::Truth(truth) => {
                (Op::Constant(Value::Truth(Some(*truth), Gap::NONE)), Kind::Truth)
            }
            PartKind::Text(text) => {
                let word = self.word(text);
                let value = Value::Text(Some(word), Gap::NONE);
                (Op::Constant(value), Kind::Text(vec![text.clone()]))
            }
            PartKind::Name(name) => return self.name(name, at, scope),
            PartKind::Unary(Sign::Not, of) => {
                let of = self.truth(of, scope)?;
                (Op::Not(Box::new(of)), Kind::Truth)
            }
            PartKind::Unary(_, of) => {
                let (code, kind) = self.number(of, scope)?;
                (Op::Negative(Box::new(code)), kind)
            }
            PartKind::Binary(sign, a, b) => return self.binary(*sign, a, b, at, scope),
            PartKind::In(of, options, not) => {
                let (code, kind) = self.compile(of, scope)?;
                let mut all = Vec::with_capacity(options.len());
                for option in options {
                    let (option_code, option_kind) = self.compile(option, scope)?;
                    self.comparable(&kind, &option_kind, option)?;
                    all.push(option_code);
                }
                (Op::In(Box::new(code), all, *not), Kind::Truth)
            }
            PartKind::If(condition, then, other) => {
                let condition = self.truth(condition, scope)?;
                let (a, b, kind) = self.alike(then, other, scope)?;
                (Op::If(Box::new(condition), Box::new(a), Box::new(b)), kind)
            }
            PartKind::Call(name, parts) => return self.call(name, parts, at, scope),
            PartKind::Loop(name, item, list, condition, body) => {
                return self.over(name, item, list, condition.as_deref(), body, at, scope);
            }
        };
        Ok((Code::new(at, op), kind))
    }

    fn name<'s>(&mut self, name: &str, at: At, scope: &Scope<'s>) -> Compiled {
        if let Some((item, field)) = name.split_once('.')
            && let Some(depth) = scope.iter().rev().position(|(known, _)| *known == item)
        {
            let fields = scope[scope.len() - 1 - depth].1;
            let Some(place) = fields.iter().position(|(known, _)| known == field) else {
                let known = fields.iter().map(|(field, _)| field.as_str());
                return Err(unknown(name, at, known));
            };
            return Ok((Code::new(at, Op::Item(depth, place)), fields[place].1.clone()));
        }
        if name == "as_of" {
            return Ok((Code::new(at, Op::AsOf), Kind::Day));
        }
        if let Some(place) = self.inputs.iter().position(|input| input.name == name) {
            self.used_inputs |= 1 << place;
            let kind = self.inputs[place].kind.clone();
            return Ok((Code::new(at, Op::Input(place)), kind));
        }
        if let Some(place) = self.parameters.iter().position(|one| one.name == name) {
            self.used_parameters |= 1 << place;
            let kind = self.parameters[place].kind.clone();
            return Ok((Code::new(at, Op::Parameter(place)), kind));
        }
        if let Some(place) = self.drafts.iter().position(|draft| draft.name == name) {
            let kind = self.define(place, at)?;
            return Ok((Code::new(at, Op::Definition(place)), kind));
        }
        let inputs = self.inputs.iter().map(|input| input.name.as_str());
        let parameters = self.parameters.iter().map(|one| one.name.as_str());
        let definitions = self.drafts.iter().map(|draft| draft.name.as_str());
        Err(unknown(name, at, inputs.chain(parameters).chain(definitions)))
    }

    fn truth<'s>(&mut self, part: &'s Part, scope: &Scope<'s>) -> Result<Code, Fault> {
        match self.compile(part, scope)? {
            (code, Kind::Truth) => Ok(code),
            (_, kind) => Err(kind_fault(part.at, Kind::Truth, &kind)),
        }
    }

    fn number<'s>(&mut self, part: &'s Part, scope: &Scope<'s>) -> Compiled {
        let (code, kind) = self.compile(part, scope)?;
        match kind.is_number() {
            true => Ok((code, kind)),
            false => Err(kind_fault(part.at, "number", &kind)),
        }
    }

    fn day<'s>(&mut self, part: &'s Part, scope: &Scope<'s>) -> Result<Code, Fault> {
        match self.compile(part, scope)? {
            (code, Kind::Day) => Ok(code),
            (_, kind) => Err(kind_fault(part.at, Kind::Day, &kind)),
        }
    }

    /// Two of one kind.
    fn alike<'s>(
        &mut self,
        a: &'s Part,
        b: &'s Part,
        scope: &Scope<'s>,
    ) -> Result<(Code, Code, Kind), Fault> {
        let (a_code, a_kind) = self.compile(a, scope)?;
        let (b_code, b_kind) = self.compile(b, scope)?;
        let kind = match (a_kind, b_kind) {
            (Kind::Literal, kind) if kind.is_number() => kind,
            (kind, Kind::Literal) if kind.is_number() => kind,
            (Kind::Text(mut all), Kind::Text(more)) => {
                for one in more {
                    if !all.contains(&one) {
                        all.push(one);
                    }
                }
                Kind::Text(all)
            }
            (a, b) if a == b => a,
            (a, b) => return Err(units(b_code.at, &a, &b)),
        };
        Ok((a_code, b_code, kind))
    }

    /// Whether two may be compared; texts must be among those that are known.
    fn comparable(&self, a: &Kind, b: &Kind, part: &Part) -> Result<(), Fault> {
        if let (Kind::Text(known), Kind::Text(said)) = (a, b) {
            let said_by_hand = said.len() == 1 && matches!(part.kind, PartKind::Text(_));
            if !known.is_empty() && said_by_hand && !known.contains(&said[0]) {
                let en = format!("`{}` is none of the answers: {}", said[0], known.join(", "));
                let zh = format!("“{}”不是可选的答案:{}", said[0], known.join("、"));
                return Err(Fault::new("E-POL-10", part.at, zh, en));
            }
            if known.is_empty() && said.is_empty() {
                let en = "two free texts are not compared";
                return Err(Fault::new("E-POL-10", part.at, "不比较两段自由文本", en));
            }
            return Ok(());
        }
        match a.fits(b) || b.fits(a) {
            true => Ok(()),
            false => Err(units(part.at, a, b)),
        }
    }

    fn binary<'s>(
        &mut self,
        sign: Sign,
        a: &'s Part,
        b: &'s Part,
        at: At,
        scope: &Scope<'s>,
    ) -> Compiled {
        let compared = match sign {
            Sign::Equal => Some(Comparison::Equal),
            Sign::Unequal => Some(Comparison::Unequal),
            Sign::Less => Some(Comparison::Less),
            Sign::AtMost => Some(Comparison::AtMost),
            Sign::More => Some(Comparison::More),
            Sign::AtLeast => Some(Comparison::AtLeast),
            _ => None,
        };
        if let Some(comparison) = compared {
            let (a_code, a_kind) = self.compile(a, scope)?;
            let (b_code, b_kind) = self.compile(b, scope)?;
            match matches!(a.kind, PartKind::Text(_)) {
                true => self.comparable(&b_kind, &a_kind, a)?,
                false => self.comparable(&a_kind, &b_kind, b)?,
            }
            let ordered = a_kind.is_number() || a_kind == Kind::Day;
            if !ordered && !matches!(comparison, Comparison::Equal | Comparison::Unequal) {
                return Err(kind_fault(a.at, "number or day", &a_kind));
            }
            let op = Op::Compare(comparison, Box::new(a_code), Box::new(b_code));
            return Ok((Code::new(at, op), Kind::Truth));
        }
        if matches!(sign, Sign::And | Sign::Or) {
            let (a, b) = (self.truth(a, scope)?, self.truth(b, scope)?);
            // A row of the same sign is one step, as people read it.
            let mut all = match (sign, a.op) {
                (Sign::And, Op::All(all)) | (Sign::Or, Op::Any(all)) => all,
                (_, op) => vec![Code::new(a.at, op)],
            };
            all.push(b);
            let op = if sign == Sign::And { Op::All(all) } else { Op::Any(all) };
            return Ok((Code::new(at, op), Kind::Truth));
        }
        if sign == Sign::Else {
            let (code, kind) = self.compile(a, scope)?;
            let Op::Parameter(place) = code.op else {
                let en = "`??` stands after a parameter, for the time when it is not in force";
                return Err(Fault::new("E-POL-10", a.at, "“??”前应为参数", en));
            };
            let (other, other_kind) = self.compile(b, scope)?;
            if !other_kind.fits(&kind) {
                return Err(units(b.at, &kind, &other_kind));
            }
            return Ok((Code::new(at, Op::Else(place, Box::new(other))), kind));
        }
        let day_sum = |code: &Code| {
            Fault::new(
                "E-POL-10",
                code.at,
                "日期加减请用 add_days、add_months 或 days",
                "use add_days, add_months or days with days",
            )
        };
        let (a_code, a_kind) = self.compile(a, scope)?;
        let (b_code, b_kind) = self.compile(b, scope)?;
        for (code, kind) in [(&a_code, &a_kind), (&b_code, &b_kind)] {
            match kind {
                Kind::Day => return Err(day_sum(code)),
                kind if !kind.is_number() => return Err(kind_fault(code.at, "number", kind)),
                _ => {}
            }
        }
        let (x, y) = (Box::new(a_code), Box::new(b_code));
        let both = matches!((&a_kind, &b_kind), (Kind::Literal, Kind::Literal));
        let (op, kind) = match sign {
            Sign::Plus | Sign::Minus => {
                if !a_kind.fits(&b_kind) {
                    return Err(units(b.at, &a_kind, &b_kind));
                }
                let kind = if a_kind == Kind::Literal { b_kind } else { a_kind };
                (if sign == Sign::Plus { Op::Plus(x, y) } else { Op::Minus(x, y) }, kind)
            }
            Sign::Times if both => (Op::Times(x, y), Kind::Literal),
            Sign::Times => (Op::Times(x, y), Kind::Number(a_kind.unit().times(&b_kind.unit()))),
            _ if both => (Op::Over(x, y), Kind::Literal),
            _ => (Op::Over(x, y), Kind::Number(a_kind.unit().over(&b_kind.unit()))),
        };
        Ok((Code::new(at, op), kind))
    }

    fn call<'s>(&mut self, name: &str, parts: &'s [Part], at: At, scope: &Scope<'s>) -> Compiled {
        let count = |wanted: usize| match parts.len() == wanted {
            true => Ok(()),
            false => {
                let en = format!("`{name}` takes {wanted} values, not {}", parts.len());
                let zh = format!("“{name}”需要{wanted}个值,而不是{}个", parts.len());
                Err(Fault::new("E-POL-10", at, zh, en))
            }
        };
        if let Some(place) = self.tables.iter().position(|table| table.name == name) {
            count(1)?;
            let (code, kind) = self.number(&parts[0], scope)?;
            let (of, gives) = (self.tables[place].of.clone(), self.tables[place].gives.clone());
            if !kind.fits(&of) {
                return Err(units(parts[0].at, &of, &kind));
            }
            self.used_tables |= 1 << place;
            return Ok((Code::new(at, Op::Table(place, Box::new(code))), gives));
        }
        let days = |function: DayFunction| match function {
            DayFunction::AddMonthsDown | DayFunction::AddMonthsUp => (2, Kind::Day, true),
            DayFunction::AddDays | DayFunction::AddWorkdays => (2, Kind::Day, true),
            DayFunction::Years => (2, Kind::Number(Unit::of("年")), false),
            DayFunction::Months => (2, Kind::Number(Unit::of("月")), false),
            DayFunction::Days => (2, Kind::Number(Unit::of("日")), false),
            DayFunction::Year | DayFunction::Month => (1, Kind::Number(Unit::NONE), false),
            DayFunction::StartOfMonth | DayFunction::EndOfMonth => (1, Kind::Day, false),
            DayFunction::Earlier | DayFunction::Later => (2, Kind::Day, false),
        };
        let function = match name {
            "years" => Some(DayFunction::Years),
            "months" => Some(DayFunction::Months),
            "days" => Some(DayFunction::Days),
            "add_days" => Some(DayFunction::AddDays),
            "add_workdays" => Some(DayFunction::AddWorkdays),
            "year" => Some(DayFunction::Year),
            "month" => Some(DayFunction::Month),
            "start_of_month" => Some(DayFunction::StartOfMonth),
            "end_of_month" => Some(DayFunction::EndOfMonth),
            "earlier" => Some(DayFunction::Earlier),
            "later" => Some(DayFunction::Later),
            "add_months" => {
                let way = parts.get(2).map(|part| &part.kind);
                match way {
                    Some(PartKind::Text(way)) if way == "down" => Some(DayFunction::AddMonthsDown),
                    Some(PartKind::Text(way)) if way == "up" => Some(DayFunction::AddMonthsUp),
                    _ => {
                        let fault = Fault::new(
                            "E-DATE-04",
                            at,
                            "加月须写明月末如何取舍",
                            "adding months says what becomes of a day that the month lacks",
                        );
                        let hint = "add_months(day, 3, 'down')";
                        return Err(fault.hint(hint, hint));
                    }
                }
            }
            _ => None,
        };
        if let Some(function) = function {
            let (wanted, kind, counted) = days(function);
            if name != "add_months" {
                count(wanted)?;
            }
            let mut all = Vec::with_capacity(wanted);
            for (place, part) in parts.iter().take(wanted).enumerate() {
                all.push(match counted && place == 1 {
                    true => self.number(part, scope)?.0,
                    false => self.day(part, scope)?,
                });
            }
            return Ok((Code::new(at, Op::Days(function, all)), kind));
        }
        match name {
            "min" | "max" => {
                let Some((first, rest)) = parts.split_first() else {
                    count(1)?;
                    return Err(unknown(name, at, std::iter::empty()));
                };
                let (code, mut kind) = self.number(first, scope)?;
                let mut all = vec![code];
                for part in rest {
                    let (code, other) = self.number(part, scope)?;
                    if !other.fits(&kind) {
                        return Err(units(part.at, &kind, &other));
                    }
                    if kind == Kind::Literal {
                        kind = other;
                    }
                    all.push(code);
                }
                let op = if name == "min" { Op::Smallest(all) } else { Op::Largest(all) };
                Ok((Code::new(at, op), kind))
            }
            "round" => {
                count(3)?;
                let (code, kind) = self.number(&parts[0], scope)?;
                let (step, step_kind) = self.number(&parts[1], scope)?;
                if !step_kind.fits(&kind) {
                    return Err(units(parts[1].at, &kind, &step_kind));
                }
                let way = match &parts[2].kind {
                    PartKind::Text(way) => rounding(way),
                    _ => None,
                };
                let way = way.ok_or_else(|| {
                    let en = "rounding is 'half_up', 'down' or 'up'";
                    Fault::new(
                        "E-POL-10",
                        parts[2].at,
                        "舍入方式应为 'half_up'、'down' 或 'up'",
                        en,
                    )
                })?;
                let sound = matches!(&step.op, Op::Constant(Value::Number(span))
                    if span.number().is_some_and(|step| step > Ratio::ZERO))
                    || matches!(step.op, Op::Parameter(_));
                if !sound {
                    let en = "the step is a number above zero or a parameter";
                    return Err(Fault::new("E-POL-10", step.at, "舍入单位应为正数或参数", en));
                }
                Ok((Code::new(at, Op::Round(Box::new(code), Box::new(step), way)), kind))
            }
            "between" => {
                count(3)?;
                let (code, kind) = self.compile(&parts[0], scope)?;
                let mut all = Vec::new();
                for (part, sign) in
                    [(&parts[1], Comparison::AtLeast), (&parts[2], Comparison::AtMost)]
                {
                    let (end, end_kind) = self.compile(part, scope)?;
                    self.comparable(&kind, &end_kind, part)?;
                    let op = Op::Compare(sign, Box::new(code.clone()), Box::new(end));
                    all.push(Code::new(at, op));
                }
                Ok((Code::new(at, Op::All(all)), Kind::Truth))
            }
            "prorated" => {
                count(3)?;
                let (monthly, kind) = self.number(&parts[0], scope)?;
                if !kind.fits(&Kind::money()) {
                    return Err(kind_fault(parts[0].at, Kind::money(), &kind));
                }
                let (from, to) = (self.day(&parts[1], scope)?, self.day(&parts[2], scope)?);
                let op = Op::Prorated(Box::new(monthly), Box::new(from), Box::new(to));
                Ok((Code::new(at, op), Kind::money()))
            }
            _ => {
                let tables: Vec<String> = self.tables.iter().map(|t| t.name.clone()).collect();
                let known = FUNCTIONS.iter().copied().chain(tables.iter().map(String::as_str));
                Err(unknown(name, at, known))
            }
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn over<'s>(
        &mut self,
        name: &str,
        item: &'s str,
        list: &'s Part,
        condition: Option<&'s Part>,
        body: &'s Part,
        at: At,
        scope: &Scope<'s>,
    ) -> Compiled {
        let (list_code, list_kind) = self.compile(list, scope)?;
        let Kind::List(fields) = list_kind else {
            return Err(kind_fault(list.at, "list", &list_kind));
        };
        let mut inner: Scope<'_> = scope.clone();
        inner.push((item, &fields));
        let condition = match condition {
            Some(condition) => Some(Box::new(self.truth(condition, &inner)?)),
            None => None,
        };
        let (body_code, body_kind) = self.compile(body, &inner)?;
        let (of, kind) = match name {
            "count" | "any" | "all" if body_kind != Kind::Truth => {
                return Err(kind_fault(body.at, Kind::Truth, &body_kind));
            }
            "count" => (Loop::Count, Kind::Number(Unit::NONE)),
            "any" => (Loop::Any, Kind::Truth),
            "all" => (Loop::All, Kind::Truth),
            _ if !body_kind.is_number() => return Err(kind_fault(body.at, "number", &body_kind)),
            "sum" => (Loop::Sum, body_kind),
            "smallest" => (Loop::Smallest, body_kind),
            _ => (Loop::Largest, body_kind),
        };
        let op = Op::Loop(of, Box::new(list_code), condition, Box::new(body_code));
        Ok((Code::new(at, op), kind))
    }
}

fn units(at: At, a: &Kind, b: &Kind) -> Fault {
    let fault = Fault::new(
        "E-POL-10",
        at,
        format!("{a} 与 {b} 不能放在一起"),
        format!("{a} and {b} do not go together"),
    );
    match (a.is_number(), b.is_number()) {
        (true, true) => fault.hint("先把单位化为一致", "bring them to one unit first"),
        _ => fault,
    }
}

/// The way of rounding with this name, with or without the `fen_` of amounts.
pub(super) fn rounding(name: &str) -> Option<Rounding> {
    [Rounding::HalfUp, Rounding::Down, Rounding::Up]
        .into_iter()
        .find(|way| name.trim_start_matches("fen_") == way.name())
}

/// `E-POL-11`, with the nearest name that is known.
pub(super) fn unknown<'n>(name: &str, at: At, known: impl Iterator<Item = &'n str>) -> Fault {
    let fault = Fault::new(
        "E-POL-11",
        at,
        format!("没有“{name}”这个名称"),
        format!("nothing is called `{name}`"),
    );
    let near = known.map(|known| (distance(name, known), known)).min();
    match near {
        Some((far, near)) if far * 3 <= near.chars().count().max(3) => {
            fault.hint(format!("是否指“{near}”?"), format!("did you mean `{near}`?"))
        }
        _ => fault,
    }
}

/// How many characters must change to come from one name to another.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let above = row[j + 1];
            row[j + 1] = (corner + usize::from(x != *y)).min(above + 1).min(row[j] + 1);
            corner = above;
        }
    }
    row[b.len()]
}
