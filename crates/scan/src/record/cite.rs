//! Citations: the document behind a statement, once per address.

use super::eval;
use crate::draft::Citation;
use crate::expression::Scope;
use crate::mapping::CiteRule;
use kernel::text::clean;
use kernel::{Refusal, canon};
use std::collections::BTreeMap;

/// Titles seen so far by address, for sources that write "as above".
#[derive(Default)]
pub(crate) struct Citations {
    titles: BTreeMap<String, String>,
}

impl Citations {
    /// The document that a row cites, or none.
    ///
    /// Fails with `E-VAL-01` for an address that is none, and with `E-CITE-01` when "as above" stands where nothing is above.
    pub(crate) fn read(
        &mut self,
        rule: &CiteRule,
        scope: &Scope<'_>,
    ) -> Result<Option<Citation>, Refusal> {
        let url = eval(rule.url.as_ref(), scope)?;
        let url = clean(&url, 2_000)?;
        if !url.is_empty() {
            crate::value::url(url)?;
        }
        let title = rule.title.eval(scope)?;
        let mut title = clean(&title, 300)?.to_string();
        if rule.ditto.as_deref() == Some(title.as_str()) {
            title = self.titles.get(url).cloned().ok_or_else(|| {
                let rule = "`as above` follows a row with the same address and a title";
                Refusal::new("E-CITE-01", rule, "“同上”之前没有同一网址的标题", rule).value(url)
            })?;
        } else if !url.is_empty() && !title.is_empty() {
            self.titles.insert(url.to_string(), title.clone());
        }
        if title.is_empty() && url.is_empty() {
            return Ok(None);
        }
        let key = eval(rule.key.as_ref(), scope)?;
        let key = if key.is_empty() {
            let named = if url.is_empty() { title.as_str() } else { url };
            canon::hex(&canon::sha256(named.as_bytes())[..6])
        } else {
            key.to_string()
        };
        let some = |text: &str| (!text.is_empty()).then(|| text.to_string());
        let published = eval(rule.published.as_ref(), scope)?;
        kernel::Valid::parse(&published)?;
        let publisher = eval(rule.publisher.as_ref(), scope)?;
        if title.is_empty() {
            title = url.to_string();
        }
        Ok(Some(Citation {
            key,
            title,
            publisher: some(&publisher),
            url: some(url),
            published: some(&published),
        }))
    }
}
