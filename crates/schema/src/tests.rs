use super::*;

#[test]
fn the_shipped_schema_is_sound() {
    let schema = Schema::shipped().unwrap_or_else(|refusal| panic!("{refusal}"));
    assert!(schema.is_a("company", "organization"));
    assert!(!schema.is_a("organization", "company"));
    let firms = schema.indicator_named("人工智能相关企业数").expect("an alias");
    assert_eq!(firms.key, "ai_firms");
    for kind in schema.kinds() {
        assert!(!kind.label.zh.is_empty() && !kind.label.en.is_empty(), "{}", kind.key);
        if let Some(edge) = &kind.edge {
            for end in [&edge.source, &edge.target] {
                let end = schema.property(end).expect("checked");
                assert_eq!(end.value_type, ValueType::Entity, "{}", kind.key);
            }
        }
    }
}

fn code(text: &str) -> &'static str {
    Schema::parse(&[("test.yaml", text)]).map_or_else(|refusal| refusal.code, |_| "fine")
}

#[test]
fn contradictions_are_refused() {
    let property = "properties: [{key: p, label: {zh: 甲, en: P}, type: text}]";
    assert_eq!(code(property), "fine");
    assert_eq!(code("properties: 5"), "E-SCHEMA-01");
    assert_eq!(code("colour: red"), "E-SCHEMA-01");
    assert_eq!(code(&property.replace("text", "texts")), "E-SCHEMA-02");
    let kind = "kinds: [{key: k, label: {zh: 甲, en: K}, properties: [q]}]";
    assert_eq!(code(kind), "E-SCHEMA-02");
    let ring = "kinds: [{key: k, label: {zh: 甲, en: K}, extends: k}]";
    assert_eq!(code(ring), "E-SCHEMA-03");
}
