-- Monitors that may speak to the HJ 212 gateway. No reader's role may see them: there are verifiers in the table.
create table device (
    mn text not null,
    division integer not null,
    salt bytea,
    iterations integer,
    stored_key bytea,
    allow text[] default '{}'::text[] not null,
    deny text[] default '{}'::text[] not null,
    crc text default 'standard' not null,
    sm4_key text,
    set_clock boolean default false not null,
    suspended boolean default false not null,
    changed_at timestamp with time zone default now() not null,
    constraint device_pkey primary key (mn),
    constraint device_division_fkey foreign key (division) references publisher (division),
    constraint device_crc_check check (crc in ('standard', 'modbus', 'modbus, low byte first')),
    constraint device_verifier_check check (
        (salt is null) = (stored_key is null) and (salt is null) = (iterations is null)
    )
);

-- When each was last heard: written by the gateway every few seconds, of value only as the latest.
create table device_seen (
    mn text not null,
    seen_at timestamp with time zone not null,
    peer text not null,
    edition text,
    drift_ms bigint,
    constraint device_seen_pkey primary key (mn)
);
grant select, insert, update, delete on device, device_seen to huiliu_writer;
