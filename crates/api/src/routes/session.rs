//! Signing in and out, accounts and tokens.

use crate::app::App;
use crate::ask::{Args, PageParams};
use crate::extract::{IfMatch, Json, Key, Origin, Who};
use crate::front::{cookie, session_cookie, visitor_cookie};
use crate::problem::{Problem, Problems, Result};
use crate::repeat::KeptBody;
use crate::wire;
use crate::wire::account::{AccountChange, FirstAdministrator, NewAccount, NewToken, SignIn};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use identity::{
    AccountId, Act, Caller, Candidate, CurrentPassword, Error, Role, Secret, TokenId, Via,
    WishedPassword, account, csrf, same, token,
};
use kernel::{Day, Refusal, Timestamp};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Sessions, accounts and tokens.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_session, sign_in, sign_out))
        .routes(routes!(first_administrator))
        .routes(routes!(list_accounts, create_account))
        .routes(routes!(change_account))
        .routes(routes!(list_tokens, make_token))
        .routes(routes!(revoke_token))
}

/// Who is signed in, and what a write carries in `X-CSRF-Token`.
#[utoipa::path(
    get, path = "/session", operation_id = "get_session", tag = "session",
    responses((status = 200, description = "The session.", body = wire::Session), Problems)
)]
async fn get_session(
    State(app): State<App>,
    Who(caller): Who,
    headers: HeaderMap,
    _: Args<()>,
) -> Result<Response> {
    if let (Some(account), Via::Session { csrf, .. }) = (caller.account(), caller.via()) {
        let account = Some(wire::Account::from(account));
        return Ok(fresh(axum::Json(wire::Session { account, csrf: csrf.clone() })));
    }
    let account = caller.account().map(wire::Account::from);
    let known = cookie(&headers, visitor_cookie(&app)).and_then(|text| Secret::parse(&text));
    let secret = known.clone().unwrap_or_else(|| Secret::new(app.chance()));
    let mut response = fresh(axum::Json(wire::Session { account, csrf: csrf(&secret) }));
    if known.is_none() {
        set_cookie(&app, &mut response, visitor_cookie(&app), &secret.text(), None);
    }
    Ok(response)
}

/// Signs in; the answer sets the session's cookie.
#[utoipa::path(
    post, path = "/session", operation_id = "sign_in", tag = "session",
    request_body = SignIn,
    responses((status = 200, description = "Signed in.", body = wire::Session), Problems)
)]
async fn sign_in(
    State(app): State<App>,
    Origin(address): Origin,
    headers: HeaderMap,
    _: Args<()>,
    Json(body): Json<SignIn>,
) -> Result<Response> {
    check_visitor(&app, &headers)?;
    open_session(&app, address, body.name, body.password).await
}

/// Ends the session.
#[utoipa::path(
    delete, path = "/session", operation_id = "sign_out", tag = "session",
    responses((status = 204, description = "Signed out."), Problems)
)]
async fn sign_out(State(app): State<App>, headers: HeaderMap, _: Args<()>) -> Result<Response> {
    if let Some(secret) = cookie(&headers, session_cookie(&app)) {
        app.blocking(move |app| Ok(app.door().sign_out(app.now(), &secret)?)).await?;
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    set_cookie(&app, &mut response, session_cookie(&app), "", Some(0));
    Ok(response)
}

/// Creates the first administrator with the one-time setup link, and signs in.
#[utoipa::path(
    post, path = "/session/first", operation_id = "first_administrator", tag = "session",
    request_body = FirstAdministrator,
    responses(
        (status = 200, description = "Created and signed in.", body = wire::Session),
        Problems
    )
)]
async fn first_administrator(
    State(app): State<App>,
    Origin(address): Origin,
    headers: HeaderMap,
    _: Args<()>,
    Json(body): Json<FirstAdministrator>,
) -> Result<Response> {
    check_visitor(&app, &headers)?;
    let (name, password) = (body.name.clone(), body.password.clone());
    app.blocking(move |app| {
        let salt = app.chance();
        let candidate = Candidate { name: &body.name, password: &body.password, salt };
        let done = app.door().first_administrator(app.now(), address, &body.token, &candidate)?;
        app.announce();
        Ok(done)
    })
    .await?;
    open_session(&app, address, name, password).await
}

