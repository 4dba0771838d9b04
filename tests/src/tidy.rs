//! The house rules that no compiler checks. Each is a test; there is no other gate.

use crate::xuhui::root;
use std::fs;
use std::path::{Path, PathBuf};

/// Files of ours, walked from the root, build and package folders left out.
fn files(extensions: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![root()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            let skipped = ["target", "node_modules", "dist", ".git", "local", "results"];
            if path.is_dir() && !skipped.contains(&name.as_str()) {
                open.push(path);
            } else if extensions.iter().any(|e| name.ends_with(e)) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

fn complain(wrong: &[String]) {
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn files_and_lines_have_a_readable_length() {
    let mut wrong = Vec::new();
    for path in files(&[".rs"]) {
        let text = text(&path);
        let tests = path.file_name().is_some_and(|name| name == "tests.rs");
        let count = text.lines().count();
        if count > 1_000 && !tests && !text.contains("// tidy: long, because") {
            wrong.push(format!("{}: {count} lines", path.display()));
        }
        for (number, line) in text.lines().enumerate() {
            if line.ends_with(' ') || line.contains('\t') {
                wrong.push(format!("{}:{}: trailing space or tab", path.display(), number + 1));
            }
        }
    }
    complain(&wrong);
}

#[test]
fn arrows_point_down() {
    let may: &[(&str, &[&str])] = &[
        ("kernel", &[]),
        ("schema", &["kernel"]),
        ("store", &["kernel"]),
        ("scan", &["kernel", "schema"]),
        ("identity", &["kernel", "store"]),
        ("work", &["kernel", "store"]),
        ("reader", &["kernel", "schema"]),
        ("resolve", &["kernel"]),
        ("matching", &["kernel"]),
        ("transfer-rules", &["kernel", "schema"]),
        ("compute-rules", &["kernel"]),
        ("compute", &["compute-rules", "kernel", "store"]),
        ("policy-rules", &["kernel"]),
        ("policy", &["kernel", "policy-rules", "schema", "store"]),
        ("atlas", &["kernel", "schema", "store", "scan", "reader", "resolve", "matching"]),
        ("transfer", &["atlas", "kernel", "schema", "store", "transfer-rules"]),
        ("service", &["atlas", "kernel", "policy", "policy-rules", "schema", "store"]),
        (
            "api",
            &[
                "kernel",
                "schema",
                "store",
                "scan",
                "reader",
                "resolve",
                "matching",
                "identity",
                "work",
                "atlas",
                "transfer",
                "transfer-rules",
                "policy",
                "policy-rules",
                "service",
                "compute",
                "compute-rules",
            ],
        ),
    ];
    let ours: Vec<&str> = may.iter().map(|(name, _)| *name).collect();
    let mut wrong = Vec::new();
    for (name, allowed) in may {
        let manifest = text(&root().join("crates").join(name).join("Cargo.toml"));
        let dependencies = manifest.split("[dev-dependencies]").next().unwrap_or_default();
        for other in &ours {
            let named = dependencies.lines().any(|line| {
                line.starts_with(&format!("{other}.")) || line.starts_with(&format!("{other} "))
            });
            if named && !allowed.contains(other) {
                wrong.push(format!("{name} may not use {other}"));
            }
        }
    }
    complain(&wrong);
}

#[test]
fn drivers_web_clock_and_chance_stay_where_they_belong() {
    let only: &[(&str, &[&str])] = &[
        ("rusqlite::", &["store"]),
        ("tokio_postgres::", &["store"]),
        ("axum::", &["api"]),
        ("utoipa::", &["api"]),
        ("SystemTime::now", &["xiudai"]),
        // The runner lets tasks read it, and reads it not.
        ("/dev/urandom", &["xiudai", "compute"]),
    ];
    let mut wrong = Vec::new();
    for path in files(&[".rs"]) {
        let inside = path.strip_prefix(root()).unwrap_or(&path).to_string_lossy().into_owned();
        if !inside.starts_with("crates/") || inside.contains("/examples/") {
            continue;
        }
        let owner = inside.split('/').nth(1).unwrap_or_default().to_string();
        let body = text(&path);
        for (word, owners) in only {
            if body.contains(word) && !owners.contains(&owner.as_str()) {
                wrong.push(format!("{inside} names {word}"));
            }
        }
    }
    complain(&wrong);
}

#[test]
fn tables_are_named_by_their_owner_only() {
    let owners = [
        ("atlas_", "atlas"),
        ("identity_", "identity"),
        ("work_", "work"),
        ("transfer_", "transfer"),
    ];
    let mut wrong = Vec::new();
    for path in files(&[".rs"]) {
        let inside = path.strip_prefix(root()).unwrap_or(&path).to_string_lossy().into_owned();
        let Some(rest) = inside.strip_prefix("crates/") else { continue };
        let body = text(&path);
        for (prefix, owner) in owners {
            let sql = [" from ", " into ", " update ", " join "];
            let named = sql.iter().any(|word| body.contains(&format!("{word}{prefix}")));
            if named && !rest.starts_with(owner) {
                wrong.push(format!("{inside} names a table of {owner}"));
            }
        }
    }
    complain(&wrong);
}

#[test]
fn no_leftovers_and_no_empty_names() {
    let leftovers = [["FIX", "ME"].concat(), ["TO", "DO"].concat(), ["<<<<", "<<<"].concat()];
    let banned = ["Manager", "Helper", "Util", "Dto", "Impl"];
    let mut wrong = Vec::new();
    for path in files(&[".rs", ".ts", ".tsx", ".sql", ".sh"]) {
        for (number, line) in text(&path).lines().enumerate() {
            let place = format!("{}:{}", path.display(), number + 1);
            if leftovers.iter().any(|word| line.contains(word.as_str())) {
                wrong.push(format!("{place}: a leftover"));
            }
            let declares = ["struct ", "enum ", "trait ", "interface "];
            let name = declares.iter().find_map(|d| line.trim_start().split(d).nth(1));
            let name = name.and_then(|n| n.split(|c: char| !c.is_alphanumeric()).next());
            if name.is_some_and(|name| banned.iter().any(|word| name.ends_with(word))) {
                wrong.push(format!("{place}: a name that says nothing"));
            }
        }
    }
    complain(&wrong);
}

#[test]
fn every_crate_has_a_readme_with_its_nouns_and_verbs() {
    let mut wrong = Vec::new();
    for entry in fs::read_dir(root().join("crates")).expect("crates").flatten() {
        let readme = text(&entry.path().join("README.md"));
        for heading in ["## Nouns", "## Verbs", "## Invariants", "## Events"] {
            if !readme.contains(heading) {
                wrong.push(format!("{}: no {heading}", entry.path().display()));
            }
        }
    }
    complain(&wrong);
}

#[test]
fn what_a_visitor_expects_is_there() {
    let expected = [
        "README.md",
        "README.zh-CN.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "SECURITY.md",
        "LICENSE",
        "NOTICE",
        "Makefile",
        "openapi.json",
    ];
    let missing = expected.iter().filter(|name| !root().join(name).is_file());
    complain(&missing.map(|name| (*name).to_string()).collect::<Vec<_>>());
}

#[test]
fn no_file_is_too_large_to_read() {
    let mut wrong = Vec::new();
    for path in files(&[".rs", ".ts", ".tsx", ".css", ".yaml", ".md", ".csv", ".geojson"]) {
        // What is generated is read by compilers.
        let generated = path.to_string_lossy().ends_with(".gen.ts");
        let size = fs::metadata(&path).map_or(0, |meta| meta.len());
        if size > 700_000 && !generated {
            wrong.push(format!("{}: {size} bytes", path.display()));
        }
    }
    complain(&wrong);
}
