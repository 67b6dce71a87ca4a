package io.github.llmcache.redis;

import io.github.llmcache.event.CacheStatistics.Snapshot;
import io.github.llmcache.event.CostTotals;
import io.github.llmcache.event.ModelCalls;
import io.github.llmcache.event.ModelCosts;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Writes counts as the fields of a hash, for people to read, and reads them; names of tiers and models stand last. */
final class StatisticsFields {

    private static final String MODEL = "model-";

    private static final List<String> COUNTS_OF_MODELS =
            List.of(MODEL + "stale:", MODEL + "coalesced:", MODEL + "misses:", MODEL + "loads:");
    private static final String HITS_OF_MODEL = MODEL + "hits:";
    private static final String HITS_OF = "hits:";
    private static final String PROMPTS = "prompts";
    private static final String SAVED = "saved";
    private static final String SPENT = "spent";

    private StatisticsFields() {}

    /** All counts that are not zero. */
    static Map<String, Long> of(Snapshot counts) {
        Map<String, Long> fields = new LinkedHashMap<>();
        fields.put("hits", counts.hits());
        counts.hitsByTier().forEach((tier, hits) -> fields.put(HITS_OF + tier, hits));
        fields.put("stale", counts.stale());
        fields.put("stale-if-error", counts.staleIfError());
        fields.put("coalesced", counts.coalesced());
        fields.put("misses", counts.misses());
        fields.put("bypasses", counts.bypasses());
        fields.put("refused", counts.refused());
        fields.put("errors", counts.errors());
        fields.put("refreshes", counts.refreshes());
        fields.put("failed-refreshes", counts.failedRefreshes());
        fields.put("tier-failures", counts.tierFailures());
        fields.put("rejected", counts.rejected());
        fields.put("loads", counts.loads());
        fields.put("load-millis", counts.loadTime().toMillis());
        counts.models().forEach((model, costs) -> {
            put(fields, SAVED, model, costs.saved());
            put(fields, SPENT, model, costs.spent());
        });
        counts.calls().forEach((model, calls) -> {
            calls.hitsByTier().forEach((tier, hits) -> fields.put(HITS_OF_MODEL + segment(tier) + ":" + model, hits));
            fields.put(MODEL + "stale:" + model, calls.stale());
            fields.put(MODEL + "coalesced:" + model, calls.coalesced());
            fields.put(MODEL + "misses:" + model, calls.misses());
            fields.put(MODEL + "loads:" + model, calls.loads());
            fields.put(MODEL + "load-millis:" + model, calls.loadTime().toMillis());
        });
        fields.values().removeIf(count -> count == 0);
        return fields;
    }

    /** Adds how many calls there were whose digests Redis knows. */
    static void putPrompts(Map<String, Long> fields, long calls) {
        if (calls > 0) {
            fields.put(PROMPTS, calls);
        }
    }

    /** How many calls there were whose digests Redis knows. */
    static long prompts(Map<String, Long> fields) {
        return count(fields, PROMPTS);
    }

    private static void put(Map<String, Long> fields, String kind, String model, CostTotals totals) {
        long[] counts = {
            totals.inputTokens(), totals.outputTokens(), totals.nanos(), totals.withoutTokens(), totals.withoutPrice()
        };
        String[] beginnings = beginnings(kind);
        for (int i = 0; i < counts.length; i++) {
            fields.put(beginnings[i] + model, counts[i]);
        }
    }

    /** The counts that fields say; those of other releases are passed over. */
    static Snapshot read(Map<String, Long> fields) {
        Map<String, Long> tiers = new TreeMap<>();
        TreeSet<String> models = new TreeSet<>();
        fields.forEach((field, value) -> {
            if (field.startsWith(HITS_OF)) {
                tiers.put(field.substring(HITS_OF.length()), value);
            }
            int tier = tierEnd(field);
            if (tier >= 0) {
                models.add(field.substring(tier + 1));
            }
            for (String count : COUNTS_OF_MODELS) {
                if (field.startsWith(count)) {
                    models.add(field.substring(count.length()));
                }
            }
            for (String kind : new String[] {SAVED, SPENT}) {
                for (String beginning : beginnings(kind)) {
                    if (field.startsWith(beginning)) {
                        models.add(field.substring(beginning.length()));
                    }
                }
            }
        });
        Map<String, ModelCosts> costs = new TreeMap<>();
        models.forEach(
                model -> costs.put(model, new ModelCosts(totals(fields, SAVED, model), totals(fields, SPENT, model))));
        Map<String, ModelCalls> calls = new TreeMap<>();
        models.forEach(model -> calls.put(model, calls(fields, model)));
        return new Snapshot(
                count(fields, "hits"),
                tiers,
                count(fields, "stale"),
                count(fields, "stale-if-error"),
                count(fields, "coalesced"),
                count(fields, "misses"),
                count(fields, "bypasses"),
                count(fields, "refused"),
                count(fields, "errors"),
                count(fields, "refreshes"),
                count(fields, "failed-refreshes"),
                count(fields, "tier-failures"),
                count(fields, "rejected"),
                count(fields, "loads"),
                Duration.ofMillis(count(fields, "load-millis")),
                costs,
                calls);
    }

    private static ModelCalls calls(Map<String, Long> fields, String model) {
        Map<String, Long> tiers = new TreeMap<>();
        fields.forEach((field, count) -> {
            int tier = tierEnd(field);
            if (tier >= 0 && field.substring(tier + 1).equals(model)) {
                tiers.put(field.substring(HITS_OF_MODEL.length(), tier), count);
            }
        });
        return new ModelCalls(
                tiers,
                count(fields, MODEL + "stale:" + model),
                count(fields, MODEL + "coalesced:" + model),
                count(fields, MODEL + "misses:" + model),
                count(fields, MODEL + "loads:" + model),
                Duration.ofMillis(count(fields, MODEL + "load-millis:" + model)));
    }

    /** Where the name of the tier ends, if the field is the hits of a model, and else -1. */
    private static int tierEnd(String field) {
        return field.startsWith(HITS_OF_MODEL) ? field.indexOf(':', HITS_OF_MODEL.length()) : -1;
    }

    /** Names of models may have colons, so those of tiers may not. */
    private static String segment(String tier) {
        return tier.replace(':', '_');
    }

    private static CostTotals totals(Map<String, Long> fields, String kind, String model) {
        String[] beginnings = beginnings(kind);
        return CostTotals.of(
                count(fields, beginnings[0] + model),
                count(fields, beginnings[1] + model),
                count(fields, beginnings[2] + model),
                count(fields, beginnings[3] + model),
                count(fields, beginnings[4] + model));
    }

    private static String[] beginnings(String kind) {
        return new String[] {
            "tokens-" + kind + ":input:",
            "tokens-" + kind + ":output:",
            "cost-" + kind + "-nanos:",
            kind + "-without-tokens:",
            kind + "-without-price:"
        };
    }

    private static long count(Map<String, Long> fields, String field) {
        return fields.getOrDefault(field, 0L);
    }
}
