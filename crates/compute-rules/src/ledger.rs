//! Vouchers (算力券) in double entry: issue, split, hold, capture, release, expire.
//!
//! Amounts are whole: micro-yuan, or milli-GPU-milliseconds of one kind of device. Whatever is taken
//! from one pocket of a voucher goes to another, so at every instant what was issued is what remains,
//! is held, was captured or has expired. A command names what it makes or how far it gets: said
//! twice it does nothing the second time, said differently it is refused.

use crate::names::Named;
use crate::refused::{otherwise, refused};
use kernel::{Refusal, Timestamp};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// What amounts of a voucher are counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// Micro-yuan.
    Money,
    /// Milli-GPU-milliseconds of the kind of device with this place in the inventory.
    Time(u16),
}

/// Kinds of devices something is good for: a bit for each, none set is any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Kinds(pub u64);

impl Kinds {
    /// These kinds.
    pub fn of(kinds: impl Iterator<Item = u16>) -> Kinds {
        Kinds(kinds.fold(0, |bits, kind| bits | 1 << (kind % 64)))
    }

    /// Whether all of some kinds are among them.
    pub fn cover(self, kinds: Kinds) -> bool {
        self.0 == 0 || (kinds.0 != 0 && kinds.0 & !self.0 == 0)
    }

    /// Whether any of some kinds is among them.
    pub fn meet(self, kinds: Kinds) -> bool {
        self.0 == 0 || kinds.0 == 0 || self.0 & kinds.0 != 0
    }
}

/// When something is good: from the first instant, up to and without the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Window {
    /// The first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub until: Timestamp,
}

impl Window {
    /// Whether an instant lies in it.
    pub fn has(self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }
}

/// A voucher's name, given by who issues it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VoucherId(pub u64);

/// A hold's name: the job's, given by who admits it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HoldId(pub u64);

/// Who holds vouchers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tenant(pub u32);

/// A voucher as it is issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Issue {
    /// Its name.
    pub voucher: VoucherId,
    /// Who may spend it.
    pub holder: Tenant,
    /// What it counts in.
    pub unit: Unit,
    /// Devices it pays for.
    pub kinds: Kinds,
    /// When a hold on it may be made.
    pub window: Window,
    /// How much, above nothing.
    pub amount: i64,
}

/// A voucher with its pockets; `received` is always the sum of the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Voucher {
    /// As it was issued or split off.
    pub issue: Issue,
    /// The voucher it was split off.
    pub parent: Option<VoucherId>,
    /// Free to be held.
    pub remaining: i64,
    /// Set aside for jobs.
    pub held: i64,
    /// Paid for what was metered.
    pub captured: i64,
    /// Lost with its window.
    pub expired: i64,
    /// Split off to other vouchers.
    pub given: i64,
    /// Captured by holds that are no longer kept.
    settled: i64,
    over: bool,
}

/// A pocket of a voucher, or where money comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pocket {
    /// Outside: what issuing takes from.
    Issuer,
    /// Free to be held.
    Remaining,
    /// Set aside.
    Held,
    /// Paid.
    Captured,
    /// Lost.
    Expired,
}

/// An entry: so much from one pocket to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posting {
    /// The voucher and pocket it is taken from.
    pub from: (VoucherId, Pocket),
    /// The voucher and pocket it goes to.
    pub to: (VoucherId, Pocket),
    /// How much, above nothing.
    pub amount: i64,
}

/// The most a tenant may have held and captured of a unit on some kinds within a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Whose.
    pub tenant: Tenant,
    /// Counted in.
    pub unit: Unit,
    /// Which devices count.
    pub kinds: Kinds,
    /// Holds that are made in it count.
    pub window: Window,
    /// The most.
    pub limit: i64,
}

/// What a job asks to be set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask {
    /// The hold's name.
    pub hold: HoldId,
    /// Who pays.
    pub tenant: Tenant,
    /// In which unit.
    pub unit: Unit,
    /// Devices it may run on: a voucher pays that is good for all of them.
    pub kinds: Kinds,
    /// How much, above nothing.
    pub amount: i64,
}

