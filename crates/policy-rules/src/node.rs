//! YAML as a tree that knows where everything stands. Bounded in size, depth and count; without
//! anchors, so that a small file stays small.

use crate::fault::{At, Fault};
use granit_parser::{Event, Options, Parser, ScalarStyle, Span};

/// A policy file has at most so many bytes.
pub const BYTES_MAX: usize = 1 << 20;
/// And so many levels.
pub const DEPTH_MAX: usize = 32;
/// And so many nodes.
pub const NODES_MAX: usize = 50_000;

/// A node of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Where it begins.
    pub at: At,
    /// What it is.
    pub kind: Kind,
}

/// What a node is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A text as it was written; `plain` without quotes.
    Scalar {
        /// The text.
        text: String,
        /// Whether it stood without quotes.
        plain: bool,
    },
    /// Items in order.
    List(Vec<Node>),
    /// Members in order: name, where the name stands, value.
    Map(Vec<(String, At, Node)>),
}

impl Node {
    /// The text, unless it is an unquoted `null`, `~` or nothing.
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar { text, plain: true } if matches!(&**text, "" | "null" | "~") => None,
            Kind::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// Whether it is an unquoted `null`, `~` or nothing.
    pub fn is_null(&self) -> bool {
        matches!(&self.kind, Kind::Scalar { text, plain: true }
            if matches!(&**text, "" | "null" | "~"))
    }

    /// The items of a list.
    pub fn items(&self) -> Option<&[Node]> {
        match &self.kind {
            Kind::List(items) => Some(items),
            _ => None,
        }
    }

    /// The members of a map.
    pub fn members(&self) -> Option<&[(String, At, Node)]> {
        match &self.kind {
            Kind::Map(members) => Some(members),
            _ => None,
        }
    }

    /// A member of a map.
    pub fn get(&self, name: &str) -> Option<&Node> {
        self.members()?.iter().find(|(key, ..)| key == name).map(|(.., node)| node)
    }

    /// What it is, in words for people.
    pub fn what(&self) -> &'static str {
        match &self.kind {
            Kind::Scalar { .. } => "text",
            Kind::List(_) => "list",
            Kind::Map(_) => "map",
        }
    }
}

/// Reads one YAML document.
///
/// Fails with `E-POL-09` for what is no YAML, repeats a key, uses anchors, or holds more than one
/// document, and with `E-SIZE` past the bounds.
pub fn read(text: &str) -> Result<Node, Fault> {
    let start = At { line: 1, column: 1 };
    if text.len() > BYTES_MAX {
        return Err(size(start));
    }
    let mut options = Options::default();
    options.emit_comments = false;
    let mut reader = Reader { parser: Parser::new_from_str_with_options(text, options), count: 0 };
    loop {
        match reader.next()? {
            (Event::StreamStart | Event::DocumentStart(..), _) => {}
            (Event::StreamEnd | Event::DocumentEnd, span) => {
                return Err(bad(at(&span), "文件是空的", "the file is empty"));
            }
            (event, span) => {
                let node = reader.node(event, span, 0)?;
                loop {
                    match reader.next()? {
                        (Event::DocumentEnd, _) => {}
                        (Event::StreamEnd, _) => return Ok(node),
                        (_, span) => {
                            let en = "a file holds one policy";
                            return Err(bad(at(&span), "一个文件只写一项政策", en));
                        }
                    }
                }
            }
        }
    }
}

