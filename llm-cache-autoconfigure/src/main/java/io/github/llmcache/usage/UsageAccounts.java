package io.github.llmcache.usage;

import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The accounts of the subjects that called last, as many as may be remembered.
 *
 * <p>Thread-safe.
 */
final class UsageAccounts {

    /** How many subjects are remembered that owe nothing; ten times as many that do. */
    private static final int MOST = 10_000;

    private final ZoneId zone;
    private final Map<String, UsageAccount> accounts;

    UsageAccounts(ZoneId zone, InstantSource clock) {
        this.zone = zone;
        this.accounts = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, UsageAccount> eldest) {
                return size() > MOST && (!eldest.getValue().owes(clock.instant()) || size() > 10 * MOST);
            }
        };
    }

    /** The account of a subject, which is opened where there is none. */
    UsageAccount of(String subject) {
        synchronized (accounts) {
            return accounts.computeIfAbsent(subject, name -> new UsageAccount(zone));
        }
    }

    /** The accounts of which the store has not been told all, by their subjects. */
    Map<String, UsageAccount> owing(Instant now) {
        Map<String, UsageAccount> all;
        synchronized (accounts) {
            all = new LinkedHashMap<>(accounts);
        }
        all.values().removeIf(account -> !account.owes(now));
        return all;
    }
}
