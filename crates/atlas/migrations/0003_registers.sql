-- A source may be a register: what this house itself did. The check on kinds cannot be widened in
-- place on both engines, so the table is made anew; nothing refers to it by a foreign key.
create table atlas_source_widened (
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
    constraint atlas_source_kinds check (kind in ('file', 'document', 'hand', 'register')),
    constraint atlas_source_by_key unique (key)
);

insert into atlas_source_widened (id, key, kind, parent_id, title_zh, title_en, publisher, licence,
    attribution, url, published, event_index, recorded_us)
select id, key, kind, parent_id, title_zh, title_en, publisher, licence, attribution, url,
    published, event_index, recorded_us
from atlas_source;

drop table atlas_source;

alter table atlas_source_widened rename to atlas_source;
