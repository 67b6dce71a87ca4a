package io.github.llmcache.sample.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.sample.ModelStub;
import io.github.llmcache.sample.ModelStub.Mood;
import io.github.llmcache.sample.Reply;
import io.github.llmcache.sample.Sample;
import io.github.llmcache.sample.Stream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What the sample does with a provider's model, whichever the provider is. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(OutputCaptureExtension.class)
abstract class ProviderContract {

    static final String KEY = "canary-key";

    private final ModelStub model;
    private final String name;
    private final List<String> properties;
    private final String cutShort;

    @SuppressWarnings("NullAway.Init")
    private Sample sample;

    @SuppressWarnings("NullAway.Init")
    private String prompt;

    private int callsBefore;
    private int keptBefore;

    /**
     * Creates the tests of one provider.
     *
     * @param model speaks its protocol
     * @param name the provider's name in {@code sample.*}
     * @param path the path of its address
     * @param cutShort what it says when an answer reached the longest length
     */
    ProviderContract(ModelStub model, String name, String path, String cutShort) {
        this.model = model;
        this.name = name;
        this.cutShort = cutShort;
        this.properties = List.of(
                "sample." + name + ".api-key=" + KEY,
                "sample." + name + ".base-url=" + model.url() + path,
                "sample." + name + ".model-name=model-stub",
                "sample.patience=2s");
    }

    /** Asserts that a request is one that the provider understands: path, key, model and prompt. */
    abstract void assertSpoken(ModelStub.Call call, String prompt);

    @BeforeAll
    void start() {
        sample = Sample.start(properties.toArray(String[]::new));
    }

    @AfterAll
    void stop() {
        sample.close();
        model.close();
    }

    @BeforeEach
    void askSomethingNew(TestInfo test) {
        prompt = "Explain " + test.getDisplayName() + " of "
                + test.getTestMethod().orElseThrow();
        callsBefore = model.calls().size();
        keptBefore = sample.keys().size();
    }

    @AfterEach
    void recover(CapturedOutput output) {
        model.recover();
        assertThat(output).contains("Model " + name + "/model-stub@127.0.0.1").doesNotContain(KEY);
    }

    @Test
    void aWholeAnswerIsAskedForOnceAndKept() {
        Reply miss = sample.askAndKeep(prompt);
        Reply hit = sample.ask(prompt);

        assertThat(miss.status()).isEqualTo(200);
        assertThat(miss.cache()).isEqualTo("MISS");
        assertThat(miss.text("answer")).isEqualTo("Answer " + model.calls().size());
        assertThat(hit.cache()).isEqualTo("HIT; tier=redis");
        assertThat(hit.text("answer")).isEqualTo(miss.text("answer"));
        assertThat(calls()).singleElement().satisfies(call -> {
            assertThat(call.streamed()).isFalse();
            assertSpoken(call, prompt);
        });
    }

    @Test
    void aStreamedAnswerIsAskedForOnceAndKept() {
        Stream miss = sample.streamAndKeep(prompt);
        Stream hit = sample.stream(prompt);

        assertThat(miss.outcome()).isEqualTo("MISS");
        assertThat(miss.pieces()).containsExactly("Answer", " " + model.calls().size());
        assertThat(hit.outcome()).isEqualTo("HIT");
        assertThat(hit.pieces()).isEqualTo(miss.pieces());
        assertThat(calls()).singleElement().satisfies(call -> {
            assertThat(call.streamed()).isTrue();
            assertSpoken(call, prompt);
        });
    }

    @ParameterizedTest
    @CsvSource({"401, refuses the API key", "429, rate limit", "500, failed"})
    void anErrorIsShownAndNotKept(int status, String reason) {
        model.fail(status);

        assertShown(sample.ask(prompt), "The model gave no answer", reason);
        assertShown(sample.stream(prompt), "The model gave no answer", reason);
        assertThat(calls()).hasSize(2);
        assertNothingKept();
    }

    @Test
    void anAnswerThatReachedTheLongestLengthIsNotKept() {
        model.finish(cutShort);

        assertShown(sample.ask(prompt), "The answer is not whole", "stopped too early");
        assertShown(sample.stream(prompt), "The answer is not whole", "stopped too early");
        assertNothingKept();
    }

    @Test
    void anAnswerWhoseConnectionBreaksIsNotKept() {
        model.mood(Mood.BREAKING);

        assertShown(sample.ask(prompt), "The model gave no answer", "failed");
        assertShown(sample.stream(prompt), "The model gave no answer", "failed");
        assertNothingKept();
    }

    @Test
    void aModelThatFallsSilentIsNotWaitedForForEver() {
        model.mood(Mood.SILENT);
        CompletableFuture<Reply> whole = inBackground(() -> sample.ask(prompt));
        CompletableFuture<Stream> streamed = inBackground(() -> sample.stream(prompt));
        await().until(() -> calls().size() == 2);
        model.mood(Mood.STALLING);
        Stream stalled =
                inBackground(() -> sample.stream(prompt + " at length")).join();

        assertShown(whole.join(), "The model gave no answer", "took too long");
        assertShown(streamed.join(), "The model gave no answer", "took too long");
        assertThat(stalled.pieces()).containsExactly("Answer");
        assertShown(stalled, "The model gave no answer", "took too long");
        model.recover();
        assertThat(sample.streamAndKeep(prompt + " at length").outcome()).isEqualTo("MISS");
        keptBefore++;
        assertNothingKept();
    }

    @Test
    void aStreamThatEndsBeforeTheAnswerDoesIsNotKept() {
        model.mood(Mood.ENDING_EARLY);

        Stream half = inBackground(() -> sample.stream(prompt)).join();

        assertThat(half.pieces()).containsExactly("Answer");
        // Claude's client does not notice the end, so it is the patience that ends.
        assertThat(half.names()).containsExactly("piece", "problem");
        assertThat(half.last().get("title").asString()).isIn("The answer is not whole", "The model gave no answer");
        assertNothingKept();
    }

    private List<ModelStub.Call> calls() {
        return model.calls().subList(callsBefore, model.calls().size());
    }

    // Had an answer been kept, the next question would be a hit.
    private void assertNothingKept() {
        model.recover();
        Reply whole = sample.askAndKeep(prompt);
        Stream streamed = sample.streamAndKeep(prompt);

        assertThat(sample.keys()).hasSize(keptBefore + 2);
        assertThat(whole.cache()).isEqualTo("MISS");
        assertThat(whole.text("answer")).startsWith("Answer ");
        assertThat(streamed.outcome()).isEqualTo("MISS");
        assertThat(streamed.pieces()).hasSize(2);
    }

    private static void assertShown(Reply reply, String title, String reason) {
        assertThat(reply.status()).isEqualTo(502);
        assertThat(reply.type()).isEqualTo("application/problem+json");
        assertThat(reply.text("title")).isEqualTo(title);
        assertThat(reply.text("detail")).contains(reason);
        assertThat(reply.body()).doesNotContain(KEY);
    }

    private static void assertShown(Stream stream, String title, String reason) {
        assertThat(stream.names()).endsWith("problem").doesNotContain("done");
        assertThat(stream.last().get("title").asString()).isEqualTo(title);
        assertThat(stream.last().get("detail").asString()).contains(reason);
        assertThat(stream.reply().body()).doesNotContain(KEY);
    }

    private static <T> CompletableFuture<T> inBackground(Supplier<T> question) {
        return CompletableFuture.supplyAsync(question, task -> new Thread(task).start())
                .orTimeout(10, TimeUnit.SECONDS);
    }
}
