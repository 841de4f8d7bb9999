-- The public keys that sign receipts; anybody may know them.
create table receipt_key (
    id text not null,
    public_key text not null,
    succeeds text,
    first_used_at timestamp with time zone default now() not null,
    constraint receipt_key_pkey primary key (id)
);
grant select, insert on receipt_key to huiliu_writer;
grant select on receipt_key to huiliu_reader;
