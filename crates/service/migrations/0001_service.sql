-- What a firm says of itself, each fact with what shows it. Appended; the last of a name counts.
create table service_fact (
    event_index bigint not null,
    firm bigint not null,
    name text not null,
    -- as given; null takes back what was said before
    value text,
    evidence text,
    actor text not null,
    recorded_us bigint not null,
    constraint service_fact_pk primary key (event_index, name)
);
create index service_fact_firm on service_fact (firm, name, event_index);

-- Who looks after a firm (一企一管家): the last of a firm counts, null ends it.
create table service_steward (
    event_index bigint primary key,
    firm bigint not null,
    -- the account, `A3`
    account text,
    actor text not null,
    recorded_us bigint not null
);
create index service_steward_firm on service_steward (firm, event_index);

-- Visits to firms.
create table service_visit (
    event_index bigint primary key,
    firm bigint not null,
    on_day bigint not null,
    note text not null,
    actor text not null,
    recorded_us bigint not null
);
create index service_visit_firm on service_visit (firm, on_day);

-- Requests as they stand: made from their steps.
create table service_request (
    id bigint primary key,
    -- the firm that asks; null for a resident
    firm bigint,
    -- who brought it; it is theirs to see and to rate
    asker text not null,
    lane text not null,
    title text not null,
    state text not null,
    grade text not null,
    assigned text,
    mark bigint,
    filed_day bigint not null,
    clock_key text,
    clock_last bigint,
    -- how many steps it has
    version bigint not null,
    changed_us bigint not null
);
create index service_request_clock on service_request (clock_last, id) where clock_last is not null;
create index service_request_state on service_request (state, id);
create index service_request_asker on service_request (asker, id);
create index service_request_firm on service_request (firm, id);

create table service_request_step (
    request_id bigint not null,
    seq bigint not null,
    on_day bigint not null,
    -- JSON of the step
    body text not null,
    actor text not null,
    event_index bigint not null,
    recorded_us bigint not null,
    constraint service_request_step_pk primary key (request_id, seq)
);

-- Applications as they stand: made from their steps.
create table service_application (
    id bigint primary key,
    firm bigint not null,
    policy text not null,
    -- which text of the policy it was judged by
    digest text not null,
    pool text,
    -- what it supports: support for one cost never passes it
    cost text,
    cost_fen bigint,
    state text not null,
    way text not null,
    -- what it may come to at most, in fen
    bound_fen bigint,
    granted_fen bigint,
    paid_fen bigint not null,
    due_day bigint,
    version bigint not null,
    changed_us bigint not null
);
create index service_application_firm on service_application (firm, id);
create index service_application_state on service_application (state, id);
create index service_application_pool on service_application (pool, id);
create index service_application_policy on service_application (policy, firm, id);

create table service_application_step (
    application_id bigint not null,
    seq bigint not null,
    on_day bigint not null,
    body text not null,
    actor text not null,
    event_index bigint not null,
    recorded_us bigint not null,
    constraint service_application_step_pk primary key (application_id, seq)
);

-- What was paid and what came back, each once; the sum of a pool never passes its budget.
create table service_payment (
    event_index bigint primary key,
    application_id bigint not null,
    pool text,
    -- negative for what came back
    amount_fen bigint not null,
    -- what the payer calls it; one payment is made once
    reference text not null,
    on_day bigint not null,
    constraint service_payment_once unique (application_id, reference)
);
create index service_payment_pool on service_payment (pool);

-- How many of a policy a firm may have (an employer's quota); the last counts.
create table service_quota (
    event_index bigint primary key,
    policy text not null,
    firm bigint not null,
    places bigint not null,
    actor text not null,
    recorded_us bigint not null
);
create index service_quota_of on service_quota (policy, firm, event_index);

-- How a pool was shared: the proof of each sharing.
create table service_round (
    event_index bigint primary key,
    pool text not null,
    digest text not null,
    -- canonical JSON of the proof
    proof text not null,
    actor text not null,
    recorded_us bigint not null
);
create index service_round_pool on service_round (pool, event_index);
