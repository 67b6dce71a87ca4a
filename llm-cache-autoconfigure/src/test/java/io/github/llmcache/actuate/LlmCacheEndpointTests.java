package io.github.llmcache.actuate;

import static io.github.llmcache.actuate.TestEntries.CREATED;
import static io.github.llmcache.actuate.TestEntries.entry;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.engine.CacheSettings;
import io.github.llmcache.event.CacheStatistics;
import io.github.llmcache.testing.InMemoryCacheBrowser;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.endpoint.Show;

class LlmCacheEndpointTests {

    @Test
    void ages_are_told_by_the_clock_that_is_given() {
        InMemoryCacheBrowser browser = new InMemoryCacheBrowser();
        browser.put("prompt", entry("d1"));
        LlmCacheEndpoint endpoint = new LlmCacheEndpoint(
                new CacheCatalog(CacheSettings.DEFAULTS, Map.of("prompt", CacheSettings.DEFAULTS)),
                new CacheStatistics(),
                new CacheControls(browser),
                event -> {},
                () -> CREATED.plusSeconds(90),
                Show.NEVER);

        assertThat(endpoint.entries("prompt", null, null, null).entries())
                .extracting(EntryDescriptor::ageSeconds)
                .containsExactly(90L);
        assertThat(endpoint.entry("prompt", "d1"))
                .isNotNull()
                .extracting(EntryDescriptor::ageSeconds)
                .isEqualTo(90L);
    }
}
