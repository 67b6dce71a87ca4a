package io.github.llmcache.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.sample.redis.EmbeddedRedis;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import tools.jackson.databind.JsonNode;

/** What the page shows around the questions. */
class DashboardPageTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @SuppressWarnings("NullAway.Init")
    private static Browser browser;

    @SuppressWarnings("NullAway.Init")
    private static Sample sample;

    @BeforeAll
    static void start() {
        if (Browser.installed()) {
            browser = Browser.start();
            sample = Sample.start("sample.demo.delay=50ms");
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
        Browser.require();
        browser.desktop();
        browser.light();
        open(sample);
    }

    @Test
    void afterThreeQuestionsThereAreChartsAndATableWithTheSameNumbers() {
        try (Sample fresh = Sample.start("sample.demo.delay=50ms")) {
            open(fresh);
            browser.await("no-history", "Nothing was answered yet");
            assertThat(browser.element("charts").isDisplayed()).isFalse();

            ask("Explain transformers", "MISS");
            awaitRow("explain transformers");
            ask("explain   TRANSFORMERS", "HIT");
            ask("Why is the sky blue?", "MISS");

            eventually()
                    .untilAsserted(
                            () -> assertThat(texts("figcaption .now")).first().isEqualTo("33 %"));
            assertThat(texts("figcaption .name")).containsExactly("Hit ratio", "Time saved", "Money saved");
            List<WebElement> charts = browser.elements("#charts svg");
            assertThat(charts).hasSize(3).allSatisfy(chart -> {
                assertThat(chart.getAriaRole()).isIn("img", "image");
                assertThat(chart.getDomAttribute("aria-label")).contains("since the start", "table");
            });
            assertThat(charts.get(0).getDomAttribute("aria-label")).contains("Hit ratio", "33 %");
            assertThat(browser.elements("#charts svg path.line")).hasSize(3);

            browser.elements("summary").get(0).sendKeys(Keys.ENTER);
            JsonNode moments = fresh.get("api/history").json().get("moments");
            assertThat(numbers()).hasSize(moments.size());
            assertThat(numbers().stream().map(row -> row.subList(1, 4)))
                    .containsExactlyElementsOf(moments.valueStream()
                            .map(moment -> ratio(moment.get("totals")))
                            .toList());
            JsonNode saved = moments.get(moments.size() - 1).at("/totals/saved");
            assertThat(numbers().get(moments.size() - 1)).endsWith(browser.text("total-money"));
            assertThat(numbers().get(moments.size() - 1).get(5))
                    .isEqualTo(saved.get("tokens").asString());
        }
    }

    private static List<String> ratio(JsonNode totals) {
        int asked = totals.get("asked").asInt();
        int spared = totals.get("spared").asInt();
        return List.of(Integer.toString(asked), Integer.toString(spared), Math.round(100.0 * spared / asked) + " %");
    }

    private static List<List<String>> numbers() {
        return browser.elements("#number-rows tr").stream()
                .map(row -> row.findElements(By.cssSelector("th, td")).stream()
                        .map(WebElement::getText)
                        .toList())
                .toList();
    }

    @Test
    void theKeyboardSwitchesToTheDaysOfAllInstances() {
        ask("What is a day?", "MISS");
        eventually()
                .until(() -> !sample.get("api/history/days").json().get("days").isEmpty());

        browser.elements("input[name=range]").get(0).sendKeys(Keys.ARROW_RIGHT);

        eventually().until(() -> browser.elements("#charts rect.column").size() == 3);
        assertThat(browser.elements("#charts svg").get(0).getDomAttribute("aria-label"))
                .contains("by day");
    }

    @Test
    void keptAnswersAreListedWithTheTimeThatTheyHaveLeft() {
        ask("How long is an answer kept?", "MISS");

        WebElement row = awaitRow("how long is an answer kept?");

        assertThat(row.getText()).contains("cache prompt", "model demo", "ago", "kB");
        assertThat(texts(".left")).first().asString().matches("59 min \\d+ s");
        String left = texts(".left").get(0);
        eventually().untilAsserted(() -> assertThat(texts(".left").get(0)).isNotEqualTo(left));
    }

    @Test
    void anAnswerIsEvictedByKeyboardAndThenTheModelIsAskedAgain() {
        ask("What stays?", "MISS");
        awaitRow("what stays?");
        ask("What goes?", "MISS");
        awaitRow("what goes?");

        evictButton("what goes?").sendKeys(Keys.ENTER);

        browser.await("told", "Evicted “what goes?”");
        assertThat(browser.element("told").getAriaRole()).isEqualTo("status");
        assertThat(rowsOf("what goes?")).isEmpty();
        assertThat(rowsOf("what stays?")).hasSize(1);
        assertThat(browser.focused().getDomAttribute("aria-label")).isEqualTo("Evict what stays?");
        ask("What goes?", "MISS");
        ask("What stays?", "HIT");
    }

    @Test
    void theLastAnswerThatIsEvictedLeavesTheFocusAtTheHeading() {
        evictAll();
        ask("What is alone?", "MISS");
        awaitRow("what is alone?");

        evictButton("what is alone?").sendKeys(Keys.SPACE);

        browser.await("no-entries", "Nothing is kept yet");
        assertThat(browser.focused().getDomAttribute("id")).isEqualTo("entries-title");
    }

    @Test
    void allAreEvictedAfterASecondThought() {
        ask("What is one of many?", "MISS");
        awaitRow("what is one of many?");

        browser.element("evict-all").sendKeys(Keys.ENTER);
        assertThat(browser.focused().getDomAttribute("id")).isEqualTo("sure-no");
        browser.focused().sendKeys(Keys.ESCAPE);
        assertThat(browser.element("sure").isDisplayed()).isFalse();
        assertThat(sample.keys()).isNotEmpty();

        evictAll();
        browser.await("told", "Evicted all answers");
        assertThat(sample.keys()).isEmpty();
        ask("What is one of many?", "MISS");
    }

    @Test
    void anExpiredAnswerVanishes() {
        try (Sample brief = Sample.start("sample.demo.delay=50ms", "llm-cache.ttl=4s")) {
            open(brief);
            ask("What passes?", "MISS");
            awaitRow("what passes?");

            browser.await("no-entries", "Nothing is kept yet");

            assertThat(rowsOf("what passes?")).isEmpty();
            ask("What passes?", "MISS");
        }
    }

    @Test
    void theBudgetIsMeasuredUntilItIsUsedUp() {
        try (Sample thrifty = Sample.start("sample.demo.delay=50ms", "llm-cache.usage.limits.day.calls=2")) {
            open(thrifty);
            browser.await("budget-lines", "0 of 2");
            ask("What is thrift?", "MISS");
            browser.await("budget-lines", "1 of 2");
            browser.await("budget-lines", "Begins anew at");
            awaitRow("what is thrift?");
            ask("What is waste?", "MISS");

            browser.await("budget-lines", "2 of 2");
            browser.await("budget-lines", "Used up. New questions are refused until");
            WebElement meter = browser.elements("meter").get(0);
            assertThat(meter.getAccessibleName()).isEqualTo("Model calls today");
            assertThat(meter.getDomProperty("value")).isEqualTo("2");

            type("What is too much?");
            browser.await("failure", "The budget is used up");
            assertThat(browser.text("advice")).matches("New questions can be asked again at [^TZ]+, in \\d.*");
            eventually().untilAsserted(() -> assertThat(texts("#calls .badge")).startsWith("REFUSED"));
            ask("What is thrift?", "HIT");
        }
    }

    @Test
    void withoutRedisThePageSaysWhatItCannotShowAndQuestionsAreAnswered() {
        EmbeddedRedis redis = EmbeddedRedis.start();
        try (Sample other = Sample.start(
                "sample.demo.delay=50ms",
                "spring.data.redis.host=127.0.0.1",
                "spring.data.redis.port=" + redis.port())) {
            open(other);
            ask("What is a server?", "MISS");
            awaitRow("what is a server?");

            redis.close();

            evictButton("what is a server?").sendKeys(Keys.ENTER);
            browser.await("told", "Nothing was evicted: Redis did not do it");
            assertThat(browser.element("told").getDomAttribute("class")).contains("bad");
            browser.await("no-entries", "Redis does not answer");
            browser.await("no-budget", "Redis does not answer");
            assertThat(browser.element("entries").isDisplayed()).isFalse();
            ask("What is a lost server?", "MISS");
            eventually().untilAsserted(() -> assertThat(texts("#calls .text")).startsWith("What is a lost server?"));
            assertThat(browser.element("charts").isDisplayed()).isTrue();
        } finally {
            redis.close();
        }
    }

    @Test
    void whatOthersAskAppearsByItself() {
        sample.ask("What does a shell ask?");

        eventually().untilAsserted(() -> assertThat(texts("#calls .text")).startsWith("What does a shell ask?"));
        awaitRow("what does a shell ask?");
    }

    @Test
    void markupInAKeptQuestionIsShownAsText() {
        ask("<img src=x> <b>bold?</b>", "MISS");

        awaitRow("<img src=x> <b>bold?</b>");

        assertThat(browser.elements("#entries img, #entries b, #told b")).isEmpty();
    }

    @Test
    void onAPhoneNothingIsWiderThanTheScreen() {
        ask("b".repeat(300), "MISS");
        browser.phone(320, 640);

        awaitRow("b".repeat(300));
        browser.run("document.getElementById('numbers').open = true");

        assertThat(browser.run("return document.documentElement.scrollWidth <= 320"))
                .isEqualTo(true);
        assertThat(browser.run("return [...document.querySelectorAll('.evict')].every(b => b.offsetHeight >= 44)"))
                .isEqualTo(true);
    }

    @Test
    void everyPartHasAHeadingAndEveryControlAName() {
        ask("What has a name?", "MISS");
        awaitRow("what has a name?");

        assertThat(browser.elements("main section[aria-labelledby]").stream().map(WebElement::getAccessibleName))
                .containsExactly(
                        "Since the start", "Recent calls", "Over time", "Kept answers", "Budget of all who ask");
        assertThat(browser.elements("button, input, textarea, meter, summary").stream()
                        .filter(WebElement::isDisplayed)
                        .map(WebElement::getAccessibleName))
                .allMatch(name -> !name.isBlank());
    }

    @Test
    void textsAndMarksStandOutFromTheirGroundsInLightAndDark() {
        for (Runnable scheme : List.<Runnable>of(browser::light, browser::dark)) {
            scheme.run();
            for (String text : List.of("ink", "soft", "bad", "miss", "hit")) {
                assertThat(contrast(text, "page")).as(text).isGreaterThan(4.5);
                assertThat(contrast(text, "card")).as(text).isGreaterThan(4.5);
            }
            assertThat(contrast("accent-ink", "accent")).isGreaterThan(4.5);
            assertThat(contrast("hit", "hit-ground")).isGreaterThan(4.5);
            assertThat(contrast("card", "bad")).isGreaterThan(4.5);
            for (String mark : List.of("accent", "edge")) {
                assertThat(contrast(mark, "page")).as(mark).isGreaterThan(3);
                assertThat(contrast(mark, "card")).as(mark).isGreaterThan(3);
            }
        }
    }

    /** The contrast of two of the page's colours, from 1 to 21, as WCAG reckons it. */
    private static double contrast(String colour, String ground) {
        return ((Number) Objects.requireNonNull(browser.run("""
                const style = getComputedStyle(document.documentElement);
                const luminance = (name) => {
                  const hex = style.getPropertyValue('--' + name).trim().slice(1);
                  const [r, g, b] = [0, 2, 4]
                      .map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
                      .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
                  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
                };
                const [dark, light] = [luminance('%s'), luminance('%s')].sort((one, other) => one - other);
                return (light + 0.05) / (dark + 0.05);""".formatted(colour, ground)))).doubleValue();
    }

    /** Waits; a row that goes while it is looked at is looked for again. */
    private static ConditionFactory eventually() {
        return await().atMost(PATIENCE).ignoreException(StaleElementReferenceException.class);
    }

    private static void open(Sample opened) {
        browser.open(opened.url());
        browser.await("model", "built-in demo");
    }

    private static void type(String prompt) {
        WebElement field = browser.element("prompt");
        field.clear();
        field.sendKeys(prompt, Keys.ENTER);
    }

    /** Asks by the page and waits for the answer. */
    private static void ask(String prompt, String outcome) {
        type(prompt);
        eventually().untilAsserted(() -> {
            assertThat(browser.text("asked")).isEqualTo(prompt);
            assertThat(browser.text("badge")).startsWith(outcome);
            assertThat(browser.element("ask").isEnabled()).isTrue();
        });
    }

    private static void evictAll() {
        if (!sample.keys().isEmpty()) {
            eventually().until(() -> browser.element("evict-all").isDisplayed());
            browser.element("evict-all").sendKeys(Keys.ENTER);
            browser.element("sure-yes").sendKeys(Keys.ENTER);
        }
        browser.await("no-entries", "Nothing is kept yet");
    }

    private static WebElement awaitRow(String prompt) {
        eventually().until(() -> rowsOf(prompt).size() == 1);
        return rowsOf(prompt).get(0);
    }

    private static List<WebElement> rowsOf(String prompt) {
        return browser.elements("#entry-rows tr").stream()
                .filter(row ->
                        row.findElement(By.cssSelector(".prompt")).getText().equals(prompt))
                .toList();
    }

    private static WebElement evictButton(String prompt) {
        return awaitRow(prompt).findElement(By.cssSelector(".evict"));
    }

    private static List<String> texts(String selector) {
        return browser.elements(selector).stream().map(WebElement::getText).toList();
    }
}
