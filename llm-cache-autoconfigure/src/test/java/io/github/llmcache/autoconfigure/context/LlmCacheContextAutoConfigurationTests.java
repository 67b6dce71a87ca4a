package io.github.llmcache.autoconfigure.context;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.context.MdcLoadContext;
import io.github.llmcache.context.SecurityLoadContext;
import io.github.llmcache.context.SnapshotLoadContext;
import io.github.llmcache.engine.LoadContext;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class LlmCacheContextAutoConfigurationTests {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(LlmCacheContextAutoConfiguration.class));

    @Test
    void what_micrometer_carries_stands_outside_of_what_is_carried_as_a_copy() {
        runner.run(context -> {
            List<LoadContext> contexts =
                    context.getBeanProvider(LoadContext.class).orderedStream().toList();
            assertThat(contexts).hasSize(3).last().isInstanceOf(SnapshotLoadContext.class);
        });
    }

    @Test
    void each_is_there_only_with_its_library() {
        without("io.micrometer.context", "llmCacheSnapshotLoadContext");
        without("org.springframework.security", "llmCacheSecurityLoadContext");
        without("org.slf4j.MDC", "llmCacheMdcLoadContext");
    }

    private void without(String library, String bean) {
        runner.withClassLoader(new FilteredClassLoader(library)).run(context -> {
            assertThat(context).hasNotFailed().doesNotHaveBean(bean);
            assertThat(context.getBeanNamesForType(LoadContext.class)).hasSize(2);
        });
    }

    @Test
    void nothing_is_wired_where_the_cache_is_switched_off() {
        runner.withPropertyValues("llm-cache.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(LoadContext.class));
    }

    @Test
    void beans_of_the_user_come_first() {
        runner.withBean("mine", MdcLoadContext.class)
                .run(context ->
                        assertThat(context).getBeanNames(MdcLoadContext.class).containsExactly("mine"));
        runner.withBean(
                        "mine",
                        SecurityLoadContext.class,
                        () -> new SecurityLoadContext(() -> {
                            throw new AssertionError();
                        }))
                .run(context -> assertThat(context)
                        .getBeanNames(SecurityLoadContext.class)
                        .containsExactly("mine"));
    }
}
