//! One connection: statements run one after the other, each waited for.

use super::error::{Failure, explain};
use crate::cell::Cell;
use crate::error::Error;
use crate::row::{Row, Source};
use futures_util::StreamExt as _;
use std::collections::BTreeMap;
use tokio::runtime::Handle;
use tokio_postgres::{Client, Statement};

/// Prepared statements kept for a connection.
const STATEMENTS_MAX: usize = 256;

/// A client with its prepared statements.
///
/// Every verb blocks its thread, so it must not be called on an async worker.
pub(crate) struct Connection {
    pub(super) client: Client,
    pub(super) handle: Handle,
    statements: BTreeMap<String, Statement>,
}

impl Connection {
    pub(super) fn new(client: Client, handle: Handle) -> Connection {
        Connection { client, handle, statements: BTreeMap::new() }
    }

    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Sends plain statements in one go; answers the first failure after all have run.
    pub(super) fn pipeline(&self, statements: &[&str]) -> Result<(), tokio_postgres::Error> {
        let running = statements.iter().map(|sql| self.client.batch_execute(sql));
        let answers = self.handle.block_on(futures_util::future::join_all(running));
        answers.into_iter().collect()
    }

    /// Runs statements that answer nothing of interest.
    pub(crate) fn batch(&self, sql: &str) -> Result<(), Failure> {
        self.pipeline(&[sql]).map_err(|cause| explain(sql, cause))
    }

    /// Runs a statement; answers how many rows it changed.
    pub(crate) fn execute(&mut self, sql: &str, params: &[Cell<'_>]) -> Result<u64, Failure> {
        let statement = self.prepare(sql, params)?;
        self.handle
            .block_on(self.client.execute_raw(&statement, params))
            .map_err(|cause| explain(sql, cause))
    }

    /// Hands each row of an answer to `take`, which says whether to go on.
    ///
    /// Rows are taken off the wire as they are needed; a long answer is never held whole.
    pub(crate) fn for_each<E: From<Error>>(
        &mut self,
        sql: &str,
        params: &[Cell<'_>],
        take: &mut dyn FnMut(&Row<'_>) -> Result<bool, E>,
    ) -> Result<Result<(), E>, Failure> {
        let statement = self.prepare(sql, params)?;
        let rows = self
            .handle
            .block_on(self.client.query_raw(&statement, params))
            .map_err(|cause| explain(sql, cause))?;
        let mut rows = Box::pin(rows);
        while let Some(row) = self.handle.block_on(rows.next()) {
            let row = row.map_err(|cause| explain(sql, cause))?;
            match take(&Row(Source::Postgres(&row))) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => return Ok(Err(error)),
            }
        }
        Ok(Ok(()))
    }

    /// Forgets what was prepared, because the schema changes.
    pub(crate) fn forget_statements(&mut self) {
        self.statements.clear();
    }

    fn prepare(&mut self, sql: &str, params: &[Cell<'_>]) -> Result<Statement, Failure> {
        for param in params {
            param.check().map_err(Failure::from)?;
        }
        let statement = match self.statements.get(sql) {
            Some(statement) => statement.clone(),
            None => {
                let fresh = self.handle.block_on(self.client.prepare(sql));
                let fresh = fresh.map_err(|cause| explain(sql, cause))?;
                if self.statements.len() >= STATEMENTS_MAX {
                    self.statements.clear();
                }
                self.statements.insert(sql.to_string(), fresh.clone());
                fresh
            }
        };
        match statement.params().len() <= params.len() {
            true => Ok(statement),
            false => Err(Failure::from(Error::Misuse(
                "a statement names a parameter that was not given",
            ))),
        }
    }
}
