//! Names of organisations and places: when two writings are exactly one name.

use super::fold::fold;

/// The key under which two writings of a name are one: folded, without punctuation, brackets'
/// contents kept, spaces removed between Chinese characters.
///
/// This only undoes writing (script, width, case, punctuation); it never drops a word, so a
/// university and its hospital, or 漕河泾街道 and 漕河泾开发区, keep different keys.
pub fn name_key(name: &str) -> String {
    let folded = fold(name);
    let mut out = String::with_capacity(folded.len());
    let mut gap = false;
    for c in folded.chars() {
        if c.is_alphanumeric() || matches!(c, '+' | '#' | '&') {
            let joins = |c: char| c.is_ascii_alphanumeric();
            if gap && out.chars().next_back().is_some_and(joins) && joins(c) {
                out.push(' ');
            }
            out.push(c);
            gap = false;
        } else {
            gap = true;
        }
    }
    if out.is_empty() { folded } else { out }
}

/// A name without the quotation marks and title marks around or inside it: `“模速空间”`, `《办法》`.
pub fn unquoted(name: &str) -> String {
    let marks = ['“', '”', '"', '《', '》', '「', '」', '『', '』'];
    name.chars().filter(|c| !marks.contains(c)).collect::<String>().trim().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_has_one_key() {
        for (a, b) in [
            ("上海人工智能實驗室", "上海人工智能实验室"),
            ("“模速空间”", "模速空间"),
            ("Shanghai Kehua Bio-Engineering Co.,Ltd", "SHANGHAI KEHUA BIO-ENGINEERING CO., LTD"),
            ("魔珐（上海）信息科技有限公司", "魔珐(上海)信息科技有限公司"),
            ("上海 科技 大学", "上海科技大学"),
        ] {
            assert_eq!(name_key(a), name_key(b), "{a} {b}");
        }
        for (a, b) in [
            ("漕河泾街道", "漕河泾开发区"),
            ("复旦大学", "复旦大学附属中山医院"),
            ("ShanghaiTech University", "Shanghai Tech University"),
            ("C++", "C"),
        ] {
            assert_ne!(name_key(a), name_key(b), "{a} {b}");
        }
        assert_eq!(unquoted("《区块链系统应用接口规范》"), "区块链系统应用接口规范");
    }
}
