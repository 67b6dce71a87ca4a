package io.github.llmcache.context;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.engine.LoadContext;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshotFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;

/** What a task sees on another thread, and what it leaves there. */
class CarriedContextTests {

    private static final ThreadLocal<@Nullable String> TENANT = new ThreadLocal<>();

    private final List<@Nullable String> seen = new ArrayList<>();
    private final ExecutorService other = Executors.newSingleThreadExecutor();
    private final LoadContext mdc = new MdcLoadContext();
    private final LoadContext security = new SecurityLoadContext(SecurityContextHolder::getContextHolderStrategy);
    private final LoadContext snapshot = new SnapshotLoadContext(ContextSnapshotFactory.builder()
            .contextRegistry(new ContextRegistry()
                    .registerThreadLocalAccessor("tenant", TENANT)
                    .registerThreadLocalAccessor(
                            "security",
                            SecurityContextHolder::getContext,
                            SecurityContextHolder::setContext,
                            SecurityContextHolder::clearContext))
            .clearMissing(true)
            .build());

    @AfterEach
    void clean() {
        MDC.clear();
        SecurityContextHolder.clearContext();
        TENANT.remove();
        other.shutdownNow();
    }

    @Test
    void the_diagnostic_context_is_carried_as_it_was_and_leaves_the_thread_as_it_found_it() {
        MDC.put("request", "1");
        Runnable task = mdc.capture(() -> {
            seen.add(MDC.get("request"));
            MDC.put("left", "behind");
        });
        MDC.put("request", "2");

        onTheOther(() -> MDC.put("own", "kept"));
        onTheOther(task);
        onTheOther(() -> seen.add(String.valueOf(MDC.getCopyOfContextMap())));

        assertThat(seen).containsExactly("1", "{own=kept}");
        assertThat(MDC.get("request")).isEqualTo("2");
    }

    @Test
    void an_empty_diagnostic_context_is_carried_too() {
        Runnable task = mdc.capture(() -> seen.add(String.valueOf(MDC.get("own"))));

        onTheOther(() -> MDC.put("own", "kept"));
        onTheOther(task);

        assertThat(seen).containsExactly("null");
    }

    @Test
    void who_is_logged_in_is_carried_and_nobody_stays_logged_in_there() {
        login("ada");
        Runnable task = security.capture(() -> seen.add(user()));

        onTheOther(task);
        onTheOther(() -> seen.add(user()));

        assertThat(seen).containsExactly("ada", "nobody");
        assertThat(user()).isEqualTo("ada");
    }

    @Test
    void a_logout_or_another_login_of_the_caller_changes_nothing_of_the_task() {
        login("ada");
        Runnable task = security.capture(() -> seen.add(user()));
        SecurityContextHolder.getContext().setAuthentication(null);
        login("bob");

        onTheOther(task);

        assertThat(seen).containsExactly("ada");
    }

    @Test
    void where_nobody_is_logged_in_the_task_runs_as_nobody_and_leaves_who_was_there() {
        Runnable task = security.capture(() -> seen.add(user()));

        onTheOther(() -> login("carol"));
        onTheOther(task);
        onTheOther(() -> seen.add(user()));

        assertThat(seen).containsExactly("nobody", "carol");
    }

    @Test
    void what_is_registered_with_micrometer_is_carried() {
        TENANT.set("acme");
        Runnable task = snapshot.capture(() -> seen.add(TENANT.get()));
        TENANT.set("changed");

        onTheOther(task);
        onTheOther(() -> seen.add(String.valueOf(TENANT.get())));

        assertThat(seen).containsExactly("acme", "null");
    }

    @Test
    void what_is_carried_twice_is_carried_as_the_inner_one_does() {
        login("ada");
        TENANT.set("acme");
        MDC.put("request", "1");
        Runnable task = snapshot.capture(security.capture(
                mdc.capture(() -> seen.add(user() + " of " + TENANT.get() + " in " + MDC.get("request")))));
        SecurityContextHolder.getContext().setAuthentication(null);

        onTheOther(task);
        onTheOther(() -> seen.add(user() + " of " + TENANT.get() + " in " + MDC.get("request")));

        assertThat(seen).containsExactly("ada of acme in 1", "nobody of null in null");
    }

    @Test
    void a_task_that_throws_leaves_the_thread_clean_too() {
        login("ada");
        MDC.put("request", "1");
        TENANT.set("acme");
        Runnable task = snapshot.capture(security.capture(mdc.capture(() -> {
            throw new IllegalStateException("broken");
        })));

        onTheOther(() -> {
            try {
                task.run();
            } catch (IllegalStateException ex) {
                seen.add(ex.getMessage());
            }
            seen.add(user() + " of " + TENANT.get() + " in " + MDC.get("request"));
        });

        assertThat(seen).containsExactly("broken", "nobody of null in null");
    }

    private void onTheOther(Runnable task) {
        try {
            other.submit(task).get();
        } catch (Exception ex) {
            throw new AssertionError(ex);
        }
    }

    private static void login(String name) {
        SecurityContext context = SecurityContextHolder.createEmptyContext();
        context.setAuthentication(new TestingAuthenticationToken(name, "secret"));
        SecurityContextHolder.setContext(context);
    }

    private static String user() {
        Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
        return authentication == null ? "nobody" : authentication.getName();
    }
}
