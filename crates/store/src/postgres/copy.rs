//! Many rows at once: `copy … from stdin` in its text form.

use super::connection::Connection;
use super::error::{Failure, explain};
use crate::cell::Cell;
use crate::error::{Error, Result};
use bytes::{Bytes, BytesMut};
use futures_util::SinkExt as _;
use kernel::canon::hex;

const WIDTH: Error = Error::Misuse("a row is not as wide as its columns");
/// Rows that go in one by one: a copy takes longer to start than these take in all.
const ROWS_MAX_SINGLE: usize = 4;
/// How much to gather before sending.
const CHUNK_BYTES: usize = 64 * 1024;

impl Connection {
    /// Adds many rows. All of them or none: a broken rule fails the whole copy.
    pub(crate) fn insert_rows<'c, R: AsRef<[Cell<'c>]>>(
        &mut self,
        table: &str,
        columns: &[&str],
        rows: &mut dyn Iterator<Item = R>,
    ) -> Result<u64, Failure> {
        let first: Vec<R> = rows.take(ROWS_MAX_SINGLE + 1).collect();
        if first.len() > ROWS_MAX_SINGLE {
            return self.copy(table, columns, &mut first.into_iter().chain(rows));
        }
        let marks: Vec<String> = (1..=columns.len()).map(|place| format!("${place}")).collect();
        let (columns_text, marks) = (columns.join(", "), marks.join(", "));
        let sql = format!("insert into {table} ({columns_text}) values ({marks})");
        for row in &first {
            if row.as_ref().len() != columns.len() {
                return Err(Failure::from(WIDTH));
            }
            self.execute(&sql, row.as_ref())?;
        }
        Ok(first.len() as u64)
    }

    fn copy<'c, R: AsRef<[Cell<'c>]>>(
        &mut self,
        table: &str,
        columns: &[&str],
        rows: &mut dyn Iterator<Item = R>,
    ) -> Result<u64, Failure> {
        let sql = format!("copy {table} ({}) from stdin", columns.join(", "));
        let wrong = |cause| explain(&sql, cause);
        self.handle.block_on(async {
            let sink = self.client.copy_in::<_, Bytes>(&sql).await.map_err(wrong)?;
            let mut sink = Box::pin(sink);
            let mut chunk = BytesMut::with_capacity(CHUNK_BYTES + 1024);
            for row in rows {
                write_row(row.as_ref(), columns.len(), &mut chunk)?;
                if chunk.len() >= CHUNK_BYTES {
                    let full = chunk.split().freeze();
                    sink.send(full).await.map_err(wrong)?;
                    chunk.reserve(CHUNK_BYTES + 1024);
                }
            }
            if !chunk.is_empty() {
                sink.send(chunk.freeze()).await.map_err(wrong)?;
            }
            sink.as_mut().finish().await.map_err(wrong)
        })
    }
}

fn write_row(row: &[Cell<'_>], width: usize, out: &mut BytesMut) -> Result<()> {
    if row.len() != width {
        return Err(WIDTH);
    }
    for (place, cell) in row.iter().enumerate() {
        if place > 0 {
            out.extend_from_slice(b"\t");
        }
        cell.check()?;
        match cell {
            Cell::Null => out.extend_from_slice(b"\\N"),
            Cell::Int(int) => out.extend_from_slice(int.to_string().as_bytes()),
            Cell::Real(real) => out.extend_from_slice(format!("{real:?}").as_bytes()),
            Cell::Bool(truth) => out.extend_from_slice(if *truth { b"1" } else { b"0" }),
            Cell::Text(text) => write_text(text, out),
            Cell::Bytes(bytes) => {
                out.extend_from_slice(b"\\\\x");
                out.extend_from_slice(hex(bytes).as_bytes());
            }
        }
    }
    out.extend_from_slice(b"\n");
    Ok(())
}

fn write_text(text: &str, out: &mut BytesMut) {
    let mut rest = text.as_bytes();
    let special = |byte: &u8| matches!(byte, b'\\' | b'\n' | b'\r' | b'\t');
    while let Some(at) = rest.iter().position(special) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(match rest[at] {
            b'\\' => b"\\\\",
            b'\n' => b"\\n",
            b'\r' => b"\\r",
            _ => b"\\t",
        });
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
}
