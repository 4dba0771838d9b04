//! `xiudai policy`: the language of policies on files, without a store.

use crate::world;
use anyhow::{Context as _, Result, bail};
use kernel::{Calendar, Day, Refusal};
use policy::Files;
use policy_rules::diff::diff;
use policy_rules::{
    Facts, Fault, Moment, Policy, Shelf, Standing, Weight, format, json, mutate, run,
};
use schema::Rulebook;
use serde_json::{Value, json};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// What is asked of policies.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum PolicyCommand {
    /// Check policies: types, units, sources, versions, rows, exceptions, tests, fairness.
    Check(ShelfArgs),
    /// Run the tests of policies.
    Test(ShelfArgs),
    /// Write policies as everyone would.
    Fmt {
        /// Files, or folders of them.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// Only say which files would change.
        #[arg(long)]
        check: bool,
    },
    /// Change policies a little at a time and say which changes their tests do not notice.
    Mutate {
        #[command(flatten)]
        shelf: ShelfArgs,
        /// Only this policy.
        #[arg(long)]
        policy: Option<String>,
    },
    /// Say whose result changes between two versions of a policy, and by how much.
    Diff {
        /// The version before.
        before: PathBuf,
        /// The version after.
        after: PathBuf,
        /// JSON: a list of `{"name": …, "facts": {…}}`.
        #[arg(long)]
        facts: PathBuf,
        #[command(flatten)]
        when: WhenArgs,
    },
    /// Work out policies for the facts of a firm, with proofs.
    Evaluate {
        /// JSON object of facts; money as texts in yuan, days as YYYY-MM-DD, null for unknown.
        #[arg(long)]
        facts: PathBuf,
        #[command(flatten)]
        when: WhenArgs,
        /// Only this policy.
        #[arg(long)]
        policy: Option<String>,
        /// A folder of policies instead of those that ship.
        #[arg(long)]
        shelf: Option<PathBuf>,
    },
    /// Write the JSON schema of policy files, for editors.
    Schema,
}

/// A folder of policies, or one file.
#[derive(Debug, clap::Args)]
pub(crate) struct ShelfArgs {
    /// The folder or file; without it, the policies that ship.
    path: Option<PathBuf>,
    /// JSON instead of lines.
    #[arg(long)]
    json: bool,
}

/// For which day.
#[derive(Debug, clap::Args)]
pub(crate) struct WhenArgs {
    /// The day in the world, YYYY-MM-DD; today unless given.
    #[arg(long, value_parser = day)]
    as_of: Option<Day>,
    /// What was known by this day; the day in the world or today, whichever is later.
    #[arg(long, value_parser = day)]
    known: Option<Day>,
    /// JSON instead of lines.
    #[arg(long)]
    json: bool,
}

fn day(text: &str) -> Result<Day, String> {
    Day::parse(text).map_err(|refusal| refusal.to_string())
}

impl WhenArgs {
    fn moment(&self) -> Moment {
        let today = world::now().legal_day();
        let on = self.as_of.unwrap_or(today);
        Moment { on, known: self.known.unwrap_or(on.max(today)) }
    }
}

/// Runs a command; `false` when something is refused or does not hold.
pub(crate) fn run(command: &PolicyCommand) -> Result<bool> {
    let book = Rulebook::shipped()?;
    let calendar = book.calendar();
    match command {
        PolicyCommand::Check(args) => check(args, calendar),
        PolicyCommand::Test(args) => test(args, calendar),
        PolicyCommand::Fmt { paths, check } => reformat(paths, *check),
        PolicyCommand::Mutate { shelf, policy } => mutants(shelf, policy.as_deref(), calendar),
        PolicyCommand::Diff { before, after, facts, when } => {
            compare((before, after), facts, when, calendar)
        }
        PolicyCommand::Evaluate { facts, when, policy, shelf } => {
            evaluate(facts, when, (policy.as_deref(), shelf.as_deref()), calendar)
        }
        PolicyCommand::Schema => {
            let text = serde_json::to_string_pretty(&policy_rules::schema::schema())?;
            writeln!(std::io::stdout(), "{text}")?;
            Ok(true)
        }
    }
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))
}

