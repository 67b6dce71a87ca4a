package io.github.llmcache.key;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Makes requests and arguments at random from a seed, from few and nasty ingredients so that near misses are many. */
final class RandomRequests {

    /** A record like {@link Other}, but for its name. */
    record One(@Nullable Object first, @Nullable Object second) {}

    /** A record like {@link One}, but for its name. */
    record Other(@Nullable Object first, @Nullable Object second) {}

    private static final String[] PIECES = {
        "a",
        "b",
        "A",
        "1",
        "0",
        " ",
        "\u0000",
        "\u00A0",
        // What stands before a text whose length is not told, so that texts can imitate their own bounds.
        "s\u0000\u0000\u0000\u0000",
        "s",
        "n",
        "g",
        "ab",
        "é",
        "e\u0301",
        "İ",
        "Σ",
        "\uD83D\uDE00",
        "\uD83D",
        "\uDE00",
        "\uFFFD",
        "\uFFFF",
        "\u0080",
        "\u07FF",
        "\u0800",
        "list",
        "null",
        ",",
        ":",
        "[",
        "\"",
        "\\"
    };

    private final Random random;

    RandomRequests(long seed) {
        this.random = new Random(seed);
    }

    PromptRequest request() {
        List<@Nullable Object> arguments = new ArrayList<>();
        int count = random.nextInt(4);
        for (int i = 0; i < count; i++) {
            arguments.add(value(3));
        }
        return new PromptRequest(
                text(),
                text(),
                text(),
                random.nextBoolean() ? List.of() : List.of(text(), text()),
                textOrNull(),
                textOrNull(),
                textOrNull(),
                textOrNull(),
                textOrNull(),
                arguments,
                null);
    }

    /** The request with one component changed, the others as they are; component 10 is the prompt, which is no part. */
    PromptRequest mutate(PromptRequest request, int component) {
        return new PromptRequest(
                component == 0 ? otherThan(request.cache()) : request.cache(),
                component == 1 ? otherThan(request.method()) : request.method(),
                component == 2 ? otherThan(request.returnShape()) : request.returnShape(),
                component == 3 ? otherThan(request.templates()) : request.templates(),
                component == 4 ? otherOrNull(request.model()) : request.model(),
                component == 5 ? otherOrNull(request.modelVersion()) : request.modelVersion(),
                component == 6 ? otherOrNull(request.templateVersion()) : request.templateVersion(),
                component == 7 ? otherOrNull(request.cacheVersion()) : request.cacheVersion(),
                component == 8 ? otherOrNull(request.scope()) : request.scope(),
                component == 9 ? otherArguments(request.arguments()) : request.arguments(),
                request.prompt());
    }

    String text() {
        StringBuilder text = new StringBuilder();
        int pieces = random.nextInt(4);
        for (int i = 0; i < pieces; i++) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }

    private @Nullable String textOrNull() {
        return random.nextInt(4) == 0 ? null : text();
    }

    @Nullable
    Object value(int depth) {
        int kind = random.nextInt(depth > 0 ? 30 : 20);
        int small = random.nextInt(3);
        return switch (kind) {
            case 0 -> null;
            case 1 -> small;
            case 2 -> (long) small;
            case 3 -> (short) small;
            case 4 -> (byte) small;
            case 5 -> (double) small;
            case 6 -> (float) small;
            case 7 -> BigDecimal.valueOf(small, random.nextInt(3));
            case 8 -> BigInteger.valueOf(small);
            case 9 -> (char) ('0' + small);
            case 10 -> random.nextBoolean();
            case 11 -> random.nextBoolean() ? TimeUnit.DAYS : DayOfWeek.MONDAY;
            case 12 -> LocalDate.ofEpochDay(small);
            case 13 -> Instant.ofEpochSecond(small);
            case 14 -> new UUID(0, small);
            case 15 -> Duration.ofNanos(small);
            case 16 -> new Locale("de", small == 0 ? "" : "DE");
            case 17 -> new byte[] {(byte) small};
            case 18 -> Instant.ofEpochSecond(small).atZone(ZoneId.of(small == 1 ? "Z" : "UTC"));
            case 20 -> list(depth);
            case 21 -> new LinkedHashSet<>(list(depth));
            case 22 -> list(depth).toArray();
            case 23 -> new int[] {small, random.nextInt(2)};
            case 24 -> map(depth);
            case 25 -> new One(value(depth - 1), value(depth - 1));
            case 26 -> new Other(value(depth - 1), value(depth - 1));
            case 27 -> Optional.ofNullable(value(depth - 1));
            case 28 -> new long[] {small, random.nextInt(2)};
            case 29 -> new ArrayDeque<>(List.of(small, text()));
            default -> text();
        };
    }

