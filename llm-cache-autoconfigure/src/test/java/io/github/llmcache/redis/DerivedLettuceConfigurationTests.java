package io.github.llmcache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions.RefreshTrigger;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;

class DerivedLettuceConfigurationTests {

    private static final Duration TIMEOUT = Duration.ofMillis(250);

    private final AtomicInteger customized = new AtomicInteger();
    private final ClientResources users = ClientResources.builder()
            .nettyCustomizer(new NettyCustomizer() {
                @Override
                public void afterChannelInitialized(Channel channel) {
                    customized.incrementAndGet();
                }
            })
            .build();

    @AfterEach
    void shutDown() {
        users.shutdown(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    @Test
    void a_cluster_is_asked_again_for_its_masters_as_soon_as_a_line_breaks() {
        for (ClientOptions theirs : new ClientOptions[] {ClientOptions.create(), ClusterClientOptions.create()}) {
            ClusterTopologyRefreshOptions refresh = refresh(theirs);

            assertThat(refresh.getAdaptiveRefreshTriggers()).containsExactlyInAnyOrder(RefreshTrigger.values());
            assertThat(refresh.getAdaptiveRefreshTimeout()).isEqualTo(Duration.ofMillis(500));
            assertThat(refresh.getRefreshTriggersReconnectAttempts()).isEqualTo(1);
            assertThat(refresh.isPeriodicRefreshEnabled()).isTrue();
            assertThat(refresh.getRefreshPeriod()).isEqualTo(Duration.ofSeconds(30));
        }
    }

    @Test
    void what_the_application_says_of_a_cluster_is_kept_where_it_is_quicker() {
        assertThat(refresh(ClusterClientOptions.builder()
                                .topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
                                        .enablePeriodicRefresh(Duration.ofSeconds(5))
                                        .dynamicRefreshSources(false)
                                        .build())
                                .build())
                        .getRefreshPeriod())
                .isEqualTo(Duration.ofSeconds(5));
        assertThat(refresh(ClusterClientOptions.builder()
                        .topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
                                .enablePeriodicRefresh(Duration.ofMinutes(5))
                                .dynamicRefreshSources(false)
                                .build())
                        .build()))
                .matches(refresh -> refresh.getRefreshPeriod().equals(Duration.ofSeconds(30)))
                .matches(refresh -> !refresh.useDynamicRefreshSources());
    }

    @Test
    void lines_are_customized_by_the_application_and_by_the_cache() {
        ClientResources own = DerivedLettuceConfiguration.reconnectingQuickly(users, TIMEOUT);
        EmbeddedChannel line = new EmbeddedChannel();

        own.nettyCustomizer().afterChannelInitialized(line);

        assertThat(customized).hasValue(1);
        assertThat(line.pipeline().first()).isInstanceOf(SilentLineHandler.class);
        own.shutdown(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private ClusterTopologyRefreshOptions refresh(ClientOptions theirs) {
        LettuceClientConfiguration configuration =
                LettuceClientConfiguration.builder().clientOptions(theirs).build();
        ClientOptions derived = DerivedLettuceConfiguration.of(configuration, true, users, TIMEOUT)
                .getClientOptions()
                .orElseThrow();
        return ((ClusterClientOptions) derived).getTopologyRefreshOptions();
    }
}
