-- What happened on the compute platform, in order: the engine's state is what these make of it.
create table compute_log (
    seq bigint primary key,
    at_us bigint not null,
    -- canonical JSON of the event
    body text not null,
    actor text not null,
    -- the journal event that keeps the digest of its batch
    event_index bigint not null
);
create index compute_log_event on compute_log (event_index, seq);
