//! Checked expressions: names are places, kinds fit, and nothing can go wrong but division by zero
//! and numbers past their bounds.

use crate::fault::At;
use crate::value::Value;
use kernel::Rounding;

/// A checked expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Code {
    /// Where it was written.
    pub at: At,
    /// What it does.
    pub op: Op,
    /// Whether it comes to money: proofs then show it in yuan.
    pub money: bool,
}

impl Code {
    /// Code that comes to no money.
    pub fn new(at: At, op: Op) -> Code {
        Code { at, op, money: false }
    }
}

/// What an expression does.
#[derive(Debug, Clone, PartialEq)]
pub enum Op {
    /// A value that was written.
    Constant(Value),
    /// An input by its place.
    Input(usize),
    /// A parameter by its place.
    Parameter(usize),
    /// A definition by its place.
    Definition(usize),
    /// A condition of the policy that stands under a label or clause of its own.
    Condition(usize),
    /// A field of an item: how many loops out, which field.
    Item(usize, usize),
    /// The day the policy is asked for.
    AsOf,
    /// Not.
    Not(Box<Code>),
    /// All of them.
    All(Vec<Code>),
    /// Any of them.
    Any(Vec<Code>),
    /// Two compared.
    Compare(Comparison, Box<Code>, Box<Code>),
    /// One of several; turned round when it must be none of them.
    In(Box<Code>, Vec<Code>, bool),
    /// Sum of two.
    Plus(Box<Code>, Box<Code>),
    /// Difference.
    Minus(Box<Code>, Box<Code>),
    /// Product.
    Times(Box<Code>, Box<Code>),
    /// Quotient.
    Over(Box<Code>, Box<Code>),
    /// The number with the other sign.
    Negative(Box<Code>),
    /// The smallest.
    Smallest(Vec<Code>),
    /// The largest.
    Largest(Vec<Code>),
    /// A choice.
    If(Box<Code>, Box<Code>, Box<Code>),
    /// A parameter, and what stands for it while it is not in force.
    Else(usize, Box<Code>),
    /// Rounded to whole steps.
    Round(Box<Code>, Box<Code>, Rounding),
    /// What a table gives for a number.
    Table(usize, Box<Code>),
    /// A function of days.
    Days(DayFunction, Vec<Code>),
    /// A monthly amount over a span of days, each month to the fen.
    Prorated(Box<Code>, Box<Code>, Box<Code>),
    /// Over the items of a list.
    Loop(Loop, Box<Code>, Option<Box<Code>>, Box<Code>),
}

/// How two are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Comparison {
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
}

impl Comparison {
    /// As it is written.
    pub fn text(self) -> &'static str {
        match self {
            Comparison::Equal => "=",
            Comparison::Unequal => "!=",
            Comparison::Less => "<",
            Comparison::AtMost => "<=",
            Comparison::More => ">",
            Comparison::AtLeast => ">=",
        }
    }

    /// What holds when it does not.
    pub fn turned(self) -> Comparison {
        match self {
            Comparison::Equal => Comparison::Unequal,
            Comparison::Unequal => Comparison::Equal,
            Comparison::Less => Comparison::AtLeast,
            Comparison::AtMost => Comparison::More,
            Comparison::More => Comparison::AtMost,
            Comparison::AtLeast => Comparison::Less,
        }
    }

    /// The same with its sides changed over.
    pub fn mirrored(self) -> Comparison {
        match self {
            Comparison::Less => Comparison::More,
            Comparison::AtMost => Comparison::AtLeast,
            Comparison::More => Comparison::Less,
            Comparison::AtLeast => Comparison::AtMost,
            same => same,
        }
    }
}

/// Functions of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DayFunction {
    /// Whole years from one day to another.
    Years,
    /// Whole months.
    Months,
    /// Days from one to another.
    Days,
    /// So many months later; a day that the month lacks becomes its last.
    AddMonthsDown,
    /// So many months later; a day that the month lacks becomes the first of the next.
    AddMonthsUp,
    /// So many days later.
    AddDays,
    /// The last of so many working days after it.
    AddWorkdays,
    /// The year.
    Year,
    /// The month, 1 to 12.
    Month,
    /// The first day of its month.
    StartOfMonth,
    /// The last day of its month.
    EndOfMonth,
    /// The earlier of two.
    Earlier,
    /// The later of two.
    Later,
}

/// What a loop makes of its items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Loop {
    /// The sum.
    Sum,
    /// How many.
    Count,
    /// Whether any.
    Any,
    /// Whether all.
    All,
    /// The smallest.
    Smallest,
    /// The largest.
    Largest,
}

impl Code {
    /// The parts it is made of, in order.
    pub fn parts(&self) -> Vec<&Code> {
        match &self.op {
            Op::Constant(_)
            | Op::Input(_)
            | Op::Parameter(_)
            | Op::Definition(_)
            | Op::Condition(_)
            | Op::Item(..)
            | Op::AsOf => Vec::new(),
            Op::Not(a) | Op::Negative(a) | Op::Else(_, a) | Op::Table(_, a) => vec![a],
            Op::All(all) | Op::Any(all) | Op::Smallest(all) | Op::Largest(all) => {
                all.iter().collect()
            }
            Op::Days(_, all) => all.iter().collect(),
            Op::Compare(_, a, b)
            | Op::Plus(a, b)
            | Op::Minus(a, b)
            | Op::Times(a, b)
            | Op::Over(a, b)
            | Op::Round(a, b, _) => vec![a, b],
            Op::In(of, options, _) => std::iter::once(&**of).chain(options).collect(),
            Op::If(a, b, c) | Op::Prorated(a, b, c) => vec![a, b, c],
            Op::Loop(_, list, condition, body) => {
                let mut all: Vec<&Code> = vec![list];
                all.extend(condition.as_deref());
                all.push(body);
                all
            }
        }
    }

    /// The same parts, to be changed.
    pub fn parts_mut(&mut self) -> Vec<&mut Code> {
        match &mut self.op {
            Op::Constant(_)
            | Op::Input(_)
            | Op::Parameter(_)
            | Op::Definition(_)
            | Op::Condition(_)
            | Op::Item(..)
            | Op::AsOf => Vec::new(),
            Op::Not(a) | Op::Negative(a) | Op::Else(_, a) | Op::Table(_, a) => vec![a],
            Op::All(all) | Op::Any(all) | Op::Smallest(all) | Op::Largest(all) => {
                all.iter_mut().collect()
            }
            Op::Days(_, all) => all.iter_mut().collect(),
            Op::Compare(_, a, b)
            | Op::Plus(a, b)
            | Op::Minus(a, b)
            | Op::Times(a, b)
            | Op::Over(a, b)
            | Op::Round(a, b, _) => vec![a, b],
            Op::In(of, options, _) => std::iter::once(&mut **of).chain(options).collect(),
            Op::If(a, b, c) | Op::Prorated(a, b, c) => vec![a, b, c],
            Op::Loop(_, list, condition, body) => {
                let mut all: Vec<&mut Code> = vec![list];
                all.extend(condition.as_deref_mut());
                all.push(body);
                all
            }
        }
    }

    /// Goes over it and everything in it, outside in.
    pub fn each<'c>(&'c self, take: &mut dyn FnMut(&'c Code)) {
        take(self);
        for part in self.parts() {
            part.each(take);
        }
    }
}
