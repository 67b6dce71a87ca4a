package io.github.llmcache.sample.web;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How long the model took, for each of the last questions and in the mean; not thread-safe. */
class LoadTimes {

    private static final int REMEMBERED = 1000;

    private final Map<String, Long> last = new LinkedHashMap<>(16, 0.75f, true) {

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > REMEMBERED;
        }
    };

    private long loads;
    private long nanos;

    void add(@Nullable String digest, long loadNanos) {
        loads++;
        nanos += loadNanos;
        if (digest != null) {
            last.put(digest, loadNanos);
        }
    }

    /** The last time for a question, or the mean time, or 0 where nothing is known. */
    long of(@Nullable String digest) {
        Long measured = digest == null ? null : last.get(digest);
        if (measured != null) {
            return measured;
        }
        return loads == 0 ? 0 : nanos / loads;
    }
}
