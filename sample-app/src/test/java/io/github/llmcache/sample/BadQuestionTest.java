package io.github.llmcache.sample;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BadQuestionTest {

    @SuppressWarnings("NullAway.Init")
    private static Sample sample;

    @BeforeAll
    static void start() {
        sample = Sample.start();
    }

    @AfterAll
    static void stop() {
        sample.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {}                   | is missing
            {"prompt": null}     | is missing
            {"prompt": " \\n\\t "} | is blank
            {"prompt": ["a"]}    | can't be read
            {"prompt             | can't be read
            ``                   | can't be read
            """)
    void aQuestionThatCannotBeAskedIsRefusedWithTheMistakeNamed(String body, String mistake) {
        Reply reply = sample.post(body);

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.type()).isEqualTo("application/problem+json");
        assertThat(reply.text("title")).isEqualTo("The question can't be asked");
        assertThat(reply.text("detail")).contains(mistake);
    }

    @Test
    void theLongestQuestionIsAnsweredAndALongerOneIsRefused() {
        assertThat(sample.ask("x".repeat(8000)).status()).isEqualTo(200);

        Reply reply = sample.ask("x".repeat(8001));

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.text("detail")).isEqualTo("The prompt has 8001 characters; at most 8000 can be asked.");
    }
}
