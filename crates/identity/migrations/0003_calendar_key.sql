-- Keys of calendar feeds: a calendar program has no session. One an account; a new one replaces it.
create table identity_calendar_key (
    account bigint primary key references identity_account (id),
    -- sha256 of the secret
    digest bytea not null,
    made_us bigint not null,
    constraint identity_calendar_key_digest unique (digest)
);
