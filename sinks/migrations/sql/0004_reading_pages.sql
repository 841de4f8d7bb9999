-- What readers' pages need to be quick however much there is.

-- Totals of each partition: the ledger they were added up from grows by many rows a second.
alter table intake
    add column accepted bigint default 0 not null,
    add column corrected bigint default 0 not null,
    add column duplicate bigint default 0 not null,
    add column stale bigint default 0 not null,
    add column quarantined bigint default 0 not null,
    add column loaded_at timestamp with time zone;

update intake
set accepted = told.accepted, corrected = told.corrected, duplicate = told.duplicate, stale = told.stale,
    quarantined = told.quarantined, loaded_at = told.loaded_at
from (
    select intake, sum(accepted) as accepted, sum(corrected) as corrected, sum(duplicate) as duplicate,
        sum(stale) as stale, sum(quarantined) as quarantined, max(recorded_at) as loaded_at
    from ledger group by intake
) told
where told.intake = intake.id;

-- Exceedances of a division in the order of time: one reading in a hundred is in it, so loading hardly notices.
create index reading_exceeded on reading (division, start, outlet, pollutant, period) where exceeded;

-- The days of a rollup from the newest on.
create index rollup_reading_day on rollup_reading (day, city, pollutant, period);

-- Rejected records by reason in the order of coordinates, and those that wait no more.
drop index finding_code_idx;
create index finding_code on finding (code, intake, "offset");
create index quarantine_settled on quarantine (kind) where status <> 'open';

-- Readers see who should report: not whom to call.
grant select (division, kinds, cadence, suspended) on publisher to huiliu_reader;
alter table publisher enable row level security;
create policy division on publisher for select to huiliu_reader using (in_scope(division));
