//! Six of the shipped policies as decisions of GoRules' zen engine: microseconds for one firm and
//! rule, without proofs, numbers as decimals. Prints one figure.

use serde_json::{Value, json};
use std::error::Error;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;
use zen_engine::DecisionEngine;
use zen_engine::model::DecisionContent;

const FIRMS: usize = 2_000;

/// The rules that `openfisca_policies.py` has: name and expression.
const RULES: [(&str, &str); 6] = [
    ("compute", "verified ? 0.3 * rent : 0"),
    ("model", "third_party ? min([0.5 * contract, 5000000]) : 0"),
    ("corpora", "delivered ? 0.3 * max([corpus - affiliated, 0]) : 0"),
    (
        "small",
        "income <= 3000000 and staff <= 300 and assets <= 50000000 and not barred \
         ? 0.2 * income : 0",
    ),
    ("high_tech", "high_tech ? 0.1 * income : 0"),
    (
        "relief",
        "registered ? 0.25 * min([transfer, 5000000]) + 0.125 * max([transfer - 5000000, 0]) : 0",
    ),
];

fn graph(name: &str, expression: &str) -> Value {
    json!({
        "nodes": [
            {"id": "in", "name": "in", "type": "inputNode", "content": {}},
            {"id": "rule", "name": name, "type": "expressionNode",
             "content": {"expressions": [{"id": "1", "key": "amount", "value": expression}]}},
            {"id": "out", "name": "out", "type": "outputNode", "content": {}},
        ],
        "edges": [
            {"id": "a", "sourceId": "in", "targetId": "rule", "type": "edge"},
            {"id": "b", "sourceId": "rule", "targetId": "out", "type": "edge"},
        ],
    })
}

/// A made-up firm; a linear congruence is chance enough.
fn firm(seed: &mut u64) -> Value {
    let mut next = || {
        *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        *seed >> 33
    };
    let mut firm = serde_json::Map::new();
    for name in ["rent", "contract", "corpus", "affiliated", "income", "staff", "assets", "transfer"]
    {
        firm.insert(name.to_string(), json!(next() % 8_000_000));
    }
    for name in ["verified", "third_party", "delivered", "barred", "high_tech", "registered"] {
        firm.insert(name.to_string(), json!(next() % 2 == 0));
    }
    Value::Object(firm)
}

fn main() -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let engine = DecisionEngine::default();
    let mut decisions = Vec::new();
    for (name, expression) in RULES {
        let content: DecisionContent = serde_json::from_value(graph(name, expression))?;
        let decision = engine.create_decision(Arc::new(content));
        let mut decision = decision.map_err(|error| format!("{error:?}"))?;
        decision.compile();
        decisions.push(decision);
    }
    let mut seed = 7;
    let firms: Vec<Value> = (0..FIRMS).map(|_| firm(&mut seed)).collect();
    let run = || -> Result<(), Box<dyn Error>> {
        for firm in &firms {
            for decision in &decisions {
                let done = runtime.block_on(decision.evaluate(firm.into()));
                black_box(done.map_err(|error| error.to_string())?.result);
            }
        }
        Ok(())
    };
    run()?;
    let start = Instant::now();
    run()?;
    let each = start.elapsed().as_secs_f64() * 1e6 / (FIRMS * RULES.len()) as f64;
    println!("{each:.2}");
    Ok(())
}