/// Every YAML file of a path, by name; a folder's own folders among them.
fn gather(path: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_dir() {
        let listing = fs::read_dir(path).with_context(|| format!("reading {}", path.display()))?;
        let mut inside: Vec<PathBuf> =
            listing.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
        inside.sort();
        for one in inside {
            let is_yaml = one.extension().is_some_and(|end| end == "yaml" || end == "yml");
            if one.is_dir() || is_yaml {
                gather(&one, found)?;
            }
        }
        return Ok(());
    }
    found.push(path.to_path_buf());
    Ok(())
}

fn files(path: Option<&Path>) -> Result<Files> {
    let Some(path) = path else { return Ok(Files::shipped()) };
    let mut found = Vec::new();
    gather(path, &mut found)?;
    if found.is_empty() {
        bail!("{} holds no .yaml files", path.display());
    }
    let mut files = Files::default();
    for one in found {
        let name = one.strip_prefix(path).ok().filter(|name| name.components().count() > 0);
        let name = name.or(one.file_name().map(Path::new)).unwrap_or(&one);
        files.add(name.display().to_string(), read(&one)?);
    }
    Ok(files)
}

fn fault(fault: &Fault) -> Value {
    json!({
        "code": fault.code,
        "weight": fault.weight.name(),
        "file": fault.file,
        "line": fault.at.line,
        "column": fault.at.column,
        "message": {"zh": fault.message.zh, "en": fault.message.en},
        "hint": fault.hint.as_ref().map(|hint| json!({"zh": hint.zh, "en": hint.en})),
    })
}

fn check(args: &ShelfArgs, calendar: &Calendar) -> Result<bool> {
    let shelf = files(args.path.as_deref())?.shelf(calendar);
    let mut out = std::io::stdout();
    let tests: usize = shelf.policies.iter().map(|policy| policy.tests.len()).sum();
    if args.json {
        let said = json!({
            "sound": !shelf.is_broken(),
            "policies": shelf.policies.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(),
            "tests": tests,
            "faults": shelf.faults.iter().map(fault).collect::<Vec<_>>(),
        });
        writeln!(out, "{said}")?;
    } else {
        for fault in &shelf.faults {
            writeln!(out, "{fault}")?;
        }
        let errors = shelf.faults.iter().filter(|fault| fault.weight == Weight::Error).count();
        let warnings = shelf.faults.len() - errors;
        let count = shelf.policies.len();
        writeln!(out, "{count} policies, {tests} tests, {errors} errors, {warnings} warnings")?;
    }
    Ok(!shelf.is_broken())
}

/// Policies whose tests may be run: what else is wrong with them is said by `check`.
fn policies(args: &ShelfArgs, calendar: &Calendar) -> Result<(Vec<Policy>, Vec<Fault>)> {
    let files = files(args.path.as_deref())?;
    let vocabulary = match files.vocabulary() {
        Ok(vocabulary) => vocabulary,
        Err(faults) => return Ok((Vec::new(), faults)),
    };
    let (mut found, mut faults) = (Vec::new(), Vec::new());
    for (name, text) in &files.policies {
        let read = policy_rules::read(text, &vocabulary);
        found.extend(read.policy);
        faults.extend(read.faults.into_iter().map(|fault| fault.file(name)));
    }
    let _ = calendar;
    faults.retain(|fault| fault.weight == Weight::Error);
    Ok((found, faults))
}

fn test(args: &ShelfArgs, calendar: &Calendar) -> Result<bool> {
    let (policies, faults) = policies(args, calendar)?;
    let mut out = std::io::stdout();
    let (mut passed, mut failed, mut said) = (0, 0, Vec::new());
    for policy in &policies {
        for ran in run::all(policy, calendar) {
            match &ran.wrong {
                None => passed += 1,
                Some(wrong) => {
                    failed += 1;
                    if !args.json {
                        let line = ran.at.line;
                        writeln!(out, "{} line {line}: {}: {}", policy.id, ran.name, wrong.en)?;
                    }
                }
            }
            said.push(json!({
                "policy": policy.id, "test": ran.name, "line": ran.at.line,
                "passed": ran.wrong.is_none(), "wrong": ran.wrong.map(|wrong| wrong.en),
            }));
        }
    }
    if args.json {
        let faults: Vec<Value> = faults.iter().map(fault).collect();
        let said = json!({"passed": passed, "failed": failed, "tests": said, "faults": faults});
        writeln!(out, "{said}")?;
    } else {
        for fault in &faults {
            writeln!(out, "{fault}")?;
        }
        writeln!(out, "{passed} passed, {failed} failed, in {} policies", policies.len())?;
    }
    Ok(failed == 0 && faults.is_empty())
}

