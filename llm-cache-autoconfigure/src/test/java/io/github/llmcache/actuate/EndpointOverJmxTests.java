package io.github.llmcache.actuate;

import static io.github.llmcache.actuate.TestEntries.PROMPT;
import static io.github.llmcache.actuate.TestEntries.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llmcache.tier.FailureKind;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Map;
import javax.management.ObjectName;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The endpoint as an MBean. */
class EndpointOverJmxTests {

    private static final String DOMAIN = "llmcache-tests";

    @Test
    void values_are_hidden_even_where_those_who_are_authorized_see_them() throws Exception {
        try (ActuatorApplication application = exposed("management.endpoint.llmcache.show-values=when-authorized")) {
            application.browser().put("prompt", entry("d1"));

            assertThat(invoke("caches")).asString().contains("prompt", "faq");
            assertThat(invoke("entries", "prompt", null, null, null))
                    .asString()
                    .contains("d1")
                    .doesNotContain("canary");
            assertThat(invoke("entry", "prompt", "d1"))
                    .asString()
                    .contains("d1")
                    .doesNotContain("canary");
            assertThatThrownBy(() -> invoke("entries", "prompt", null, null, "canary"))
                    .hasStackTraceContaining("management.endpoint.llmcache.show-values")
                    .satisfies(ex -> assertThat(stackTrace(ex)).doesNotContain("canary"));
        }
    }

    @Test
    void values_are_shown_and_audited_where_they_always_are() throws Exception {
        try (ActuatorApplication application = exposed("management.endpoint.llmcache.show-values=always")) {
            application.browser().put("prompt", entry("d1"));

            assertThat(invoke("entry", "prompt", "d1"))
                    .asInstanceOf(InstanceOfAssertFactories.MAP)
                    .containsEntry("prompt", PROMPT)
                    .extractingByKey("answer")
                    .asInstanceOf(InstanceOfAssertFactories.MAP)
                    .containsEntry("source", null);
            assertThat(invoke("entry", "prompt", "d2")).isNull();
            assertThat(application.audited()).singleElement().satisfies(event -> assertThat(event.getPrincipal())
                    .isEqualTo("anonymous"));
        }
    }

    @Test
    void entries_can_be_evicted() throws Exception {
        try (ActuatorApplication application = exposed()) {
            application.browser().put("prompt", entry("d1"));
            application.browser().put("prompt", entry("d2"));

            assertThat(invoke("evict", "prompt", "d1")).isEqualTo(Map.of("evicted", 1L));
            assertThat(invoke("evict", "prompt", "d1")).isEqualTo(Map.of("evicted", 0L));
            assertThat(invoke("evictAll", "prompt")).isEqualTo(Map.of("evicted", 1L));

            application.browser().failWith(FailureKind.CONNECTION);
            assertThatThrownBy(() -> invoke("evictAll", "prompt")).hasStackTraceContaining("Redis failed");
        }
    }

    private static ActuatorApplication exposed(String... properties) {
        String[] all = Arrays.copyOf(properties, properties.length + 3);
        all[properties.length] = "spring.jmx.enabled=true";
        all[properties.length + 1] = "management.endpoints.jmx.exposure.include=llmcache";
        all[properties.length + 2] = "management.endpoints.jmx.domain=" + DOMAIN;
        return ActuatorApplication.start(all);
    }

    private static @Nullable Object invoke(String operation, @Nullable Object... arguments) throws Exception {
        String[] signature = new String[arguments.length];
        Arrays.fill(signature, String.class.getName());
        return ManagementFactory.getPlatformMBeanServer()
                .invoke(new ObjectName(DOMAIN + ":type=Endpoint,name=Llmcache"), operation, arguments, signature);
    }

    private static String stackTrace(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
