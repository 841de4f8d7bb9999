-- Verifiers of publishers' secrets. No reader's role may see them; a gateway's role is a writer's.
create table credential (
    user_name text primary key,
    division integer not null unique references publisher (division),
    salt bytea not null,
    iterations integer not null,
    stored_key bytea not null,
    changed_at timestamptz not null default now()
);
grant select, insert, update, delete on credential to huiliu_writer;
