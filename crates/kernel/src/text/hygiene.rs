//! Hygiene: characters that deceive the eye have no place in names.

use crate::refusal::Refusal;

/// Characters that reorder, hide or imitate: bidirectional controls, zero-width characters,
/// byte order marks, unassigned-looking controls, tag characters.
fn deceives(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// The text with outer white space removed; fails with `E-TEXT-01` for control characters other
/// than line breaks and tabs, `E-TEXT-02` for characters that deceive the eye, and `E-TEXT-03`
/// past `chars_max` characters.
pub fn clean(text: &str, chars_max: usize) -> Result<&str, Refusal> {
    let text = text.trim();
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(Refusal::new(
            "E-TEXT-01",
            "text has no control characters",
            "文本含有控制字符",
            "the text has control characters",
        )
        .value(text));
    }
    if let Some(c) = text.chars().find(|c| deceives(*c)) {
        let code = format!("U+{:04X}", c as u32);
        return Err(Refusal::new(
            "E-TEXT-02",
            "text has no bidirectional controls, zero-width or tag characters",
            format!("文本含有不可见或改变方向的字符 {code},请删除"),
            format!("the text has the invisible or direction-changing character {code}; remove it"),
        )
        .value(text));
    }
    if text.chars().nth(chars_max).is_some() {
        return Err(Refusal::new(
            "E-TEXT-03",
            format!("this text has at most {chars_max} characters"),
            format!("文本超过 {chars_max} 个字符"),
            format!("the text has more than {chars_max} characters"),
        )
        .value(text));
    }
    Ok(text)
}

/// A name: [`clean`], on one line, 1 to 300 characters, and no Latin word that mixes in Greek or
/// Cyrillic look-alikes (`E-TEXT-04`).
pub fn clean_name(text: &str) -> Result<&str, Refusal> {
    let text = clean(text, 300)?;
    if text.is_empty() || text.contains(['\n', '\r', '\t']) {
        return Err(Refusal::new(
            "E-TEXT-05",
            "a name is one line of 1 to 300 characters",
            "名称应为一行,1至300个字符",
            "a name is one line of 1 to 300 characters",
        )
        .value(text));
    }
    let mixed = text.split(|c: char| !c.is_alphabetic()).any(|word| {
        let latin = word.chars().any(|c| c.is_ascii_alphabetic());
        let other = |c: char| matches!(c, '\u{370}'..='\u{3ff}' | '\u{400}'..='\u{52f}');
        // A single Greek letter beside Latin is notation: "αGalCer".
        let cyrillic = |c: char| matches!(c, '\u{400}'..='\u{52f}');
        latin && (word.chars().filter(|c| other(*c)).count() > 1 || word.chars().any(cyrillic))
    });
    if mixed {
        return Err(Refusal::new(
            "E-TEXT-04",
            "a word does not mix Latin letters with Greek or Cyrillic look-alikes",
            "同一词中混用了拉丁字母与希腊或西里尔字母",
            "one word mixes Latin letters with Greek or Cyrillic look-alikes",
        )
        .value(text));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_deceives() {
        fn code(text: &str) -> Result<&str, &'static str> {
            clean_name(text).map_err(|r| r.code)
        }
        assert_eq!(code(" 模速空间 "), Ok("模速空间"));
        assert_eq!(code("模速\u{200b}空间"), Err("E-TEXT-02"));
        assert_eq!(code("\u{202e}gnp.exe"), Err("E-TEXT-02"));
        assert_eq!(code("a\u{0}b"), Err("E-TEXT-01"));
        assert_eq!(code(""), Err("E-TEXT-05"));
        assert_eq!(code("two\nlines"), Err("E-TEXT-05"));
        assert_eq!(code("pаypal"), Err("E-TEXT-04"));
        assert_eq!(code("α-synuclein"), Ok("α-synuclein"));
        assert_eq!(code(&"长".repeat(301)), Err("E-TEXT-03"));
    }
}
