//! Dense numbers: ids in the order of commit.

use crate::error::{Error, Result};
use crate::params;
use crate::tx::Tx;

impl Tx<'_> {
    /// Takes the next `count` numbers of a counter and answers the first of them; a counter
    /// starts at 1.
    ///
    /// Writers stand in line, and a transaction that is undone gives its numbers back, so the
    /// numbers are dense and in the order of commit on both engines. Fails with
    /// [`Error::Misuse`] if `count` is below 1. Cost: one statement.
    pub fn take_ids(&mut self, name: &str, count: i64) -> Result<i64> {
        if count < 1 {
            return Err(Error::Misuse("take at least one number"));
        }
        let last = self.query_one(
            "insert into counter (name, value) values ($1, $2)
             on conflict (name) do update set value = counter.value + excluded.value
             returning value",
            params![name, count],
            |row| row.int(0),
        )?;
        Ok(last - count + 1)
    }
}
