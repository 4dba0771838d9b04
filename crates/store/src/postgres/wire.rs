//! Values on PostgreSQL's wire, in its binary form.
//!
//! PostgreSQL infers the type of each parameter, so one cell has to fit whatever it inferred:
//! a whole number goes into `int4` or `numeric` as well as into `bigint`.

use crate::cell::Cell;
use crate::error::{Error, Result};
use bytes::{BufMut as _, BytesMut};
use std::borrow::Cow;
use std::error::Error as StdError;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

type Wire<T> = std::result::Result<T, Box<dyn StdError + Sync + Send>>;

/// A cell that does not fit the type that PostgreSQL wants.
#[derive(Debug, thiserror::Error)]
#[error("{kind} does not fit the type `{wanted}`")]
pub(super) struct Mismatch {
    kind: &'static str,
    wanted: String,
}

/// Reads one value of a row.
pub(crate) fn read_cell(row: &tokio_postgres::Row, column: usize) -> Result<Cell<'_>> {
    row.try_get::<_, Cell<'_>>(column).map_err(|error| Error::Decode {
        column: row
            .columns()
            .get(column)
            .map_or_else(|| format!("number {column}"), |one| one.name().to_string()),
        want: "a value of a known type",
        found: error.source().map_or_else(|| error.to_string(), ToString::to_string),
    })
}

impl<'a> FromSql<'a> for Cell<'a> {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Wire<Cell<'a>> {
        Ok(match *ty {
            Type::BOOL => Cell::Bool(bool::from_sql(ty, raw)?),
            Type::INT2 => Cell::Int(i64::from(i16::from_sql(ty, raw)?)),
            Type::INT4 => Cell::Int(i64::from(i32::from_sql(ty, raw)?)),
            Type::INT8 => Cell::Int(i64::from_sql(ty, raw)?),
            Type::FLOAT4 => Cell::Real(f64::from(f32::from_sql(ty, raw)?)),
            Type::FLOAT8 => Cell::Real(f64::from_sql(ty, raw)?),
            Type::BYTEA => Cell::Bytes(Cow::Borrowed(raw)),
            Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN => {
                Cell::Text(Cow::Borrowed(std::str::from_utf8(raw)?))
            }
            Type::NUMERIC => read_numeric(raw)?,
            _ => return Err(format!("the type `{ty}`").into()),
        })
    }

    fn from_sql_null(_: &Type) -> Wire<Cell<'a>> {
        Ok(Cell::Null)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

impl ToSql for Cell<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Wire<IsNull> {
        let mismatch = || Mismatch { kind: self.kind(), wanted: ty.to_string() };
        match (self, ty) {
            (Cell::Null, _) => return Ok(IsNull::Yes),
            (Cell::Int(int), &Type::INT8) => out.put_i64(*int),
            (Cell::Int(int), &Type::INT4) => {
                out.put_i32(i32::try_from(*int).map_err(|_| mismatch())?);
            }
            (Cell::Int(int), &Type::INT2) => {
                out.put_i16(i16::try_from(*int).map_err(|_| mismatch())?);
            }
            (Cell::Int(int), &Type::FLOAT8) => out.put_f64(*int as f64),
            (Cell::Int(int @ (0 | 1)), &Type::BOOL) => out.put_u8(*int as u8),
            (Cell::Int(int), &Type::NUMERIC) => write_numeric(&int.to_string(), out),
            (Cell::Int(int), &Type::TEXT) => out.put_slice(int.to_string().as_bytes()),
            (Cell::Real(real), &Type::FLOAT8) => out.put_f64(*real),
            (Cell::Real(real), &Type::FLOAT4) => out.put_f32(*real as f32),
            (Cell::Real(real), &Type::NUMERIC) => write_numeric(&real.to_string(), out),
            (Cell::Bool(truth), &Type::BOOL) => out.put_u8(u8::from(*truth)),
            (Cell::Bool(truth), &Type::INT8) => out.put_i64(i64::from(*truth)),
            (Cell::Bool(truth), &Type::INT4) => out.put_i32(i32::from(*truth)),
            (Cell::Bytes(bytes), &Type::BYTEA) => out.put_slice(bytes),
            (
                Cell::Text(text),
                &(Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN),
            ) => out.put_slice(text.as_bytes()),
            _ => return Err(mismatch().into()),
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// A `numeric`, as sums and averages answer it: whole ones become whole numbers.
fn read_numeric(raw: &[u8]) -> Wire<Cell<'static>> {
    let short = |at: usize| -> Wire<i16> {
        let bytes = raw.get(at * 2..at * 2 + 2).ok_or("a cut numeric")?;
        Ok(i16::from_be_bytes([bytes[0], bytes[1]]))
    };
    let (count, weight, sign, scale) = (short(0)?, short(1)?, short(2)?, short(3)?);
    let minus = match sign as u16 {
        0 => "",
        0x4000 => "-",
        _ => return Err("a numeric that is no number".into()),
    };
    let digit = |place: i16| {
        if (0..count).contains(&place) { short(4 + place as usize) } else { Ok(0) }
    };
    let mut text = String::from(minus);
    for place in 0..=weight.max(0) {
        text.push_str(&format!("{:04}", if weight < 0 { 0 } else { digit(place)? }));
    }
    if scale == 0 {
        return Ok(Cell::Int(text.parse().map_err(|_| "a sum beyond 64 bits")?));
    }
    text.push('.');
    for place in 1..=scale.div_euclid(4) + 1 {
        text.push_str(&format!("{:04}", digit(weight + place)?));
    }
    Ok(Cell::Real(text.parse()?))
}

/// A plain decimal such as `-12.5` as a `numeric`.
fn write_numeric(decimal: &str, out: &mut BytesMut) {
    let (minus, plain) = match decimal.strip_prefix('-') {
        Some(plain) => (true, plain),
        None => (false, decimal),
    };
    let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
    let scale = fraction.len();
    let lead = "0".repeat((4 - whole.len() % 4) % 4);
    let tail = "0".repeat((4 - fraction.len() % 4) % 4);
    let text = format!("{lead}{whole}{fraction}{tail}");
    let digits: Vec<i16> = text
        .as_bytes()
        .chunks(4)
        .map(|four| four.iter().fold(0, |n, b| n * 10 + i16::from(b - b'0')))
        .collect();
    out.put_i16(digits.len() as i16);
    out.put_i16(((whole.len() + lead.len()) / 4) as i16 - 1);
    out.put_u16(if minus { 0x4000 } else { 0 });
    out.put_i16(scale as i16);
    digits.iter().for_each(|digit| out.put_i16(*digit));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerics_come_back() {
        for text in ["0", "1", "-1", "9999", "10000", "-123456789012345", "9223372036854775807"] {
            let mut out = BytesMut::new();
            write_numeric(text, &mut out);
            assert_eq!(read_numeric(&out).expect(text), Cell::Int(text.parse().expect("int")));
        }
        for text in ["0.5", "-12.25", "100000.0001", "0.00001", "3.141592653589793"] {
            let mut out = BytesMut::new();
            write_numeric(text, &mut out);
            assert_eq!(read_numeric(&out).expect(text), Cell::Real(text.parse().expect("real")));
        }
        assert!(read_numeric(&[0, 1]).is_err());
    }
}
