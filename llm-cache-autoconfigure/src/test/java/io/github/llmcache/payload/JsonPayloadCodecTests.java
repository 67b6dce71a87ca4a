package io.github.llmcache.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.io.InputStream;
import java.io.Serializable;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Date;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class JsonPayloadCodecTests {

    private final PayloadCodecs codecs = new PayloadCodecs(List.of());

    record City(String name, int people) {

        /** Computed, not held. */
        public boolean isEmpty() {
            return people == 0;
        }

        /** Computed, not held. */
        public String getTitle() {
            return "City of " + name;
        }
    }

    record Country(String name, List<City> cities, Optional<City> capital, Map<String, City> byName) {}

    record Page<T>(List<T> items, @Nullable T best) {}

    record Open(String name, @Nullable Object anything) {}

    record OpenList(List<?> anything) {}

    record Dates(
            Instant instant, LocalDate date, OffsetDateTime offset, ZonedDateTime zoned, Duration duration, Date old) {}

    record Bytes(byte[] bytes, float[] vector, int[][] grid) {}

    record Sorted(Map<String, Integer> map, Set<String> set) {}

    record Ignoring(String kept, @JsonIgnore @Nullable String lost) {}

    record Numbers(BigDecimal exact, double nan, float negativeZero, long big) {}

    /** An answer with getters and setters, and without equals. */
    static class Bean {

        private String text = "";
        private @Nullable List<City> cities;

        public String getText() {
            return text;
        }

        public void setText(String text) {
            this.text = text;
        }

        public @Nullable List<City> getCities() {
            return cities;
        }

        public void setCities(@Nullable List<City> cities) {
            this.cities = cities;
        }
    }

    static class SubBean extends Bean {}

    /** Says of every two of its kind that they are equal. */
    static class Indifferent {

        public @Nullable Object detail;

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Indifferent;
        }

        @Override
        public int hashCode() {
            return 1;
        }
    }

    /** Computes its hash once, as a class with value semantics may. */
    static class Hashing {

        public String text = "";
        private int hash;

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Hashing that && text.equals(that.text);
        }

        @Override
        public int hashCode() {
            if (hash == 0) {
                hash = Objects.hash(text);
            }
            return hash;
        }
    }

    /** Holds more than its JSON tells. */
    static class Hiding {

        public String text = "";
        private @Nullable String hidden;

        void hide(String secret) {
            hidden = secret;
        }

        @Nullable
        String reveal() {
            return hidden;
        }
    }

    /** Writes a property that it does not read. */
    static class WriteOnly {

        @JsonProperty
        public String getComputed() {
            return "computed";
        }
    }

    /** Holds state in a class of Java that JSON does not tell. */
    static class Counter {

        public AtomicInteger count = new AtomicInteger();
    }

    static class Throwing {

        private String text = "";

        public String getText() {
            if (text.startsWith("canary out")) {
                throw new IllegalStateException(text);
            }
            return text;
        }

        public void setText(String text) {
            if (text.startsWith("canary in")) {
                throw new IllegalStateException(text);
            }
            this.text = text;
        }
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    @JsonSubTypes({@JsonSubTypes.Type(Circle.class), @JsonSubTypes.Type(Square.class)})
    sealed interface Shape {}

    record Circle(double radius) implements Shape {}

    record Square(double side) implements Shape {}

    sealed interface Untold {}

    record Told(String name) implements Untold {}

    @SuppressWarnings("rawtypes")
    interface Methods<T> {

        List rawList();

        Map rawMap();

        Optional rawOptional();

        Page rawPage();

        List[] rawListArray();

        List<?> wildcards();

        List<? extends City> bounded();

        T variable();

        T[] variableArray();

        List<T> variables();

        Map<String, List<Object>> hiddenObject();

        Page<Object> pageOfObjects();

        List<Untold> listOfAbstract();

        Stream<String> stream();

        Iterator<String> iterator();

        List<Stream<String>> streams();

        Optional<InputStream> optionalStream();

        Future<String> future();

        CompletableFuture<String> completable();

        CompletionStage<String> stage();

        Flow.Publisher<String> publisher();

        Supplier<String> supplier();
    }

    @Test
    void answers_of_many_types_read_back_as_they_were() {
        City city = new City("Rome", 2_800_000);
        City other = new City("Ελλάδα \uD83D\uDE00 \u0000 \"\\\n", 0);
        Bean bean = new Bean();
        bean.setText("text");
        bean.setCities(List.of(city));

        roundTrip(String.class, "text");
        roundTrip(String.class, "\uD83D\uDE00 \u0000 \u2028 \" \\ \n \uFFFF");
        roundTrip(String.class, "halves of pairs: \uD83D, \uDE00\uD83D");
        roundTrip(City.class, city);
        roundTrip(new TypeReference<List<City>>() {}, List.of(city, other));
        roundTrip(new TypeReference<List<City>>() {}, Arrays.asList(city, null));
        roundTrip(new TypeReference<Map<String, City>>() {}, Map.of("a", city, "b", other));
        roundTrip(new TypeReference<Optional<City>>() {}, Optional.of(city));
        roundTrip(Country.class, new Country("Italy", List.of(city), Optional.of(city), Map.of("Rome", city)));
        roundTrip(Country.class, new Country("Italy", List.of(), Optional.empty(), Map.of()));
        roundTrip(new TypeReference<Page<City>>() {}, new Page<>(List.of(city), other));
        roundTrip(new TypeReference<Page<Page<City>>>() {}, new Page<>(List.of(new Page<>(List.of(city), null)), null));
        roundTrip(new TypeReference<Set<City>>() {}, new LinkedHashSet<>(List.of(city, other)));
        roundTrip(TimeUnit.class, TimeUnit.DAYS);
        roundTrip(int.class, 42);
        roundTrip(Integer.class, -42);
        roundTrip(boolean.class, true);
        roundTrip(Long.class, Long.MIN_VALUE);
        roundTrip(double.class, -0.0);
        roundTrip(BigDecimal.class, new BigDecimal("1.200"));
        roundTrip(BigDecimal.class, new BigDecimal("1E+5"));
        roundTrip(UUID.class, new UUID(1, 2));
        roundTrip(LocalDate.class, LocalDate.EPOCH);
        roundTrip(Numbers.class, new Numbers(new BigDecimal("0.10"), Double.NaN, -0.0f, Long.MAX_VALUE));
        assertThat(codec(byte[].class).decode(codec(byte[].class).encode(new byte[] {1, -1})))
                .isEqualTo(new byte[] {1, -1});
        assertThat(codec(float[].class).decode(codec(float[].class).encode(new float[] {0.1f, Float.MIN_VALUE})))
                .isEqualTo(new float[] {0.1f, Float.MIN_VALUE});
        assertThat(codec(City[].class).decode(codec(City[].class).encode(new City[] {city, other})))
                .isEqualTo(new City[] {city, other});
        assertThat(through(Bytes.class, new Bytes(new byte[] {1}, new float[] {1.5f}, new int[][] {{1}, {}})))
                .usingRecursiveComparison()
                .isEqualTo(new Bytes(new byte[] {1}, new float[] {1.5f}, new int[][] {{1}, {}}));
        assertThat(through(Bean.class, bean)).usingRecursiveComparison().isEqualTo(bean);
    }

    @Test
    void dates_keep_their_offsets_zones_and_nanoseconds() {
        ZonedDateTime athens = ZonedDateTime.of(2026, 3, 4, 5, 6, 7, 89, ZoneId.of("Europe/Athens"));
        roundTrip(
                Dates.class,
                new Dates(
                        athens.toInstant(),
                        athens.toLocalDate(),
                        athens.toOffsetDateTime(),
                        athens,
                        Duration.ofNanos(1),
                        new Date(7)));
        roundTrip(ZonedDateTime.class, athens.withZoneSameInstant(ZoneId.of("UTC")));
        roundTrip(ZonedDateTime.class, athens.withZoneSameInstant(ZoneOffset.UTC));
        roundTrip(OffsetDateTime.class, athens.toOffsetDateTime());
    }

    @Test
    void collections_and_maps_may_come_back_in_another_class_but_not_with_other_elements() {
        roundTrip(new TypeReference<Collection<String>>() {}, List.of("b", "a"));
        roundTrip(new TypeReference<Set<String>>() {}, new TreeSet<>(List.of("b", "a")));
        roundTrip(new TypeReference<Map<String, Integer>>() {}, new TreeMap<>(Map.of("b", 1, "a", 2)));
        roundTrip(new TypeReference<TreeMap<String, Integer>>() {}, new TreeMap<>(Map.of("b", 1, "a", 2)));
        assertThat(through(new TypeReference<Deque<String>>() {}.getType(), new ArrayDeque<>(List.of("b", "a"))))
                .asInstanceOf(InstanceOfAssertFactories.COLLECTION)
                .containsExactly("b", "a");

        // A comparator is lost: what was found whatever its case would be found no more.
        TreeMap<String, Integer> anyCase = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        anyCase.put("Content", 1);
        TreeSet<String> reversed = new TreeSet<>(Comparators.REVERSED);
        reversed.addAll(List.of("a", "b"));
        assertRefused(new TypeReference<Map<String, Integer>>() {}.getType(), anyCase);
        assertRefused(new TypeReference<TreeSet<String>>() {}.getType(), reversed);
        assertRefused(Sorted.class, new Sorted(anyCase, Set.of()));
        assertRefused(new TypeReference<Collection<String>>() {}.getType(), new HashSet<>(Set.of("a")));
    }

    private static final class Comparators {

        private static final Comparator<String> REVERSED = Comparator.reverseOrder();
    }

    @Test
    void a_record_in_a_component_declared_as_object_never_comes_back_as_a_map() {
        City city = new City("Rome", 1);
        Indifferent indifferent = new Indifferent();
        indifferent.detail = city;

        assertRefused(Open.class, new Open("o", city));
        assertRefused(Open.class, new Open("o", List.of(city)));
        assertRefused(Open.class, new Open("o", Map.of("city", city)));
        assertRefused(Open.class, new Open("o", Optional.of("text")));
        assertRefused(Open.class, new Open("o", Set.of("text")));
        assertRefused(Open.class, new Open("o", 1L));
        assertRefused(Open.class, new Open("o", 1.5f));
        assertRefused(Open.class, new Open("o", TimeUnit.DAYS));
        assertRefused(Open.class, new Open("o", LocalDate.EPOCH));
        assertRefused(Open.class, new Open("o", new byte[] {1}));
        assertRefused(Open.class, new Open("o", Map.of(1, "text")));
        assertRefused(OpenList.class, new OpenList(List.of(city)));
        assertRefused(new TypeReference<List<Open>>() {}.getType(), List.of(new Open("o", city)));
        assertRefused(new TypeReference<Map<String, Open>>() {}.getType(), Map.of("k", new Open("o", city)));
        assertRefused(new TypeReference<Optional<Open>>() {}.getType(), Optional.of(new Open("o", city)));
        assertRefused(new TypeReference<Set<Open>>() {}.getType(), Set.of(new Open("o", city)));
        assertRefused(Open[].class, new Open[] {new Open("o", city)});
        assertRefused(new TypeReference<Page<Open>>() {}.getType(), new Page<>(List.of(), new Open("o", city)));
        assertRefused(Indifferent.class, indifferent);
        // What JSON itself tells apart is kept.
        roundTrip(Open.class, new Open("o", "text"));
        roundTrip(Open.class, new Open("o", 1));
        roundTrip(Open.class, new Open("o", Map.of("k", List.of("text", true))));
        roundTrip(Open.class, new Open("o", null));
    }

    @Test
    void a_subclass_of_what_is_declared_is_refused() {
        Bean holding = new Bean();
        holding.setCities(List.of());

        assertRefused(Bean.class, new SubBean());
        assertRefused(new TypeReference<List<Bean>>() {}.getType(), List.of(holding, new SubBean()));
        assertRefused(Bean.class, new Bean() {});
    }

    @Test
    void what_json_would_lose_is_refused() {
        Hiding hiding = new Hiding();
        hiding.text = "seen";
        roundTripOfState(Hiding.class, hiding);
        hiding.hide("secret");
        assertThat(hiding.reveal()).isEqualTo("secret");

        assertRefused(Hiding.class, hiding);
        assertRefused(Ignoring.class, new Ignoring("kept", "lost"));
        assertRefused(WriteOnly.class, new WriteOnly());
        roundTrip(Ignoring.class, new Ignoring("kept", null));
    }

    @Test
    void a_class_that_computes_its_hash_late_is_kept() {
        Hashing hashing = new Hashing();
        hashing.text = "text";
        assertThat(hashing.hashCode()).isNotZero();

        roundTrip(Hashing.class, hashing);
    }

    @Test
    void classes_of_java_without_equals_are_compared_by_their_json() {
        Counter counter = new Counter();
        counter.count.set(3);

        assertThat(((Counter) through(Counter.class, counter)).count).hasValue(3);
    }

    @Test
    void what_a_class_computes_is_neither_written_nor_in_the_way() {
        assertThat(codec(City.class).encode(new City("Rome", 0)).json()).isEqualTo("{\"name\":\"Rome\",\"people\":0}");
    }

    @Test
    void a_sealed_interface_that_names_its_types_reads_back() {
        roundTrip(Shape.class, new Circle(1));
        roundTrip(new TypeReference<List<Shape>>() {}, List.of(new Circle(1), new Square(2)));
        roundTrip(new TypeReference<Map<String, Shape>>() {}, Map.of("c", new Circle(1)));
    }

    @Test
    void json_trees_read_back() throws Exception {
        JsonNode tree = JsonMapper.shared().readTree("{\"a\":[1,2.5,null,\"t\"]}");

        roundTrip(JsonNode.class, tree);
    }

    @Test
    void every_read_makes_a_new_object() {
        PayloadCodec codec = codec(new TypeReference<List<String>>() {}.getType());
        Payload payload = codec.encode(List.of("a"));
        @SuppressWarnings("unchecked")
        List<String> first = (List<String>) codec.decode(payload);
        first.add("b");

        assertThat(codec.decode(payload)).isEqualTo(List.of("a"));
    }

    @Test
    void types_that_do_not_say_what_they_hold_are_refused_with_what_to_write_instead() throws Exception {
        for (String method : List.of(
                "rawList",
                "rawMap",
                "rawOptional",
                "rawPage",
                "rawListArray",
                "wildcards",
                "bounded",
                "variable",
                "variableArray",
                "variables",
                "hiddenObject",
                "pageOfObjects",
                "listOfAbstract",
                "supplier")) {
            assertUnsupported(Methods.class.getDeclaredMethod(method).getGenericReturnType(), "does not say");
        }
        for (Class<?> type : List.of(
                Object.class,
                Object[].class,
                Object[][].class,
                Number.class,
                CharSequence.class,
                Serializable.class,
                Untold.class,
                List.class,
                Runnable.class)) {
            assertUnsupported(type, "does not say");
        }
    }

    @Test
    void types_that_are_no_whole_answer_are_refused_with_what_to_write_instead() throws Exception {
        for (String method : List.of(
                "stream", "iterator", "streams", "optionalStream", "future", "completable", "stage", "publisher")) {
            assertUnsupported(Methods.class.getDeclaredMethod(method).getGenericReturnType(), "only once");
        }
        assertUnsupported(InputStream.class, "only once");
        assertUnsupported(void.class, "returns nothing");
        assertUnsupported(Void.class, "returns nothing");
    }

    @Test
    void a_damaged_payload_is_refused_without_its_content() {
        for (String json : List.of(
                "",
                " ",
                "null",
                "canary",
                "\"canary\"",
                "[\"canary\"]",
                "{\"canary\":1}",
                "{\"name\":\"canary\",\"people\":\"canary\"}",
                "{\"name\":[\"canary\"],\"people\":1}",
                "{\"name\":\"canary\",\"people\":1}canary",
                "{\"name\":\"canary\",\"people\":1}{}",
                "{\"name\":\"canary\",\"people\":1} 1",
                "{\"name\":\"canary\",\"people\":1,\"canary\":2}",
                "{\"name\":\"canary\",\"people\":99999999999}",
                "[".repeat(100_000))) {
            assertUnreadable(City.class, json.getBytes(StandardCharsets.UTF_8));
        }
        assertUnreadable(Throwing.class, "{\"text\":\"canary in\"}".getBytes(StandardCharsets.UTF_8));
        assertUnreadable(String.class, new byte[] {'"', 'c', 'a', 'n', 'a', 'r', 'y', (byte) 0xFF, '"'});
        assertUnreadable(Shape.class, "{\"@type\":\"canary\"}".getBytes(StandardCharsets.UTF_8));
        assertUnreadable(TimeUnit.class, "\"canary\"".getBytes(StandardCharsets.UTF_8));
        assertUnreadable(LocalDate.class, "\"canary\"".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void an_answer_that_can_not_be_written_is_refused_without_its_content() {
        Throwing throwing = new Throwing();
        throwing.setText("canary out");

        assertRefused(Throwing.class, throwing);
        assertRefused(City.class, "canary");
    }

    @Test
    void a_text_is_what_its_json_says_whether_or_not_a_parser_is_needed() {
        for (String text : List.of(
                "plain", "größe 🤖", "two\nlines", "\"quoted\"", "back\\slash", "\uFFFD", "\u2028", "a\u0001b")) {
            roundTrip(String.class, text);
        }
        assertThat(codec(String.class).decode(Payload.of("\"\\u0041\"".getBytes(StandardCharsets.UTF_8))))
                .isEqualTo("A");
        for (String broken : List.of("\"a\"b\"", "\"a\",\"b\"", "\"a\\\"", "\"a\\q\"", "\"", "\"a", "a\"", "[\"a\"]")) {
            assertUnreadable(String.class, broken.getBytes(StandardCharsets.UTF_8));
        }
        assertUnreadable(String.class, new byte[] {'"', (byte) 0xC3, '"'});
    }

    @Test
    void a_payload_cut_at_any_byte_is_never_taken_for_an_answer() {
        // A bare number is the one JSON value that does not tell its own end; the entry around it does.
        City city = new City("Rome \u00E9\uD83D\uDE00", 1);
        Map<Type, Object> answers = new LinkedHashMap<>();
        answers.put(String.class, "text \u00E9\uD83D\uDE00 \" \\");
        answers.put(City.class, city);
        answers.put(Country.class, new Country("I", List.of(city), Optional.of(city), Map.of("R", city)));
        answers.put(new TypeReference<List<City>>() {}.getType(), List.of(city, city));
        answers.put(new TypeReference<Optional<City>>() {}.getType(), Optional.of(city));
        answers.put(new TypeReference<Map<String, Integer>>() {}.getType(), Map.of("a", 12));
        answers.put(float[].class, new float[] {1.25f, 2.5f});
        answers.put(byte[].class, new byte[] {1, 2, 3, 4, 5});
        answers.put(Boolean.class, true);
        answers.put(Shape.class, new Circle(12.5));
        answers.forEach((type, answer) -> {
            PayloadCodec codec = codec(type);
            Payload payload = codec.encode(answer);
            for (int length = 0; length < payload.length(); length++) {
                Payload cut = Payload.of(payload.bytes(), 0, length);
                assertThatExceptionOfType(PayloadException.class)
                        .as("%s cut at %d", type, length)
                        .isThrownBy(() -> codec.decode(cut))
                        .withNoCause();
            }
        });
    }

    @Test
    void an_answer_is_empty_where_there_is_nothing_in_it() {
        for (Object empty : List.of(
                "",
                " \n\t",
                new StringBuilder(" "),
                List.of(),
                Set.of(),
                Map.of(),
                Optional.empty(),
                Optional.of(" "),
                Optional.of(List.of()),
                OptionalInt.empty(),
                new byte[0],
                new String[0],
                new float[0])) {
            assertThat(codec(String.class).stateOf(empty)).as("%s", empty).isEqualTo(AnswerState.EMPTY);
        }
        for (Object whole : List.of(
                "a",
                List.of(""),
                Map.of("", ""),
                Optional.of("a"),
                OptionalInt.of(0),
                new byte[1],
                0,
                false,
                new City("", 0))) {
            assertThat(codec(String.class).stateOf(whole)).as("%s", whole).isEqualTo(AnswerState.COMPLETE);
        }
        assertThat(codec(String.class).tokensOf("a")).isNull();
    }

    @Test
    void a_factory_of_the_application_is_asked_first() {
        PayloadCodec own = codec(City.class);
        PayloadCodecs withOwn = new PayloadCodecs(
                List.of((type, all) -> type == String.class ? own : null, (type, all) -> codec(Integer.class)));

        assertThat(withOwn.forType(String.class)).isSameAs(own);
        assertThat(withOwn.forType(City.class).decode(Payload.of(new byte[] {'7'})))
                .isEqualTo(7);
    }

    @Test
    void one_codec_serves_many_threads() {
        PayloadCodec codec = codec(City.class);

        assertThat(IntStream.range(0, 5_000).parallel().allMatch(i -> {
                    City city = new City("City " + i, i);
                    return codec.decode(codec.encode(city)).equals(city);
                }))
                .isTrue();
    }

    private PayloadCodec codec(Type type) {
        return codecs.forType(type);
    }

    private Object through(Type type, Object answer) {
        return codec(type).decode(codec(type).encode(answer));
    }

    private void roundTrip(TypeReference<?> type, Object answer) {
        roundTrip(type.getType(), answer);
    }

    private void roundTrip(Type type, Object answer) {
        Object back = through(type, answer);
        assertThat(back).isEqualTo(answer);
        if (!(answer instanceof Collection<?> || answer instanceof Map<?, ?>)) {
            assertThat(back).hasSameClassAs(answer);
        }
    }

    private void roundTripOfState(Type type, Object answer) {
        assertThat(through(type, answer)).usingRecursiveComparison().isEqualTo(answer);
    }

    private void assertRefused(Type type, Object answer) {
        PayloadCodec codec = codec(type);
        assertThatExceptionOfType(PayloadException.class)
                .as("%s", answer)
                .isThrownBy(() -> codec.encode(answer))
                .withMessageNotContaining("canary")
                .withMessageNotContaining("Rome")
                .withNoCause();
    }

    private void assertUnreadable(Type type, byte[] json) {
        PayloadCodec codec = codec(type);
        assertThatExceptionOfType(PayloadException.class)
                .as("%s", new String(json, 0, Math.min(40, json.length), StandardCharsets.UTF_8))
                .isThrownBy(() -> codec.decode(Payload.of(json)))
                .withMessageNotContaining("canary")
                .withNoCause();
    }

    private void assertUnsupported(Type type, String problem) {
        assertThatExceptionOfType(UnsupportedPayloadException.class)
                .as("%s", type)
                .isThrownBy(() -> codec(type))
                .withMessageContaining(problem)
                .satisfies(refused -> assertThat(refused.action()).isNotBlank());
    }
}
