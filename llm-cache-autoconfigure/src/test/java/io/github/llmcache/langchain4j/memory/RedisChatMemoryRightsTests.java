package io.github.llmcache.langchain4j.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.data.message.UserMessage;
import io.github.llmcache.testing.RealRedis;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rights that the readme names, and no others. */
class RedisChatMemoryRightsTests {

    @ParameterizedTest
    @CsvSource({"lettuce, PT24H", "lettuce, PT1.5S", "jedis, PT24H", "jedis, PT1.5S"})
    void the_rights_that_the_readme_names_are_enough(String name, Duration ttl) throws Exception {
        try (RealRedis redis = RealRedis.start()) {
            CommandArgs<String, String> rights = new CommandArgs<>(StringCodec.UTF8).add("SETUSER");
            List.of("default", "nopass", "resetkeys", "~shop:*", "resetchannels", "-@all")
                    .forEach(rights::add);
            for (String list : List.of("and these commands:", "Chat memory takes these besides:")) {
                for (String command : commands(list)) {
                    rights.add("+" + command);
                }
            }
            redis.commands().dispatch(CommandType.ACL, new StatusOutput<>(StringCodec.UTF8), rights);

            try (Client client = Client.of(name, redis.port(), Client.TIMEOUT)) {
                RedisChatMemoryStore store = client.store("shop:", ttl, 1000);
                RedisChatMemory memory = new RedisChatMemory(store, "ada", 5);
                memory.add(UserMessage.from("one"));
                memory.add(UserMessage.from("two"));
                memory.set(memory.messages());
                assertThat(store.sessions("ada")).hasSize(1);
                memory.clear();
                assertThat(store.deleteAll("ada")).isZero();
            }
        }
    }

    private static List<String> commands(String before) throws Exception {
        String readme = Files.readString(Path.of("..", "README.md"), StandardCharsets.UTF_8);
        Matcher list = Pattern.compile(Pattern.quote(before) + "\\s+```\\n(.*?)```", Pattern.DOTALL)
                .matcher(readme);
        assertThat(list.find()).isTrue();
        return List.of(list.group(1).trim().split("\\s+"));
    }
}
