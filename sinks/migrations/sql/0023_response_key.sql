-- An answer is its division's: one that another division gives to the same case and sequence is another answer.
alter table response drop constraint response_pkey;
alter table response add constraint response_pkey primary key (case_number, sequence, division);
drop index response_history_key;
create index response_history_key on response_history (case_number, sequence, division);
