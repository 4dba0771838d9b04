//! PDF that is made to cost: refused in bounded time, with the code of a bomb.

mod common;

use common::{deflated, pdf, pdf_of, stream_of};
use reader::{Grammar, Limits, read};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

static GRAMMAR: LazyLock<Grammar> = LazyLock::new(|| Grammar::shipped().expect("grammar"));

const TIME_MAX: Duration = Duration::from_secs(if cfg!(debug_assertions) { 20 } else { 3 });

fn text_of(bytes: &[u8]) -> Result<String, &'static str> {
    let start = Instant::now();
    let found = read(bytes, "a.pdf", &GRAMMAR, &Limits::default());
    let took = start.elapsed();
    assert!(took < TIME_MAX, "took {took:?}");
    found.map(|document| document.text()).map_err(|refusal| refusal.code)
}

/// One page with these resources and this content, then more objects from number 5.
fn page(resources: &str, content: Vec<u8>, more: &[Vec<u8>]) -> Vec<u8> {
    let mut objects = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
             /Resources << {resources} >> >>"
        )
        .into_bytes(),
        content,
    ];
    objects.extend_from_slice(more);
    pdf_of(&objects)
}

#[test]
fn a_stream_that_unpacks_without_end_is_refused() {
    let spaces = vec![b' '; 80 << 20];
    for (filter, times) in [("/FlateDecode", 1), ("[/FlateDecode /FlateDecode]", 2)] {
        let packed = deflated(&spaces, times);
        let content = stream_of(&format!("/Filter {filter}"), &packed);
        assert_eq!(text_of(&page("", content, &[])), Err("E-READ-03"), "{filter}");
    }
    let name = "/F#6cateDecode";
    let content = stream_of(&format!("/Filter {name}"), &deflated(&spaces, 1));
    assert_eq!(text_of(&page("", content, &[])), Err("E-READ-03"), "a name written in codes");
}

#[test]
fn many_streams_that_each_stay_within_bounds_are_refused_together() {
    let packed = deflated(&vec![b' '; 8 << 20], 1);
    let more = vec![stream_of("/Filter /FlateDecode", &packed); 20];
    assert_eq!(text_of(&page("", stream_of("", b"BT ET"), &more)), Err("E-READ-03"));
}

#[test]
fn a_stream_of_objects_that_is_a_bomb_is_refused() {
    let mut objects = b"9 0 [".to_vec();
    objects.extend_from_slice(&b"1 ".repeat(10 << 20));
    let packed = deflated(&objects, 1);
    let stream = stream_of("/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", &packed);
    assert_eq!(text_of(&page("", stream_of("", b"BT ET"), &[stream])), Err("E-READ-03"));
}

#[test]
fn a_form_that_draws_itself_is_refused() {
    let form = stream_of(
        "/Type /XObject /Subtype /Form /BBox [0 0 1 1] \
         /Resources << /XObject << /A 5 0 R >> >>",
        b"/A Do",
    );
    let file = page("/XObject << /A 5 0 R >>", stream_of("", b"/A Do"), &[form]);
    assert_eq!(text_of(&file), Err("E-READ-03"));
}

#[test]
fn forms_that_multiply_are_refused() {
    let forms: Vec<Vec<u8>> = (0..12)
        .map(|level| {
            let next = level + 6;
            let entries = format!(
                "/Type /XObject /Subtype /Form /BBox [0 0 1 1] \
                 /Resources << /XObject << /A {next} 0 R >> >>"
            );
            stream_of(&entries, &b"/A Do ".repeat(12))
        })
        .chain([stream_of("/Type /XObject /Subtype /Form /BBox [0 0 1 1]", b"q Q")])
        .collect();
    let file = page("/XObject << /A 5 0 R >>", stream_of("", b"/A Do"), &forms);
    assert_eq!(text_of(&file), Err("E-READ-03"));
}