/// A part of a hold on one voucher.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The voucher.
    pub voucher: VoucherId,
    /// Set aside on it.
    pub held: i64,
    /// Of that, already captured.
    pub captured: i64,
}

/// A hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// What was asked.
    pub ask: Ask,
    /// On which vouchers, in the order in which they pay.
    pub parts: Vec<Part>,
    /// Captured in all.
    pub captured: i64,
    /// When what was left of it went back.
    pub released: Option<Timestamp>,
    budgets: Vec<u32>,
}

/// What all vouchers of a unit come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Issued in all.
    pub issued: i128,
    /// Free to be held.
    pub remaining: i128,
    /// Set aside.
    pub held: i128,
    /// Paid.
    pub captured: i128,
    /// Lost.
    pub expired: i128,
}

impl Totals {
    /// Whether nothing was made and nothing lost.
    pub fn balance(&self) -> bool {
        self.issued == self.remaining + self.held + self.captured + self.expired
    }
}

/// A budget of a tenant, and what it has taken so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Spent {
    budget: Budget,
    used: i64,
}

/// All vouchers, holds and budgets.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    vouchers: Named<VoucherId, Voucher>,
    holds: Named<HoldId, Hold>,
    /// Holds that were released, in the order in which they were.
    released: VecDeque<(Timestamp, HoldId)>,
    /// Vouchers of a tenant with something left, the first to expire first.
    purses: Named<Tenant, BTreeSet<(Timestamp, VoucherId)>>,
    /// When vouchers expire.
    ends: BTreeSet<(Timestamp, VoucherId)>,
    budgets: Vec<Spent>,
    budgets_of: Named<Tenant, Vec<u32>>,
    totals: BTreeMap<Unit, Totals>,
    /// The same of vouchers that are no longer kept, and the last names of what is not.
    past: BTreeMap<Unit, Totals>,
    past_voucher: Option<VoucherId>,
    past_hold: Option<HoldId>,
    now: Option<Timestamp>,
}

fn positive(amount: i64, column: &str) -> Result<i64, Refusal> {
    if amount > 0 {
        return Ok(amount);
    }
    let rule = "an amount is above nothing";
    Err(refused("E-CMP-21", rule, "数额应大于零", column, &amount.to_string()))
}

impl Ledger {
    /// Lets time pass: vouchers whose window is over lose what is left of them.
    ///
    /// Fails with `E-CMP-22` when the clock went back; nothing is changed then.
    pub fn advance(&mut self, at: Timestamp, out: &mut Vec<Posting>) -> Result<(), Refusal> {
        if self.now.is_some_and(|now| at < now) {
            let rule = "time goes forward: what happens is not before what happened";
            return Err(refused("E-CMP-22", rule, "时钟倒退", "at", &at.to_string()));
        }
        self.now = Some(at);
        while let Some((until, id)) = self.ends.first().copied() {
            if until > at {
                break;
            }
            self.ends.pop_first();
            let Some(voucher) = self.vouchers.get_mut(&id) else { continue };
            voucher.over = true;
            let left = std::mem::take(&mut voucher.remaining);
            voucher.expired += left;
            let (unit, holder) = (voucher.issue.unit, voucher.issue.holder);
            if let Some(purse) = self.purses.get_mut(&holder) {
                purse.remove(&(until, id));
            }
            let totals = self.totals.entry(unit).or_default();
            totals.remaining -= i128::from(left);
            totals.expired += i128::from(left);
            note(out, (id, Pocket::Remaining), (id, Pocket::Expired), left);
        }
        Ok(())
    }

