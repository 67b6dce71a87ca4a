package io.github.llmcache.redis;

import io.lettuce.core.resource.ClientResources;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** A connection factory of the cache's own, made after the user's, and the resources of its client. */
final class DerivedLettuce implements AutoCloseable {

    private final LettuceConnectionFactory factory;
    private final ClientResources resources;
    private final List<ClientResources> owned;

    private DerivedLettuce(LettuceConnectionFactory factory, ClientResources resources, List<ClientResources> owned) {
        this.factory = factory;
        this.resources = resources;
        this.owned = owned;
    }

    /** Makes it, without connecting. */
    static DerivedLettuce from(LettuceClientConfiguration users, RedisConfiguration servers, Duration timeout) {
        List<ClientResources> owned = new ArrayList<>();
        try {
            ClientResources shared = users.getClientResources().orElseGet(() -> {
                ClientResources created = ClientResources.create();
                owned.add(created);
                return created;
            });
            ClientResources resources = DerivedLettuceConfiguration.reconnectingQuickly(shared, timeout);
            owned.add(0, resources);
            boolean cluster = servers instanceof RedisClusterConfiguration;
            LettuceConnectionFactory factory =
                    factory(servers, DerivedLettuceConfiguration.of(users, cluster, resources, timeout));
            factory.setShareNativeConnection(true);
            factory.afterPropertiesSet();
            factory.start();
            return new DerivedLettuce(factory, resources, owned);
        } catch (RuntimeException | LinkageError ex) {
            // It is tried again and again, and each time would leave threads behind.
            shutDown(owned);
            throw ex;
        }
    }

    static LettuceConnectionFactory factory(RedisConfiguration servers, DerivedLettuceConfiguration client) {
        if (servers instanceof RedisStandaloneConfiguration standalone) {
            return new LettuceConnectionFactory(standalone, client);
        }
        if (servers instanceof RedisClusterConfiguration cluster) {
            return new LettuceConnectionFactory(cluster, client);
        }
        if (servers instanceof RedisSentinelConfiguration sentinel) {
            return new LettuceConnectionFactory(sentinel, client);
        }
        return new LettuceConnectionFactory(servers, client);
    }

    LettuceConnectionFactory factory() {
        return factory;
    }

    ClientResources resources() {
        return resources;
    }

    @Override
    public void close() {
        factory.destroy();
        shutDown(owned);
    }

    private static void shutDown(List<ClientResources> owned) {
        for (ClientResources resources : owned) {
            resources.shutdown(0, 1, TimeUnit.SECONDS);
        }
    }
}