#[test]
fn one_content_drawn_on_every_page_is_refused() {
    let pages = 1_500;
    let kids: String = (0..pages).map(|n| format!("{} 0 R ", n + 4)).collect();
    let mut objects = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        format!("<< /Type /Pages /Kids [{kids}] /Count {pages} /MediaBox [0 0 9 9] >>")
            .into_bytes(),
        stream_of("/Filter /FlateDecode", &deflated(&b"q Q ".repeat(1 << 18), 1)),
    ];
    let one = b"<< /Type /Page /Parent 2 0 R /Contents 3 0 R >>".to_vec();
    objects.extend(std::iter::repeat_n(one, pages));
    assert_eq!(text_of(&pdf_of(&objects)), Err("E-READ-03"));
}

#[test]
fn maps_and_widths_of_all_codes_there_are_are_refused() {
    let map = b"1 begincodespacerange <00000000> <FFFFFFFF> endcodespacerange\n\
        1 beginbfrange <00000000> <FFFFFFFF> <00000000> endbfrange";
    let font = |more: &str| {
        format!(
            "<< /Type /Font /Subtype /Type0 /BaseFont /S /Encoding /Identity-H \
             /DescendantFonts [6 0 R] {more} >>"
        )
        .into_bytes()
    };
    let below = |more: &str| {
        format!("<< /Type /Font /Subtype /CIDFontType2 /BaseFont /S {more} >>").into_bytes()
    };
    let text = stream_of("", b"BT /F1 10 Tf <0041> Tj ET");
    let fonts = "/Font << /F1 5 0 R >>";
    let mapped = [font("/ToUnicode 7 0 R"), below(""), stream_of("", map)];
    assert_eq!(text_of(&page(fonts, text.clone(), &mapped)), Err("E-READ-03"));
    let wide = [font(""), below("/W [0 2000000000 500]")];
    assert_eq!(text_of(&page(fonts, text, &wide)), Err("E-READ-03"));
}

#[test]
fn a_page_tree_without_end_is_refused() {
    let objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 /Parent 2 0 R >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R >>".to_vec(),
        stream_of("", b"BT ET"),
    ];
    assert_eq!(text_of(&pdf_of(&objects)), Err("E-READ-03"));
}

#[test]
fn tables_of_objects_that_claim_too_much_are_refused() {
    for claim in ["/W [1 1099511627776 1]", "/W [0 0 0]", "/Index [0 2000000000] /W [1 2 1]"] {
        let table = format!("{claim} /Type /XRef /Size 5 /Root 1 0 R");
        let file = page("", stream_of("", b"BT ET"), &[stream_of(&table, b"x")]);
        assert_eq!(text_of(&file), Err("E-READ-03"), "{claim}");
    }
    let locked = page("", stream_of("/Encrypt 9 0 R", b"BT ET"), &[]);
    assert_eq!(text_of(&locked), Err("E-READ-05"));
}

#[test]
fn depth_is_refused_or_read_and_never_the_end_of_the_process() {
    for (open, close) in [("[", "]"), ("<< /A ", " >>"), ("(", ")")] {
        let deep = [open.repeat(200_000), close.repeat(200_000)].concat();
        let _ = text_of(&page("", stream_of("", deep.as_bytes()), &[]));
        let _ = text_of(&page("", stream_of("", b"BT ET"), &[deep.into_bytes()]));
    }
}

#[test]
fn an_honest_packed_file_is_read_as_before() {
    let plain = pdf("锦澜区政府\n锦澜区现有企业2600家。");
    let expected = text_of(&plain).expect("plain");
    assert!(expected.contains("2600家"), "{expected}");
    // The same with every stream packed, and a picture that unpacks to more than all text may.
    let text = String::from_utf8_lossy(&plain).into_owned();
    let objects: Vec<Vec<u8>> = text
        .split(" 0 obj\n")
        .skip(1)
        .map(|object| object.split("\nendobj").next().unwrap_or_default())
        .map(|object| match object.split_once("\nstream\n") {
            Some((_, data)) => {
                let data = data.trim_end_matches("\nendstream");
                stream_of("/Filter /FlateDecode", &deflated(data.as_bytes(), 1))
            }
            None => object.as_bytes().to_vec(),
        })
        .chain([stream_of(
            "/Subtype /Image /Width 5000 /Height 5000 /Filter /FlateDecode",
            &deflated(&vec![255; 40 << 20], 1),
        )])
        .collect();
    assert_eq!(text_of(&pdf_of(&objects)).as_deref(), Ok(expected.as_str()));
}
