-- Upward reporting by files: which exports of lower hubs were imported here.
create table upward_import (
    sha256 bytea not null,
    division integer not null,
    key text not null,
    known_to timestamptz not null,
    events bigint not null,
    imported_at timestamptz not null default now(),
    constraint upward_import_pkey primary key (sha256)
);
alter table upward_import enable row level security;
grant select, insert on upward_import to huiliu_writer;
