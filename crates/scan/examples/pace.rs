//! How fast rows become statements: `cargo run --release -p scan --example pace`.
#![expect(clippy::print_stdout, reason = "an example speaks to who runs it")]

use scan::{Flow, Limits, Mapping, read};
use schema::Schema;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Instant;

const MAPPING: &str = r#"
source: {key: p, title: {zh: 速度, en: Pace}, publisher: Xiudai, licence: CC0-1.0, confidence: 80}
file: p.csv
format: csv
record: "{code}"
entities:
  - {id: firm, kind: company, keys: {ticker: "{code}"}, names: [{zh: "{name}"}]}
  - {id: street, kind: street, keys: {division_code: "{street}"}}
statements:
  - {of: firm, property: located_in, entity: street}
  - {of: firm, property: established, value: "{founded}"}
  - {of: firm, property: website, value: "{site}"}
  - {of: firm, property: industry_name, value: "{industry}"}
  - {of: firm, property: employment, value: "{staff}", unit: 人, valid: "{year}"}
  - {of: firm, property: figure_money, value: "{capital}", unit: 万元}
  - {of: firm, property: alias, value: "{aliases}", split: "|"}
"#;

fn main() {
    let schema = Schema::shipped().expect("the schema that ships");
    let mapping = Mapping::parse("p.yaml", MAPPING, &BTreeMap::new(), &schema).expect("a mapping");
    let mut text =
        String::from("code,name,street,founded,site,industry,staff,year,capital,aliases\n");
    for n in 0..200_000 {
        let _ = writeln!(
            text,
            "C{n},第{n}号科技有限公司,310104{:03},20{:02}-03-01,https://example.org/{n},软件和信息技术服务业,{},2024,{}.5,{n}号|公司{n}",
            n % 17,
            n % 25,
            n % 900,
            n % 5_000,
        );
    }
    let begun = Instant::now();
    let limits = Limits::default();
    let report = read("p.csv", text.as_bytes(), &mapping, &schema, &limits, &mut |_| Flow::Go);
    let seconds = begun.elapsed().as_secs_f64();
    assert!(report.is_sound(), "{:?}", report.refusals.first());
    println!(
        "{} rows, {} statements in {seconds:.2} s: {:.0} statements/s on one core",
        report.rows,
        report.statements,
        report.statements as f64 / seconds
    );
}
