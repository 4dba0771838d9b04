//! A package on one page, as PDF.
//!
//! The fonts are those that every reader of PDF brings for Chinese (`STSong-Light` over
//! `UniGB-UCS2-H`): none is embedded.

use crate::package::{Item, Package};
use kernel::Fen;
use pdf_writer::types::{CidFontType, FontFlags, SystemInfo};
use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str};
use policy_rules::Granted;
use policy_rules::policy::Way;

/// So many policies stand on the page; the rest is counted.
pub const ITEMS_MAX: usize = 16;

const WIDTH: f32 = 595.0;
const HEIGHT: f32 = 842.0;
const MARGIN: f32 = 48.0;
const FONT: Name<'_> = Name(b"F");

/// Who signs the page.
#[derive(Debug, Clone, Default)]
pub struct Contact {
    /// The steward's name.
    pub steward: Option<String>,
}

/// A line of text being laid on a page.
struct Page {
    content: Content,
}

/// How wide a text is at size one: Chinese is as wide as high, the rest half of that.
fn width(text: &str) -> f32 {
    text.chars().map(|c| if (c as u32) < 0x80 && c != '%' { 0.5 } else { 1.0 }).sum()
}

/// The text cut to a width, with a mark that it goes on.
fn cut(text: &str, size: f32, room: f32) -> String {
    if width(text) * size <= room {
        return text.to_string();
    }
    let mut kept = String::new();
    for c in text.chars() {
        kept.push(c);
        if (width(&kept) + 1.0) * size > room {
            kept.pop();
            break;
        }
    }
    kept + "…"
}

impl Page {
    fn text(&mut self, x: f32, y: f32, size: f32, text: &str) {
        // What lies beyond the basic plane has no place in this encoding.
        let text: String =
            text.chars().map(|c| if (c as u32) > 0xFFFF { '□' } else { c }).collect();
        let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        self.content.begin_text();
        self.content.set_font(FONT, size);
        self.content.next_line(x, y);
        self.content.show(Str(&bytes));
        self.content.end_text();
    }

    fn right(&mut self, x: f32, y: f32, size: f32, text: &str) {
        self.text(x - width(text) * size, y, size, text);
    }

    fn rule(&mut self, y: f32, weight: f32) {
        self.content.set_line_width(weight);
        self.content.move_to(MARGIN, y);
        self.content.line_to(WIDTH - MARGIN, y);
        self.content.stroke();
    }
}

/// Yuan with separators.
fn yuan(fen: Fen) -> String {
    let text = fen.to_string();
    let (whole, rest) = text.split_once('.').unwrap_or((&text, "00"));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let mut out = String::new();
    for (at, c) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            out.push(',');
        }
        out.push(c);
    }
    format!("{sign}{out}.{rest}")
}

fn amount(item: &Item) -> String {
    match item.granted {
        Granted::Exact(fen) => yuan(fen),
        Granted::UpTo(fen) => format!("至多 {}", yuan(fen)),
        Granted::Range(low, high) => format!("{} 至 {}", yuan(low), yuan(high)),
        Granted::Plain => "享有".to_string(),
        Granted::Unknown | Granted::Nothing => "待定".to_string(),
    }
}

fn way(way: Way) -> &'static str {
    match way {
        Way::Automatic => "免申即享",
        Way::Quick => "快申快享",
        Way::Application => "申报",
        Way::ByLaw => "依法直接适用",
    }
}

fn needs(item: &Item) -> String {
    if item.eligible != Some(true) || item.granted == Granted::Unknown {
        let names: Vec<&str> =
            item.missing.iter().take(4).map(|(_, label)| label.zh.as_str()).collect();
        return match names.is_empty() {
            true => "政策数字未能读到".to_string(),
            false => format!("待补事实:{}", names.join("、")),
        };
    }
    let wanted: Vec<&str> =
        item.materials.iter().filter(|one| !one.held).map(|one| one.label.zh.as_str()).collect();
    match wanted.is_empty() {
        true => "材料已齐".to_string(),
        false => format!("待交材料:{}", wanted.join("、")),
    }
}

/// The Chinese name, or the only one.
fn named(label: &kernel::Label) -> &str {
    if label.zh.is_empty() { &label.en } else { &label.zh }
}

/// What may be had together: an amount that is not known is said to be open, not taken for nothing.
fn total(sum: Fen, open: usize) -> String {
    match (sum.fen(), open) {
        (_, 0) => format!("可同时享有的合计上限 {} 元", yuan(sum)),
        (0, open) => format!("可同时享有的合计上限待定({open} 项金额待定)"),
        (_, open) => format!("可同时享有的合计上限 {} 元,另有 {open} 项金额待定", yuan(sum)),
    }
}

