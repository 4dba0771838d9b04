/** A small policy to begin from: every part once, with a test of each kind. */
export const EXAMPLE = `policy: xh.2026.example
title: {zh: 示例：稳岗奖励, en: 'Example: reward for keeping jobs'}
place: shanghai/xuhui
source: {document: 办法的名称, issuer: 发布机关, issued: 2026-01-01, clause: 第三条, confidence: draft}
valid: {from: 2026-01-01, to: null}
inputs:
  firm.registered_district: null
  jobs.insured: {type: number, unit: 人, label: {zh: 参保人数, en: Insured employees}, ask: 2}
parameters:
  least: {type: number, unit: 人, value: 10, clause: 第三条}
  each: {type: money, value: 1000.00, per: 人, clause: 第四条}
  cap: {type: money, value: 300000.00, clause: 第四条}
eligible:
  all:
    - that: "firm.registered_district = '徐汇区'"
      label: {zh: 注册在本区, en: Registered here}
      clause: 第二条
    - that: jobs.insured >= least
      label: {zh: 参保10人以上, en: Ten insured or more}
      clause: 第三条
amount: {kind: up_to, expr: 'min(each * jobs.insured, cap)'}
pool: {id: xh.2026.example, budget: 10000000.00}
process:
  way: quick
  within: 60 workday
  materials: [{label: {zh: 社保缴费记录, en: Record of insurance}, shows: jobs.insured}]
justifications: [{of: firm.registered_district, article: 第二条, until: 2027-12-31}]
tests:
  - {name: 符合, in: {firm.registered_district: 徐汇区, jobs.insured: 12}, out: {up_to: 12000.00}, clause: 第四条}
  - {name: 正好10人, in: {firm.registered_district: 徐汇区, jobs.insured: 10}, out: {up_to: 10000.00}, clause: 第三条}
  - {name: 差1人, in: {firm.registered_district: 徐汇区, jobs.insured: 9}, out: {eligible: false}, clause: 第三条}
  - {name: 封顶, in: {firm.registered_district: 徐汇区, jobs.insured: 400}, out: {up_to: 300000.00}, clause: 第四条}
  - {name: 外区, in: {firm.registered_district: 静安区, jobs.insured: 12}, out: {eligible: false}, clause: 第二条}
  - {name: 人数未知, in: {firm.registered_district: 徐汇区}, out: {unknown: [jobs.insured]}, clause: 第三条}
`;
