package io.github.llmcache.benchmarks;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What stands on the class paths of other JVMs. */
final class ClassPaths {

    /** This module. */
    private static final Pattern OWN = Pattern.compile("/benchmarks/target/(classes|benchmarks-[^/]*\\.jar)$");

    /** All that Boot's starters for web applications, caches and Redis bring. */
    private static final Pattern BOOT = Pattern.compile("/(spring-"
            + "(?!boot-starter-test|boot-test|test)"
            + "|tomcat-embed-|jackson-annotations-|micrometer-|lettuce-core-|redis-authx-core-|netty-|reactor-core-|reactive-streams-|jakarta\\."
            + "|logback-|log4j-|jul-to-slf4j-|slf4j-api-|snakeyaml-|commons-logging-|jspecify-)[^/]*\\.jar$"
            + "|/tools/jackson/.*\\.jar$");

    /** What this project's starter brings besides. */
    private static final Pattern STARTER = Pattern.compile(
            "/(llm-cache-autoconfigure|llm-cache-spring-boot-starter)/" + "target/|/resilience4j-[^/]*\\.jar$");

    private static final Pattern CAFFEINE = Pattern.compile("/caffeine-[^/]*\\.jar$");

    private ClassPaths() {}

    /** That of this JVM. */
    static String all() {
        String all = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Arrays.stream(all.split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** That of an application with Boot's starters, this project's if wanted, and Caffeine if wanted. */
    static String application(boolean starter, boolean caffeine) {
        Predicate<String> wanted = OWN.asPredicate().or(BOOT.asPredicate());
        if (starter) {
            wanted = wanted.or(STARTER.asPredicate());
        }
        if (caffeine) {
            wanted = wanted.or(CAFFEINE.asPredicate());
        }
        Predicate<String> all = wanted;
        return Arrays.stream(all().split(File.pathSeparator))
                .filter(entry -> all.test(entry.replace(File.separatorChar, '/')))
                .collect(Collectors.joining(File.pathSeparator));
    }
}
