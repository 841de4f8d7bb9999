-- Offsets in the ledger are those of one topic, not of whatever bears its name.
create table topic (
    name text not null,
    kafka_id text not null,
    first_seen_at timestamptz not null default now(),
    constraint topic_pkey primary key (name)
);

grant select, insert on topic to huiliu_writer;
