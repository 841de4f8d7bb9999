-- Reports: frozen snapshots and what was issued of them. Nothing of either is ever changed or taken away.
create table report_snapshot (
    sha256 bytea not null,
    kind text not null,
    province text not null,
    period text not null,
    as_of timestamp with time zone not null,
    content bytea not null,
    frozen_at timestamp with time zone default now() not null,
    constraint report_snapshot_pkey primary key (sha256),
    constraint report_snapshot_sha256_check check (sha256 = sha256(content))
);

create table report (
    number bigint not null,
    snapshot bytea not null,
    stands bytea not null,
    kind text not null,
    province text not null,
    period text not null,
    corrects bigint,
    imprint jsonb not null,
    pdf_sha256 bytea not null,
    xlsx_sha256 bytea not null,
    issued_at timestamp with time zone default now() not null,
    issued_by text default session_user not null,
    constraint report_pkey primary key (number),
    constraint report_snapshot_key unique (snapshot),
    constraint report_corrects_key unique (corrects),
    constraint report_snapshot_fkey foreign key (snapshot) references report_snapshot (sha256),
    constraint report_stands_fkey foreign key (stands) references report_snapshot (sha256),
    constraint report_corrects_fkey foreign key (corrects) references report (number),
    constraint report_corrects_check check (corrects < number)
);
create unique index report_once on report (kind, province, period) where corrects is null;

create function report_stays() returns trigger language plpgsql as $$
begin
    raise exception 'issued reports and snapshots are only added to: issue a corrigendum';
end
$$;
create trigger report_stays before update or delete or truncate on report
    for each statement execute function report_stays();
create trigger report_snapshot_stays before update or delete or truncate on report_snapshot
    for each statement execute function report_stays();

grant select, insert on report, report_snapshot to huiliu_writer;
alter table report enable row level security;
alter table report_snapshot enable row level security;