    /// Issues a voucher.
    ///
    /// Fails with `E-CMP-20` for another voucher of this name, `E-CMP-21` for no amount, `E-CMP-23`
    /// for a window that is over or ends before it begins, and as [`Ledger::advance`].
    pub fn issue(
        &mut self,
        at: Timestamp,
        issue: Issue,
        out: &mut Vec<Posting>,
    ) -> Result<(), Refusal> {
        self.advance(at, out)?;
        if let Some(known) = self.vouchers.get(&issue.voucher) {
            let same = known.issue == issue && known.parent.is_none();
            return same.then_some(()).ok_or_else(|| otherwise("voucher", issue.voucher.0));
        }
        self.not_past(issue.voucher)?;
        positive(issue.amount, "amount")?;
        if issue.window.until <= issue.window.from || issue.window.until <= at {
            let rule = "a voucher's window ends after it begins and after now";
            let until = issue.window.until.to_string();
            return Err(refused("E-CMP-23", rule, "券的有效期应晚于开始和现在", "until", &until));
        }
        self.put(issue, None);
        let totals = self.totals.entry(issue.unit).or_default();
        totals.issued += i128::from(issue.amount);
        totals.remaining += i128::from(issue.amount);
        let id = issue.voucher;
        note(out, (id, Pocket::Issuer), (id, Pocket::Remaining), issue.amount);
        Ok(())
    }

    fn put(&mut self, issue: Issue, parent: Option<VoucherId>) {
        let voucher = Voucher {
            issue,
            parent,
            remaining: issue.amount,
            held: 0,
            captured: 0,
            expired: 0,
            given: 0,
            settled: 0,
            over: false,
        };
        self.vouchers.insert(issue.voucher, voucher);
        let end = (issue.window.until, issue.voucher);
        self.purses.entry(issue.holder).or_default().insert(end);
        self.ends.insert(end);
    }

    /// Splits a part of a voucher off to a new one, for its holder or for another tenant.
    ///
    /// Fails with `E-CMP-20`, `E-CMP-21`, `E-CMP-24` for a voucher that is not there, `E-CMP-25`
    /// when less remains of it, and as [`Ledger::advance`].
    pub fn split(
        &mut self,
        at: Timestamp,
        (from, to): (VoucherId, VoucherId),
        holder: Tenant,
        amount: i64,
        out: &mut Vec<Posting>,
    ) -> Result<(), Refusal> {
        self.advance(at, out)?;
        if let Some(known) = self.vouchers.get(&to) {
            let same = known.parent == Some(from)
                && known.issue.holder == holder
                && known.issue.amount == amount;
            return same.then_some(()).ok_or_else(|| otherwise("voucher", to.0));
        }
        self.not_past(to)?;
        positive(amount, "amount")?;
        let Some(voucher) = self.vouchers.get_mut(&from) else {
            let rule = "only a voucher that was issued can be split";
            return Err(refused("E-CMP-24", rule, "没有这张券", "from", &from.0.to_string()));
        };
        if voucher.remaining < amount {
            let rule = "no more is split off a voucher than remains of it";
            let left = voucher.remaining.to_string();
            return Err(refused("E-CMP-25", rule, "券的余额不足", "amount", &left));
        }
        voucher.remaining -= amount;
        voucher.given += amount;
        let issue = Issue { voucher: to, holder, amount, ..voucher.issue };
        self.tidy(from);
        self.put(issue, Some(from));
        note(out, (from, Pocket::Remaining), (to, Pocket::Remaining), amount);
        Ok(())
    }

    /// A purse keeps only vouchers with something left.
    fn tidy(&mut self, id: VoucherId) {
        let Some(voucher) = self.vouchers.get(&id) else { return };
        let end = (voucher.issue.window.until, id);
        let purse = self.purses.entry(voucher.issue.holder).or_default();
        if voucher.remaining > 0 && !voucher.over {
            purse.insert(end);
        } else {
            purse.remove(&end);
        }
    }

    /// Sets a budget.
    pub fn budget(&mut self, budget: Budget) {
        let place = self.budgets.len() as u32;
        self.budgets.push(Spent { budget, used: 0 });
        self.budgets_of.entry(budget.tenant).or_default().push(place);
    }

