//! Measures names, resolution, affiliations, linkage and throughput on files given by argument.

#![expect(clippy::print_stdout, reason = "it prints what it measures")]

mod affiliations;
mod baseline;
mod company_names;
mod febrl;
mod org_alias;
mod throughput;
mod train;

use std::error::Error;

const USAGE: &str = "org-alias FILE | company-names FILE | affiliations FILE ROR | febrl LEFT RIGHT \
    | throughput ROR N | train NAMES; a fourth word shows what went wrong";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["company-names", file, rest @ ..] => company_names::run(file, !rest.is_empty()),
        ["org-alias", file, rest @ ..] => org_alias::run(file, !rest.is_empty()),
        ["affiliations", file, ror, rest @ ..] => affiliations::run(file, ror, !rest.is_empty()),
        ["febrl", left, right] => febrl::run(left, right),
        ["throughput", ror, count] => throughput::run(ror, count.parse()?),
        ["train", file] => train::run(file),
        _ => Err(USAGE.into()),
    }
}
