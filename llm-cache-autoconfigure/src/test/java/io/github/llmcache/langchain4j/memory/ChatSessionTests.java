package io.github.llmcache.langchain4j.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigDecimal;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChatSessionTests {

    private final ChatSessionResolver resolver = ChatSessionResolver.byText();

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t\n", "canary\ud800", "\udc00canary", "canary\udc00\ud800"})
    void a_text_that_would_be_somebody_else_s_is_refused_and_not_quoted(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ChatSession(text, "1"))
                .withMessageContaining("user")
                .withMessageNotContaining("canary");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ChatSession("ada", text))
                .withMessageContaining("session");
    }

    @Test
    void a_text_of_any_whole_characters_is_a_name() {
        assertThat(new ChatSession("😀a\u0000", "é:%").user()).isEqualTo("😀a\u0000");
    }

    @Test
    void ids_with_a_stable_text_are_users_with_one_session() {
        UUID uuid = UUID.randomUUID();
        assertThat(List.<Object>of("ada", 7, 7L, uuid, TimeUnit.DAYS, 'x', true, new BigDecimal("1.50")))
                .extracting(resolver::resolve)
                .containsExactly(
                        session("ada"),
                        session("7"),
                        session("7"),
                        session(uuid.toString()),
                        session("DAYS"),
                        session("x"),
                        session("true"),
                        session("1.50"));
        ChatSession itself = new ChatSession("ada", "2");
        assertThat(resolver.resolve(itself)).isSameAs(itself);
    }

    @Test
    void an_enum_constant_counts_by_its_name_whatever_it_calls_itself() {
        assertThat(resolver.resolve(Moody.MONDAY)).isEqualTo(session("MONDAY"));
    }

    @Test
    void ids_without_a_stable_text_are_refused_and_their_class_is_named() {
        for (Object id : List.of(new Object(), new AtomicInteger(1), new int[1], List.of("canary"), new Id("canary"))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> resolver.resolve(id))
                    .withMessageContaining(id.getClass().getName())
                    .withMessageContaining("ChatSession")
                    .withMessageNotContaining("canary");
        }
    }

    @Test
    void the_id_of_methods_without_one_is_refused_and_what_to_write_is_said() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> resolver.resolve("default"))
                .withMessageContaining("@MemoryId")
                .withMessageContaining("ChatSession");
        ChatSession meant = new ChatSession("default", "default");
        assertThat(resolver.resolve(meant)).isSameAs(meant);
    }

    private static ChatSession session(String user) {
        return new ChatSession(user, "default");
    }

    record Id(String text) {}

    enum Moody {
        MONDAY {
            @Override
            public String toString() {
                return "grumpy";
            }
        }
    }
}
