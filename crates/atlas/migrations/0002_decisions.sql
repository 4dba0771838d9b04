-- Judgements on pairs of entities: one, two, or unsure. Appended, never changed.
create table atlas_judgement (
    id bigint primary key,
    -- the smaller id
    left_id bigint not null,
    right_id bigint not null,
    verdict text not null,
    reason text,
    actor text not null,
    event_index bigint not null,
    recorded_us bigint not null,
    constraint atlas_judgement_order check (left_id < right_id),
    constraint atlas_judgement_verdict check (verdict in ('positive', 'negative', 'unsure'))
);

-- A judgement that was undone: since when it no longer counts.
create table atlas_judgement_end (
    judgement_id bigint primary key,
    actor text not null,
    event_index bigint not null,
    recorded_us bigint not null
);

-- Documents that were read: the repaired text that people are shown beside what was found in it.
create table atlas_document (
    source_id bigint primary key,
    name text not null,
    format text not null,
    -- sha256 of the file, hex
    digest text not null,
    byte_count bigint not null,
    body text not null,
    event_index bigint not null,
    recorded_us bigint not null,
    constraint atlas_document_format check (format in ('text', 'html', 'pdf', 'docx')),
    constraint atlas_document_digest unique (digest)
);

-- What the reader found in a document: statements until someone decides.
create table atlas_candidate (
    id bigint primary key,
    source_id bigint not null,
    kind text not null,
    reader text not null,
    subject text not null,
    subject_kind text,
    property text not null,
    indicator text,
    -- relations: the other side
    object text,
    object_kind text,
    comparator text,
    value text,
    value_high text,
    unit text,
    valid_from_day bigint,
    valid_to_day bigint,
    valid_precision text not null,
    forecast boolean not null,
    -- bytes in the file, or in the extracted text of a format that packs its text
    start_byte bigint not null,
    end_byte bigint not null,
    -- UTF-16 code units in the body
    start_shown bigint not null,
    end_shown bigint not null,
    quote text not null,
    confidence bigint not null,
    -- canonical JSON object of texts: what the ranking learns from
    features text not null,
    event_index bigint not null,
    constraint atlas_candidate_kind check (kind in ('fact', 'mention', 'relation', 'event')),
    constraint atlas_candidate_reader check (reader in ('grammar', 'endpoint'))
);
create index atlas_candidate_source on atlas_candidate (source_id);

-- What a person decided about a candidate; the last one counts.
create table atlas_decision (
    candidate_id bigint not null,
    event_index bigint not null,
    recorded_us bigint not null,
    verdict text not null,
    actor text not null,
    -- what the candidate became
    statement_id bigint,
    constraint atlas_decision_pk primary key (candidate_id, event_index),
    constraint atlas_decision_verdict check (verdict in ('accepted', 'corrected', 'rejected', 'reopened'))
);

-- Answers to what a demand was offered.
create table atlas_answer (
    id bigint primary key,
    -- sha256 of the demand, hex
    demand_digest text not null,
    -- the demand, canonical JSON
    demand text not null,
    title text not null,
    entity_id bigint not null,
    verdict text not null,
    reason_code text,
    note text,
    actor text not null,
    event_index bigint not null,
    recorded_us bigint not null,
    constraint atlas_answer_verdict check (verdict in ('accept', 'decline'))
);
create index atlas_answer_demand on atlas_answer (demand_digest);

-- An answer that was taken back.
create table atlas_answer_end (
    answer_id bigint primary key,
    actor text not null,
    event_index bigint not null,
    recorded_us bigint not null
);
