-- What happened in a case, in order. Appended, never changed; everything else here is made from it.
create table transfer_event (
    case_id bigint not null,
    -- dense from 1 within the case: two people cannot both write the same step
    seq bigint not null,
    kind text not null,
    -- the day it happened, as days since 1970
    on_day bigint not null,
    -- canonical JSON of what was stated
    body text not null,
    -- sha256 of the proofs that were computed for it, hex; null when there were none
    proof text,
    actor text not null,
    event_index bigint not null,
    recorded_us bigint not null,
    constraint transfer_event_pk primary key (case_id, seq)
);
create unique index transfer_event_journal on transfer_event (event_index);

-- A case as it stands: made from its events, and made again when rules or calendars change.
create table transfer_case (
    id bigint primary key,
    title text not null,
    -- folded, for finding
    title_key text not null,
    -- whose law applies
    place text not null,
    unit text not null,
    -- the entity of the atlas that the unit is, if one
    unit_entity bigint,
    stage text not null,
    route text,
    counterparty text,
    price_fen bigint,
    -- how many events it has
    version bigint not null,
    opened_day bigint not null,
    changed_us bigint not null,
    next_key text,
    next_day bigint,
    -- a proof of concept runs or ran in it
    poc text
);
create index transfer_case_board on transfer_case (stage, next_day, id);
create index transfer_case_unit on transfer_case (unit_entity, id);
create index transfer_case_changed on transfer_case (changed_us, id);

-- Who takes part in a case: what members of an organization may see.
create table transfer_party (
    case_id bigint not null,
    entity_id bigint not null,
    role text not null,
    constraint transfer_party_pk primary key (case_id, entity_id, role)
);
create index transfer_party_entity on transfer_party (entity_id, case_id);

-- Periods that run, and obligations that fall due: made from the events.
create table transfer_clock (
    case_id bigint not null,
    key text not null,
    from_day bigint not null,
    number bigint not null,
    unit text not null,
    roll text not null,
    last_day bigint not null,
    -- who must act
    who text not null,
    amount_fen bigint,
    rule text not null,
    article text not null,
    confidence text not null,
    -- since when it no longer runs
    done_day bigint,
    constraint transfer_clock_pk primary key (case_id, key)
);
create index transfer_clock_next on transfer_clock (last_day, case_id) where done_day is null;
create index transfer_clock_span on transfer_clock (from_day, last_day) where done_day is null;

-- Notices of negotiated prices that the public can read, and their windows.
create table transfer_notice (
    -- the journal event that published it
    event_index bigint primary key,
    case_id bigint not null,
    first_day bigint not null,
    last_day bigint not null,
    state text not null,
    -- canonical JSON of what is shown
    body text not null
);
create index transfer_notice_day on transfer_notice (first_day, event_index);
create index transfer_notice_case on transfer_notice (case_id);

-- Live licences by right: what exclusivity is judged against.
create table transfer_licence (
    case_id bigint primary key,
    right_name text not null,
    -- JSON, as the rules take it
    body text not null
);
create index transfer_licence_right on transfer_licence (right_name, case_id);

-- Holiday tables that came after those that ship; the last of a year counts.
create table transfer_holidays (
    event_index bigint primary key,
    year bigint not null,
    version text not null,
    -- canonical JSON: free and worked days
    body text not null,
    actor text not null,
    recorded_us bigint not null
);

-- What a new holiday table moved.
create table transfer_move (
    event_index bigint not null,
    case_id bigint not null,
    key text not null,
    before_day bigint not null,
    after_day bigint not null,
    constraint transfer_move_pk primary key (event_index, case_id, key)
);

-- What firms look for, kept until it is met or withdrawn.
create table transfer_demand (
    id bigint primary key,
    title text not null,
    -- the demand as the matching engine takes it, canonical JSON
    body text not null,
    firm text not null,
    firm_entity bigint,
    state text not null,
    actor text not null,
    event_index bigint not null,
    recorded_us bigint not null,
    constraint transfer_demand_state check (state in ('open', 'met', 'withdrawn'))
);

-- Two sides brought together, and what is to be done next.
create table transfer_introduction (
    id bigint primary key,
    demand_id bigint not null,
    -- what was offered, an entity of the atlas
    entity_id bigint not null,
    state text not null,
    task text,
    due_day bigint,
    case_id bigint,
    actor text not null,
    event_index bigint not null,
    recorded_us bigint not null,
    constraint transfer_introduction_state check (state in ('proposed', 'met', 'negotiating', 'signed', 'ended'))
);
create index transfer_introduction_demand on transfer_introduction (demand_id);

-- What was done about an introduction: each step, appended.
create table transfer_introduction_step (
    introduction_id bigint not null,
    event_index bigint not null,
    state text not null,
    note text,
    actor text not null,
    recorded_us bigint not null,
    constraint transfer_introduction_step_pk primary key (introduction_id, event_index)
);

-- Results of the atlas that an institute says are its own to transfer.
create table transfer_claim (
    entity_id bigint primary key,
    unit_entity bigint not null,
    -- the day it was registered in the unit: since then its year runs
    registered_day bigint not null,
    case_id bigint,
    actor text not null,
    event_index bigint not null,
    recorded_us bigint not null
);
create index transfer_claim_unit on transfer_claim (unit_entity, entity_id);
