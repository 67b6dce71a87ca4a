package io.github.llmcache.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.Year;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.chrono.ThaiBuddhistDate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.Collections;
import java.util.Currency;
import java.util.Date;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CanonicalKeyTests {

    private final CanonicalKeyGenerator keys = new CanonicalKeyGenerator(new ArgumentEncoding(List.of()));

    enum Tone {
        PLAIN,
        WITH_BODY {
            @Override
            public String toString() {
                return "PLAIN";
            }
        }
    }

    enum Mood {
        PLAIN
    }

    record Empty() {}

    record AlsoEmpty() {}

    record Pair(@Nullable String left, @Nullable String right) {}

    record Generic<T>(T value) {}

    record Discreet(String secret) {

        @Override
        public String secret() {
            return "nothing";
        }
    }

    record Holder(List<@Nullable Object> held) {}

    /** A type that only an encoder of the application knows. */
    static final class Celsius {

        private final String degrees;

        Celsius(String degrees) {
            this.degrees = degrees;
        }
    }

    /** Another such type, whose values look the same. */
    static final class Fahrenheit {}

    @Test
    void two_requests_that_differ_in_one_thing_never_share_a_key() {
        for (int seed = 0; seed < 3_000; seed++) {
            RandomRequests random = new RandomRequests(seed);
            PromptRequest request = random.request();
            byte[] bytes = keys.canonical(request);
            String digest = keys.generate(request).digest();
            for (int component = 0; component < 10; component++) {
                PromptRequest other = random.mutate(request, component);

                assertThat(keys.canonical(other))
                        .as("seed %d, component %d", seed, component)
                        .isNotEqualTo(bytes);
                assertThat(keys.generate(other).digest())
                        .as("seed %d, component %d", seed, component)
                        .isNotEqualTo(digest);
            }
        }
    }

    @Test
    void values_with_the_same_bytes_are_the_same_values() {
        Map<String, Object> seen = new HashMap<>();
        for (int seed = 0; seed < 60_000; seed++) {
            Object value = new RandomRequests(seed).value(3);
            String bytes = new String(bytesOf(value), StandardCharsets.ISO_8859_1);
            Object node = nodeOf(value);
            Object before = seen.putIfAbsent(bytes, node);
            assertThat(before == null || before.equals(node))
                    .as("seed %d: %s and %s", seed, before, node)
                    .isTrue();
        }
        assertThat(seen.size()).isGreaterThan(5_000);
    }

    /** What a value is, as Java's own lists, sets and maps can compare it. */
    private static Object nodeOf(@Nullable Object value) {
        if (value == null) {
            return "null";
        } else if (value instanceof List<?> list) {
            return List.of("list", list.stream().map(CanonicalKeyTests::nodeOf).toList());
        } else if (value instanceof Set<?> set) {
            return List.of("set", multiset(set.stream().map(CanonicalKeyTests::nodeOf)));
        } else if (value instanceof Collection<?> queue) {
            return List.of(
                    "queue", queue.stream().map(CanonicalKeyTests::nodeOf).toList());
        } else if (value instanceof Map<?, ?> map) {
            return List.of(
                    "map",
                    multiset(map.entrySet().stream()
                            .map(entry -> List.of(nodeOf(entry.getKey()), nodeOf(entry.getValue())))));
        } else if (value instanceof Object[] array) {
            return List.of(
                    "array", Stream.of(array).map(CanonicalKeyTests::nodeOf).toList());
        } else if (value instanceof int[] array) {
            return List.of("ints", Arrays.toString(array));
        } else if (value instanceof long[] array) {
            return List.of("longs", Arrays.toString(array));
        } else if (value instanceof byte[] array) {
            return List.of("bytes", Arrays.toString(array));
        } else if (value instanceof Optional<?> optional) {
            return List.of("optional", nodeOf(optional.orElse(null)));
        } else if (value instanceof RandomRequests.One one) {
            return List.of("one", nodeOf(one.first()), nodeOf(one.second()));
        } else if (value instanceof RandomRequests.Other other) {
            return List.of("other", nodeOf(other.first()), nodeOf(other.second()));
        }
        return List.of(value.getClass(), value);
    }

    private static Map<Object, Integer> multiset(Stream<?> elements) {
        Map<Object, Integer> counts = new HashMap<>();
        elements.forEach(element -> counts.merge(element, 1, Integer::sum));
        return counts;
    }

    @Test
    void values_that_look_alike_have_different_bytes() throws Exception {
        List<@Nullable Object> values = new ArrayList<>(List.of(
                "",
                "null",
                "1",
                "a",
                "A",
                "é",
                "e\u0301",
                "\u0000",
                "\u0000\u0000",
                "\uD83D",
                "\uDE00",
                "\uD83D\uDE00",
                "\uDE00\uD83D",
                "\uFFFD",
                "?",
                "Å",
                "\u212B",
                "ß",
                "ss",
                " a",
                "a ",
                "a\u00A0",
                "a\u200B",
                "\u200Ba"));
        values.addAll(List.of(
                1,
                1L,
                (short) 1,
                (byte) 1,
                1.0,
                1.0f,
                '1',
                BigInteger.ONE,
                BigDecimal.ONE,
                new BigDecimal("1.0"),
                new BigDecimal("1.00"),
                new BigDecimal("10"),
                new BigDecimal("1E+1"),
                0.0,
                -0.0,
                0.0f,
                -0.0f,
                Double.MIN_VALUE,
                Double.NaN,
                Double.POSITIVE_INFINITY,
                Float.NaN,
                true,
                false,
                "true",
                Boolean.class.getName()));
        values.addAll(List.of(
                Tone.PLAIN,
                Tone.WITH_BODY,
                Mood.PLAIN,
                "PLAIN",
                TimeUnit.DAYS,
                new Empty(),
                new AlsoEmpty(),
                new Pair("ab", "c"),
                new Pair("a", "bc"),
                new Pair("abc", null),
                new Pair(null, "abc"),
                new Pair("abc", ""),
                new Generic<>("a"),
                new Generic<>(1),
                new Generic<>(List.of("a"))));
        values.addAll(List.of(
                List.of(),
                Set.of(),
                Map.of(),
                new Object[0],
                new String[0],
                new int[0],
                new byte[0],
                new char[0],
                new int[0][0],
                new ArrayDeque<>(),
                Optional.empty(),
                OptionalInt.empty(),
                OptionalLong.empty()));
        values.addAll(List.of(
                List.of("a"),
                Set.of("a"),
                new Object[] {"a"},
                new String[] {"a"},
                new ArrayDeque<>(List.of("a")),
                Optional.of("a"),
                List.of(List.of("a")),
                List.of(Set.of("a")),
                List.of("a", "a"),
                List.of("a", "b"),
                List.of("b", "a"),
                List.of("ab"),
                List.of("a", ""),
                List.of("", "a"),
                List.of(List.of("a"), "b"),
                List.of("a", List.of("b")),
                List.of(List.of("a", "b")),
                List.of(List.of(), List.of()),
                List.of(List.of(List.of())),
                Arrays.asList("a", null),
                Arrays.asList(null, "a"),
                Collections.singletonList(null)));
        values.addAll(List.of(
                Map.of("a", "b"),
                Map.of("b", "a"),
                Map.of("a", Map.of("b", "c")),
                Map.of("ab", ""),
                Map.of("", "ab"),
                Collections.singletonMap("a", null),
                Map.of("a", "null"),
                Map.of(1, "a"),
                Map.of("1", "a"),
                Set.of(Map.of("a", "b")),
                List.of(Map.of("a", "b")),
                Map.of(List.of("a"), "b"),
                Map.of("a", List.of("b"))));
        values.addAll(List.of(
                new int[] {1},
                new long[] {1},
                new Integer[] {1},
                new short[] {1},
                new byte[] {1},
                new char[] {1},
                new boolean[] {true},
                new double[] {1},
                new float[] {1},
                new int[][] {{1}},
                new int[][] {{1}, {}},
                new byte[][] {{1}},
                new Object[] {new int[] {1}},
                OptionalInt.of(1),
                OptionalLong.of(1)));
        values.addAll(List.of(
                LocalDate.EPOCH,
                LocalDate.EPOCH.atStartOfDay(),
                Instant.EPOCH,
                Instant.EPOCH.toString(),
                new Date(0),
                OffsetDateTime.ofInstant(Instant.EPOCH, ZoneOffset.UTC),
                ZonedDateTime.ofInstant(Instant.EPOCH, ZoneOffset.UTC),
                ZonedDateTime.ofInstant(Instant.EPOCH, ZoneId.of("UTC")),
                ZoneId.of("UTC"),
                ZoneOffset.UTC,
                LocalDateTime.MAX,
                Year.of(1970),
                Period.ofDays(7),
                Period.ofMonths(1),
                ThaiBuddhistDate.from(LocalDate.EPOCH),
                new UUID(0, 0),
                new UUID(0, 0).toString(),
                URI.create("a"),
                URI.create("http://a").toURL(),
                URI.create("http://a"),
                Currency.getInstance("EUR"),
                "EUR"));
        values.addAll(List.of(
                Locale.ROOT,
                Locale.GERMAN,
                Locale.GERMANY,
                new Locale("", "", "!!"),
                new Locale("", "", "??"),
                new Locale("", "DE"),
                new Locale("de", "", "x"),
                Locale.forLanguageTag("zh-Hant"),
                Locale.forLanguageTag("zh-Hans"),
                Locale.forLanguageTag("de-u-co-phonebk")));
        values.add(null);

        Map<String, Integer> seen = new HashMap<>();
        for (int i = 0; i < values.size(); i++) {
            Integer before = seen.put(new String(bytesOf(values.get(i)), StandardCharsets.ISO_8859_1), i);
            assertThat(before)
                    .as("%s and %s", values.get(i), before == null ? "nothing" : values.get(before))
                    .isNull();
        }
    }

    @Test
    void text_that_moves_from_one_component_to_its_neighbour_changes_the_key() {
        Set<String> digests = new HashSet<>();
        String bound = "s\u0000\u0000\u0000\u0000";
        List<String> moved = List.of("xy", "x", "", "xyz", "xy\u0000", "x", "x" + bound + "y");
        List<String> rests = List.of("z", "yz", "xyz", "", "\u0000z", "y" + bound + "z", "z");
        for (int component = 0; component < 9; component++) {
            for (int i = 0; i < moved.size(); i++) {
                digests.add(keys.generate(neighbours(component, moved.get(i), rests.get(i)))
                        .digest());
            }
        }
        assertThat(digests).hasSize(9 * moved.size());
    }

    private static PromptRequest neighbours(int first, String one, String other) {
        String[] texts = new String[10];
        Arrays.fill(texts, "filler");
        texts[first] = one;
        texts[first + 1] = other;
        return new PromptRequest(
                texts[0],
                texts[1],
                texts[2],
                List.of(texts[3]),
                texts[4],
                texts[5],
                texts[6],
                texts[7],
                texts[8],
                List.of(texts[9]),
                null);
    }

    @Test
    void long_texts_that_differ_in_their_last_character_have_different_keys() {
        String text = "long ".repeat(200_000);

        assertThat(digestOf(text + "a"))
                .isNotEqualTo(digestOf(text + "b"))
                .isNotEqualTo(digestOf(text))
                .isEqualTo(digestOf(text + "a"));
    }

    @Test
    void the_prompt_that_people_read_is_no_part_of_the_key() {
        PromptRequest request = requestOf("question");

        assertThat(keys.generate(request).prompt()).isEqualTo("shown");
        assertThat(keys.generate(new RandomRequests(1).mutate(request, 10)).digest())
                .isEqualTo(keys.generate(request).digest());
    }

    @Test
    void equal_maps_and_sets_that_keep_no_order_share_a_key() {
        for (int seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            Map<String, Object> map = new LinkedHashMap<>();
            for (int i = 0; i < 20; i++) {
                map.put(new RandomRequests(random.nextInt()).text() + i, random.nextInt(5));
            }
            List<String> order = new ArrayList<>(map.keySet());
            Collections.shuffle(order, random);
            Map<String, Object> shuffled = new LinkedHashMap<>();
            order.forEach(key -> shuffled.put(key, map.get(key)));

            assertThat(Stream.of(
                                    new HashMap<>(map),
                                    new HashMap<>(shuffled),
                                    new ConcurrentHashMap<>(map),
                                    Map.copyOf(map))
                            .map(this::digestOf))
                    .as("seed %d", seed)
                    .containsOnly(digestOf(new HashMap<>(map)));
            assertThat(Stream.of(new HashSet<>(order), Set.copyOf(order), new HashMap<>(map).keySet())
                            .map(this::digestOf))
                    .as("seed %d", seed)
                    .containsOnly(digestOf(new HashSet<>(order)));
            assertThat(Stream.of(new TreeMap<>(map), new ConcurrentSkipListMap<>(shuffled), new TreeMap<>(shuffled))
                            .map(this::digestOf))
                    .as("seed %d", seed)
                    .containsOnly(digestOf(new TreeMap<>(map)));
            assertThat(Stream.of(order, new LinkedList<>(order), List.copyOf(order), Arrays.asList(order.toArray()))
                            .map(this::digestOf))
                    .as("seed %d", seed)
                    .containsOnly(digestOf(order));
        }
        assertThat(digestOf(EnumSet.of(Tone.WITH_BODY, Tone.PLAIN)))
                .isEqualTo(digestOf(EnumSet.of(Tone.PLAIN, Tone.WITH_BODY)));
    }

    @Test
    void an_order_that_a_map_or_a_set_keeps_counts() {
        Map<String, Integer> map = new LinkedHashMap<>();
        map.put("a", 1);
        map.put("b", 2);
        Map<String, Integer> turned = new LinkedHashMap<>();
        turned.put("b", 2);
        turned.put("a", 1);

        assertThat(digestOf(turned)).isNotEqualTo(digestOf(map));
        assertThat(digestOf(Collections.unmodifiableMap(turned)))
                .isNotEqualTo(digestOf(Collections.unmodifiableMap(map)));
        assertThat(digestOf(turned.keySet())).isNotEqualTo(digestOf(map.keySet()));
        assertThat(digestOf(new LinkedHashSet<>(turned.keySet())))
                .isNotEqualTo(digestOf(new LinkedHashSet<>(map.keySet())));
    }

    private static final class Conversation extends ArrayList<String> {

        private static final long serialVersionUID = 1L;

        final transient String tenant;

        Conversation(String tenant) {
            this.tenant = tenant;
        }
    }

    @Test
    void a_collection_that_may_hold_more_than_its_elements_is_refused() {
        assertThatExceptionOfType(UnstableArgumentException.class).isThrownBy(() -> digestOf(new Conversation("acme")));
        assertThat(new ArgumentEncoding(List.of()).supports(Conversation.class)).isFalse();
    }

    @Test
    void sets_of_sets_and_maps_of_maps_are_sorted_all_the_way_down() {
        Set<Object> one = new HashSet<>(
                List.of(new HashSet<>(List.of("a", "b")), new HashMap<>(Map.of("k", new HashSet<>(List.of(1, 2))))));
        Set<Object> other =
                new HashSet<>(List.of(Map.of("k", new HashSet<>(List.of(2, 1))), new HashSet<>(List.of("b", "a"))));

        assertThat(digestOf(other)).isEqualTo(digestOf(one));
    }

    @Test
    void a_record_is_what_it_holds_whatever_its_accessors_say() {
        assertThat(digestOf(new Discreet("one"))).isNotEqualTo(digestOf(new Discreet("other")));
    }

    @Test
    void a_value_that_holds_itself_is_refused() {
        List<@Nullable Object> list = new ArrayList<>();
        list.add(list);
        list.add(list);
        Map<String, Object> map = new HashMap<>();
        map.put("self", map);
        Object[] array = new Object[1];
        array[0] = array;
        List<@Nullable Object> held = new ArrayList<>();
        held.add(new Holder(held));
        held.add(Optional.of(held));

        for (Object cyclic : List.of(list, map, array, held)) {
            assertThatExceptionOfType(UnstableArgumentException.class)
                    .isThrownBy(() -> digestOf(cyclic))
                    .withMessageContaining("deep");
        }
    }

    @Test
    void a_value_nested_a_thousand_deep_is_refused_and_one_of_sixty_is_not() {
        List<Object> sixty = List.of();
        for (int i = 0; i < 60; i++) {
            sixty = i % 2 == 0 ? List.of(sixty) : List.of(Set.of(sixty).toArray());
        }
        List<Object> thousand = sixty;
        for (int i = 0; i < 1_000; i++) {
            thousand = List.of(thousand);
        }
        Set<Object> sets = Set.of();
        for (int i = 0; i < 1_000; i++) {
            sets = Collections.singleton(sets);
        }
        List<Object> deep = thousand;
        Set<Object> deepSets = sets;

        assertThat(digestOf(sixty)).hasSize(43);
        assertThatExceptionOfType(UnstableArgumentException.class).isThrownBy(() -> digestOf(deep));
        assertThatExceptionOfType(UnstableArgumentException.class).isThrownBy(() -> digestOf(deepSets));
    }

    @Test
    void a_value_that_unfolds_without_end_is_refused() {
        List<Object> doubling = List.of("x");
        for (int i = 0; i < 50; i++) {
            doubling = List.of(doubling, doubling);
        }
        List<Object> billions = doubling;

        assertThatExceptionOfType(UnstableArgumentException.class)
                .isThrownBy(() -> digestOf(billions))
                .withMessageContaining("1000000");
    }

    @Test
    void values_without_a_stable_encoding_are_refused_without_their_content() {
        for (Object unstable : List.of(
                new Object(),
                new StringBuilder("canary"),
                new AtomicInteger(7),
                new Celsius("canary"),
                new PriorityQueue<>(List.of("canary")),
                new PriorityBlockingQueue<>(List.of("canary")),
                Thread.currentThread(),
                Map.entry("canary", "canary"),
                List.of(new Celsius("canary")),
                new Generic<>(new Celsius("canary")),
                Map.of("canary", new Celsius("canary")),
                (Runnable) () -> {})) {
            assertThatExceptionOfType(UnstableArgumentException.class)
                    .isThrownBy(() -> digestOf(unstable))
                    .withMessageNotContaining("canary")
                    .withNoCause();
        }
    }

    @Test
    void an_encoder_of_the_application_is_asked_first_and_can_not_imitate_other_values() {
        ArgumentEncoder sloppy = new ArgumentEncoder() {

            @Override
            public boolean supports(Class<?> type) {
                return type == Celsius.class || type == Fahrenheit.class;
            }

            @Override
            public void encode(Object value, CanonicalWriter out) {
                if (value instanceof Celsius celsius) {
                    out.text(celsius.degrees);
                }
            }
        };
        CanonicalKeyGenerator own = new CanonicalKeyGenerator(new ArgumentEncoding(List.of(sloppy)));

        assertThat(Stream.<PromptRequest>of(
                                requestOf("20"),
                                requestOf(new Celsius("20")),
                                requestOf(new Celsius("21")),
                                requestOf(new Fahrenheit()),
                                requestOf(),
                                requestOf(new Fahrenheit(), "20"),
                                requestOf("20", new Fahrenheit()))
                        .map(request -> own.generate(request).digest()))
                .doesNotHaveDuplicates();
        assertThat(own.generate(requestOf(new Celsius("20")))).isEqualTo(own.generate(requestOf(new Celsius("20"))));
    }

    @Test
    void what_is_supported_by_class_can_be_encoded() {
        ArgumentEncoding encoding = new ArgumentEncoding(List.of());

        assertThat(Stream.of(
                        String.class,
                        int.class,
                        Integer.class,
                        int[][].class,
                        List.class,
                        Set.class,
                        Map.class,
                        Collection.class,
                        Tone.class,
                        Tone.WITH_BODY.getClass(),
                        Pair.class,
                        Pair[].class,
                        Optional.class,
                        ZoneId.class,
                        LocalDate.class,
                        BigDecimal.class,
                        Date.class,
                        Locale.class))
                .allMatch(encoding::supports);
        assertThat(Stream.of(
                        StringBuilder.class,
                        Celsius.class,
                        Celsius[].class,
                        Thread.class,
                        PriorityQueue.class,
                        AtomicInteger.class))
                .noneMatch(encoding::supports);
    }

    @Test
    void keys_made_by_many_threads_are_those_made_by_one() {
        List<PromptRequest> requests = IntStream.range(0, 2_000)
                .mapToObj(seed -> new RandomRequests(seed).request())
                .toList();
        List<PromptKey> alone = requests.stream().map(keys::generate).toList();

        assertThat(IntStream.range(0, 4 * requests.size()).parallel().allMatch(i -> keys.generate(
                                requests.get(i % requests.size()))
                        .equals(alone.get(i % requests.size()))))
                .isTrue();
    }

    @Test
    void the_encoding_is_the_one_that_stored_answers_were_found_by() {
        // A change here makes every stored answer unreachable. If it is meant, the format's number is raised too.
        assertThat(Map.of(
                        "text", digestOf("What is a transformer?"),
                        "none", keys.generate(requestOf()).digest(),
                        "unicode", digestOf("İstanbul \uD83D\uDE00 \uD83D e\u0301"),
                        "scalars", digestOf(List.of(1, 2L, 3.5, 4.5f, true, 'c', new BigDecimal("1.20"), Tone.PLAIN)),
                        "dates", digestOf(List.of(LocalDate.EPOCH, Instant.EPOCH, new Date(5), ZoneId.of("UTC"))),
                        "nested", digestOf(Map.of("b", List.of(1), "a", Set.of("y", "x"))),
                        "record", digestOf(new Pair("left", null)),
                        "arrays", digestOf(new Object[] {new int[] {1, 2}, new byte[] {3}, new String[] {"s"}}),
                        "others",
                                digestOf(List.of(Optional.of("o"), Locale.GERMANY, new UUID(1, 2), URI.create("u:v")))))
                .isEqualTo(FROZEN);
    }

    private static final Map<String, String> FROZEN = Map.of(
            "arrays",
            "zYWzqbVn1K9o48zQPfelqaK6vs-ke3nWEaLNQ8nb37c",
            "dates",
            "HH_8_oTKUqgmobxS4uICqJTefYmHyJxzC02e9JyLEPU",
            "nested",
            "ETfpdrc6kwsImSqPA74WLhYbeMXUAO-J7OKn70bieQ8",
            "none",
            "TiNpQ4bnl_zSVPZhRw1kMjUbnjMxIVAoY2fIqbdXoUA",
            "others",
            "uRE0ZosgRSvmOG-kbcP9-b9AFvc_ESx8hkDPbzhPWKw",
            "record",
            "ScIUjyhfKTrQ_FL_FYFxnoy8Lek1r0Bfrsp7wbPIxYU",
            "scalars",
            "0CvzT87w5MyUygdvDxB26R2F7-YJyU2Q8Xi5rS2dGqQ",
            "text",
            "44QaXUXHUxpD4lbddlSm1CTMS8ylee2Ct9FLSmaE7y4",
            "unicode",
            "LfXegaZrkvW3MnARdOBu3B7I1GB_pwdQDpbFD1ixlpE");

    @Test
    void a_digest_is_a_sha_256_in_base64url() {
        String digest = digestOf("anything");

        assertThat(digest).hasSize(43).matches("[A-Za-z0-9_-]+");
        assertThat(Base64.getUrlDecoder().decode(digest)).hasSize(32);
    }

    @Test
    void a_key_is_its_cache_and_its_digest_and_never_shows_the_prompt() {
        PromptKey key = new PromptKey("faq", "digest", "canary");

        assertThat(key).isEqualTo(new PromptKey("faq", "digest", null)).hasToString("faq:digest");
        assertThat(key.hashCode()).isEqualTo(new PromptKey("faq", "digest", null).hashCode());
        assertThat(key)
                .isNotEqualTo(new PromptKey("prompt", "digest", "canary"))
                .isNotEqualTo(new PromptKey("faq", "other", "canary"));
        assertThat(requestOf("canary").toString()).doesNotContain("canary").doesNotContain("shown");
    }

    @Test
    void a_request_does_not_change_with_the_lists_it_was_made_of() {
        List<@Nullable Object> arguments = new ArrayList<>(List.of("a"));
        List<String> templates = new ArrayList<>(List.of("t"));
        PromptRequest request =
                new PromptRequest("c", "m", "r", templates, null, null, null, null, null, arguments, null);
        arguments.add("b");
        templates.clear();

        assertThat(request.arguments()).containsExactly("a");
        assertThat(request.templates()).containsExactly("t");
    }

    private byte[] bytesOf(@Nullable Object value) {
        return keys.canonical(requestOf(value));
    }

    private String digestOf(@Nullable Object value) {
        return keys.generate(requestOf(value)).digest();
    }

    private static PromptRequest requestOf(@Nullable Object... arguments) {
        return new PromptRequest(
                "prompt",
                "bean@Type#method()",
                "String",
                List.of("template"),
                "model",
                "1",
                "2",
                "3",
                null,
                arguments == null ? Collections.singletonList(null) : Arrays.asList(arguments),
                "shown");
    }
}