async fn open_session(
    app: &App,
    address: std::net::IpAddr,
    name: String,
    password: String,
) -> Result<Response> {
    let secret = Secret::new(app.chance());
    let opened = secret.clone();
    let (account, session) = app
        .blocking(move |app| {
            let sign_in = identity::SignIn { name: &name, password: &password, address };
            let done = app.door().sign_in(app.now(), &sign_in, &opened)?;
            app.announce();
            Ok(done)
        })
        .await?;
    let account = Some(wire::Account::from(&account));
    let mut response = fresh(axum::Json(wire::Session { account, csrf: csrf(&secret) }));
    let life_s = (session.ends().micros() - app.now().micros()) / 1_000_000;
    set_cookie(app, &mut response, session_cookie(app), &secret.text(), Some(life_s));
    Ok(response)
}

/// Signing in must carry what the visitor's own cookie asks for, so that no other site can sign
/// someone in as somebody else.
fn check_visitor(app: &App, headers: &HeaderMap) -> Result<()> {
    let secret = [visitor_cookie(app), session_cookie(app)]
        .into_iter()
        .filter_map(|name| Secret::parse(&cookie(headers, name)?));
    let sent = headers.get("x-csrf-token").and_then(|value| value.to_str().ok()).unwrap_or("");
    match secret.into_iter().any(|secret| same(&csrf(&secret), sent)) {
        true => Ok(()),
        false => Err(Error::Csrf.into()),
    }
}

fn set_cookie(app: &App, response: &mut Response, name: &str, value: &str, life_s: Option<i64>) {
    let secure = if app.settings().secure_cookies { "; Secure" } else { "" };
    let life = life_s.map_or_else(String::new, |life_s| format!("; Max-Age={life_s}"));
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{life}");
    if let Ok(value) = HeaderValue::from_str(&text) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// An answer that nobody keeps.
fn fresh(answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Accounts, in the order of their making.
#[utoipa::path(
    get, path = "/accounts", operation_id = "list_accounts", tag = "accounts",
    params(PageParams),
    responses((status = 200, description = "Accounts.", body = wire::Page<wire::Account>), Problems)
)]
async fn list_accounts(
    State(app): State<App>,
    Who(caller): Who,
    Args(page): Args<PageParams>,
) -> Result<Response> {
    caller.allow(Act::ManageAccounts)?;
    let after: Option<AccountId> = page.after.as_deref().map(str::parse).transpose()?;
    let limit = page.limit;
    let found = app
        .blocking(move |app| {
            Ok(app.store().read(|tx| account::list(tx, after, limit as i64 + 1))?)
        })
        .await?;
    let items: Vec<wire::Account> = found.iter().map(wire::Account::from).collect();
    Ok(fresh(axum::Json(wire::Page::cut(items, limit, |account| account.id.clone()))))
}

/// Creates an account.
#[utoipa::path(
    post, path = "/accounts", operation_id = "create_account", tag = "accounts",
    request_body = NewAccount,
    responses((status = 201, description = "Created.", body = wire::Account), Problems)
)]
async fn create_account(
    State(app): State<App>,
    Who(caller): Who,
    _: Args<()>,
    Json(body): Json<NewAccount>,
) -> Result<Response> {
    caller.allow(Act::ManageAccounts)?;
    let role = role(&body.role)?;
    let account = app
        .blocking(move |app| {
            let salt = app.chance();
            let candidate = Candidate { name: &body.name, password: &body.password, salt };
            let organization = body.organization.as_deref();
            if let Some(key) = organization {
                known_organization(app, key)?;
            }
            let made =
                app.door().create_account(app.now(), &caller, &candidate, role, organization)?;
            app.announce();
            Ok(made)
        })
        .await?;
    Ok(with_tag(StatusCode::CREATED, wire::Account::from(&account)))
}