fn reformat(paths: &[PathBuf], check: bool) -> Result<bool> {
    let mut out = std::io::stdout();
    let mut found = Vec::new();
    for path in paths {
        gather(path, &mut found)?;
    }
    let (mut changed, mut sound) = (0, true);
    for path in found {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        let name = name.unwrap_or_default();
        // The vocabulary is a table of its own, laid out by hand.
        if name == policy::shelf::VOCABULARY {
            continue;
        }
        let text = read(&path)?;
        match format::format(&text) {
            Err(fault) => {
                sound = false;
                writeln!(out, "{}", fault.file(&name))?;
            }
            Ok(formatted) if formatted != text => {
                changed += 1;
                writeln!(out, "{}", path.display())?;
                if !check {
                    fs::write(&path, formatted)
                        .with_context(|| format!("writing {}", path.display()))?;
                }
            }
            Ok(_) => {}
        }
    }
    Ok(sound && !(check && changed > 0))
}

fn mutants(args: &ShelfArgs, only: Option<&str>, calendar: &Calendar) -> Result<bool> {
    let (policies, faults) = policies(args, calendar)?;
    let mut out = std::io::stdout();
    let (mut said, mut sound) = (Vec::new(), faults.is_empty());
    for policy in policies.iter().filter(|policy| only.is_none_or(|only| policy.id == only)) {
        let mutants = mutate::all(policy, calendar);
        let killed = mutants.iter().filter(|mutant| mutant.killed_by.is_some()).count();
        sound &= killed * 10 >= mutants.len() * 9;
        let alive = mutants.iter().filter(|mutant| mutant.killed_by.is_none());
        if args.json {
            let alive: Vec<Value> = alive
                .map(|one| json!({"line": one.at.line, "column": one.at.column, "change": one.change}))
                .collect();
            said.push(json!({"policy": policy.id, "mutants": mutants.len(), "killed": killed, "survivors": alive}));
        } else {
            writeln!(out, "{}: {killed} of {} noticed", policy.id, mutants.len())?;
            for one in alive {
                writeln!(out, "  {}:{} {}", one.at.line, one.at.column, one.change)?;
            }
        }
    }
    if args.json {
        writeln!(out, "{}", json!({"policies": said}))?;
    }
    Ok(sound)
}

fn one_policy(path: &Path) -> Result<Result<Policy, Vec<Fault>>> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let named = |faults: Vec<Fault>| faults.into_iter().map(|one| one.file(&name)).collect();
    let vocabulary = match Files::default().vocabulary() {
        Ok(vocabulary) => vocabulary,
        Err(faults) => return Ok(Err(faults)),
    };
    let read = policy_rules::read(&read(path)?, &vocabulary);
    Ok(read.policy.ok_or_else(|| named(read.faults)))
}

fn refused(out: &mut impl Write, faults: &[Fault]) -> Result<bool> {
    for fault in faults {
        writeln!(out, "{fault}")?;
    }
    Ok(false)
}

