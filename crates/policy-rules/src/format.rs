//! One way to write a policy: members in one order, short parts on one line, comments kept.

use crate::fault::Fault;
use crate::node::{self, Kind, Node};
use granit_parser::{Event, Options, Parser};
use std::collections::VecDeque;

/// Lines are at most so long, where a part may be broken.
const WIDTH: usize = 110;

/// A comment: its line, its text after the `#`.
type Comment = (u32, String);

/// A policy as everyone would write it.
///
/// Fails like [`node::read`]. Formatting what is formatted changes nothing.
pub fn format(text: &str) -> Result<String, Fault> {
    let node = node::read(text)?;
    let mut writer = Writer { out: String::new(), comments: comments(text) };
    match &node.kind {
        Kind::Map(members) => {
            let place = |name: &str| {
                let known = crate::read::MEMBERS.iter().position(|known| *known == name);
                known.unwrap_or(crate::read::MEMBERS.len())
            };
            // A comment right above a member goes where that goes; others belong inside the member
            // that they follow.
            let mut all = std::mem::take(&mut writer.comments);
            let mut parts = Vec::new();
            for (place, member) in members.iter().enumerate() {
                let above = run_above(&mut all, member.1.line);
                let end = members.get(place + 1).map_or(u32::MAX, |next| next.1.line);
                let mut inside: VecDeque<Comment> =
                    all.iter().filter(|(line, _)| *line < end).cloned().collect();
                all.retain(|(line, _)| *line >= end);
                let next = run_above(&mut inside, end);
                all.extend(next);
                all.make_contiguous().sort();
                parts.push((member, above, inside));
            }
            parts.sort_by_key(|((name, at, _), ..)| (place(name), *at));
            for ((name, _, value), above, inside) in parts {
                writer.say(above, 0);
                writer.comments = inside;
                writer.member(name, value, 0);
                let left = std::mem::take(&mut writer.comments);
                writer.say(left, 2);
            }
        }
        _ => writer.block(&node, 0),
    }
    let left = std::mem::take(&mut writer.comments);
    writer.say(left, 0);
    Ok(writer.out)
}

fn comments(text: &str) -> VecDeque<Comment> {
    let parser = Parser::new_from_str_with_options(text, Options::default());
    let mut all = VecDeque::new();
    for event in parser {
        if let Ok((Event::Comment(text, _), span)) = event {
            let line = u32::try_from(span.start.line()).unwrap_or(u32::MAX);
            all.push_back((line, text.trim().to_string()));
        }
    }
    all
}

/// Takes the comments on the lines right above one.
fn run_above(all: &mut VecDeque<Comment>, line: u32) -> VecDeque<Comment> {
    let mut above = VecDeque::new();
    let mut line = line;
    while let Some(at) = all.iter().position(|(at, _)| at.checked_add(1) == Some(line)) {
        line -= 1;
        above.extend(all.remove(at));
    }
    above.make_contiguous().reverse();
    above
}

struct Writer {
    out: String,
    comments: VecDeque<Comment>,
}

impl Writer {
    /// The comments above a line.
    fn upto(&mut self, line: u32) -> VecDeque<Comment> {
        let count = self.comments.iter().take_while(|(at, _)| *at < line).count();
        self.comments.drain(..count).collect()
    }

    fn say(&mut self, comments: VecDeque<Comment>, indent: usize) {
        for (_, text) in comments {
            self.out.push_str(&" ".repeat(indent));
            self.out.push_str("# ");
            self.out.push_str(&text);
            self.out.push('\n');
        }
    }

    fn member(&mut self, name: &str, value: &Node, indent: usize) {
        let key = scalar(name, true);
        self.out.push_str(&" ".repeat(indent));
        self.out.push_str(&key);
        self.out.push(':');
        let line = flow(value);
        let many = match &value.kind {
            Kind::Map(all) => all.len() > 3,
            Kind::List(all) => all.len() > 1,
            Kind::Scalar { .. } => false,
        };
        let lists_names = ["inputs", "parameters", "tables", "define"].contains(&name);
        let nests = !matches!(value.kind, Kind::Scalar { .. });
        let opens = indent == 0 && (many || lists_names || (nests && !self.comments.is_empty()));
        let has_maps = matches!(&value.kind, Kind::List(all)
            if all.iter().any(|one| matches!(one.kind, Kind::Map(_))));
        let fits = indent + key.len() + 2 + line.chars().count() <= WIDTH;
        let empty = matches!(&value.kind, Kind::List(all) if all.is_empty())
            || matches!(&value.kind, Kind::Map(all) if all.is_empty());
        let plain = matches!(value.kind, Kind::Scalar { .. });
        if plain || empty || (fits && !opens && !has_maps) {
            if !line.is_empty() {
                self.out.push(' ');
                self.out.push_str(&line);
            }
            self.out.push('\n');
        } else {
            self.out.push('\n');
            self.block(value, indent + 2);
        }
    }

    fn block(&mut self, node: &Node, indent: usize) {
        match &node.kind {
            Kind::Map(members) => {
                for (name, at, value) in members {
                    let above = self.upto(at.line);
                    self.say(above, indent);
                    self.member(name, value, indent);
                }
            }
            Kind::List(items) => {
                for item in items {
                    let above = self.upto(item.at.line);
                    self.say(above, indent);
                    self.item(item, indent);
                }
            }
            Kind::Scalar { .. } => {
                self.out.push_str(&" ".repeat(indent));
                self.out.push_str(&flow(node));
                self.out.push('\n');
            }
        }
    }

