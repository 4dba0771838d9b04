//! Tables of traces: CSV with a header, read by the names of its columns, bounded.

use kernel::Refusal;

/// A table has at most so many rows.
pub const ROWS_MAX: usize = 2_000_000;
/// And so many bytes.
pub const BYTES_MAX: usize = 256 << 20;

/// The rows of a table, each as the wanted columns in their order.
///
/// A wanted column whose name ends in `?` may be missing; it is empty then. Fails with `E-CMP-01` for
/// a column that is missing or a row that is not of the header's length, `E-SIZE` past the bounds.
pub fn rows(text: &str, wanted: &[&str]) -> Result<Vec<Vec<String>>, Refusal> {
    let rule = "a trace is a table with a header";
    if text.len() > BYTES_MAX {
        let en = format!("a table has at most {BYTES_MAX} bytes");
        return Err(Refusal::new("E-SIZE", en.clone(), "表过大", en));
    }
    let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
    let broken = |error: &csv::Error| {
        let row = error.position().map_or(1, csv::Position::line);
        Refusal::new("E-CMP-01", rule, "表格无法读取", error.to_string()).row(row)
    };
    let header = reader.headers().map_err(|error| broken(&error))?.clone();
    let mut places = Vec::with_capacity(wanted.len());
    for name in wanted {
        let (name, optional) = match name.strip_suffix('?') {
            Some(name) => (name, true),
            None => (*name, false),
        };
        let place = header.iter().position(|column| column.trim_start_matches('\u{feff}') == name);
        if place.is_none() && !optional {
            let (zh, en) = (format!("缺少列“{name}”"), format!("the column `{name}` is missing"));
            return Err(Refusal::new("E-CMP-01", rule, zh, en).row(1).column(name));
        }
        places.push(place);
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| broken(&error))?;
        if rows.len() >= ROWS_MAX {
            let en = format!("a table has at most {ROWS_MAX} rows");
            return Err(Refusal::new("E-SIZE", en.clone(), "表的行数过多", en));
        }
        let cell = |place: &Option<usize>| {
            place.and_then(|at| record.get(at)).unwrap_or_default().trim().to_string()
        };
        rows.push(places.iter().map(cell).collect());
    }
    Ok(rows)
}

/// A whole number of a cell, within bounds.
///
/// Fails with `E-CMP-02`, naming row and column.
pub fn number(text: &str, (row, column): (usize, &str), most: i64) -> Result<i64, Refusal> {
    text.parse::<i64>().ok().filter(|number| (0..=most).contains(number)).ok_or_else(|| {
        let en = format!("a whole number from 0 to {most} is wanted");
        Refusal::new(
            "E-CMP-02",
            "a request is whole and not below nothing",
            "应为非负整数且不超过上限",
            en,
        )
        .row(row as u64)
        .column(column)
        .value(text)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_by_name_and_faults_have_their_place() {
        let text = "b,a\n1,2\n3,4\n";
        assert_eq!(rows(text, &["a", "c?"]).expect("rows"), [["2", ""], ["4", ""]]);
        let missing = rows(text, &["c"]).expect_err("no such column");
        assert_eq!((missing.code, missing.place.column.as_deref()), ("E-CMP-01", Some("c")));
        let short = rows("a,b\n1\n", &["a"]).expect_err("a short row");
        assert_eq!((short.code, short.place.row), ("E-CMP-01", Some(2)));
        for wrong in ["", "-1", "1.5", "x", "11", "99999999999999999999"] {
            let refusal = number(wrong, (3, "gpus"), 10).expect_err(wrong);
            assert_eq!((refusal.code, refusal.place.row), ("E-CMP-02", Some(3)), "{wrong}");
        }
        assert_eq!(number("10", (1, "x"), 10), Ok(10));
    }
}
