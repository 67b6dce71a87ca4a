package io.github.llmcache.testing;

import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The rights that {@code docs/operations.md} names, a right a feature: in bold the feature's name, the names of the features
 * that it takes after the word "needs", and in a block the line for {@code redis-cli}.
 */
public final class DocumentedRights {

    /** The user of all lines. */
    public static final String USER = "shop";

    /** The user's password in the documentation. */
    public static final String PASSWORD = "CHANGE-ME";

    /** What stands before all keys. */
    public static final String PREFIX = "shop:";

    private static final Pattern FEATURE = Pattern.compile(
            "^\\*\\*`([a-z-]+)`\\*\\*((?:(?!^\\*\\*`).)*?)^```\\nACL SETUSER shop ([^\\n]+)\\n```",
            Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern NEEDS = Pattern.compile("needs ((?:`[a-z-]+`(?:, | and )?)+)");
    private static final Pattern NAME = Pattern.compile("`([a-z-]+)`");

    private final Map<String, List<String>> rules = new LinkedHashMap<>();
    private final Map<String, List<String>> needs = new LinkedHashMap<>();

    private DocumentedRights(String document) {
        Matcher features = FEATURE.matcher(document);
        while (features.find()) {
            rules.put(features.group(1), Arrays.asList(features.group(3).split(" ")));
            List<String> needed = new ArrayList<>();
            Matcher sentence = NEEDS.matcher(features.group(2).replace('\n', ' '));
            if (sentence.find()) {
                Matcher names = NAME.matcher(sentence.group(1));
                while (names.find()) {
                    needed.add(names.group(1));
                }
            }
            needs.put(features.group(1), needed);
        }
    }

    /** Reads the documentation. */
    public static DocumentedRights read() {
        try {
            return new DocumentedRights(
                    Files.readString(Path.of("..", "docs", "operations.md"), StandardCharsets.UTF_8));
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** The names of all features. */
    public Set<String> features() {
        return rules.keySet();
    }

    /** The commands of a feature's own line, in lower case. */
    public Set<String> commandsOf(String feature) {
        return startingWith(feature, "+");
    }

    /** The patterns of keys of a feature's own line. */
    public Set<String> keysOf(String feature) {
        return startingWith(feature, "~");
    }

    /** The channels of a feature's own line. */
    public Set<String> channelsOf(String feature) {
        return startingWith(feature, "&");
    }

    private Set<String> startingWith(String feature, String sign) {
        Set<String> found = new LinkedHashSet<>();
        for (String rule : rulesOf(feature)) {
            if (rule.startsWith(sign)) {
                found.add(rule.substring(1));
            }
        }
        return found;
    }

    /** A feature, after all that it needs. */
    public Set<String> withNeeds(String feature) {
        Set<String> all = new LinkedHashSet<>();
        for (String needed : needs.getOrDefault(feature, List.of())) {
            all.addAll(withNeeds(needed));
        }
        all.add(feature);
        return all;
    }

    /** Sends the lines of features, in their order. */
    public void grant(RedisCommands<String, String> redis, Iterable<String> features) {
        for (String feature : features) {
            setUser(redis, rulesOf(feature));
        }
    }

    /** Sends a line of the same user with other rules. */
    public static void setUser(RedisCommands<String, String> redis, List<String> rules) {
        CommandArgs<String, String> line =
                new CommandArgs<>(StringCodec.UTF8).add("SETUSER").add(USER);
        rules.forEach(line::add);
        redis.dispatch(CommandType.ACL, new StatusOutput<>(StringCodec.UTF8), line);
    }

    private List<String> rulesOf(String feature) {
        List<String> found = rules.get(feature);
        if (found == null) {
            throw new IllegalArgumentException("The documentation has no rights of " + feature);
        }
        return found;
    }
}
