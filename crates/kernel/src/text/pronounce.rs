//! Pinyin of Chinese names, so that they can be found from a keyboard.

use pinyin::ToPinyin as _;

/// The syllables of a text: `漕河泾 AI` → `cao he jing ai`. Latin words stay as they are.
///
/// Characters with several readings take the most common one.
pub fn syllables(folded: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut word = String::new();
    for (c, reading) in folded.chars().zip(folded.to_pinyin()) {
        if let Some(reading) = reading {
            flush(&mut word, &mut out);
            out.push(reading.plain().to_string());
        } else if c.is_ascii_alphanumeric() {
            word.push(c);
        } else {
            flush(&mut word, &mut out);
        }
    }
    flush(&mut word, &mut out);
    out
}

fn flush(word: &mut String, out: &mut Vec<String>) {
    if !word.is_empty() {
        out.push(std::mem::take(word));
    }
}

/// The initials of a text: `漕河泾` → `chj`; of Latin words their first letters.
pub fn initials(folded: &str) -> String {
    syllables(folded).iter().filter_map(|syllable| syllable.chars().next()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_names_aloud() {
        assert_eq!(syllables("漕河泾 ai lab").join(" "), "cao he jing ai lab");
        assert_eq!(initials("徐家汇"), "xjh");
        assert_eq!(initials("shanghai jiao tong university"), "sjtu");
        assert!(syllables("").is_empty());
    }
}
