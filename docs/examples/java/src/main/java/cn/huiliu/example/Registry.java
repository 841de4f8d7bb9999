package cn.huiliu.example;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.apache.avro.Schema;

/** Schemas and their ids, as the hub's registry has them; nothing is registered. */
final class Registry {
    record Numbered(int id, Schema schema) {}

    private final HttpClient http = HttpClient.newHttpClient();
    private final ObjectMapper json = new ObjectMapper();
    private final String address;

    Registry(String address) {
        this.address = address;
    }

    Numbered latest(String topic) throws IOException, InterruptedException {
        URI at = URI.create(address + "/subjects/" + topic + "-value/versions/latest");
        HttpRequest request = HttpRequest.newBuilder(at).header("Accept", "application/vnd.schemaregistry.v1+json").build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        JsonNode found = json.readTree(answer.body());
        if (answer.statusCode() != 200) {
            throw new IOException(at + ": " + found.path("error_code") + " " + found.path("message").asText());
        }
        return new Numbered(found.get("id").asInt(), new Schema.Parser().parse(found.get("schema").asText()));
    }
}
