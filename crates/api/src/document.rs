//! What the API document says beyond its parts: which parameters may be left out, how ids and
//! places in lists look, what signing in takes.

use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ArrayItems, Object, Type};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{ObjectBuilder, OpenApi, RefOr, Required, Schema};

/// Parts of paths by what comes before them, and their form.
const IN_PATH: &[(&str, &str)] = &[
    ("/entities/{id}", ENTITY),
    ("/statements/{id}", STATEMENT),
    ("/journal/events/{id}", EVENT),
    ("/questions/{id}", "^Q[0-9]{1,15}$"),
    ("/judgements/{id}", "^M[0-9]{1,15}$"),
    ("/answers/{id}", "^O[0-9]{1,15}$"),
    ("/documents/{key}", "^document-[0-9a-f]{12}$"),
    ("/notifications/{id}", "^N[0-9]{1,15}$"),
    ("/accounts/{id}", ACCOUNT),
    ("/tokens/{id}", "^T[0-9]{1,15}$"),
    ("/jobs/{id}", "^W[0-9]{1,15}$"),
    ("/policies/{id}", "^[a-z][a-z0-9_.-]{0,79}$"),
    ("/compute/jobs/{id}", "^G[0-9]{1,15}$"),
    ("/compute/vouchers/{id}", "^U[0-9]{1,15}$"),
    ("/compute/reservations/{id}", "^B[0-9]{1,15}$"),
    ("/requests/{id}", "^H[0-9]{1,15}$"),
    ("/applications/{id}", "^P[0-9]{1,15}$"),
    ("/firms/{id}", ENTITY),
    ("/transfer/calendar/{key}", "^[0-9a-f]{64}(\\.ics)?$"),
    ("/transfer/cases/{id}", "^K[0-9]{1,15}$"),
    ("/transfer/notices/{id}", EVENT),
    ("/transfer/demands/{id}", "^D[0-9]{1,15}$"),
    ("/transfer/introductions/{id}", "^I[0-9]{1,15}$"),
    ("/kinds/{kind}", "^[a-z][a-z0-9_]{0,63}$"),
    ("/indicators/{key}", "^[a-z][a-z0-9_]{0,63}$"),
    ("/map/{layer}", "^(districts|streets|metro_lines|metro_stations|belts|entities)$"),
    ("/journal/tile/{path}", "^(entries|[0-5])/[0-9]{3}(\\.p/[1-9][0-9]?)?$"),
    (
        "/export/{question}",
        "^(search|entity|graph|paths|map|choropleth|series|cube|changes|coverage|sources|\
         statements)$",
    ),
];

/// Parameters of queries: where (`*` is anywhere), which, and their form.
const IN_QUERY: &[(&str, &str, &str)] = &[
    ("/transfer/cases", "place", "^[a-z]{1,40}$"),
    ("/transfer/report", "place", "^[a-z]{1,40}$"),
    ("/transfer/cases", "after", "^[0-9]{1,7}$"),
    ("/compute/jobs", "after", "^G[0-9]{1,15}$"),
    ("/requests", "after", "^[0-9]{1,7}$"),
    ("/applications", "after", "^[0-9]{1,7}$"),
    ("*", "entity", ENTITY),
    ("*", "place", ENTITY),
    ("*", "focus", ENTITY),
    ("/graph/paths", "from", ENTITY),
    ("/graph/paths", "to", ENTITY),
    ("*", "rows", AXIS),
    ("*", "columns", AXIS),
    ("*", "indicator", "^[a-z][a-z0-9_]{0,63}$"),
    ("*", "measure", "^(entities|statements)$"),
    ("*", "axis", "^(known|valid)$"),
    ("*", "level", "^(streets|districts)$"),
    ("*", "format", "^(csv|xlsx|geojson|jsonld|nt)$"),
    ("/search", "year", "^[1-9][0-9]{3}(/[1-9][0-9]{3})?$"),
    ("/cube", "year", "^([1-9][0-9]{3})?$"),
    ("/cube/cell", "year", "^([1-9][0-9]{3})?$"),
    ("/accounts", "after", ACCOUNT),
    ("/changes", "after", "^[0-9]{1,15}$"),
    ("/cube/cell", "after", STATEMENT),
    ("/statements", "after", STATEMENT),
    ("/feed", "after", EVENT),
    ("/journal", "after", EVENT),
    ("/questions", "after", "^Q[0-9]{1,15}$"),
    ("/judgements", "after", "^M[0-9]{1,15}$"),
    ("/answers", "after", "^O[0-9]{1,15}$"),
    ("/documents", "after", "^R[0-9]{1,15}$"),
    ("/pairs", "after", "^E[0-9]{1,15}\\.E[0-9]{1,15}$"),
    ("/pairs", "zone", "^(review|merge)$"),
    ("/notifications", "after", "^N[0-9]{1,15}$"),
    (
        "/entities/{id}/history",
        "after",
        "^[0-9]{1,15}\\.[0-9]{1,15}\\.(added|superseded|gone|withdrawn|retracted)$",
    ),
];

const ENTITY: &str = "^E[0-9]{1,15}$";
const STATEMENT: &str = "^S[0-9]{1,15}$";
const EVENT: &str = "^J[0-9]{1,15}$";
const ACCOUNT: &str = "^A[0-9]{1,15}$";
const AXIS: &str = "^(kind|street|industry|source|year)$";

