package cn.huiliu.example;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The settings in the folder that "huiliu publisher add DIVISION --kinds project,award --into FOLDER" wrote. */
record Settings(String user, String registry, Properties kafka) {
    private static final Pattern USER = Pattern.compile("username=\"([^\"]*)\"");

    static Settings read(Path folder) throws IOException {
        Properties kafka = new Properties();
        try (Reader reader = Files.newBufferedReader(folder.resolve("java.properties"))) {
            kafka.load(reader);
        }
        Path authority = folder.resolve("ca.pem");
        if (Files.exists(authority)) { // the folder may have been moved since it was written
            kafka.setProperty("ssl.truststore.location", authority.toString());
        }
        String registry = (String) kafka.remove("schema.registry.url");
        if (registry == null) {
            throw new IOException(folder + "/java.properties has no schema.registry.url");
        }
        Matcher login = USER.matcher(kafka.getProperty("sasl.jaas.config", ""));
        return new Settings(login.find() ? login.group(1) : "", registry, kafka);
    }

    String division() {
        return user.substring(user.indexOf('-') + 1);
    }

    Properties with(String... namesAndValues) {
        Properties all = new Properties();
        all.putAll(kafka);
        for (int at = 0; at < namesAndValues.length; at += 2) {
            all.setProperty(namesAndValues[at], namesAndValues[at + 1]);
        }
        return all;
    }
}