struct Reader<'a> {
    parser: Parser<'a, granit_parser::StrInput<'a>>,
    count: usize,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Span), Fault> {
        match self.parser.next_event() {
            Some(Ok(next)) => Ok(next),
            Some(Err(error)) => {
                let marker = error.marker();
                let at = place(marker.line(), marker.col());
                Err(bad(at, format!("不是有效的YAML:{}", error.info()), error.info().to_string()))
            }
            None => Err(bad(At::default(), "文件不完整", "the file ends too early")),
        }
    }

    fn node(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Node, Fault> {
        let here = at(&span);
        self.count += 1;
        if depth > DEPTH_MAX || self.count > NODES_MAX {
            return Err(size(here));
        }
        let kind = match event {
            Event::Scalar(text, style, ..) => {
                let plain = matches!(style, ScalarStyle::Plain);
                Kind::Scalar { text: text.into_owned(), plain }
            }
            Event::SequenceStart(..) => {
                let mut items = Vec::new();
                loop {
                    match self.next()? {
                        (Event::SequenceEnd, _) => break,
                        (event, span) => items.push(self.node(event, span, depth + 1)?),
                    }
                }
                Kind::List(items)
            }
            Event::MappingStart(..) => Kind::Map(self.members(depth)?),
            _ => {
                let (zh, en) = ("不使用锚点和别名", "anchors and aliases are not used here");
                return Err(bad(here, zh, en));
            }
        };
        Ok(Node { at: here, kind })
    }

    fn members(&mut self, depth: usize) -> Result<Vec<(String, At, Node)>, Fault> {
        let mut members: Vec<(String, At, Node)> = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                return Ok(members);
            }
            let here = at(&span);
            let Kind::Scalar { text, .. } = self.node(event, span, depth + 1)?.kind else {
                return Err(bad(here, "键应为文字", "a key is a text"));
            };
            if members.iter().any(|(key, ..)| *key == text) {
                let en = format!("the key `{text}` is given twice");
                return Err(bad(here, format!("键“{text}”重复"), en));
            }
            let (event, span) = self.next()?;
            let value = self.node(event, span, depth + 1)?;
            members.push((text, here, value));
        }
    }
}

fn place(line: usize, column: usize) -> At {
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    At { line: number(line.max(1)), column: number(column + 1) }
}

fn at(span: &Span) -> At {
    place(span.start.line(), span.start.col())
}

fn bad(at: At, zh: impl Into<String>, en: impl Into<String>) -> Fault {
    Fault::new("E-POL-09", at, zh, en)
}

fn size(at: At) -> Fault {
    Fault::new(
        "E-SIZE",
        at,
        format!("超出上限:{BYTES_MAX} 字节、{DEPTH_MAX} 层、{NODES_MAX} 个节点"),
        format!("past {BYTES_MAX} bytes, {DEPTH_MAX} levels or {NODES_MAX} nodes"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_where_everything_stands() {
        let node = read("a: 1\nb:\n  - x\n  - {y: 'null', z: }\n").expect("YAML");
        assert_eq!(node.get("a").map(|one| one.at), Some(At { line: 1, column: 4 }));
        let items = node.get("b").and_then(Node::items).expect("a list");
        assert_eq!(items[0].at, At { line: 3, column: 5 });
        assert_eq!(items[1].get("y").and_then(Node::text), Some("null"), "quoted, it is a text");
        assert!(items[1].get("z").is_some_and(Node::is_null));
    }

    #[test]
    fn refuses_what_is_no_document_of_ours() {
        for (text, code) in [
            ("", "E-POL-09"),
            ("a: 1\na: 2\n", "E-POL-09"),
            ("a: &x 1\nb: *x\n", "E-POL-09"),
            ("a: [1, 2\n", "E-POL-09"),
            ("a: 1\n---\nb: 2\n", "E-POL-09"),
            ("[a]: 1\n", "E-POL-09"),
            (&format!("{}1{}", "[".repeat(40), "]".repeat(40)), "E-SIZE"),
            (&" ".repeat(BYTES_MAX + 1), "E-SIZE"),
            (&format!("[{}]", "1,".repeat(NODES_MAX + 1)), "E-SIZE"),
        ] {
            let start: String = text.chars().take(12).collect();
            assert_eq!(read(text).map(|_| ()).map_err(|fault| fault.code), Err(code), "{start}");
        }
    }
}
