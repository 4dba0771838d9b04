//! What can be refused at the door.

use crate::role::Act;
use kernel::Refusal;

/// The result of everything here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why the door stays closed. None of these tells whether a name exists to one who may not know.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Unknown name, wrong password or deactivated account: one answer for all three.
    #[error("the name or the password is not right")]
    Credentials,
    /// The act needs an account, and nobody is signed in (or the session has ended).
    #[error("nobody is signed in")]
    SignedOut,
    /// A write with a session cookie does not carry the session's token.
    #[error("the request does not carry the CSRF token of its session")]
    Csrf,
    /// The API token is unknown, expired or revoked, or its account is deactivated.
    #[error("the API token is not valid")]
    Bearer,
    /// The role does not include the act.
    #[error("this role does not include `{}`", .0.name())]
    Forbidden(Act),
    /// The setup link is unknown, expired or used, or an administrator exists.
    #[error("the setup link is not valid")]
    Setup,
    /// A name, password, role or date that is not sound.
    #[error("{0}")]
    Refused(Box<Refusal>),
    /// Another account has this name.
    #[error("the name is taken")]
    Taken,
    /// No such account.
    #[error("no such account")]
    NoAccount,
    /// No such token, or it belongs to someone else.
    #[error("no such API token")]
    NoToken,
    /// The last active administrator would be gone.
    #[error("the last administrator must stay")]
    LastAdministrator,
    /// A limit on how many there can be.
    #[error("there can be no more than {most} {of}")]
    Full {
        /// Of what.
        of: &'static str,
        /// The limit.
        most: i64,
    },
    /// Too many attempts or requests.
    #[error("too many requests; try again in {retry_after_s} s")]
    Rate {
        /// Seconds to wait, at least 1; for `Retry-After`.
        retry_after_s: i64,
    },
    /// It broke.
    #[error("the store failed")]
    Store(#[from] store::Error),
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Error {
        Error::Refused(Box::new(refusal))
    }
}

impl Error {
    /// The stable code; none for [`Error::Store`], which is nobody's wish gone wrong.
    pub fn code(&self) -> Option<&'static str> {
        self.refusal().map(|refusal| refusal.code)
    }

    /// The refusal in both languages; none for [`Error::Store`].
    pub fn refusal(&self) -> Option<Refusal> {
        let (code, rule, zh, en) = match self {
            Error::Store(_) => return None,
            Error::Refused(refusal) => return Some((**refusal).clone()),
            Error::Full { of, most } => return Some(full(of, *most)),
            Error::Rate { retry_after_s } => return Some(rate(*retry_after_s)),
            Error::Forbidden(act) => return Some(forbidden(*act)),
            Error::Credentials => (
                "E-AUTH-01",
                "an account opens with its name and its password",
                "用户名或密码不正确",
                "the name or the password is not right",
            ),
            Error::SignedOut => (
                "E-AUTH-02",
                "this needs an account",
                "请先登录",
                "sign in first; the session may have ended",
            ),
            Error::Csrf => (
                "E-AUTH-03",
                "a write with a session carries the header X-CSRF-Token",
                "请求缺少或带有错误的 X-CSRF-Token,请刷新页面",
                "the header X-CSRF-Token is missing or wrong; reload the page",
            ),
            Error::Bearer => (
                "E-AUTH-04",
                "an API token is known, not expired and not revoked",
                "API 令牌无效、已过期或已撤销",
                "the API token is unknown, expired or revoked",
            ),
            Error::Setup => (
                "E-AUTH-06",
                "a setup link works once, for 24 hours, while there is no administrator",
                "初始化链接无效、已使用或已过期",
                "the setup link is unknown, used or expired",
            ),
            Error::Taken => (
                "E-AUTH-09",
                "names differ by more than case, width or script",
                "该用户名已被使用",
                "the name is taken",
            ),
            Error::NoAccount => (
                "E-AUTH-10",
                "an account is named by its id",
                "没有这个账号",
                "there is no such account",
            ),
            Error::NoToken => (
                "E-AUTH-11",
                "a token is named by its id",
                "没有这个令牌",
                "there is no such token",
            ),
            Error::LastAdministrator => (
                "E-AUTH-12",
                "one active administrator always remains",
                "至少须保留一名管理员",
                "the last administrator cannot be demoted or deactivated",
            ),
        };
        Some(Refusal::new(code, rule, zh, en))
    }
}

fn forbidden(act: Act) -> Refusal {
    Refusal::new(
        "E-AUTH-05",
        format!("the role includes `{}`", act.name()),
        "您的角色无权执行此操作",
        format!("this role does not include `{}`", act.name()),
    )
}

fn full(of: &str, most: i64) -> Refusal {
    Refusal::new(
        "E-AUTH-15",
        format!("at most {most} {of}"),
        format!("数量已达上限({most})"),
        format!("there can be no more than {most} {of}"),
    )
}

fn rate(retry_after_s: i64) -> Refusal {
    Refusal::new(
        "E-RATE-01",
        "requests stay below the rate",
        format!("请求过于频繁,请在 {retry_after_s} 秒后重试"),
        format!("too many requests; try again in {retry_after_s} s"),
    )
}
