//! Who the tenants are, and what their jobs run: what the engine decides nothing by.

use compute_rules::engine::ReservationId;
use compute_rules::job::JobId;
use compute_rules::ledger::Tenant;
use compute_rules::party::Group;
use compute_rules::refused::{bound, refused};
use kernel::Refusal;
use std::collections::HashMap;

/// Words of a command at most, and bytes of all of them.
const WORDS_MAX: usize = 256;
const COMMAND_BYTES_MAX: usize = 64 << 10;
/// Bytes of a job's name at most.
const NAME_BYTES_MAX: usize = 200;
/// Bytes of a key at most.
const KEY_BYTES_MAX: usize = 200;

/// What a job runs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Program {
    /// What its owner calls it.
    pub name: String,
    /// The program and its arguments.
    pub command: Vec<String>,
    /// The account that submitted it.
    pub submitter: String,
    /// What its submitter names it by, once: under it the same job is never submitted twice. Empty
    /// for none.
    pub key: String,
    /// Its place in an array of jobs alike; none for a job by itself.
    pub array: Option<Member>,
}

/// A place in an array of jobs alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// Which, from 0.
    pub index: u32,
    /// Of how many.
    pub count: u32,
}

/// Jobs of an array at most.
pub const ARRAY_MAX: u32 = 4_096;

impl Program {
    /// How many jobs alike it is of: one for a job by itself.
    pub fn count(&self) -> u32 {
        self.array.map_or(1, |member| member.count)
    }

    /// Whether it can be run at all.
    ///
    /// Fails with `E-CMP-47` for no command or one that is too long, with a NUL in it, or whose
    /// name is none.
    pub fn check(&self) -> Result<(), Refusal> {
        bound("command", self.command.len() as i64, 1, WORDS_MAX as i64)?;
        let bytes: usize = self.command.iter().map(String::len).sum();
        bound("command", bytes as i64, 1, COMMAND_BYTES_MAX as i64)?;
        let whole = self.command.iter().all(|word| !word.contains('\0'));
        if !whole || self.command.first().is_none_or(String::is_empty) {
            let rule = "a command is a program and its arguments, without NUL";
            return Err(refused("E-CMP-47", rule, "命令应为程序及其参数", "command", ""));
        }
        bound("key", self.key.len() as i64, 0, KEY_BYTES_MAX as i64)?;
        let name = self.name.trim();
        if name.is_empty() || name.len() > NAME_BYTES_MAX || name.chars().any(char::is_control) {
            let rule = "a job has a name of 1 to 200 bytes, on one line";
            return Err(refused("E-CMP-47", rule, "作业名称应为1至200字节", "name", &self.name));
        }
        bound("array", i64::from(self.count()), 1, i64::from(ARRAY_MAX))?;
        Ok(())
    }
}

/// What is written down of tenants and jobs.
#[derive(Debug, Clone, Default)]
pub struct Book {
    /// What each tenant is known by outside, in the order of their numbers.
    keys: Vec<String>,
    numbers: HashMap<String, Tenant>,
    programs: HashMap<JobId, Program>,
    /// Jobs by their submitter and what they named them by.
    keyed: HashMap<(String, String), JobId>,
    /// What each group is called, in the order of their numbers.
    groups: Vec<String>,
    last_job: u64,
    last_voucher: u64,
    last_reservation: u32,
}

impl Book {
    /// A tenant by what it is known by: an entity such as `E12`, or an account such as `A3`.
    pub fn tenant(&self, key: &str) -> Option<Tenant> {
        self.numbers.get(key).copied()
    }

    /// What a tenant is known by.
    pub fn key(&self, tenant: Tenant) -> Option<&str> {
        self.keys.get(tenant.0 as usize).map(String::as_str)
    }

    /// All tenants.
    pub fn tenants(&self) -> impl Iterator<Item = (Tenant, &str)> {
        self.keys.iter().enumerate().map(|(at, key)| (Tenant(at as u32), key.as_str()))
    }

    /// What a group is called.
    pub fn group(&self, group: Group) -> Option<&str> {
        self.groups.get(group.0 as usize).map(String::as_str)
    }

    /// All groups.
    pub fn groups(&self) -> impl Iterator<Item = (Group, &str)> {
        self.groups.iter().enumerate().map(|(at, name)| (Group(at as u32), name.as_str()))
    }

    pub(crate) fn next_group(&self) -> Group {
        Group(self.groups.len() as u32)
    }

    pub(crate) fn name_group(&mut self, group: Group, name: &str) {
        if group == self.next_group() {
            self.groups.push(name.to_string());
        }
    }

    pub(crate) fn next_reservation(&self) -> ReservationId {
        ReservationId(self.last_reservation + 1)
    }

    pub(crate) fn note_reservation(&mut self, id: ReservationId) {
        self.last_reservation = self.last_reservation.max(id.0);
    }

    /// What a job runs.
    pub fn program(&self, job: JobId) -> Option<&Program> {
        self.programs.get(&job)
    }

    pub(crate) fn next_tenant(&self) -> Tenant {
        Tenant(self.keys.len() as u32)
    }

    pub(crate) fn next_job(&self) -> JobId {
        JobId(self.last_job + 1)
    }

    pub(crate) fn next_voucher(&self) -> u64 {
        self.last_voucher + 1
    }

    /// Takes a name that is spoken for.
    pub(crate) fn enrol(&mut self, tenant: Tenant, key: &str) {
        if tenant == self.next_tenant() && !self.numbers.contains_key(key) {
            self.keys.push(key.to_string());
            self.numbers.insert(key.to_string(), tenant);
        }
    }

    pub(crate) fn note_job(&mut self, job: JobId) {
        self.last_job = self.last_job.max(job.0);
    }

    pub(crate) fn note_voucher(&mut self, voucher: u64) {
        self.last_voucher = self.last_voucher.max(voucher);
    }

    /// The job that an account named so.
    pub fn keyed(&self, submitter: &str, key: &str) -> Option<JobId> {
        self.keyed.get(&(submitter.to_string(), key.to_string())).copied()
    }

    pub(crate) fn run(&mut self, job: JobId, program: Program) {
        if !program.key.is_empty() {
            // Of an array the first is named so.
            self.keyed.entry((program.submitter.clone(), program.key.clone())).or_insert(job);
        }
        self.programs.insert(job, program);
    }
}