fn compare(
    (before, after): (&Path, &Path),
    facts: &Path,
    when: &WhenArgs,
    calendar: &Calendar,
) -> Result<bool> {
    let mut out = std::io::stdout();
    let before = match one_policy(before)? {
        Ok(policy) => policy,
        Err(faults) => return refused(&mut out, &faults),
    };
    let after = match one_policy(after)? {
        Ok(policy) => policy,
        Err(faults) => return refused(&mut out, &faults),
    };
    let list: Value = serde_json::from_str(&read(facts)?).context("the facts are no JSON")?;
    let mut firms = Vec::new();
    for (at, one) in list.as_array().context("the facts are no list")?.iter().enumerate() {
        let name = one["name"].as_str().map_or_else(|| (at + 1).to_string(), str::to_string);
        match Facts::from_json(&one["facts"]) {
            Ok(facts) => firms.push((name, facts)),
            Err(refusal) => return said_no(&mut out, &refusal.file(&name)),
        }
    }
    let moment = when.moment();
    let (was, is) =
        (Standing::at(&before, moment, calendar), Standing::at(&after, moment, calendar));
    let firms_facts = firms.iter().map(|(name, facts)| (name.as_str(), facts));
    let changed = match diff(&was, &is, firms_facts) {
        Ok(changed) => changed,
        Err(refusal) => return said_no(&mut out, &refusal),
    };
    if when.json {
        let all: Vec<Value> = changed
            .iter()
            .map(|one| {
                json!({"name": one.who, "before": json::granted(one.before),
                    "after": json::granted(one.after), "by": one.by.map(|fen| fen.to_string())})
            })
            .collect();
        let sum = kernel::Fen::sum(changed.iter().filter_map(|one| one.by));
        let said =
            json!({"firms": firms.len(), "changed": all, "sum": sum.map(|fen| fen.to_string())});
        writeln!(out, "{said}")?;
    } else {
        for one in &changed {
            let by = one.by.map(|fen| format!(" ({fen})")).unwrap_or_default();
            let (was, is) = (json::granted(one.before), json::granted(one.after));
            writeln!(out, "{}: {} -> {}{by}", one.who, brief(&was), brief(&is))?;
        }
        writeln!(out, "{} of {} change", changed.len(), firms.len())?;
    }
    Ok(true)
}

fn said_no(out: &mut impl Write, refusal: &Refusal) -> Result<bool> {
    let place = &refusal.place;
    let said = json!({"refused": {
        "code": refusal.code, "file": place.file, "input": place.column, "value": place.value,
        "message": {"zh": refusal.message.zh, "en": refusal.message.en}, "rule": refusal.rule,
    }});
    writeln!(out, "{said}")?;
    Ok(false)
}

fn brief(granted: &Value) -> String {
    let text = |key: &str| granted[key].as_str().unwrap_or_default().to_string();
    match granted["kind"].as_str() {
        Some("exact") => text("amount"),
        Some("up_to") => format!("up to {}", text("amount")),
        Some("range") => format!("{} to {}", text("low"), text("high")),
        Some(other) => other.to_string(),
        None => "?".to_string(),
    }
}

fn evaluate(
    facts: &Path,
    when: &WhenArgs,
    (only, folder): (Option<&str>, Option<&Path>),
    calendar: &Calendar,
) -> Result<bool> {
    let mut out = std::io::stdout();
    let text = read(facts)?;
    let value: Value = match serde_json::from_str(&text) {
        Ok(value) => value,
        Err(error) => {
            let en = "facts are one JSON object";
            let refusal = Refusal::new("E-INPUT-01", en, "事实应为一个JSON对象", error.to_string());
            return said_no(&mut out, &refusal);
        }
    };
    let facts = match Facts::from_json(&value) {
        Ok(facts) => facts,
        Err(refusal) => return said_no(&mut out, &refusal),
    };
    let shelf: Shelf = files(folder)?.shelf(calendar);
    if shelf.is_broken() {
        return refused(&mut out, &shelf.faults);
    }
    let moment = when.moment();
    let said = match only {
        None => json::all(&shelf, &facts, moment, calendar),
        Some(id) => {
            let found = shelf.at(moment).into_iter().find(|policy| policy.id == id);
            let Some(policy) = found else {
                let (zh, en) = ("这一天没有这项政策", "no such policy holds on this day");
                let refusal = Refusal::new("E-FIND-01", en, zh, en).value(id);
                return said_no(&mut out, &refusal);
            };
            json::one(policy, &facts, moment, calendar).map(|(_, said)| said)
        }
    };
    let said = match said {
        Ok(said) => said,
        Err(refusal) => return said_no(&mut out, &refusal),
    };
    if when.json {
        writeln!(out, "{said}")?;
        return Ok(true);
    }
    let one = std::slice::from_ref(&said);
    for policy in said["policies"].as_array().map_or(one, Vec::as_slice) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
        let missing: Vec<String> = policy["missing"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|one| text(&one["input"]))
            .collect();
        let asks = if missing.is_empty() {
            String::new()
        } else {
            format!("  asks {}", missing.join(", "))
        };
        let title = text(&policy["title"]["en"]);
        writeln!(out, "{}  {title}: {}{asks}", text(&policy["policy"]), brief(&policy["result"]))?;
    }
    if let Some(total) = said["together"]["total"].as_str() {
        writeln!(out, "together at most {total} (an upper bound, not an entitlement)")?;
    }
    Ok(true)
}
