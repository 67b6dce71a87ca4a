package io.github.llmcache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.testing.RealRedis;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;

/** Answers that are stored in several steps, one of which goes wrong. */
class EntryStoreTests {

    private final RealRedis redis = RealRedis.shared();

    @Test
    void a_write_that_was_given_up_here_but_done_there_is_taken_back() {
        try (Jvm one = new Jvm(
                        Clients.LETTUCE.factory(new RedisStandaloneConfiguration("127.0.0.1", redis.port())),
                        Duration.ofSeconds(30));
                GivesUp connection = new GivesUp(one.connection)) {
            EntryStore store = new EntryStore(connection, one.keys);
            EntryPlace place = new KeyPlace("prompt:why");
            byte[] lease = RedisKeys.bytes(one.keys.lease("prompt:why"));
            byte[] token = RedisKeys.bytes("token");
            for (Hold hold : List.of(Hold.NONE, new Hold.Exclusive(connection, place, lease, token, token))) {
                redis.commands().set(one.keys.lease("prompt:why"), "token");
                connection.stood = false;

                CompletableFuture<Boolean> stored = store.store(
                        new LeasedEntry("prompt", place, Generations.UNGUARDED), hold, Jvm.entry("why"), Jvm.TTL);

                assertThat(stored)
                        .failsWithin(Duration.ofSeconds(10))
                        .withThrowableThat()
                        .withRootCauseInstanceOf(TimeoutException.class);
                assertThat(connection.stood).isTrue();
                await().until(() -> !one.has("why"));
            }
        }
    }

    /** A connection on which entries are written, and their writers are told that nothing was answered in time. */
    private static final class GivesUp extends CacheConnection {

        private final CacheConnection connection;
        private final EntryCommands commands;
        private volatile boolean stood;

        GivesUp(CacheConnection connection) {
            super("a test", connection.timeout(), Clock.systemUTC());
            this.connection = connection;
            InvocationHandler handler = (proxy, method, arguments) -> {
                if (method.getName().equals("spansKeys")) {
                    return false;
                }
                Object reply;
                try {
                    reply = method.invoke(connection.commands(), arguments);
                } catch (InvocationTargetException ex) {
                    throw ex.getCause();
                }
                boolean writes = method.getName().equals("set")
                        || method.getName().equals("run") && arguments[0] == Script.STORE;
                return writes
                        ? ((CompletableFuture<?>) reply).thenCompose(done -> {
                            stood = true;
                            return CompletableFuture.failedFuture(new TimeoutException());
                        })
                        : reply;
            };
            this.commands = (EntryCommands)
                    Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {EntryCommands.class}, handler);
        }

        @Override
        public RedisConnectionFactory factory() {
            return connection.factory();
        }

        @Override
        EntryCommands commands() {
            return commands;
        }

        @Override
        KeyScanner scanner() {
            return connection.scanner();
        }

        @Override
        void disconnect() {}
    }
}
