//! Refusals that several parts give alike.

use kernel::Refusal;

/// What broke a rule, in which field, with the value it had.
pub fn refused(code: &'static str, rule: &str, zh: &str, column: &str, value: &str) -> Refusal {
    Refusal::new(code, rule, zh, rule).column(column).value(value)
}

/// A number within its bounds; `E-CMP-40` otherwise.
pub fn bound(column: &str, value: i64, least: i64, most: i64) -> Result<(), Refusal> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    let rule = format!("`{column}` is {least} to {most}");
    let zh = format!("“{column}”应为 {least} 至 {most}");
    Err(refused("E-CMP-40", &rule, &zh, column, &value.to_string()))
}

/// Something else under a name that is taken: `E-CMP-20`.
pub fn otherwise(column: &str, name: u64) -> Refusal {
    let rule = "what is said again is said alike; another thing has another name";
    let zh = "同名而内容不同:重复的指令应与原来一致";
    refused("E-CMP-20", rule, zh, column, &name.to_string())
}
