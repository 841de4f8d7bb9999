-- Upward reporting: how far a lower hub's province topics are carried into this one, and what in them could not be.
create table upward_source (
    division integer not null,
    topic text not null,
    partition integer not null,
    kafka_id text not null,
    first_offset bigint not null,
    next_offset bigint not null,
    events bigint not null,
    moved_at timestamptz not null default now(),
    constraint upward_source_pkey primary key (division, topic, partition)
);
create table upward_refused (
    division integer not null,
    topic text not null,
    partition integer not null,
    message bigint not null,
    reason text not null,
    noted_at timestamptz not null default now(),
    constraint upward_refused_pkey primary key (division, topic, partition, message)
);
alter table upward_source enable row level security;
alter table upward_refused enable row level security;
grant select, insert, update, delete on upward_source, upward_refused to huiliu_writer;
