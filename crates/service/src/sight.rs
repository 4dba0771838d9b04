//! Who looks: officers see everything, members what is their firm's, residents what is their own.

/// Who looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sight {
    /// An officer.
    All,
    /// Someone who acts for a firm: its entity, and the account.
    Firm(i64, String),
    /// Someone with an account and no firm.
    Own(String),
}

impl Sight {
    /// The firm; 0 for none.
    pub fn firm(&self) -> i64 {
        match self {
            Sight::Firm(firm, _) => *firm,
            Sight::All | Sight::Own(_) => 0,
        }
    }

    /// The account; empty for officers.
    pub fn asker(&self) -> &str {
        match self {
            Sight::Firm(_, account) | Sight::Own(account) => account,
            Sight::All => "",
        }
    }

    /// Whether an officer looks.
    pub fn is_office(&self) -> bool {
        matches!(self, Sight::All)
    }
}
