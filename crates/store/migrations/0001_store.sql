-- The numbers that `take_ids` hands out.
create table counter (
    name text primary key,
    -- The last number taken.
    value bigint not null
);

-- The journal: one row an event, in the order of commit. Rows are only ever added.
create table journal_event (
    -- Place in the Merkle log, dense from 0.
    event_index bigint primary key,
    -- When it happened, microseconds since 1970 in UTC.
    recorded_us bigint not null,
    actor text not null,
    kind text not null,
    subject text,
    -- The exact bytes that were hashed: one canonical JSON object, at most 65,535 bytes.
    entry text not null,
    -- RFC 6962 leaf hash: sha256(0x00 || entry).
    leaf_hash bytea not null
);

create index journal_event_subject on journal_event (subject, event_index)
    where subject is not null;

create index journal_event_kind on journal_event (kind, event_index);

-- Roots of complete subtrees of 256^level entries (tlog-tiles); rows are only ever added.
create table journal_hash (
    -- 1 or more; level 0 is `journal_event.leaf_hash`.
    level bigint not null,
    -- Place among the roots of its level, dense from 0.
    hash_index bigint not null,
    hash bytea not null,
    constraint journal_hash_pkey primary key (level, hash_index)
);

-- The newest state of the log: one row.
create table journal_head (
    id bigint primary key,
    -- Count of entries.
    size bigint not null,
    -- RFC 6962 root hash over all entries.
    root bytea not null,
    -- Roots of the maximal complete subtrees, largest first, 32 bytes each.
    frontier bytea not null,
    -- C2SP signed note over origin, size and root.
    checkpoint text not null,
    constraint journal_head_one check (id = 1)
);