    /// Sets aside what a job may cost at most, on the vouchers that expire first.
    ///
    /// Fails with `E-CMP-20`, `E-CMP-21`, `E-CMP-26` when the tenant's vouchers for the kinds do not
    /// suffice, `E-CMP-27` past a budget, and as [`Ledger::advance`].
    pub fn hold(&mut self, at: Timestamp, ask: Ask, out: &mut Vec<Posting>) -> Result<(), Refusal> {
        self.advance(at, out)?;
        if let Some(known) = self.holds.get(&ask.hold) {
            let same = known.ask == ask;
            return same.then_some(()).ok_or_else(|| otherwise("hold", ask.hold.0));
        }
        if self.past_hold.is_some_and(|past| ask.hold <= past) {
            return Err(past("hold", ask.hold.0));
        }
        let (parts, budgets) = self.parts_of(at, &ask)?;
        for part in &parts {
            if let Some(voucher) = self.vouchers.get_mut(&part.voucher) {
                voucher.remaining -= part.held;
                voucher.held += part.held;
            }
            self.tidy(part.voucher);
            let id = part.voucher;
            note(out, (id, Pocket::Remaining), (id, Pocket::Held), part.held);
        }
        for place in &budgets {
            self.budgets[*place as usize].used += ask.amount;
        }
        let totals = self.totals.entry(ask.unit).or_default();
        totals.remaining -= i128::from(ask.amount);
        totals.held += i128::from(ask.amount);
        let hold = Hold { ask, parts, captured: 0, released: None, budgets };
        self.holds.insert(ask.hold, hold);
        Ok(())
    }

    /// From which vouchers a hold would be taken, those that expire first before others, and the budgets
    /// that it would count in.
    ///
    /// Fails with `E-CMP-21` for nothing, `E-CMP-26` when no vouchers cover it, `E-CMP-27` past a
    /// budget.
    pub fn parts_of(&self, at: Timestamp, ask: &Ask) -> Result<(Vec<Part>, Vec<u32>), Refusal> {
        positive(ask.amount, "amount")?;
        let budgets = self.within_budgets(at, ask)?;
        let mut parts = Vec::new();
        let mut left = ask.amount;
        for (_, id) in self.purses.get(&ask.tenant).into_iter().flatten() {
            let Some(voucher) = self.vouchers.get(id) else { continue };
            let good = voucher.issue.unit == ask.unit
                && voucher.issue.kinds.cover(ask.kinds)
                && voucher.issue.window.has(at);
            if good {
                let held = voucher.remaining.min(left);
                parts.push(Part { voucher: *id, held, captured: 0 });
                left -= held;
                if left == 0 {
                    break;
                }
            }
        }
        if left > 0 {
            let rule = "a job is admitted when its payer's vouchers cover what it may cost";
            let zh = "有效券的余额不足以支付该作业的最高费用";
            let there = (ask.amount - left).to_string();
            return Err(refused("E-CMP-26", rule, zh, "amount", &there));
        }
        Ok((parts, budgets))
    }

    /// The budgets a hold counts in.
    fn within_budgets(&self, at: Timestamp, ask: &Ask) -> Result<Vec<u32>, Refusal> {
        let mut counted = Vec::new();
        for place in self.budgets_of.get(&ask.tenant).into_iter().flatten() {
            let Spent { budget, used } = &self.budgets[*place as usize];
            let counts =
                budget.unit == ask.unit && budget.kinds.meet(ask.kinds) && budget.window.has(at);
            if !counts {
                continue;
            }
            if used.checked_add(ask.amount).is_none_or(|sum| sum > budget.limit) {
                let rule = "what is held and captured within a budget's window stays within it";
                let left = (budget.limit - used).to_string();
                return Err(refused("E-CMP-27", rule, "超出预算", "amount", &left));
            }
            counted.push(*place);
        }
        Ok(counted)
    }

