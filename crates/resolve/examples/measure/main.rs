//! Measures names, resolution, affiliations, linkage and throughput on files given by argument.

#![expect(clippy::print_stdout, reason = "it prints what it measures")]

mod affiliations;
mod company_names;
mod febrl;
mod org_alias;
mod train;

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["company-names", file, rest @ ..] => company_names::run(file, !rest.is_empty()),
        ["org-alias", file, rest @ ..] => org_alias::run(file, !rest.is_empty()),
        ["affiliations", file, ror, rest @ ..] => affiliations::run(file, ror, !rest.is_empty()),
        ["febrl", left, right] => febrl::run(left, right),
        ["train", file] => train::run(file),
        _ => Err("train FILE | company-names FILE | org-alias FILE".into()),
    }
}
