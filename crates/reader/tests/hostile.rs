//! Hostile input: nothing panics, nothing takes more than linear time, bombs are refused.

mod common;

use proptest::prelude::*;
use reader::{Grammar, Limits, candidates, read};
use schema::Schema;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

static GRAMMAR: LazyLock<Grammar> = LazyLock::new(|| Grammar::shipped().expect("grammar"));
static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema::shipped().expect("schema"));

/// Reading eight times as much takes eight times as long where time grows in a line, and sixty-four
/// times where it grows with the square. Half-way lies what fails.
const SMALL: usize = 1 << 10;
const TIMES: usize = 8;
const GROWTH_MAX: u32 = 24;

/// The shorter of two readings of so many bytes of a unit.
fn reading(unit: &str, name: &str, bytes: usize) -> Duration {
    let text = unit.repeat(bytes / unit.len());
    let once = || {
        let start = Instant::now();
        let _ = whole(text.as_bytes(), name);
        start.elapsed()
    };
    once().min(once())
}

/// Whether time grows in a line. A busy machine may spoil an attempt, not five; an absolute bound
/// would tell of the machine (`make bench` has that one).
fn grows_in_a_line(unit: &str, name: &str) -> bool {
    let small = Duration::from_micros(200);
    (0..5).any(|_| {
        let short = reading(unit, name, SMALL).max(small);
        reading(unit, name, TIMES * SMALL) <= short * GROWTH_MAX
    })
}

fn whole(bytes: &[u8], name: &str) -> Result<usize, &'static str> {
    let document = read(bytes, name, &GRAMMAR, &Limits::default()).map_err(|r| r.code)?;
    for paragraph in document.paragraphs() {
        assert!(paragraph.len() <= 4 * bytes.len().max(16) + 16_000_000);
    }
    Ok(candidates(&document, &GRAMMAR, &SCHEMA).len())
}

#[test]
fn time_grows_in_a_line_with_anything() {
    let units = [
        "1",
        "1,",
        "1.",
        "(",
        ")",
        "\n",
        "\n\n",
        "一",
        "一百",
        "<",
        "<b>",
        "<div>",
        "&",
        "&#",
        "“",
        "”",
        "亿元",
        "1亿元",
        "锦澜区",
        "占1%,",
        "增长1%",
        "区",
        "大学",
        "1家企业、",
        "2023年",
        "十四五",
        "第一",
        "記(jì)",
        "(qū)",
        "副区长王小明",
        "#",
        ":",
        "《",
        "——",
        "1/",
        "翻一番",
        "每平方公里",
        "全国首个",
        "与大学签约",
        "由大学发布",
        "千",
        "-1",
        "1-",
        "来源:",
        " ",
        "a ",
        "。",
        "在区,",
    ];
    for unit in units {
        for name in ["a.txt", "a.html"] {
            assert!(grows_in_a_line(unit, name), "`{unit}` as {name} grows with the square");
        }
    }
}

#[test]
fn bombs_and_giants_are_refused() {
    let zeros = vec![b' '; 40 << 20];
    let bomb = common::archive(&[("word/document.xml", &zeros)]);
    assert_eq!(whole(&bomb, "a.docx"), Err("E-READ-03"));
    let parts: Vec<(String, Vec<u8>)> = (0..2_001).map(|n| (format!("p{n}"), vec![b'x'])).collect();
    let parts: Vec<(&str, &[u8])> = parts.iter().map(|(n, b)| (n.as_str(), b.as_slice())).collect();
    assert_eq!(whole(&common::archive(&parts), "a.docx"), Err("E-READ-03"));
    assert_eq!(whole(&vec![b'1'; (32 << 20) + 1], "a.txt"), Err("E-READ-01"));
    assert_eq!(whole(&vec![b'1'; 9_000_000], "a.txt"), Err("E-READ-02"));
    assert_eq!(whole(b"%PDF-1.7 nothing", "a.pdf"), Err("E-READ-05"));
    assert_eq!(whole(b"PK\x03\x04 nothing", "a.docx"), Err("E-READ-05"));
    assert_eq!(whole(&[0xff, 0xff, 0xff, 0x00], "a.txt"), Err("E-READ-06"));
    assert_eq!(whole(b"", "a.txt"), Ok(0));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        for name in ["a.txt", "a.html", "a.docx", "a.pdf"] {
            let _ = whole(&bytes, name);
        }
    }

    #[test]
    fn words_never_panic_and_read_twice_the_same(
        words in proptest::collection::vec(proptest::sample::select(vec![
            "锦澜区", "全市", "1500", "余", "家", "企业", "占", "61%", "(", ")", "、", ",", "。", "和",
            "“", "”", "——", "十大", "千亿", "4个", "2023年", "近五年", "第一", "居", "翻一番", "1/5",
            "的", "亿元", "万平方米", "目标", "增长", "去年", "\n", "与", "签约", "记者", "王小明", "首个",
            "<p>", "&nbsp;", "(qū)", "每", "平方公里", "1.15公里", "规模", "基金", "大学", "-", "·",
        ]), 0..60)
    ) {
        let text = words.concat();
        for name in ["a.txt", "a.html"] {
            let first = read(text.as_bytes(), name, &GRAMMAR, &Limits::default());
            let Ok(document) = first else { continue };
            let found = candidates(&document, &GRAMMAR, &SCHEMA);
            prop_assert_eq!(&found, &candidates(&document, &GRAMMAR, &SCHEMA));
            for candidate in found {
                prop_assert!(candidate.start <= candidate.end);
                prop_assert!(candidate.end as usize <= text.len());
                prop_assert!(text.is_char_boundary(candidate.start as usize));
                prop_assert!(text.is_char_boundary(candidate.end as usize));
                prop_assert!(candidate.confidence <= 100);
            }
        }
    }
}
