-- What a rejected record waits for, which record it was to correct, and which record closed it.
alter table quarantine
    add column awaits text,
    add column corrects_intake integer,
    add column corrects_offset bigint,
    add column closed_intake integer,
    add column closed_offset bigint;
alter table quarantine drop constraint quarantine_status_check;
alter table quarantine add constraint quarantine_status_check
    check (status in ('open', 'waiting', 'requeued', 'corrected'));
alter table quarantine add constraint quarantine_awaits_check check (status <> 'waiting' or awaits is not null);
create index quarantine_awaits on quarantine (awaits, intake, "offset") where status = 'waiting';
create index quarantine_corrects on quarantine (corrects_intake, corrects_offset) where corrects_intake is not null;
drop index quarantine_settled;
create index quarantine_settled on quarantine (kind) where status in ('requeued', 'corrected');

-- The publisher's own reference, beside each finding.
alter table finding add column source_ref text;

-- Monitors that were registered while readings of theirs waited: the relay sends those readings again.
create table release (
    mn text not null,
    created_at timestamp with time zone default now() not null,
    constraint release_pkey primary key (mn)
);
grant select, insert, update, delete on release to huiliu_writer;

-- Readings that were rejected for want of a registration, before there was waiting.
update quarantine set status = 'waiting', awaits = told.mn
from (
    select intake, "offset", min(value) as mn from finding where severity = 'error'
    group by intake, "offset" having bool_and(code = 'RD-OUTLET-01' and value is not null)
) told
where quarantine.intake = told.intake and quarantine."offset" = told."offset" and quarantine.status = 'open';
insert into release (mn)
select distinct awaits from quarantine join outlet on outlet.mn = quarantine.awaits where status = 'waiting';
