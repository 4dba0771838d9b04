-- Who can sign in. An account is never deleted: the journal names it for good.
create table identity_account (
    -- The number behind `A`, dense from 1.
    id bigint primary key,
    -- As shown: 3 to 40 characters.
    name text not null,
    -- The folded name: two accounts never differ by case, width or script only.
    name_key text not null,
    role text not null,
    -- Argon2id in PHC form, with its own salt and parameters.
    password text not null,
    -- Microseconds since 1970 in UTC, as every `_us` here.
    created_us bigint not null,
    password_us bigint not null,
    -- Since when the account cannot be used; null while it can.
    deactivated_us bigint,
    constraint identity_account_name unique (name_key),
    constraint identity_account_role check (role in ('analyst', 'administrator'))
);

-- Signed-in browsers. The secret itself is only in the cookie.
create table identity_session (
    -- sha256 of the secret.
    digest bytea primary key,
    account bigint not null references identity_account (id),
    opened_us bigint not null,
    -- Last use, noted every five minutes.
    seen_us bigint not null
);

create index identity_session_account on identity_session (account, seen_us);

-- Keys for programs. The secret itself is shown once and kept by its owner.
create table identity_token (
    -- The number behind `T`, dense from 1.
    id bigint primary key,
    account bigint not null references identity_account (id),
    -- What its owner calls it: 1 to 60 characters.
    name text not null,
    -- The most it may act as, whatever its account may.
    role text not null,
    -- sha256 of the secret.
    digest bytea not null,
    created_us bigint not null,
    -- Null: until it is revoked.
    expires_us bigint,
    revoked_us bigint,
    -- Last use, noted every hour; null: never.
    used_us bigint,
    constraint identity_token_digest unique (digest),
    constraint identity_token_role check (role in ('analyst', 'administrator'))
);

create index identity_token_account on identity_token (account, id);

-- The one-time link of the first administrator: at most one row.
create table identity_setup (
    id bigint primary key,
    -- sha256 of the secret.
    digest bytea not null,
    made_us bigint not null,
    expires_us bigint not null,
    constraint identity_setup_one check (id = 1)
);
