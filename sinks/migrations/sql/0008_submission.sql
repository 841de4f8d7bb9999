-- What was handed in at once by any way in, and where its records went: the sender's history, and its idempotency keys.
create table submission (
    id uuid not null,
    publisher integer not null,
    channel text not null,
    kind text not null,
    name text,
    state text not null,
    sent_at timestamptz not null default now(),
    records integer not null default 0,
    refused integer not null default 0,
    content_sha256 bytea not null,
    ranges jsonb not null default '[]'::jsonb,
    key text,
    answer bytea,
    constraint submission_pkey primary key (id),
    constraint submission_publisher_key_key unique (publisher, key),
    constraint submission_state_check check (state in ('pending', 'sent')),
    constraint submission_counts_check check (least(records, refused) >= 0)
);
create index submission_publisher_id_idx on submission (publisher, id);

-- A reader sees the history, not the keys, which are the sender's own.
alter table submission enable row level security;
create policy division on submission for select to huiliu_reader
    using (publisher between (select scope_first()) and (select scope_last()));
grant select, insert, update, delete on submission to huiliu_writer;
grant select (id, publisher, channel, kind, name, state, sent_at, records, refused, content_sha256, ranges)
    on submission to huiliu_reader;