fn with_tag(status: StatusCode, account: wire::Account) -> Response {
    let tag = account.etag.clone();
    let mut response = fresh((status, axum::Json(account)));
    crate::ask::set(response.headers_mut(), header::ETAG, &tag);
    response
}

/// The organization of a member is an entity of the atlas.
fn known_organization(app: &App, key: &str) -> Result<()> {
    let missing = |error: Problem| error.in_body("organization");
    let entity: kernel::EntityId = key.parse().map_err(Problem::from).map_err(missing)?;
    let today = atlas::AsOf { valid: app.now().day(), known: None };
    let known = app.see(|_, view| Ok(view.exists(entity, view.sight(today))))?;
    match known {
        true => Ok(()),
        false => Err(Problem::missing("entity", key).in_body("organization")),
    }
}

fn role(name: &str) -> Result<Role> {
    Role::from_name(name).filter(|role| *role != Role::Anonymous).ok_or_else(|| {
        let rule = "the role is `member`, `analyst` or `administrator`";
        Refusal::new("E-AUTH-14", rule, "角色应为 member、analyst 或 administrator", rule)
            .column("role")
            .value(name)
            .into()
    })
}

/// Changes an account: its name, its role, whether it may sign in, its password.
///
/// An administrator may change any account; everyone may change their own password. `If-Match`
/// is compared when it is sent. A password is changed by itself.
#[utoipa::path(
    put, path = "/accounts/{id}", operation_id = "change_account", tag = "accounts",
    params(("id" = String, Path, description = "Id of the account, `A1`.")),
    request_body = AccountChange,
    responses((status = 200, description = "As it is now.", body = wire::Account), Problems)
)]
async fn change_account(
    State(app): State<App>,
    Who(caller): Who,
    Origin(address): Origin,
    Key(id): Key<AccountId>,
    version: Option<IfMatch>,
    _: Args<()>,
    Json(body): Json<AccountChange>,
) -> Result<Response> {
    let own = caller.account().is_some_and(|account| account.id == id);
    let only_password = body.name.is_none()
        && body.role.is_none()
        && body.organization.is_none()
        && body.active.is_none();
    match own && only_password {
        true => caller.allow(Act::ManageSelf)?,
        false => caller.allow(Act::ManageAccounts)?,
    }
    if body.password.is_some() && !only_password {
        // Hashing takes too long for a transaction, so the two could not be one change.
        let rule = "a password is changed by itself";
        return Err(Refusal::new("E-AUTH-16", rule, "密码应单独修改", rule)
            .column("password")
            .into());
    }
    let changed = app
        .blocking(move |app| {
            if let Some(version) = &version {
                let account = app.store().read(|tx| account::get(tx, id))?;
                version.check("account", &wire::Account::from(&account).etag)?;
            }
            change(app, &caller, id, own, address, &body)
        })
        .await?;
    Ok(with_tag(StatusCode::OK, changed))
}

