package io.github.llmcache.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

class PageTest {

    // Long enough to see that the page waits, and to tell a miss from a hit by the time.
    private static final String THINKING = "sample.demo.delay=700ms";

    @SuppressWarnings("NullAway.Init")
    private static Browser browser;

    @SuppressWarnings("NullAway.Init")
    private static Sample sample;

    @BeforeAll
    static void start() {
        if (Browser.installed()) {
            browser = Browser.start();
            sample = Sample.start(THINKING);
        }
    }

    @AfterAll
    static void stop() {
        // They are missing where no browser was found.
        if (sample != null) {
            sample.close();
        }
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void open() {
        // Before each test, not once before all, so that each is named among the skipped.
        Browser.require();
        browser.desktop();
        browser.open(sample.url());
        browser.await("model", "built-in demo");
        browser.await("redis", "embedded, 127.0.0.1:");
    }

    @Test
    void aQuestionIsAMissAndTheSameInOtherSpacingIsAFasterHit() {
        int asked = number("total-asked");
        int spared = number("total-spared");
        int kept = sample.keys().size();

        type("Why is the sea salty?");
        browser.await("thinking", "The model is thinking");
        assertThat(browser.element("ask").isEnabled()).isFalse();
        browser.await("badge", "MISS");
        await().until(() -> browser.element("ask").isEnabled());
        assertThat(browser.text("answer")).contains("“Why is the sea salty?”");
        assertThat(browser.text("time")).matches("\\d+ ms|\\d\\.\\d\\d s");
        double missMillis = lastCallMillis("MISS");
        await().until(() -> sample.keys().size() > kept);

        type("  why is   the sea SALTY?");
        browser.await("badge", "HIT · redis");
        assertThat(browser.text("answer")).contains("“Why is the sea salty?”");
        assertThat(lastCallMillis("HIT")).isLessThan(missMillis);

        browser.await("total-asked", Integer.toString(asked + 2));
        browser.await("total-spared", Integer.toString(spared + 1));
        assertThat(browser.text("total-saved")).isNotEqualTo("0 s");
        assertThat(browser.text("total-tokens")).matches("[1-9][\\d,]*");
        assertThat(browser.text("total-money")).matches("0\\.0*[1-9]\\d*");
        browser.await("fleet", browser.text("total-tokens") + " tokens, " + browser.text("total-money") + " saved");
        browser.await("made-up", "made up");
        assertThat(browser.elements("#calls .badge").stream().map(WebElement::getText))
                .startsWith("HIT", "MISS");
    }

    @Test
    void moneyOfAModelWithoutPricesIsNotCalledNothing() {
        try (ModelStub model = ModelStub.openAi();
                Sample other = Sample.start(
                        "sample.openai.base-url=" + model.url() + "/v1", "sample.openai.api-key=sk-canary")) {
            other.askAndKeep("Explain transformers");
            other.ask("Explain transformers");
            await().until(() ->
                    other.get("api/status").json().at("/fleet/tokens").asLong() > 0);
            browser.open(other.url());

            browser.await("total-tokens", "23");
            browser.await("total-money", "no prices");
            browser.await("fleet", "23 tokens saved, no prices");
        }
    }

    @Test
    void anAnswerIsShownAsItIsMadeAndAHitAsItWas() {
        int kept = sample.keys().size();
        browser.run("""
                window.lengths = [];
                new MutationObserver(() => lengths.push(document.getElementById('answer').textContent.length))
                    .observe(document.getElementById('answer'), {childList: true});""");

        type("How does an answer grow?");
        browser.await("source", "Answering");
        assertThat(browser.run("return document.getElementById('answered').getAttribute('aria-busy')"))
                .isEqualTo("true");
        browser.await("badge", "MISS");
        String answer = browser.text("answer");
        assertThat(answer).contains("“How does an answer grow?”").endsWith("set.");
        assertThat(lengths()).hasSizeGreaterThan(2).isSorted();
        assertThat(browser.run("return document.getElementById('answered').getAttribute('aria-busy')"))
                .isNull();
        await().until(() -> sample.keys().size() > kept);

        type("how does an ANSWER grow?");
        browser.await("badge", "HIT · redis");
        assertThat(browser.text("answer")).isEqualTo(answer);
    }

    @SuppressWarnings("unchecked")
    private static List<Long> lengths() {
        return (List<Long>)
                Objects.requireNonNull(browser.run("return [...new Set(lengths.filter(length => length > 0))]"));
    }

    @Test
    void anExampleAsksByAClick() {
        WebElement example = browser.elements(".example").get(0);

        example.click();

        browser.await("asked", example.getText());
        browser.await("answer", "I am the built-in demo model");
    }

    @Test
    void aRefusedQuestionIsExplained() {
        type("   ");

        browser.await("failure", "The question can't be asked");
        assertThat(browser.text("advice")).isEqualTo("The prompt is blank.");
        await().untilAsserted(() -> assertThat(
                        browser.elements("#calls .text, #calls .badge").stream().map(WebElement::getText))
                .startsWith("ERROR", "(blank)"));
    }

    @Test
    void aServiceThatIsGoneIsExplained() {
        try (Sample other = Sample.start()) {
            browser.open(other.url());
            browser.await("model", "built-in demo");
        }

        type("Is anybody there?");

        browser.await("failure", "The service can't be reached");
        assertThat(browser.element("ask").isEnabled()).isTrue();
    }

    @Test
    void markupInAQuestionIsShownAsText() {
        String markup = "<img src=x onerror=\"document.title='owned'\"><b>bold</b>";

        type(markup);

        browser.await("answer", markup);
        assertThat(browser.text("asked")).isEqualTo(markup);
        assertThat(browser.elements("#reply img, #reply b, #calls img, #calls b"))
                .isEmpty();
        assertThat(browser.run("return document.title")).asString().doesNotContain("owned");
    }

    @Test
    void textsRunInTheirOwnDirection() {
        type("ما هو Redis؟");

        browser.await("answer", "I am the built-in demo model");
        assertThat(direction("#prompt, #asked")).containsExactly("rtl", "rtl");
        await().untilAsserted(() ->
                assertThat(direction("#calls li:first-child .text")).containsExactly("rtl"));
        assertThat(direction("#answer")).containsExactly("ltr");
    }

    @SuppressWarnings("unchecked")
    private static List<String> direction(String selector) {
        return (List<String>) Objects.requireNonNull(browser.run("return [...document.querySelectorAll('" + selector
                + "')].map(node => getComputedStyle(node).direction)"));
    }

    @Test
    void shiftAndEnterStartsANewLineInsteadOfAsking() {
        int asked = number("total-asked");

        browser.element("prompt").sendKeys("one", Keys.chord(Keys.SHIFT, Keys.ENTER), "two");

        assertThat(browser.run("return document.getElementById('prompt').value"))
                .isEqualTo("one\ntwo");
        assertThat(browser.element("reply").isDisplayed()).isFalse();
        assertThat(sample.get("api/status").json().at("/totals/asked").asInt()).isEqualTo(asked);
    }

    @Test
    void onAPhoneNothingIsWiderThanTheScreen() {
        browser.phone(320, 640);
        type("a".repeat(300) + " https://example.com/" + "b".repeat(300));
        browser.await("answer", "I am the built-in demo model");

        assertThat(browser.run("return document.documentElement.scrollWidth <= 320"))
                .isEqualTo(true);
    }

    @Test
    void everyControlHasANameForThoseWhoDoNotSeeIt() {
        assertThat(browser.element("prompt").getAccessibleName()).isEqualTo("Your question");
        assertThat(browser.elements("button").stream()
                        .filter(WebElement::isDisplayed)
                        .map(WebElement::getAccessibleName))
                .isNotEmpty()
                .allMatch(name -> !name.isBlank());
        assertThat(browser.run("return document.querySelector('[aria-live=polite] #reply') !== null"))
                .isEqualTo(true);
    }

    private static void type(String prompt) {
        WebElement field = browser.element("prompt");
        field.clear();
        field.sendKeys(prompt, Keys.ENTER);
    }

    private static int number(String id) {
        return Integer.parseInt(browser.text(id));
    }

    private static double lastCallMillis(String outcome) {
        await().untilAsserted(() -> assertThat(browser.elements("#calls .badge"))
                .first()
                .extracting(WebElement::getText)
                .isEqualTo(outcome));
        List<WebElement> bars = browser.elements("#calls .bar");
        return Double.parseDouble(String.valueOf(bars.get(0).getDomAttribute("data-millis")));
    }
}
