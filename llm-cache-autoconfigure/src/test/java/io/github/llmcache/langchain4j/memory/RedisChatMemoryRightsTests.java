package io.github.llmcache.langchain4j.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.data.message.UserMessage;
import io.github.llmcache.testing.DocumentedRights;
import io.github.llmcache.testing.RealRedis;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rights that the documentation names, and no others. */
class RedisChatMemoryRightsTests {

    @ParameterizedTest
    @CsvSource({"lettuce, PT24H", "lettuce, PT1.5S", "jedis, PT24H", "jedis, PT1.5S"})
    void the_rights_that_the_documentation_names_are_enough(String name, Duration ttl) throws Exception {
        try (RealRedis redis = RealRedis.start()) {
            CommandArgs<String, String> rights = new CommandArgs<>(StringCodec.UTF8).add("SETUSER");
            List.of("default", "nopass", "resetkeys", "resetchannels", "-@all").forEach(rights::add);
            DocumentedRights documented = DocumentedRights.read();
            for (String feature : documented.withNeeds("chat-memory")) {
                documented.commandsOf(feature).forEach(command -> rights.add("+" + command));
                documented.keysOf(feature).forEach(key -> rights.add("~" + key));
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
}
