package io.github.llmcache.autoconfigure.langchain4j.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.memory.ChatMemory;
import dev.langchain4j.store.memory.chat.ChatMemoryStore;
import dev.langchain4j.store.memory.chat.InMemoryChatMemoryStore;
import io.github.llmcache.autoconfigure.InvalidLlmCachePropertyException;
import io.github.llmcache.autoconfigure.langchain4j.LlmCacheLangChain4jAutoConfiguration;
import io.github.llmcache.langchain4j.memory.ChatSession;
import io.github.llmcache.langchain4j.memory.ChatSessionResolver;
import io.github.llmcache.langchain4j.memory.RedisChatMemories;
import io.github.llmcache.langchain4j.memory.RedisChatMemoryStore;
import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.RealRedis;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

class LlmCacheChatMemoryAutoConfigurationTests {

    private final RealRedis redis = RealRedis.shared();

    private final ApplicationContextRunner runner = CacheApplication.on(redis)
            .withConfiguration(AutoConfigurations.of(
                    LlmCacheLangChain4jAutoConfiguration.class, LlmCacheChatMemoryAutoConfiguration.class));

    private final ApplicationContextRunner enabled = runner.withPropertyValues("llm-cache.chat-memory.enabled=true");

    @Test
    void it_is_among_those_that_boot_loads() {
        assertThat(ImportCandidates.load(AutoConfiguration.class, getClass().getClassLoader()))
                .contains(LlmCacheChatMemoryAutoConfiguration.class.getName());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "llm-cache.chat-memory.enabled=false"})
    void nobody_gets_a_store_by_a_jar_alone(String property) {
        runner.withPropertyValues(property.isEmpty() ? new String[0] : new String[] {property})
                .run(context -> assertThat(context)
                        .doesNotHaveBean(ChatMemoryStore.class)
                        .doesNotHaveBean(RedisChatMemories.class)
                        .doesNotHaveBean(ChatSessionResolver.class));
    }

    @ParameterizedTest
    @CsvSource({"lettuce, true", "jedis, true", "lettuce, false"})
    void conversations_are_kept_where_that_is_asked_for_whether_answers_are_cached_or_not(
            String client, boolean cached) {
        enabled.withPropertyValues(
                        "spring.data.redis.client-type=" + client,
                        "spring.application.name=shop",
                        "llm-cache.enabled=" + cached,
                        "llm-cache.chat-memory.ttl=2h",
                        "llm-cache.chat-memory.max-messages=2")
                .run(context -> {
                    ChatMemory memory = context.getBean(RedisChatMemories.class).of(new ChatSession("ada", "1"));
                    memory.add(UserMessage.from("one"), UserMessage.from("two"), UserMessage.from("three"));

                    assertThat(context.getBean(ChatMemoryStore.class)).isInstanceOf(RedisChatMemoryStore.class);
                    assertThat(memory.messages()).containsExactly(UserMessage.from("two"), UserMessage.from("three"));
                    assertThat(redis.commands().pttl("shop:chat:ada:1")).isBetween(7_100_000L, 7_200_000L);
                });
    }

    @Test
    void twenty_messages_are_kept_for_a_day_where_nothing_is_said() {
        enabled.run(context -> {
            ChatMemory memory = context.getBean(RedisChatMemories.class).of("ada");
            for (int i = 0; i < 25; i++) {
                memory.add(UserMessage.from("message"));
            }
            assertThat(memory.messages()).hasSize(20);
            assertThat(redis.commands().pttl("chat:ada:default")).isBetween(86_300_000L, 86_400_000L);
        });
    }

    @Test
    void a_store_of_the_application_s_own_stays_the_only_one() {
        enabled.withBean(InMemoryChatMemoryStore.class).run(context -> {
            assertThat(context).hasSingleBean(ChatMemoryStore.class);
            assertThat(context).doesNotHaveBean(RedisChatMemories.class);
        });
    }

    @Test
    void a_rule_for_memory_ids_of_the_application_s_own_is_asked() {
        ChatSessionResolver rule = id -> new ChatSession("all", id.toString());
        enabled.withBean(ChatSessionResolver.class, () -> rule).run(context -> {
            context.getBean(ChatMemoryStore.class).updateMessages(List.of(1), List.of(UserMessage.from("hi")));
            assertThat(redis.commands().exists("chat:all:%5B1%5D")).isEqualTo(1);
        });
    }

    @Test
    void without_langchain4j_there_is_none() {
        enabled.withClassLoader(new FilteredClassLoader("dev.langchain4j"))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("llmCacheChatMemoryStore"));
    }

    @Test
    void the_core_of_langchain4j_is_enough() {
        enabled.withClassLoader(
                        new FilteredClassLoader("dev.langchain4j.service", "dev.langchain4j.memory.chat.Message"))
                .run(context -> {
                    ChatMemory memory = context.getBean(RedisChatMemories.class).of("ada");
                    memory.add(UserMessage.from("hi"));
                    assertThat(memory.messages()).hasSize(1);
                });
    }

    @Test
    void the_connection_factory_for_state_is_used_where_there_are_several() {
        try (RealRedis other = RealRedis.start()) {
            ApplicationContextRunner two = enabled.withPropertyValues("llm-cache.redis.connection-factory=answers")
                    .withBean("answers", RedisConnectionFactory.class, () -> factory(redis))
                    .withBean("memories", RedisConnectionFactory.class, () -> factory(other));
            two.withPropertyValues("llm-cache.state.connection-factory=memories")
                    .run(context -> {
                        context.getBean(ChatMemoryStore.class).updateMessages("ada", List.of(UserMessage.from("hi")));
                        assertThat(other.commands().exists("chat:ada:default")).isEqualTo(1);
                        assertThat(redis.commands().exists("chat:ada:default")).isZero();
                    });
            two.run(context -> assertThat(context)
                    .getFailure()
                    .rootCause()
                    .isInstanceOf(InvalidLlmCachePropertyException.class)
                    .hasMessageContainingAll("llm-cache.state.connection-factory", "answers", "memories"));
            two.withPropertyValues("llm-cache.state.connection-factory=memory").run(context -> assertThat(context)
                    .getFailure()
                    .rootCause()
                    .isInstanceOf(InvalidLlmCachePropertyException.class)
                    .hasMessageContaining("is 'memory'"));
        }
    }

    @Test
    void memory_that_is_asked_for_without_redis_fails_the_start() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(LlmCacheChatMemoryAutoConfiguration.class))
                .withPropertyValues("llm-cache.chat-memory.enabled=true")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(InvalidLlmCachePropertyException.class)
                        .hasMessageContaining("there is no RedisConnectionFactory"));
    }

    @ParameterizedTest
    @CsvSource({
        "ttl, 0s",
        "ttl, -1h",
        "ttl, 3651d",
        "ttl, 9999999999999999s",
        "max-size, 0B",
        "max-size, -1MB",
        "max-size, 513MB",
        "max-messages, 0",
        "max-messages, -5"
    })
    void a_value_that_can_t_work_fails_the_start_and_is_named(String property, String value) {
        enabled.withPropertyValues("llm-cache.chat-memory." + property + "=" + value)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOfSatisfying(
                                InvalidLlmCachePropertyException.class,
                                failure -> assertThat(failure.action()).startsWith("Write "))
                        .hasMessageContaining("llm-cache.chat-memory." + property));
    }

    private static RedisConnectionFactory factory(RealRedis redis) {
        return new LettuceConnectionFactory("127.0.0.1", redis.port());
    }
}
