package io.github.llmcache.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every property has a description in the metadata and a row in the documentation, and no row is of none. */
class PropertyDocumentationTests {

    private static final Path DOCUMENT = Path.of("../docs/configuration.md");

    @Test
    void every_property_is_described_in_the_metadata() throws IOException {
        for (JsonNode property : properties()) {
            assertThat(property.path("description").asString(""))
                    .as(property.path("name").asString())
                    .isNotBlank();
        }
    }

    @Test
    void every_property_has_a_row_in_the_document() throws IOException {
        String document = Files.readString(DOCUMENT);
        for (JsonNode property : properties()) {
            assertThat(document).contains("| `" + property.path("name").asString() + "` |");
        }
    }

    @Test
    void every_row_of_the_document_is_a_property_with_the_default_that_is_said() throws IOException {
        List<JsonNode> properties = properties();
        Matcher row = Pattern.compile("(?m)^\\| `([a-z0-9.-]+)` \\| (?:`([^`]*)`)? ?\\|")
                .matcher(Files.readString(DOCUMENT));
        int rows = 0;
        while (row.find()) {
            rows++;
            String name = row.group(1);
            JsonNode property = properties.stream()
                    .filter(candidate -> candidate.path("name").asString().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("There is no property " + name));
            if (property.has("defaultValue") && property.path("defaultValue").isValueNode()) {
                assertThat(Objects.requireNonNullElse(row.group(2), ""))
                        .as(name)
                        .isEqualTo(property.path("defaultValue").asString());
            }
        }
        assertThat(rows).isGreaterThan(15);
    }

    /** The properties of our own; those of one cache are documented once, for all caches. */
    private static List<JsonNode> properties() throws IOException {
        try (InputStream metadata =
                Files.newInputStream(Path.of("target/classes/META-INF/spring-configuration-metadata.json"))) {
            List<JsonNode> properties = new ArrayList<>();
            for (JsonNode property : JsonMapper.shared().readTree(metadata).path("properties")) {
                properties.add(property);
            }
            assertThat(properties).hasSizeGreaterThan(15);
            return properties;
        }
    }
}
