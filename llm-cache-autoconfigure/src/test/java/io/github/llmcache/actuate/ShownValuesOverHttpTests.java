package io.github.llmcache.actuate;

import static io.github.llmcache.actuate.TestEntries.ANSWER;
import static io.github.llmcache.actuate.TestEntries.PROMPT;
import static io.github.llmcache.actuate.TestEntries.entry;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.test.web.servlet.client.RestTestClient.BodyContentSpec;

/** The endpoint where values are always shown. */
class ShownValuesOverHttpTests {

    private static ActuatorApplication application;
    private static RestTestClient client;

    @BeforeAll
    static void start() {
        application = ActuatorApplication.exposed("management.endpoint.llmcache.show-values=always");
        client = application.client();
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    @BeforeEach
    void reset() {
        application.reset();
    }

    @Test
    void a_page_shows_prompts_and_keys_but_no_answers() {
        application.browser().put("prompt", entry("d1"));

        get("/llmcache/prompt")
                .jsonPath("$.entries[0].prompt")
                .isEqualTo(PROMPT)
                .jsonPath("$.entries[0].key")
                .isEqualTo("prompt:" + PROMPT + "~d1")
                .jsonPath("$.entries[0].answer")
                .doesNotExist();
    }

    @Test
    void an_entry_shows_its_prompt_its_key_and_its_answer() {
        application.browser().put("prompt", entry("d1"));

        get("/llmcache/prompt/d1")
                .jsonPath("$.prompt")
                .isEqualTo(PROMPT)
                .jsonPath("$.key")
                .isEqualTo("prompt:" + PROMPT + "~d1")
                .jsonPath("$.answer.text")
                .isEqualTo(ANSWER);
    }

    @Test
    void an_answer_is_shown_whole_nulls_and_zeros_included() {
        application.browser().put("prompt", entry("d1"));

        String body = new String(
                Objects.requireNonNull(get("/llmcache/prompt/d1").returnResult().getResponseBody()),
                StandardCharsets.UTF_8);

        assertThat(body).contains("{\"text\":\"" + ANSWER + "\",\"source\":null,\"pages\":[1,null],\"score\":0.10}");
    }

    @Test
    void what_an_entry_does_not_have_is_left_out() {
        application.browser().put("prompt", TestEntries.bareEntry("d1"));

        get("/llmcache/prompt/d1")
                .jsonPath("$.answer")
                .isEqualTo("text")
                .jsonPath("$.prompt")
                .doesNotExist()
                .jsonPath("$.model")
                .doesNotExist()
                .jsonPath("$.tokens")
                .doesNotExist()
                .jsonPath("$.ttlLeftSeconds")
                .doesNotExist();
    }

    @Test
    void entries_can_be_searched_by_their_prompts() {
        application.browser().put("prompt", entry("d1", "how do transformers work"));
        application.browser().put("prompt", entry("d2", "who wrote faust"));

        get("/llmcache/prompt?prompt=Faust")
                .jsonPath("$.entries.length()")
                .isEqualTo(1)
                .jsonPath("$.entries[0].digest")
                .isEqualTo("d2");
    }

    @Test
    void reading_a_page_is_audited_with_the_number_of_its_entries() {
        application.browser().put("prompt", entry("d1"));
        application.browser().put("prompt", entry("d2"));

        application.clientOf("bob").get().uri("/llmcache/prompt?prompt=canary").exchangeSuccessfully();

        assertThat(application.audited()).singleElement().satisfies(event -> {
            assertThat(event.getType()).isEqualTo("LLM_CACHE_VALUES_READ");
            assertThat(event.getPrincipal()).isEqualTo("bob");
            assertThat(event.getData()).isEqualTo(Map.of("cache", "prompt", "count", 2L));
        });
    }

    @Test
    void reading_an_entry_is_audited_with_its_digest() {
        application.browser().put("prompt", entry("d1"));

        get("/llmcache/prompt/d1");

        assertThat(application.audited()).singleElement().satisfies(event -> {
            assertThat(event.getType()).isEqualTo("LLM_CACHE_VALUES_READ");
            assertThat(event.getPrincipal()).isEqualTo("anonymous");
            assertThat(event.getData()).isEqualTo(Map.of("cache", "prompt", "digest", "d1", "count", 1L));
        });
    }

    @Test
    void an_entry_that_is_not_there_was_not_read() {
        client.get().uri("/llmcache/prompt/canary").exchange().expectStatus().isNotFound();

        assertThat(application.audited()).isEmpty();
    }

    @Test
    void no_audit_event_holds_text() {
        application.browser().put("prompt", entry("d1"));

        get("/llmcache/prompt?prompt=canary");
        get("/llmcache/prompt/d1");
        client.delete().uri("/llmcache/prompt/d1").exchangeSuccessfully();

        assertThat(application.audited()).hasSize(3).allSatisfy(event -> assertThat(event.toString())
                .doesNotContain("canary"));
    }

    private static BodyContentSpec get(String path) {
        return client.get().uri(path).exchange().expectStatus().isOk().expectBody();
    }
}
