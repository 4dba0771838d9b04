-- Sources: files that were scanned, and documents that files cite (their parent is the file).
create table atlas_source (
    id bigint primary key,
    key text not null,
    kind text not null,
    parent_id bigint,
    title_zh text not null,
    title_en text not null,
    publisher text,
    licence text,
    attribution text,
    url text,
    published text,
    event_index bigint not null,
    recorded_us bigint not null,
    constraint atlas_source_kind check (kind in ('file', 'document', 'hand')),
    constraint atlas_source_key unique (key)
);

-- One row a scan of a file that changed something, and one a withdrawal or restoration.
create table atlas_source_event (
    source_id bigint not null,
    event_index bigint not null,
    recorded_us bigint not null,
    what text not null,
    -- sha256 of the file, hex
    digest text,
    -- as the mapping says it was retrieved, YYYY-MM-DD
    retrieved text,
    row_count bigint not null,
    statement_count bigint not null,
    new_count bigint not null,
    changed_count bigint not null,
    gone_count bigint not null,
    unchanged_count bigint not null,
    reason text,
    constraint atlas_source_event_pk primary key (source_id, event_index),
    constraint atlas_source_event_what check (what in ('scanned', 'withdrawn', 'restored'))
);

-- Entities: an id and a kind. All else about them is statements.
create table atlas_entity (
    id bigint primary key,
    kind text not null,
    event_index bigint not null
);

-- What finds an entity again: strong keys, and exact normalized names within a group of kinds.
create table atlas_entity_key (
    scheme text not null,
    value text not null,
    entity_id bigint not null,
    event_index bigint not null,
    constraint atlas_entity_key_pk primary key (scheme, value, entity_id)
);

-- Statements are never updated and never deleted. Days count from 1970-01-01.
create table atlas_statement (
    id bigint primary key,
    entity_id bigint not null,
    property text not null,
    value_type text not null,
    value_text text,
    value_entity_id bigint,
    -- upper end of a range
    value_high text,
    -- money in fen
    value_fen bigint,
    comparator text,
    unit text,
    lang text,
    valid_from_day bigint,
    valid_to_day bigint,
    valid_precision text not null,
    source_id bigint not null,
    record text not null,
    field text not null,
    row_number bigint,
    rank bigint not null,
    confidence bigint not null,
    quote text,
    -- canonical JSON object of texts
    qualifiers text,
    supersedes_id bigint,
    event_index bigint not null,
    recorded_us bigint not null
);
create index atlas_statement_entity on atlas_statement (entity_id);
create index atlas_statement_value on atlas_statement (value_entity_id) where value_entity_id is not null;
create index atlas_statement_source on atlas_statement (source_id);

-- The end of a statement: why and when we stopped holding it. Appended, never changed.
create table atlas_statement_end (
    statement_id bigint primary key,
    event_index bigint not null,
    recorded_us bigint not null,
    reason text not null,
    by_statement_id bigint,
    constraint atlas_statement_end_reason check (reason in ('superseded', 'gone', 'retracted'))
);
create index atlas_statement_end_event on atlas_statement_end (event_index);

-- Questions people saved, and what changed in their answers.
create table atlas_question (
    id bigint primary key,
    owner text not null,
    title text not null,
    -- path and query of the question, such as /indicators/ai_firms/series?entity=E1
    path text not null,
    webhook text,
    version bigint not null,
    digest text,
    checked_us bigint,
    created_us bigint not null
);
create table atlas_notification (
    id bigint primary key,
    question_id bigint not null,
    owner text not null,
    title text not null,
    event_index bigint not null,
    recorded_us bigint not null,
    read_us bigint
);
create index atlas_notification_owner on atlas_notification (owner);
