//! `A12` is an account, `T3` an API token.

kernel::id!(
    /// An account. Dense from 1, in the order of creation.
    AccountId, "A"
);
kernel::id!(
    /// An API token. Dense from 1, in the order of making.
    TokenId, "T"
);

impl AccountId {
    /// The account as it stands in the journal.
    pub fn actor(self) -> kernel::Actor {
        kernel::Actor::new(self.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_read_back_what_they_write() {
        assert_eq!("A12".parse(), Ok(AccountId(12)));
        assert_eq!(TokenId(3).to_string().parse(), Ok(TokenId(3)));
        for wrong in ["", "A", "a1", "A-1", "T1", "A１", "A+1", "A99999999999999999"] {
            assert!(wrong.parse::<AccountId>().is_err(), "{wrong}");
        }
    }
}
