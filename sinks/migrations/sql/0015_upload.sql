-- Files that were uploaded, in pieces, kept for a while so that a report can be written for them.
create table upload (
    submission uuid not null,
    reading jsonb not null,
    placed bytea,
    constraint upload_pkey primary key (submission),
    constraint upload_submission_fkey foreign key (submission) references submission (id) on delete cascade
);
create table upload_part (
    submission uuid not null,
    number integer not null,
    content bytea not null,
    constraint upload_part_pkey primary key (submission, number),
    constraint upload_part_submission_fkey foreign key (submission) references upload (submission) on delete cascade
);

-- Deflated already. What a sender wrote beside its events is its own: no reader sees it.
alter table upload_part alter column content set storage external;
alter table upload enable row level security;
alter table upload_part enable row level security;
grant select, insert, update, delete on upload, upload_part to huiliu_writer;
