//! A small policy that the tests of this crate share.

use crate::{Moment, Policy, Vocabulary, read};
use kernel::{Calendar, Day};
use std::sync::OnceLock;

pub(crate) const VOUCHER: &str = "policy: sh.ai.2025.corpus-voucher
title: {zh: 语料券, en: Corpus voucher}
place: shanghai
source: {document: 样例措施, issued: 2025-07-28, clause: '3', confidence: excerpt}
valid: {from: 2025-07-28, to: 2027-07-27}
inputs:
  deal.corpus: {type: money, ask: 2}
  deal.affiliated: {type: money, ask: 4}
  firm.good_credit: {type: truth, ask: 1}
  firm.staff: {type: number, unit: 人, ask: 3}
parameters:
  rate: {type: ratio, clause: '3', value: 30%}
  cap: {type: money, value: unread}
  staff_min: {type: number, unit: 人, value: 10}
define:
  base: max(deal.corpus - deal.affiliated, 0)
eligible:
  all:
    - {that: firm.good_credit, label: {zh: 信用良好, en: In good standing}, clause: '1'}
    - firm.staff >= staff_min
amount: {kind: up_to, expr: 'min(rate * base, cap)', round: fen_half_up}
tests:
  - name: some of it is bought from an affiliate
    in: {deal.corpus: 900000.00, deal.affiliated: 250000.00, firm.good_credit: true, firm.staff: 10}
    out: {up_to: 195000.00, values: {base: 650000.00}}
  - name: too few people
    in: {deal.corpus: 900000.00, deal.affiliated: 0, firm.good_credit: true, firm.staff: 9}
    out: {eligible: false}
  - name: nobody said how much is bought from affiliates
    in: {deal.corpus: 900000.00, firm.good_credit: true, firm.staff: 10}
    out: {unknown: [deal.affiliated]}
";

pub(crate) fn calendar() -> &'static Calendar {
    static CALENDAR: OnceLock<Calendar> = OnceLock::new();
    CALENDAR.get_or_init(Calendar::new)
}

pub(crate) fn day(text: &str) -> Day {
    Day::parse(text).expect("a day")
}

pub(crate) fn moment(text: &str) -> Moment {
    Moment { on: day(text), known: day(text) }
}

/// The policy in a text; every fault is shown.
pub(crate) fn policy(text: &str) -> Policy {
    let read = read(text, &Vocabulary::default());
    let shown: Vec<String> = read.faults.iter().map(ToString::to_string).collect();
    read.policy.unwrap_or_else(|| panic!("{shown:#?}"))
}

/// A policy with these inputs, definitions and amount, for tests of expressions.
pub(crate) fn with(inputs: &str, rest: &str) -> String {
    format!(
        "policy: test\ntitle: 测试\nsource: {{document: 测试, issued: 2025-01-01, confidence: own}}\n\
         inputs:\n{inputs}\n{rest}\n"
    )
}
