//! What can be refused here.

use kernel::Refusal;

/// The result of everything here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why work is not taken on, or not counted.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A kind, payload, key, result, schedule or address that is not sound.
    #[error("{0}")]
    Refused(Box<Refusal>),
    /// A limit on how many can wait.
    #[error("no more than {most} {of} can wait")]
    Full {
        /// Of what.
        of: &'static str,
        /// The limit.
        most: i64,
    },
    /// No such job, or its 30 days are over.
    #[error("no such job")]
    NoJob,
    /// The lease ran out and someone else took the work, or it is over: what this worker did does
    /// not count, and its transaction must be given up.
    #[error("the lease is lost")]
    LeaseLost,
    /// The idempotency key was used for another request.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// The first request with this idempotency key is still under way.
    #[error("the first request with this idempotency key is still under way")]
    KeyBusy,
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
    /// The stable code; none for [`Error::Store`] and [`Error::LeaseLost`], which no client sees.
    pub fn code(&self) -> Option<&'static str> {
        self.refusal().map(|refusal| refusal.code)
    }

    /// The refusal in both languages; none where there is no code.
    pub fn refusal(&self) -> Option<Refusal> {
        let (code, rule, zh, en) = match self {
            Error::Store(_) | Error::LeaseLost => return None,
            Error::Refused(refusal) => return Some((**refusal).clone()),
            Error::Full { of, most } => {
                let rule = format!("at most {most} {of} wait");
                let (zh, en) = ("等待处理的任务过多,请稍后再试", "too much is waiting; try later");
                return Some(Refusal::new("E-JOB-02", rule, zh, en));
            }
            Error::NoJob => (
                "E-JOB-03",
                "a job is named by its id, and kept 30 days after its end",
                "没有这个任务,或已过保存期",
                "there is no such job, or its 30 days are over",
            ),
            Error::KeyReused => (
                "E-IDEM-02",
                "one idempotency key is for one request",
                "该幂等键已用于另一个请求",
                "the Idempotency-Key was used for another request in the last 24 hours",
            ),
            Error::KeyBusy => (
                "E-IDEM-03",
                "a request is repeated after the first one has ended",
                "使用该幂等键的请求仍在处理中",
                "the first request with this Idempotency-Key is still under way",
            ),
        };
        Some(Refusal::new(code, rule, zh, en))
    }
}
