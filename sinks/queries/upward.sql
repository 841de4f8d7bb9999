-- name: move
-- One partition moves on, if it is where it was believed to be; a new one begins.
insert into upward_source (division, topic, partition, kafka_id, first_offset, next_offset, events)
values (:division, :topic, :partition, :kafka_id, :before, :after, :events)
on conflict (division, topic, partition) do update
set next_offset = excluded.next_offset, events = upward_source.events + excluded.events, moved_at = now()
where upward_source.kafka_id = excluded.kafka_id and upward_source.next_offset = :before

-- name: refuse
-- A message that was passed over, once.
insert into upward_refused (division, topic, partition, message, reason)
values (:division, :topic, :partition, :message, :reason)
on conflict do nothing

-- name: loaded
-- Ledger entries of these kinds with loaded events, recorded from one moment to before another, by partition and offset.
select ledger.*, intake.topic, intake.partition, intake.kind
from ledger join intake on intake.id = ledger.intake
where intake.kind = any(:kinds) and ledger.accepted + ledger.corrected > 0
    and ledger.recorded_at >= :first and ledger.recorded_at < :end
order by intake.topic, intake.partition, ledger.first_offset
