-- name: server
-- The server's version, encoding, clock and settings that loading leans on.
select current_setting('server_version_num')::int as version, current_setting('server_encoding') as encoding,
    clock_timestamp() as clock, current_setting('fsync') as fsync,
    current_setting('synchronous_commit') as synchronous_commit,
    current_setting('full_page_writes') as full_page_writes,
    current_setting('max_locks_per_transaction')::int as locks, pg_database_size(current_database()) as bytes,
    current_user as role

-- name: rights
-- What a worker does and the role may not: table and privilege.
select wanted.name, wanted.privilege
from (values
    ('reading', 'SELECT'), ('reading', 'INSERT'), ('reading', 'UPDATE'), ('reading_history', 'INSERT'),
    ('ledger', 'INSERT'), ('intake', 'UPDATE'), ('quarantine', 'INSERT'), ('finding', 'INSERT'), ('outbox', 'DELETE'),
    ('rollup_reading', 'UPDATE'), ('outlet', 'UPDATE'), ('outlet_limit', 'DELETE'), ('register', 'UPDATE')
) wanted (name, privilege)
where not has_table_privilege(wanted.name, wanted.privilege)
union all
select 'huiliu_reader', 'SET ROLE'
where not pg_has_role(current_user, 'huiliu_reader',
    case when current_setting('server_version_num')::int >= 160000 then 'SET' else 'MEMBER' end)