    private List<@Nullable Object> list(int depth) {
        List<@Nullable Object> list = new ArrayList<>();
        int size = random.nextInt(3);
        for (int i = 0; i < size; i++) {
            list.add(value(depth - 1));
        }
        return list;
    }

    private Map<@Nullable Object, @Nullable Object> map(int depth) {
        Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
        int size = random.nextInt(3);
        for (int i = 0; i < size; i++) {
            map.put(value(0), value(depth - 1));
        }
        return map;
    }

    private String otherThan(String text) {
        int at = random.nextInt(text.length() + 1);
        return switch (random.nextInt(text.isEmpty() ? 1 : 4)) {
            case 0 -> text.substring(0, at) + PIECES[random.nextInt(PIECES.length)] + text.substring(at);
            case 1 -> text.substring(0, text.length() - 1);
            case 2 -> text + text;
            default -> (char) (text.charAt(0) ^ 1) + text.substring(1);
        };
    }

    private @Nullable String otherOrNull(@Nullable String text) {
        if (text == null) {
            return random.nextBoolean() ? "" : text();
        }
        return random.nextInt(3) == 0 ? null : otherThan(text);
    }

    private List<String> otherThan(List<String> texts) {
        List<String> others = new ArrayList<>(texts);
        if (others.isEmpty() || random.nextInt(3) == 0) {
            others.add(random.nextInt(others.size() + 1), "");
            if (others.equals(texts)) {
                others.add("x");
            }
        } else if (random.nextBoolean()) {
            others.remove(random.nextInt(others.size()));
        } else {
            int at = random.nextInt(others.size());
            others.set(at, otherThan(others.get(at)));
        }
        return others;
    }

    private List<@Nullable Object> otherArguments(List<@Nullable Object> arguments) {
        List<@Nullable Object> others = new ArrayList<>(arguments);
        int at = random.nextInt(others.size() + 1);
        if (at == others.size()) {
            others.add(random.nextBoolean() ? null : value(1));
        } else if (random.nextInt(4) == 0) {
            others.remove(others.size() - 1);
        } else {
            others.set(at, otherValue(others.get(at)));
        }
        return others;
    }

    /** A value that differs from the given one in the least way, often in its type alone. */
    @Nullable
    Object otherValue(@Nullable Object value) {
        if (value == null) {
            return switch (random.nextInt(4)) {
                case 0 -> "";
                case 1 -> Optional.empty();
                case 2 -> List.of();
                default -> "null";
            };
        }
        if (value instanceof String text) {
            return switch (random.nextInt(5)) {
                case 0 -> List.of(text);
                case 1 -> Optional.of(text);
                case 2 -> text.toCharArray();
                case 3 ->
                    text.isEmpty()
                            ? null
                            : new StringBuilder(text).append('\u0000').toString();
                default -> otherThan(text);
            };
        }
        if (value instanceof Integer number) {
            return switch (random.nextInt(5)) {
                case 0 -> (long) number;
                case 1 -> number.toString();
                case 2 -> (double) number;
                case 3 -> BigInteger.valueOf(number);
                default -> number + 1;
            };
        }
        if (value instanceof BigDecimal number) {
            return number.setScale(number.scale() + 1);
        }
        if (value instanceof Double number) {
            return random.nextBoolean() && number == 0 ? (Object) (-number) : (Object) number.floatValue();
        }
        if (value instanceof One one) {
            return switch (random.nextInt(3)) {
                case 0 -> new Other(one.first(), one.second());
                case 1 -> new One(one.first(), otherValue(one.second()));
                default -> Arrays.asList(one.first(), one.second());
            };
        }
        if (value instanceof List<?> list) {
            return switch (random.nextInt(4)) {
                case 0 -> new LinkedHashSet<>(list);
                case 1 -> list.toArray();
                case 2 -> new ArrayDeque<>(List.of(list));
                default -> List.of(list);
            };
        }
        if (value instanceof Set<?> set) {
            return random.nextBoolean() ? new ArrayList<>(set) : Set.of(set);
        }
        if (value instanceof int[] numbers) {
            return switch (random.nextInt(3)) {
                case 0 -> new long[] {numbers[0], numbers[1]};
                case 1 -> new Integer[] {numbers[0], numbers[1]};
                default -> List.of(numbers[0], numbers[1]);
            };
        }
        if (value instanceof Instant instant) {
            return random.nextBoolean() ? instant.toString() : instant.plusNanos(1);
        }
        if (value instanceof ZonedDateTime time) {
            return random.nextBoolean() ? time.toInstant() : time.toOffsetDateTime();
        }
        if (value instanceof Enum<?> constant) {
            return constant.name();
        }
        return random.nextBoolean() ? List.of(value) : Optional.of(value);
    }
}
