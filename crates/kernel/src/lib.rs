#![doc = include_str!("../README.md")]

pub mod calendar;
pub mod canon;
pub mod day;
pub mod decimal;
pub mod geometry;
pub mod id;
pub mod identifier;
pub mod money;
pub mod proof;
pub mod quantity;
pub mod ratio;
pub mod refusal;
pub mod statement;
pub mod text;
pub mod timestamp;
pub mod unit;
pub mod valid;
pub mod value;

pub use crate::calendar::Calendar;
pub use crate::day::Day;
pub use crate::decimal::Decimal;
pub use crate::id::{Actor, EntityId, EventId, SourceId, StatementId};
pub use crate::money::Fen;
pub use crate::proof::{Proof, Shown};
pub use crate::quantity::{Comparator, Quantity};
pub use crate::ratio::{Ratio, Rounding};
pub use crate::refusal::{Label, Place, Refusal};
pub use crate::statement::{NewStatement, Rank};
pub use crate::timestamp::Timestamp;
pub use crate::unit::{Unit, Units};
pub use crate::valid::{Precision, Valid};
pub use crate::value::Value;
