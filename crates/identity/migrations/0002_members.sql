-- Accounts that act for an organization and see only what is its own. Such an account is a member,
-- whatever its stored role says: the row narrows it.
create table identity_member (
    account bigint primary key references identity_account (id),
    -- what the house calls the organization, such as `E12`; opaque here
    organization text not null,
    since_us bigint not null
);
