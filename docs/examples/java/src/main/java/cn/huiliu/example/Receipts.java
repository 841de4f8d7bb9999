package cn.huiliu.example;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** What became of records, as the hub says in receipts.DIVISION. No consumer group: it is read from a time on. */
final class Receipts implements AutoCloseable {
    private static final Duration LONGEST = Duration.ofSeconds(60);

    private final ObjectMapper json = new ObjectMapper();
    private final KafkaConsumer<String, String> consumer;
    private final String topic;

    Receipts(Settings told) {
        topic = "receipts." + told.division();
        consumer = new KafkaConsumer<>(
                told.with("isolation.level", "read_committed"), new StringDeserializer(), new StringDeserializer());
    }

    /** Outcome and number of the receipt of this record. */
    String of(RecordMetadata place, Instant since) throws IOException {
        seek(since);
        for (Instant late = Instant.now().plus(LONGEST); Instant.now().isBefore(late); ) {
            for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(500))) {
                JsonNode receipt = json.readTree(record.value());
                for (JsonNode run : receipt.get("outcomes")) {
                    if (receipt.get("topic").asText().equals(place.topic())
                            && receipt.get("partition").asInt() == place.partition()
                            && run.get("first").asLong() <= place.offset()
                            && place.offset() <= run.get("last").asLong()) {
                        return run.get("outcome").asText() + " " + place + " " + receipt.get("receipt").asText();
                    }
                }
            }
        }
        throw new IOException("no receipt in " + topic + " within " + LONGEST.toSeconds() + " s");
    }

    private void seek(Instant since) {
        List<TopicPartition> all = consumer.partitionsFor(topic).stream()
                .map(one -> new TopicPartition(topic, one.partition()))
                .toList();
        consumer.assign(all);
        Map<TopicPartition, Long> times = new HashMap<>();
        all.forEach(one -> times.put(one, since.toEpochMilli()));
        Map<TopicPartition, Long> ends = consumer.endOffsets(all); // before the look by time: what comes between is read
        Map<TopicPartition, OffsetAndTimestamp> starts = consumer.offsetsForTimes(times);
        for (TopicPartition one : all) {
            OffsetAndTimestamp start = starts.get(one);
            consumer.seek(one, start == null ? ends.get(one) : start.offset());
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