    /// Captures what was metered: `total` is what the job has cost so far, so that a capture that
    /// is said again takes nothing again.
    ///
    /// Fails with `E-CMP-24` for a hold that is not there, `E-CMP-28` for a total that is below what
    /// was captured or above what is held, `E-CMP-29` once it was released with another total, and
    /// as [`Ledger::advance`].
    pub fn capture(
        &mut self,
        at: Timestamp,
        id: HoldId,
        total: i64,
        out: &mut Vec<Posting>,
    ) -> Result<(), Refusal> {
        self.advance(at, out)?;
        let Some(hold) = self.holds.get_mut(&id) else { return Err(no_hold(id)) };
        if total == hold.captured {
            return Ok(());
        }
        if hold.released.is_some() {
            let rule = "nothing is captured once a hold was released";
            return Err(refused("E-CMP-29", rule, "冻结已释放", "hold", &id.0.to_string()));
        }
        if total < hold.captured || total > hold.ask.amount {
            let rule = "a capture grows, and not past what is held";
            let zh = "扣款只增不减,且不超过冻结额";
            return Err(refused("E-CMP-28", rule, zh, "total", &total.to_string()));
        }
        let mut left = total - hold.captured;
        hold.captured = total;
        for part in &mut hold.parts {
            let taken = (part.held - part.captured).min(left);
            if taken == 0 {
                continue;
            }
            part.captured += taken;
            left -= taken;
            if let Some(voucher) = self.vouchers.get_mut(&part.voucher) {
                voucher.held -= taken;
                voucher.captured += taken;
            }
            note(out, (part.voucher, Pocket::Held), (part.voucher, Pocket::Captured), taken);
            let totals = self.totals.entry(hold.ask.unit).or_default();
            totals.held -= i128::from(taken);
            totals.captured += i128::from(taken);
        }
        Ok(())
    }

    /// Gives back what a hold did not use; to a voucher whose window is over, it expires.
    ///
    /// Fails with `E-CMP-24` for a hold that is not there, and as [`Ledger::advance`].
    pub fn release(
        &mut self,
        at: Timestamp,
        id: HoldId,
        out: &mut Vec<Posting>,
    ) -> Result<(), Refusal> {
        self.advance(at, out)?;
        let Some(hold) = self.holds.get_mut(&id) else { return Err(no_hold(id)) };
        if hold.released.is_some() {
            return Ok(());
        }
        hold.released = Some(at);
        self.released.push_back((at, id));
        for place in &hold.budgets {
            self.budgets[*place as usize].used -= hold.ask.amount - hold.captured;
        }
        let (parts, unit) = (hold.parts.clone(), hold.ask.unit);
        for part in parts {
            let left = part.held - part.captured;
            let Some(voucher) = self.vouchers.get_mut(&part.voucher) else { continue };
            voucher.held -= left;
            let totals = self.totals.entry(unit).or_default();
            totals.held -= i128::from(left);
            let pocket = if voucher.over {
                voucher.expired += left;
                totals.expired += i128::from(left);
                Pocket::Expired
            } else {
                voucher.remaining += left;
                totals.remaining += i128::from(left);
                Pocket::Remaining
            };
            note(out, (part.voucher, Pocket::Held), (part.voucher, pocket), left);
            self.tidy(part.voucher);
        }
        Ok(())
    }

    fn not_past(&self, voucher: VoucherId) -> Result<(), Refusal> {
        match self.past_voucher {
            Some(last) if voucher <= last => Err(past("voucher", voucher.0)),
            _ => Ok(()),
        }
    }

    /// Lets go of holds that were released before an instant, and of vouchers whose window is over
    /// and of which nothing is held; sums keep what they came to. New names must be above theirs.
    pub fn forget(&mut self, before: Timestamp) {
        while self.released.front().is_some_and(|(released, _)| *released < before) {
            let Some((_, id)) = self.released.pop_front() else { break };
            let Some(hold) = self.holds.remove(&id) else { continue };
            self.past_hold = self.past_hold.max(Some(id));
            for part in &hold.parts {
                if let Some(voucher) = self.vouchers.get_mut(&part.voucher) {
                    voucher.settled += part.captured;
                }
            }
        }
        let done = |voucher: &Voucher| {
            voucher.over
                && voucher.issue.window.until < before
                && voucher.held == 0
                && voucher.settled == voucher.captured
        };
        for (id, voucher) in self.vouchers.extract_if(|_, voucher| done(voucher)) {
            self.past_voucher = self.past_voucher.max(Some(id));
            let sum = self.past.entry(voucher.issue.unit).or_default();
            if voucher.parent.is_none() {
                sum.issued += i128::from(voucher.issue.amount);
            }
            sum.captured += i128::from(voucher.captured);
            sum.expired += i128::from(voucher.expired);
        }
    }