/// What only somebody who is signed in may ask, beside every write.
const GUARDED: &[&str] = &[
    "/documents",
    "/answers",
    "/accounts",
    "/tokens",
    "/questions",
    "/notifications",
    "/jobs",
    "/requests",
    "/applications",
    "/firms",
    "/compute",
    "/desk",
    "/waiting",
    "/transfer/cases",
    "/transfer/due",
    "/transfer/portfolio",
    "/transfer/report",
    "/transfer/radar",
    "/transfer/calendar.ics",
    "/transfer/demands",
];

/// Writes that keep nothing, or that anyone may: they take no account.
const OPEN_WRITES: &[&str] = &[
    "/matches",
    "/policies/evaluation",
    "/transfer/distribution",
    "/transfer/dilution",
    "/transfer/check",
    "/transfer/notices/{id}/objections",
];

/// Completes the document.
pub(crate) fn complete(document: &mut OpenApi) {
    let paths = std::mem::take(&mut document.paths.paths);
    for (path, mut item) in paths {
        // OpenAPI has no wildcards.
        let path = path.replace("{*path}", "{path}");
        let read = item.get.as_mut().map(|operation| (operation, false));
        let writes = [item.post.as_mut(), item.put.as_mut(), item.delete.as_mut()];
        let writes = writes.into_iter().flatten().map(|operation| (operation, true));
        for (operation, write) in read.into_iter().chain(writes) {
            refine(operation, &path);
            operation.security = Some(security(&path, write));
        }
        if let Some(operation) = item.post.as_mut().filter(|_| !path.contains("/session")) {
            operation.parameters.get_or_insert_default().push(RefOr::T(idempotency_key()));
        }
        document.paths.paths.insert(path, item);
    }
    let components = document.components.get_or_insert_default();
    let schemes = schemes().map(|(name, scheme)| (name, RefOr::T(scheme)));
    components.security_schemes.extend(schemes);
}

fn refine(operation: &mut Operation, path: &str) {
    for parameter in operation.parameters.iter_mut().flatten() {
        let RefOr::T(parameter) = parameter else { continue };
        let form = form_of(path, parameter);
        let is_query = matches!(parameter.parameter_in, ParameterIn::Query);
        let Some(RefOr::T(schema)) = parameter.schema.as_mut() else { continue };
        if let Schema::Object(object) = schema
            && object.default.is_some()
            && is_query
        {
            parameter.required = Required::False;
        }
        if let (Some(form), Some(text)) = (form, text_of(schema)) {
            text.pattern = Some(form.to_string());
        }
    }
}

/// The text that a schema is, or that its items are.
fn text_of(schema: &mut Schema) -> Option<&mut Object> {
    match schema {
        Schema::Object(object) => Some(object),
        Schema::Array(array) => match &mut array.items {
            ArrayItems::RefOrSchema(items) => match items.as_mut() {
                RefOr::T(Schema::Object(object)) => Some(object),
                _ => None,
            },
            ArrayItems::False => None,
        },
        _ => None,
    }
}

fn form_of(path: &str, parameter: &Parameter) -> Option<&'static str> {
    let path = path.strip_prefix("/api/v1").unwrap_or(path);
    match parameter.parameter_in {
        ParameterIn::Path => {
            let found = IN_PATH.iter().find(|(start, _)| path.starts_with(start));
            found.map(|(_, form)| *form)
        }
        ParameterIn::Query => {
            let here = |at: &str| at == "*" || at == path;
            let found = IN_QUERY.iter().find(|(at, name, _)| here(at) && *name == parameter.name);
            found.map(|(_, _, form)| *form)
        }
        _ => None,
    }
}

fn idempotency_key() -> Parameter {
    let text =
        ObjectBuilder::new().schema_type(Type::String).pattern(Some("^[!-~]{1,200}$")).build();
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .description(Some("A key of one's own: sent twice within 24 hours, it happens once."))
        .schema(Some(text))
        .build()
}

/// Reads are open to everyone who may read; writes take a token, or a session with its CSRF token.
fn security(path: &str, write: bool) -> Vec<SecurityRequirement> {
    let none: [&str; 0] = [];
    let session = SecurityRequirement::new("session", none);
    let guarded_session = SecurityRequirement::new("session", none).add("csrf", none);
    let bearer = SecurityRequirement::new("bearer", none);
    let path = path.strip_prefix("/api/v1").unwrap_or(path);
    let guarded = GUARDED.iter().any(|start| path.starts_with(start));
    match (path.starts_with("/session"), write, guarded) {
        (true, _, _) => vec![SecurityRequirement::default(), session],
        // A question that comes with a body writes nothing.
        (_, true, _) if OPEN_WRITES.contains(&path) => {
            vec![SecurityRequirement::default(), bearer, guarded_session]
        }
        (_, true, _) => vec![bearer, guarded_session],
        (_, _, true) => vec![bearer, session],
        _ => vec![SecurityRequirement::default(), bearer, session],
    }
}

fn schemes() -> [(String, SecurityScheme); 3] {
    let key = |name: &str, text: &str| ApiKeyValue::with_description(name, text);
    let cookie = key("xiudai_session", "Set by signing in; over https `__Host-xiudai_session`.");
    let csrf = key("X-CSRF-Token", "`csrf` of the session, with every write.");
    let mut bearer = Http::new(HttpAuthScheme::Bearer);
    bearer.description = Some("An API token, `xdt_…`.".to_string());
    [
        ("bearer".to_string(), SecurityScheme::Http(bearer)),
        ("session".to_string(), SecurityScheme::ApiKey(ApiKey::Cookie(cookie))),
        ("csrf".to_string(), SecurityScheme::ApiKey(ApiKey::Header(csrf))),
    ]
}
