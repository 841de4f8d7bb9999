-- Signatures under receipts, so that whoever asks for a receipt has it with its signature: the key itself stays with the
-- workers. Receipts of before have none here; the next signed one of their partition vouches for them.
create table receipt_signature (
    intake integer not null,
    first_offset bigint not null,
    key text not null,
    value bytea not null,
    constraint receipt_signature_pkey primary key (intake, first_offset),
    constraint receipt_signature_key_fkey foreign key (key) references receipt_key (id)
);
grant select, insert on receipt_signature to huiliu_writer;
alter table receipt_signature enable row level security;
create policy division on receipt_signature for select to huiliu_reader
    using (exists (select from intake where intake.id = receipt_signature.intake));
grant select on receipt_signature to huiliu_reader;

alter table receipt_key add column word jsonb;
grant update (word) on receipt_key to huiliu_writer;
