//! The committed contract is the one that is served.

use crate::xuhui::root;

#[test]
fn the_committed_openapi_document_is_the_one_that_is_served() {
    let committed = std::fs::read_to_string(root().join("openapi.json")).expect("openapi.json");
    let served = api::openapi().to_pretty_json().expect("the document is JSON");
    assert!(committed.trim_end() == served.trim_end(), "openapi.json is stale: run `make openapi`");
}