/// The package as one page of A4.
pub fn sheet(package: &Package, contact: &Contact) -> Vec<u8> {
    let mut page = Page { content: Content::new() };
    let (left, right) = (MARGIN, WIDTH - MARGIN);
    let mut y = HEIGHT - 64.0;
    page.text(left, y, 11.0, "一企一服务包");
    page.right(right, y, 10.0, &package.on.to_string());
    y -= 30.0;
    page.text(left, y, 20.0, &cut(named(&package.name), 20.0, right - left));
    y -= 16.0;
    page.rule(y, 1.2);
    y -= 22.0;
    let granted = package.items.iter().filter(|item| item.eligible == Some(true)).count();
    let open = package.items.len() - granted;
    let line = format!(
        "已可享有 {granted} 项,待补事实 {open} 项,按已知事实不适用 {} 项",
        package.not_granted
    );
    page.text(left, y, 11.0, &line);
    y -= 20.0;
    let unpriced = package.items.iter().filter(|item| item.granted == Granted::Unknown).count();
    page.text(left, y, 13.0, &total(package.together.0, unpriced));
    y -= 15.0;
    page.text(left, y, 9.0, "上限估计,不代表已享有;以主管部门决定为准。");
    y -= 14.0;
    page.rule(y, 0.5);
    for item in package.items.iter().take(ITEMS_MAX) {
        y -= 17.0;
        let sum = amount(item);
        page.right(right, y, 10.5, &sum);
        let room = right - left - width(&sum) * 10.5 - 12.0;
        page.text(left, y, 10.5, &cut(&item.title.zh, 10.5, room));
        y -= 12.5;
        let mut parts = vec![way(item.way).to_string(), needs(item)];
        parts.extend(item.closes.map(|day| format!("至 {day}")));
        parts.extend(item.office.as_ref().map(|office| office.zh.clone()));
        parts.extend(item.phone.clone());
        page.text(left, y, 8.5, &cut(&parts.join(" / "), 8.5, right - left));
        y -= 6.5;
        page.rule(y, 0.25);
    }
    if package.items.len() > ITEMS_MAX {
        y -= 14.0;
        let rest = package.items.len() - ITEMS_MAX;
        page.text(left, y, 9.0, &format!("另有 {rest} 项,见网上服务包。"));
    }
    let steward = match &contact.steward {
        Some(name) => format!("企业管家:{name}"),
        None => "企业管家:尚未指派".to_string(),
    };
    page.rule(58.0, 0.5);
    page.text(left, 44.0, 9.5, &steward);
    page.right(right, 44.0, 8.0, "每个数字都可在网上打开到事实、规则与条款");
    write(page.content)
}

fn write(content: Content) -> Vec<u8> {
    let [catalog, pages, page, font, cid, descriptor, stream] = [1, 2, 3, 4, 5, 6, 7].map(Ref::new);
    let base = Name(b"STSong-Light");
    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(pages);
    pdf.pages(pages).kids([page]).count(1);
    let mut one = pdf.page(page);
    one.media_box(Rect::new(0.0, 0.0, WIDTH, HEIGHT)).parent(pages).contents(stream);
    one.resources().fonts().pair(FONT, font);
    one.finish();
    pdf.type0_font(font)
        .base_font(base)
        .encoding_predefined(Name(b"UniGB-UCS2-H"))
        .descendant_font(cid);
    let mut written = pdf.cid_font(cid);
    written
        .subtype(CidFontType::Type0)
        .base_font(base)
        .system_info(SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"GB1"), supplement: 4 })
        .font_descriptor(descriptor)
        .default_width(1000.0);
    // The sixth is the sign of percent, as wide as a character.
    written.widths().same(1, 5, 500.0).same(6, 6, 1000.0).same(7, 95, 500.0);
    written.finish();
    pdf.font_descriptor(descriptor)
        .name(base)
        .flags(FontFlags::SERIF | FontFlags::SYMBOLIC)
        .bbox(Rect::new(-25.0, -254.0, 1000.0, 880.0))
        .italic_angle(0.0)
        .ascent(752.0)
        .descent(-271.0)
        .cap_height(737.0)
        .stem_v(58.0);
    pdf.stream(stream, &content.finish());
    pdf.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_that_is_not_known_is_not_nothing() {
        let some = Fen::parse("1200.00").expect("yuan");
        let none = Fen::parse("0.00").expect("yuan");
        assert_eq!(total(some, 0), "可同时享有的合计上限 1,200.00 元");
        assert_eq!(total(none, 0), "可同时享有的合计上限 0.00 元");
        assert_eq!(total(none, 1), "可同时享有的合计上限待定(1 项金额待定)");
        assert_eq!(total(some, 2), "可同时享有的合计上限 1,200.00 元,另有 2 项金额待定");
    }

    #[test]
    fn what_is_too_long_is_cut() {
        assert_eq!(cut("专精特新", 10.0, 40.0), "专精特新");
        assert_eq!(cut("专精特新中小企业", 10.0, 40.0), "专精特…");
        assert_eq!(cut("abcdef", 10.0, 30.0), "abcdef");
        assert_eq!(width("a中"), 1.5);
        assert_eq!(yuan(Fen::parse("1234567.80").expect("yuan")), "1,234,567.80");
        assert_eq!(yuan(Fen::parse("-123.00").expect("yuan")), "-123.00");
    }
}
