-- Things to do that outlive the request that asked for them. Kept 30 days after their end.
create table work_job (
    -- The number behind `W`, dense from 1.
    id bigint primary key,
    -- Which handler does it: `import`, `check_questions`.
    kind text not null,
    -- What to do: JSON, at most 64 KiB.
    payload text not null,
    state text not null,
    -- How often it was claimed. The newest claim is the one that counts.
    attempts bigint not null,
    -- When a worker may take it: after the delay while queued, after the lease while running;
    -- null once it is over. Microseconds since 1970 in UTC, as every `_us` here.
    due_us bigint,
    progress_done bigint not null,
    -- Null: not known.
    progress_total bigint,
    -- What is counted: `rows`.
    progress_unit text not null,
    -- What came of it, for the one who asked; at most 1 MiB.
    result text,
    -- Why it failed, or why it runs again.
    error text,
    -- In whose name: `A1`, `system`.
    actor text not null,
    created_us bigint not null,
    -- The newest claim.
    started_us bigint,
    finished_us bigint,
    constraint work_job_state check (state in ('queued', 'running', 'done', 'failed')),
    constraint work_job_over check ((due_us is null) = (finished_us is not null))
);

create index work_job_due on work_job (due_us, id) where due_us is not null;

create index work_job_by_state on work_job (state);

create index work_job_actor on work_job (actor, id);

create index work_job_finished on work_job (finished_us) where finished_us is not null;

-- Requests that carried an Idempotency-Key, and what was answered. Kept 24 hours.
create table work_idempotency (
    actor text not null,
    -- As the client sent it: 1 to 200 visible ASCII characters.
    key text not null,
    -- sha256 of method, path and body.
    digest bytea not null,
    begun_us bigint not null,
    -- HTTP status of the answer; null while there is none.
    status bigint,
    location text,
    etag text,
    body text,
    constraint work_idempotency_pkey primary key (actor, key)
);

create index work_idempotency_begun on work_idempotency (begun_us);

-- Jobs that come back.
create table work_schedule (
    name text primary key,
    kind text not null,
    payload text not null,
    -- A minute to 366 days.
    every_us bigint not null,
    next_us bigint not null,
    -- The job of the last turn; null before the first.
    job bigint
);

create index work_schedule_next on work_schedule (next_us);

-- The outbox: messages for web hooks. Kept 30 days after their end.
create table work_delivery (
    -- The number behind `D`, dense from 1; receivers use it to know a message they had before.
    id bigint primary key,
    -- http or https, at most 2,000 characters.
    url text not null,
    -- What the message is about: `question_changed`.
    event text not null,
    -- JSON, at most 64 KiB.
    body text not null,
    state text not null,
    attempts bigint not null,
    -- As in `work_job`.
    due_us bigint,
    -- HTTP status of the newest answer, if there was one.
    last_status bigint,
    last_error text,
    actor text not null,
    created_us bigint not null,
    finished_us bigint,
    constraint work_delivery_state check (state in ('queued', 'running', 'done', 'failed')),
    constraint work_delivery_over check ((due_us is null) = (finished_us is not null))
);

create index work_delivery_due on work_delivery (due_us, id) where due_us is not null;

create index work_delivery_url on work_delivery (url) where due_us is not null;

create index work_delivery_finished on work_delivery (finished_us) where finished_us is not null;
