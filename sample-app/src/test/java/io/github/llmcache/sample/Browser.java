package io.github.llmcache.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.springframework.util.FileSystemUtils;

/** A headless Chromium that can reach the loopback interface only. */
final class Browser implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Path profile;
    private final ChromeDriver driver;

    private Browser(String chromium, String chromedriver) {
        try {
            profile = Files.createTempDirectory("llm-cache-browser");
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(new File(chromedriver))
                .usingAnyFreePort()
                .build();
        driver = new ChromeDriver(service, options(chromium, profile));
    }

    /** Whether one is installed here. */
    static boolean installed() {
        return chromium().isPresent() && chromedriver().isPresent();
    }

    /** Skips the test where none is installed, unless the tests run for CI, which has one. */
    static void require() {
        String missing = "No Chromium with its chromedriver was found: set CHROMIUM and CHROMEDRIVER";
        if ("true".equals(System.getenv("CI"))) {
            assertThat(installed()).as(missing).isTrue();
        }
        assumeTrue(installed(), missing);
    }

    /** Starts the one that is installed. */
    static Browser start() {
        return new Browser(chromium().orElseThrow(), chromedriver().orElseThrow());
    }

    void open(String address) {
        driver.get(address);
    }

    WebElement element(String id) {
        return driver.findElement(By.id(id));
    }

    List<WebElement> elements(String selector) {
        return driver.findElements(By.cssSelector(selector));
    }

    String text(String id) {
        return element(id).getText();
    }

    /** Waits until a visible element's text contains something. */
    void await(String id, String text) {
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(text(id))
                .contains(text));
    }

    @Nullable
    Object run(String script) {
        return driver.executeScript(script);
    }

    /** The element that has the focus. */
    WebElement focused() {
        return driver.switchTo().activeElement();
    }

    void light() {
        scheme("light");
    }

    void dark() {
        scheme("dark");
    }

    private void scheme(String value) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", value))));
    }

    void desktop() {
        driver.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
    }

    void phone(int width, int height) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 2, "mobile", true));
    }

    byte[] screenshot() {
        return driver.getScreenshotAs(OutputType.BYTES);
    }

    @Override
    public void close() {
        driver.quit();
        try {
            FileSystemUtils.deleteRecursively(profile);
        } catch (IOException ex) {
            // The browser's last child may still write; the folder is the system's to remove.
        }
    }

    private static ChromeOptions options(String chromium, Path profile) {
        ChromeOptions options = new ChromeOptions();
        options.setBinary(chromium);
        options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-dev-shm-usage",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                "--window-size=1280,900",
                "--user-data-dir=" + profile);
        return options;
    }

    private static Optional<String> chromium() {
        return find(
                "CHROMIUM",
                "/usr/bin/chromium",
                "/usr/bin/chromium-browser",
                "/usr/bin/google-chrome",
                "/snap/bin/chromium",
                "/Applications/Chromium.app/Contents/MacOS/Chromium",
                "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome");
    }

    private static Optional<String> chromedriver() {
        return find(
                "CHROMEDRIVER",
                "/usr/bin/chromedriver",
                "/usr/local/bin/chromedriver",
                "/usr/lib/chromium-browser/chromedriver",
                "/snap/bin/chromium.chromedriver",
                "/opt/homebrew/bin/chromedriver");
    }

    private static Optional<String> find(String variable, String... places) {
        String named = System.getenv(variable);
        Stream<String> candidates = named != null && !named.isBlank() ? Stream.of(named) : Stream.of(places);
        return candidates.filter(place -> Files.isExecutable(Path.of(place))).findFirst();
    }
}
