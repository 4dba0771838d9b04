//! Roles and acts: who may do what, in one table.

/// What someone is to the house. In the order of what they may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Nobody in particular: reads what is public.
    Anonymous,
    /// Acts for an organization: sees what is its own.
    Member,
    /// Works on the atlas: brings sources, corrects statements.
    Analyst,
    /// Works on the house too: accounts and operation.
    Administrator,
}

impl Role {
    /// All of them.
    pub const ALL: [Role; 4] = [Role::Anonymous, Role::Member, Role::Analyst, Role::Administrator];

    /// The name used in storage and on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Role::Anonymous => "anonymous",
            Role::Member => "member",
            Role::Analyst => "analyst",
            Role::Administrator => "administrator",
        }
    }

    /// The role with this name.
    pub fn from_name(name: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// Something that can be done and so must be allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Act {
    /// Read the atlas: entities, statements, maps, series, cubes, feeds.
    Read,
    /// Take answers out as a file.
    Export,
    /// Read the journal and its proofs.
    ReadJournal,
    /// Bring in a file, or try one without keeping it.
    Import,
    /// See the progress and report of one's own jobs.
    ReadJob,
    /// Supersede or retract a statement.
    Correct,
    /// Withdraw a source or restore it.
    WithdrawSource,
    /// Read documents that were brought in, and decide what they say.
    ReviewDocuments,
    /// Judge whether two entities are one, and undo a judgement.
    Judge,
    /// Answer what a demand was offered, and take an answer back.
    AnswerMatch,
    /// See cases that one's organization takes part in; officers see all.
    ReadCases,
    /// Say what happened in a case one may see.
    ActInCases,
    /// Open cases.
    ManageCases,
    /// Say what one's firm looks for.
    PostDemand,
    /// Add a holiday table.
    SetCalendar,
    /// Object to a public notice.
    Object,
    /// Keep questions and read one's notifications.
    SaveQuestion,
    /// Change one's own password and end one's own sessions.
    ManageSelf,
    /// Make, list and revoke one's own API tokens.
    ManageTokens,
    /// Create, list and change accounts.
    ManageAccounts,
    /// Bring requests, see one's firm's package and apply for what it is granted.
    UseServices,
    /// Settle requests, look after firms, decide and pay applications.
    ServeFirms,
    /// Run jobs on the compute platform, paid by one's own vouchers, and see them.
    RunJobs,
    /// See everyone's jobs, set prices and issue vouchers.
    ManageCompute,
    /// Write policies and publish them.
    PublishPolicies,
    /// See everyone's jobs, queues and deliveries, and act on them.
    Operate,
}

impl Act {
    /// All of them.
    pub const ALL: [Act; 26] = [
        Act::Read,
        Act::Export,
        Act::ReadJournal,
        Act::Import,
        Act::ReadJob,
        Act::Correct,
        Act::WithdrawSource,
        Act::ReviewDocuments,
        Act::Judge,
        Act::AnswerMatch,
        Act::ReadCases,
        Act::ActInCases,
        Act::ManageCases,
        Act::PostDemand,
        Act::SetCalendar,
        Act::Object,
        Act::SaveQuestion,
        Act::ManageSelf,
        Act::ManageTokens,
        Act::ManageAccounts,
        Act::UseServices,
        Act::ServeFirms,
        Act::RunJobs,
        Act::ManageCompute,
        Act::PublishPolicies,
        Act::Operate,
    ];

    /// The name used in messages and documents.
    pub fn name(self) -> &'static str {
        match self {
            Act::Read => "read",
            Act::Export => "export",
            Act::ReadJournal => "read_journal",
            Act::Import => "import",
            Act::ReadJob => "read_job",
            Act::Correct => "correct",
            Act::WithdrawSource => "withdraw_source",
            Act::ReviewDocuments => "review_documents",
            Act::Judge => "judge",
            Act::AnswerMatch => "answer_match",
            Act::ReadCases => "read_cases",
            Act::ActInCases => "act_in_cases",
            Act::ManageCases => "manage_cases",
            Act::PostDemand => "post_demand",
            Act::SetCalendar => "set_calendar",
            Act::Object => "object",
            Act::SaveQuestion => "save_question",
            Act::ManageSelf => "manage_self",
            Act::ManageTokens => "manage_tokens",
            Act::ManageAccounts => "manage_accounts",
            Act::UseServices => "use_services",
            Act::ServeFirms => "serve_firms",
            Act::RunJobs => "run_jobs",
            Act::ManageCompute => "manage_compute",
            Act::PublishPolicies => "publish_policies",
            Act::Operate => "operate",
        }
    }

    /// The least role that may do it: the one table.
    pub fn least(self) -> Role {
        match self {
            Act::Read | Act::Export | Act::ReadJournal | Act::Object => Role::Anonymous,
            Act::ReadCases
            | Act::ActInCases
            | Act::PostDemand
            | Act::SaveQuestion
            | Act::UseServices
            | Act::RunJobs
            | Act::ManageSelf => Role::Member,
            Act::Import
            | Act::ReadJob
            | Act::Correct
            | Act::WithdrawSource
            | Act::ReviewDocuments
            | Act::Judge
            | Act::AnswerMatch
            | Act::ManageCases
            | Act::ServeFirms
            | Act::PublishPolicies
            | Act::ManageTokens => Role::Analyst,
            Act::ManageAccounts | Act::Operate | Act::ManageCompute | Act::SetCalendar => {
                Role::Administrator
            }
        }
    }

    /// Whether only a person with a session may do it, never an API token: a token that leaked
    /// must not be able to outlive itself.
    pub fn needs_session(self) -> bool {
        matches!(self, Act::ManageSelf | Act::ManageTokens)
    }
}

/// Whether a role includes an act.
pub fn may(role: Role, act: Act) -> bool {
    role >= act.least()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_table() {
        // anonymous, member, analyst, administrator
        let table = [
            ("read", [true, true, true, true]),
            ("export", [true, true, true, true]),
            ("read_journal", [true, true, true, true]),
            ("import", [false, false, true, true]),
            ("read_job", [false, false, true, true]),
            ("correct", [false, false, true, true]),
            ("withdraw_source", [false, false, true, true]),
            ("review_documents", [false, false, true, true]),
            ("judge", [false, false, true, true]),
            ("answer_match", [false, false, true, true]),
            ("read_cases", [false, true, true, true]),
            ("act_in_cases", [false, true, true, true]),
            ("manage_cases", [false, false, true, true]),
            ("post_demand", [false, true, true, true]),
            ("set_calendar", [false, false, false, true]),
            ("object", [true, true, true, true]),
            ("save_question", [false, true, true, true]),
            ("manage_self", [false, true, true, true]),
            ("manage_tokens", [false, false, true, true]),
            ("manage_accounts", [false, false, false, true]),
            ("use_services", [false, true, true, true]),
            ("serve_firms", [false, false, true, true]),
            ("run_jobs", [false, true, true, true]),
            ("manage_compute", [false, false, false, true]),
            ("publish_policies", [false, false, true, true]),
            ("operate", [false, false, false, true]),
        ];
        assert_eq!(table.len(), Act::ALL.len());
        for (act, (name, answers)) in Act::ALL.into_iter().zip(table) {
            assert_eq!(act.name(), name);
            assert_eq!(Role::ALL.map(|role| may(role, act)), answers, "{name}");
        }
    }

    #[test]
    fn roles_have_names() {
        for role in Role::ALL {
            assert_eq!(Role::from_name(role.name()), Some(role));
        }
        assert_eq!(Role::from_name("root"), None);
    }
}
