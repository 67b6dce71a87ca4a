package io.github.llmcache.actuate;

import static io.github.llmcache.actuate.TestEntries.entry;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;

/** Who reaches the endpoint at all. */
class EndpointAccessTests {

    @Test
    void the_endpoint_is_not_exposed_by_default() {
        try (ActuatorApplication application = ActuatorApplication.start()) {
            RestTestClient client = application.client();

            client.get().uri("/llmcache").exchange().expectStatus().isNotFound();
            client.get()
                    .uri("")
                    .exchange()
                    .expectBody()
                    .jsonPath("$._links.health")
                    .exists()
                    .jsonPath("$._links.llmcache")
                    .doesNotExist();
        }
    }

    @Test
    void read_only_access_denies_evictions_and_switches() {
        try (ActuatorApplication application =
                ActuatorApplication.exposed("management.endpoint.llmcache.access=read-only")) {
            RestTestClient client = application.client();
            application.browser().put("prompt", entry("d1"));

            client.get().uri("/llmcache/prompt/d1").exchange().expectStatus().isOk();
            client.delete().uri("/llmcache/prompt/d1").exchange().expectStatus().isEqualTo(405);
            client.delete().uri("/llmcache/prompt").exchange().expectStatus().isEqualTo(405);
            client.post()
                    .uri("/llmcache")
                    .contentType(MediaType.APPLICATION_JSON)
                    .body("{\"mode\": \"off\"}")
                    .exchange()
                    .expectStatus()
                    .isEqualTo(405);
            assertThat(application.modes().switchedTo(null)).isNull();
            assertThat(application.browser().digests("prompt")).containsExactly("d1");
        }
    }

    @Test
    void no_access_takes_the_endpoint_away() {
        try (ActuatorApplication application =
                ActuatorApplication.exposed("management.endpoint.llmcache.access=none")) {
            application
                    .client()
                    .get()
                    .uri("/llmcache")
                    .exchange()
                    .expectStatus()
                    .isNotFound();
        }
    }
}