    fn item(&mut self, item: &Node, indent: usize) {
        let line = flow(item);
        let fits = indent + 2 + line.chars().count() <= WIDTH;
        let nests = matches!(&item.kind, Kind::Map(all)
            if all.iter().any(|(_, _, one)| matches!(&one.kind, Kind::List(l) if l.len() > 1
                && l.iter().any(|x| !matches!(x.kind, Kind::Scalar { .. })))));
        let dash = format!("{}- ", " ".repeat(indent));
        match &item.kind {
            Kind::Map(members) if (!fits || nests) && !members.is_empty() => {
                let start = self.out.len();
                for (name, _, value) in members {
                    self.member(name, value, indent + 2);
                }
                self.out.replace_range(start..start + indent + 2, &dash);
            }
            _ => {
                self.out.push_str(&dash);
                self.out.push_str(&line);
                self.out.push('\n');
            }
        }
    }
}

/// A node on one line.
fn flow(node: &Node) -> String {
    match &node.kind {
        Kind::Scalar { text, plain } => scalar(text, *plain),
        Kind::List(items) => {
            format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", "))
        }
        Kind::Map(members) => {
            let one = |(name, _, value): &(String, crate::At, Node)| {
                let value = flow(value);
                let name = scalar(name, true);
                if value.is_empty() { format!("{name}:") } else { format!("{name}: {value}") }
            };
            format!("{{{}}}", members.iter().map(one).collect::<Vec<_>>().join(", "))
        }
    }
}

fn scalar(text: &str, plain: bool) -> String {
    let null = matches!(text, "" | "null" | "~");
    if null {
        return match (plain, text) {
            (true, "") => String::new(),
            (true, _) => "null".to_string(),
            (false, text) => format!("'{text}'"),
        };
    }
    let safe = |c: char| {
        c.is_alphanumeric()
            || !c.is_ascii() && !c.is_whitespace() && !c.is_control()
            || matches!(
                c,
                '_' | '.'
                    | '/'
                    | '%'
                    | '-'
                    | '('
                    | ')'
                    | '+'
                    | '<'
                    | '>'
                    | '='
                    | '*'
                    | ' '
                    | '?'
                    | '!'
                    | '$'
                    | ';'
            )
    };
    let first = text.chars().next().is_some_and(|c| {
        c.is_alphanumeric()
            || !c.is_ascii()
            || c == '('
            || (c == '-' && text[1..].starts_with(|d: char| d.is_ascii_digit()))
    });
    let ends = text.ends_with(' ');
    if first && !ends && text.chars().all(safe) {
        return text.to_string();
    }
    if text.chars().any(char::is_control) {
        let escaped: String = text
            .chars()
            .map(|c| match c {
                '\n' => "\\n".to_string(),
                '\t' => "\\t".to_string(),
                '"' => "\\\"".to_string(),
                '\\' => "\\\\".to_string(),
                c if c.is_control() => format!("\\u{:04x}", u32::from(c)),
                c => c.to_string(),
            })
            .collect();
        return format!("\"{escaped}\"");
    }
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::VOUCHER;
    use proptest::prelude::*;

    /// A tree without its places.
    fn bare(node: &Node) -> String {
        match &node.kind {
            Kind::Scalar { text, .. } if node.is_null() => {
                let _ = text;
                "null".to_string()
            }
            Kind::Scalar { text, .. } => format!("{text:?}"),
            Kind::List(items) => format!("{:?}", items.iter().map(bare).collect::<Vec<_>>()),
            Kind::Map(members) => {
                let mut all: Vec<String> = members
                    .iter()
                    .map(|(name, _, value)| format!("{name:?}: {}", bare(value)))
                    .collect();
                all.sort();
                format!("{all:?}")
            }
        }
    }

    #[test]
    fn formatting_keeps_what_is_said_and_is_done_once() {
        let mixed = VOUCHER
            .replace("\neligible:", "\n# who may\neligible:")
            .replace("  base: max", "  # what is not from affiliates\n  base: max");
        let mixed = format!(
            "# a note\n{}title: {{zh: 语料券, en: Corpus voucher}}\n",
            mixed.replace("title: {zh: 语料券, en: Corpus voucher}\n", "")
        );
        let once = format(&mixed).expect("YAML");
        assert_eq!(format(&once).as_deref(), Ok(once.as_str()));
        let tree = |text: &str| bare(&node::read(text).expect(text));
        assert_eq!(tree(&once), tree(&mixed));
        for comment in
            ["# a note\npolicy: ", "# who may\neligible:", "# what is not from affiliates\n"]
        {
            assert!(once.contains(comment), "{comment}: {once}");
        }
        let title = once.find("title:").expect("a title");
        assert!(title < once.find("source:").expect("a source"), "members have one order");
    }

    proptest! {
        /// Texts come back as they were, whatever is in them.
        #[test]
        fn any_text_survives(text in "\\PC{0,30}", other in "[a-z0-9:#,'\"\\-? ]{0,12}") {
            let node = Node { at: crate::At::default(), kind: Kind::List(vec![
                Node { at: crate::At::default(), kind: Kind::Scalar { text: text.clone(), plain: false } },
                Node { at: crate::At::default(), kind: Kind::Scalar { text: other.clone(), plain: false } },
            ]) };
            let read = node::read(&flow(&node)).expect("YAML");
            let items = read.items().expect("a list");
            let said = |at: usize| match &items[at].kind { Kind::Scalar { text, .. } => text.clone(), _ => "?".into() };
            prop_assert_eq!((said(0), said(1)), (text, other));
        }
    }
}