fn change(
    app: &App,
    caller: &Caller,
    id: AccountId,
    own: bool,
    address: std::net::IpAddr,
    body: &AccountChange,
) -> Result<wire::Account> {
    let (now, door) = (app.now(), app.door());
    if let Some(password) = &body.password {
        let wish = WishedPassword { password, salt: app.chance() };
        match own {
            true => {
                let current = body.current_password.as_deref().unwrap_or_default();
                let current = CurrentPassword { password: current, address };
                door.change_password(now, caller, &current, &wish)?;
            }
            false => door.reset_password(now, caller, id, &wish)?,
        }
    }
    let name = body.name.as_deref().map(identity::AccountName::parse).transpose()?;
    let role = body.role.as_deref().map(role).transpose()?;
    let member = role == Some(Role::Member);
    if member != body.organization.is_some() && (member || role.is_some()) {
        let rule = "a member acts for one organization, nobody else for any";
        let refusal =
            Refusal::new("E-AUTH-14", rule, "成员账号须注明所属机构,其他角色不注明", rule);
        return Err(refusal.column("organization").into());
    }
    if let Some(key) = &body.organization {
        known_organization(app, key)?;
    }
    // An organization makes the member; the role beside it says no more.
    let role = role.filter(|_| !member);
    let (actor, active) = (caller.actor(), body.active);
    app.write(|tx| -> Result<wire::Account> {
        let mut account = account::get(tx, id)?;
        if let Some(name) = &name {
            account = account::rename(tx, &actor, now, id, name)?;
        }
        if let Some(role) = role {
            account = account::set_role(tx, &actor, now, id, role)?;
        }
        if let Some(organization) = &body.organization {
            account = account::set_organization(tx, &actor, now, id, organization)?;
        }
        match active {
            Some(true) => account = account::activate(tx, &actor, now, id)?,
            Some(false) => account = account::deactivate(tx, &actor, now, id)?,
            None => {}
        }
        Ok(wire::Account::from(&account))
    })
}

/// One's own tokens, newest first.
#[utoipa::path(
    get, path = "/tokens", operation_id = "list_tokens", tag = "tokens",
    responses((status = 200, description = "Tokens.", body = wire::Page<wire::Token>), Problems)
)]
async fn list_tokens(State(app): State<App>, Who(caller): Who, _: Args<()>) -> Result<Response> {
    caller.allow(Act::ManageTokens)?;
    let own = caller.account().ok_or(Error::SignedOut)?.id;
    let found = app.blocking(move |app| Ok(app.store().read(|tx| token::list(tx, own))?)).await?;
    let items = found.iter().map(wire::Token::from).collect();
    Ok(fresh(axum::Json(wire::Page { items, next: None })))
}

/// Makes a token; its secret is in this answer and never again.
#[utoipa::path(
    post, path = "/tokens", operation_id = "make_token", tag = "tokens",
    request_body = NewToken,
    responses((status = 201, description = "Made.", body = wire::Token), Problems)
)]
async fn make_token(
    State(app): State<App>,
    Who(caller): Who,
    _: Args<()>,
    Json(body): Json<NewToken>,
) -> Result<Response> {
    caller.allow(Act::ManageTokens)?;
    let role = body.role.as_deref().map(role).transpose()?.unwrap_or(caller.role());
    let expires = body.expires.as_deref().map(Day::parse).transpose();
    let expires = expires.map_err(|refusal| Problem::from(refusal.column("expires")))?;
    let secret = Secret::new(app.chance());
    let shown = token::shown(&secret);
    let made = app
        .blocking(move |app| {
            let now = app.now();
            let expires = expires.map(Timestamp::end_of);
            let new = identity::NewToken { name: &body.name, role, expires };
            app.write(|tx| token::make(tx, &caller, now, &new, &secret))
        })
        .await?;
    let token = wire::Token::from(&made);
    let kept = serde_json::to_string(&token).unwrap_or_default();
    let whole = wire::Token { secret: Some(shown), ..token };
    let mut response = fresh((StatusCode::CREATED, axum::Json(whole)));
    response.extensions_mut().insert(KeptBody(kept));
    Ok(response)
}

/// Ends a token.
#[utoipa::path(
    delete, path = "/tokens/{id}", operation_id = "revoke_token", tag = "tokens",
    params(("id" = String, Path, description = "Id of the token, `T1`.")),
    responses((status = 204, description = "It does not work any more."), Problems)
)]
async fn revoke_token(
    State(app): State<App>,
    Who(caller): Who,
    Key(id): Key<TokenId>,
    _: Args<()>,
) -> Result<StatusCode> {
    app.blocking(move |app| {
        let now = app.now();
        app.write(|tx| token::revoke(tx, &caller, now, id))
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}
