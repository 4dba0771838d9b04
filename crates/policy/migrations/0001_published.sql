-- Policies that were published here, each version once; the shelf that ships stands before them.
create table policy_published (
    event_index bigint primary key,
    policy text not null,
    digest text not null,
    -- the file as it was written
    body text not null,
    actor text not null,
    recorded_us bigint not null
);
create index policy_published_of on policy_published (policy, event_index);
