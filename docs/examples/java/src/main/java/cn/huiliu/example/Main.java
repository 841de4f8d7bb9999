package cn.huiliu.example;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Sends one project and one award to the hub and waits for what became of them. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 1) {
            System.err.println("usage: mvn -q compile exec:java -Dexec.args=FOLDER");
            System.err.println("FOLDER is what huiliu publisher add --into FOLDER wrote");
            System.exit(2);
        }
        Settings told = Settings.read(Path.of(arguments[0]));
        Registry registry = new Registry(told.registry());
        // The settings have acks=all and enable.idempotence=true.
        try (var producer = new KafkaProducer<>(told.kafka(), new StringSerializer(), new ByteArraySerializer());
                var receipts = new Receipts(told)) {
            // The award names the project, so the project goes first and is awaited.
            send("project", Events.PROJECT, Events::project, told, registry, producer, receipts);
            send("award", Events.AWARD, Events::award, told, registry, producer, receipts);
        }
    }

    private static void send(
            String kind, String key, Function<Schema, GenericRecord> event, Settings told, Registry registry,
            KafkaProducer<String, byte[]> producer, Receipts receipts) throws Exception {
        Instant since = Instant.now().minus(Duration.ofMinutes(1)); // the broker's clock may be behind ours
        String topic = "intake." + told.division() + "." + kind;
        Registry.Numbered latest = registry.latest(topic);
        byte[] value = encoded(latest, event.apply(latest.schema()));
        RecordMetadata place = producer.send(new ProducerRecord<>(topic, key, value)).get();
        System.out.println(receipts.of(place, since));
    }

    /** A zero byte, the schema's id, the event as Avro: what io.confluent's KafkaAvroSerializer writes. */
    private static byte[] encoded(Registry.Numbered of, GenericRecord event) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream header = new DataOutputStream(bytes);
        header.writeByte(0);
        header.writeInt(of.id());
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
        new GenericDatumWriter<GenericRecord>(of.schema()).write(event, encoder);
        encoder.flush();
        return bytes.toByteArray();
    }
}