    /// Every voucher that is kept, in the order of their names.
    pub fn vouchers(&self) -> Vec<(VoucherId, &Voucher)> {
        let mut all: Vec<_> = self.vouchers.iter().map(|(id, voucher)| (*id, voucher)).collect();
        all.sort_unstable_by_key(|(id, _)| *id);
        all
    }

    /// A voucher.
    pub fn voucher(&self, id: VoucherId) -> Option<&Voucher> {
        self.vouchers.get(&id)
    }

    /// A hold.
    pub fn held(&self, id: HoldId) -> Option<&Hold> {
        self.holds.get(&id)
    }

    /// Vouchers of a tenant that have something left, the first to expire first.
    pub fn purse(&self, tenant: Tenant) -> impl Iterator<Item = &Voucher> {
        let purse = self.purses.get(&tenant).into_iter().flatten();
        purse.filter_map(|(_, id)| self.vouchers.get(id))
    }

    /// What all vouchers of a unit come to.
    pub fn totals(&self, unit: Unit) -> Totals {
        self.totals.get(&unit).copied().unwrap_or_default()
    }

    /// Adds everything up anew and says what does not agree; nothing, when all is well.
    pub fn audit(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut sums = self.past.clone();
        let mut held: Named<VoucherId, (i64, i64)> = Named::default();
        for hold in self.holds.values() {
            let captured: i64 = hold.parts.iter().map(|part| part.captured).sum();
            let aside: i64 = hold.parts.iter().map(|part| part.held).sum();
            if captured != hold.captured || aside != hold.ask.amount {
                faults.push(format!("hold {}: its parts are not its sum", hold.ask.hold.0));
            }
            for part in &hold.parts {
                let entry = held.entry(part.voucher).or_default();
                entry.1 += part.captured;
                if hold.released.is_none() {
                    entry.0 += part.held - part.captured;
                }
            }
        }
        for (id, voucher) in &self.vouchers {
            let pockets =
                [voucher.remaining, voucher.held, voucher.captured, voucher.expired, voucher.given];
            if pockets.iter().any(|pocket| *pocket < 0)
                || pockets.iter().sum::<i64>() != voucher.issue.amount
            {
                faults.push(format!("voucher {}: its pockets are not what it was issued", id.0));
            }
            let of_holds = held.get(id).copied().unwrap_or_default();
            if of_holds != (voucher.held, voucher.captured - voucher.settled) {
                faults.push(format!("voucher {}: its holds are not what it has held", id.0));
            }
            let sum = sums.entry(voucher.issue.unit).or_default();
            if voucher.parent.is_none() {
                sum.issued += i128::from(voucher.issue.amount);
            }
            sum.remaining += i128::from(voucher.remaining);
            sum.held += i128::from(voucher.held);
            sum.captured += i128::from(voucher.captured);
            sum.expired += i128::from(voucher.expired);
        }
        if sums != self.totals {
            faults.push("the totals are not the sums of the vouchers".to_string());
        }
        if sums.values().any(|sum| !sum.balance()) {
            faults.push("something was made or lost".to_string());
        }
        for Spent { budget, used } in &self.budgets {
            if *used < 0 || *used > budget.limit {
                faults.push(format!("a budget of tenant {} is overdrawn", budget.tenant.0));
            }
        }
        faults
    }
}

fn no_hold(id: HoldId) -> Refusal {
    let rule = "only what is held is captured or released";
    refused("E-CMP-24", rule, "没有这笔冻结", "hold", &id.0.to_string())
}

fn past(column: &str, name: u64) -> Refusal {
    let rule = "a new name is above those that are no longer kept";
    refused("E-CMP-33", rule, "名称过旧", column, &name.to_string())
}

fn note(out: &mut Vec<Posting>, from: (VoucherId, Pocket), to: (VoucherId, Pocket), amount: i64) {
    if amount > 0 {
        out.push(Posting { from, to, amount });
    }
}

#[cfg(test)]
mod tests;
