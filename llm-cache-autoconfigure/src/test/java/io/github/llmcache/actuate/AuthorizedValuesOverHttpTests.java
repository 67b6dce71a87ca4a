package io.github.llmcache.actuate;

import static io.github.llmcache.actuate.TestEntries.PROMPT;
import static io.github.llmcache.actuate.TestEntries.entry;

import org.junit.jupiter.api.Test;
import org.springframework.test.web.servlet.client.RestTestClient;

/** The endpoint where values are shown to those who may see them. */
class AuthorizedValuesOverHttpTests {

    private static final String WHEN_AUTHORIZED = "management.endpoint.llmcache.show-values=when-authorized";

    @Test
    void values_are_shown_to_those_who_have_one_of_the_roles() {
        try (ActuatorApplication application =
                ActuatorApplication.exposed(WHEN_AUTHORIZED, "management.endpoint.llmcache.roles=OPS")) {
            application.browser().put("prompt", entry("d1"));

            shown(application.clientOf("ada"));
            hidden(application.clientOf("bob"));
            hidden(application.client());
        }
    }

    @Test
    void values_are_shown_to_all_who_are_authenticated_where_no_role_is_named() {
        try (ActuatorApplication application = ActuatorApplication.exposed(WHEN_AUTHORIZED)) {
            application.browser().put("prompt", entry("d1"));

            shown(application.clientOf("bob"));
            hidden(application.client());
        }
    }

    private static void shown(RestTestClient client) {
        client.get()
                .uri("/llmcache/prompt/d1")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.prompt")
                .isEqualTo(PROMPT);
        client.get()
                .uri("/llmcache/prompt?prompt=canary")
                .exchange()
                .expectStatus()
                .isOk();
    }

    private static void hidden(RestTestClient client) {
        client.get()
                .uri("/llmcache/prompt/d1")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.prompt")
                .doesNotExist()
                .jsonPath("$.answer")
                .doesNotExist();
        client.get()
                .uri("/llmcache/prompt?prompt=canary")
                .exchange()
                .expectStatus()
                .isForbidden();
    }
}
