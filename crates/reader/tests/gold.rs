//! Invented documents of many genres, read and scored against what they say.

mod common;

use encoding_rs::GB18030;
use kernel::text::unquoted;
use reader::score::{Read, Score, score};
use reader::{Candidate, CandidateKind, Document, Grammar, Limits, SpanOf, candidates, read};
use schema::Schema;

/// Thousandths that every fixture must reach.
const RECALL_MIN: usize = 900;
const PRECISION_MIN: usize = 900;

fn opened(bytes: &[u8], name: &str) -> (Document, Vec<Candidate>) {
    let grammar = Grammar::shipped().expect("grammar");
    let schema = Schema::shipped().expect("schema");
    let document = read(bytes, name, &grammar, &Limits::default()).expect(name);
    let found = candidates(&document, &grammar, &schema);
    (document, found)
}

fn names() -> Vec<String> {
    let mut names: Vec<String> = common::gold().into_iter().map(|row| row.file).collect();
    names.sort();
    names.dedup();
    names
}

#[test]
fn documents_of_every_genre_are_read_right() {
    let grammar = Grammar::shipped().expect("grammar");
    let gold = common::gold();
    for name in names() {
        let (document, found) = opened(&common::fixture(&name), &name);
        let one = Read { file: &name, document: &document, candidates: &found };
        let score: Score = score(&gold, &[one], &grammar).remove(&name).expect("score");
        assert!(score.gold > 0, "{name} has gold");
        let told = (&score.missed, &score.spurious);
        assert!(score.recall() >= RECALL_MIN, "{name}: recall {} {told:#?}", score.recall());
        assert!(score.precision() >= PRECISION_MIN, "{name}: {} {told:#?}", score.precision());
        assert_eq!(score.span_exact, score.span_known, "{name}: spans {told:#?}");
    }
}

#[test]
fn an_encoding_changes_offsets_and_nothing_else() {
    let text = String::from_utf8(common::fixture("columns.txt")).expect("UTF-8");
    let (_, plain) = opened(text.as_bytes(), "columns.txt");
    let (document, other) = opened(&GB18030.encode(&text).0, "columns.txt");
    assert_eq!(document.encoding.name(), "GB18030");
    let shown = |all: &[Candidate]| -> Vec<(String, String, String)> {
        all.iter().map(|c| (c.subject.clone(), c.value.clone(), c.quote.clone())).collect()
    };
    assert_eq!(shown(&plain), shown(&other));
    for candidate in other {
        assert_eq!(document.quote(candidate.start, candidate.end), candidate.quote);
    }
}

#[test]
fn every_span_holds_its_value() {
    for name in names() {
        let (document, found) = opened(&common::fixture(&name), &name);
        let expected = matches!(name.rsplit_once('.'), Some((_, "docx" | "pdf")));
        assert_eq!(document.span_of == SpanOf::Extracted, expected, "{name}");
        for candidate in found.iter().filter(|c| c.kind == CandidateKind::Fact) {
            assert!(candidate.start < candidate.end, "{name} {candidate:?}");
            let slice = &document.original()[candidate.start as usize..candidate.end as usize];
            let slice = String::from_utf8_lossy(slice);
            let digits: String = candidate.value.trim_start_matches('-').to_string();
            let arabic = candidate.features.contains(&("script".into(), "arabic".into()));
            let whole = !candidate.features.iter().any(|(_, value)| value == "fraction");
            let half = |c: char| match c {
                '０'..='９' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
                '．' => '.',
                c => c,
            };
            let plain: String =
                slice.chars().map(half).filter(|c| !matches!(c, ' ' | ',' | '\n')).collect();
            // 万册 is written out, so its digits are the first ones only.
            let head = digits.trim_end_matches('0');
            let large = plain.contains(['万', '萬', '亿', '億', '千', '/']);
            assert!(!arabic || !whole || large || plain.contains(head), "{name} {candidate:?}");
        }
    }
}

#[test]
fn a_document_says_who_and_when_and_its_persons_stay_masked() {
    let (document, found) = opened(&common::fixture("damaged.txt"), "damaged.txt");
    assert_eq!(document.published.map(|day| day.to_string()).as_deref(), Some("2024-06-12"));
    assert_eq!(document.publisher.as_deref(), Some("锦澜发布"));
    let title = document.title.as_deref().map(unquoted);
    assert_eq!(title.as_deref(), Some("锦澜区:云帆空间集聚人工智能企业近两百家"));
    for repair in ["gloss", "script", "entity", "debris", "noise", "double"] {
        assert!(document.repairs.contains_key(repair), "{repair} in {:?}", document.repairs);
    }
    let text = document.text();
    for hidden in ["陈立明", "陳立明", "宋小雨"] {
        assert!(!text.contains(hidden), "{text}");
        for candidate in &found {
            let shown = [&candidate.subject, &candidate.property, &candidate.quote];
            assert!(shown.iter().all(|text| !text.contains(hidden)), "{candidate:?}");
        }
    }
    assert!(text.contains("副区长***"), "{text}");
}

#[test]
fn relations_mentions_and_events_are_found() {
    let (_, found) = opened(&common::fixture("damaged.txt"), "damaged.txt");
    let relations: Vec<&str> = found
        .iter()
        .filter(|c| c.kind == CandidateKind::Relation && c.property == "association")
        .map(|c| c.value.as_str())
        .collect();
    for far in ["云州大学", "东湖研究院", "清源科技集团"] {
        assert!(relations.contains(&far), "{relations:?}");
    }
    let mention =
        |name: &str| found.iter().find(|c| c.kind == CandidateKind::Mention && c.subject == name);
    let policy = mention("锦澜区促进人工智能发展若干措施").expect("policy");
    assert_eq!(policy.subject_kind.as_deref(), Some("policy"));
    assert!(mention("云州大学").is_some_and(|c| c.subject_kind.as_deref() == Some("university")));
    let founded =
        found.iter().find(|c| c.kind == CandidateKind::EventDate && c.property == "founded");
    let founded = founded.expect("founded");
    assert_eq!(
        (founded.subject.as_str(), founded.value.as_str()),
        ("锦澜区数据要素服务中心", "2023-10")
    );
}

#[test]
fn what_is_no_figure_is_none() {
    let texts = [
        "锦澜区发布通知,联系电话:010-62345678,邮编:100200。",
        "活动于9:00至17:00举行,乘坐5G体验车和3号线可达。",
        "一是加强领导,二是落实责任,三是强化督查。",
        "锦澜区坚持“四个意识”,落实“两个维护”,推进一体化发展,实施“1+4+3+X”政策体系。",
        "第三条 本办法由区政府解释。第六届大会将召开。",
        "千家万户享受一站式服务,第一时间响应群众诉求。",
        "本文已有74797人围观",
        "统一社会信用代码91310000MA1K00000X,ISBN 978-7-111-00000-0。",
        "锦澜区有一家企业、一个平台和一批项目。",
        "3M、A股、B2B、4K超高清,版本1.2.3。",
    ];
    for text in texts {
        let (_, found) = opened(text.as_bytes(), "a.txt");
        let facts: Vec<&Candidate> =
            found.iter().filter(|c| c.kind == CandidateKind::Fact).collect();
        assert!(facts.is_empty(), "{text}: {facts:#?}");
    }
}
