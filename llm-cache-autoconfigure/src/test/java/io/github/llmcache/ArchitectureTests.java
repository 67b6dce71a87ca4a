package io.github.llmcache;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

class ArchitectureTests {

    private static final String ROOT = "io.github.llmcache.";

    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_JARS)
            .importPackages("io.github.llmcache");

    @Test
    void the_classes_of_the_library_are_seen_and_no_others() {
        assertThat(MAIN.contain(ROOT + "engine.PromptCache")).isTrue();
        assertThat(MAIN.contain(ROOT + "ArchitectureTests")).isFalse();
        assertThat(MAIN).hasSizeGreaterThan(80);
    }

    @Test
    void packages_have_no_cycles() {
        slices().matching("io.github.llmcache.(**)").should().beFreeOfCycles().check(MAIN);
    }

    @Test
    void the_core_rooms_depend_only_on_the_rooms_they_may_use() {
        room("annotation");
        room("key");
        room("model");
        room("payload");
        room("tier", "key", "payload");
        room("event", "key", "tier");
        room("engine", "key", "model", "payload", "tier", "event");
        room("interceptor", "annotation", "key", "model", "payload", "event", "engine", "tier");
        room("explain", "key", "tier", "event", "engine");
        room("operations", "key", "payload", "tier", "engine", "explain");
        room("usage.dedup");
        room("usage", "usage.dedup", "model", "tier", "event", "engine");
        room("near", "key", "payload", "tier", "interceptor");
        noClasses()
                .that()
                .resideInAPackage(ROOT + "langchain4j.memory..")
                .should()
                .dependOnClassesThat(resideInAnyPackage("io.github.llmcache..")
                        .and(DescribedPredicate.not(
                                resideInAnyPackage(ROOT + "langchain4j..", ROOT + "redis", ROOT + "payload"))))
                .check(MAIN);
    }

    @Test
    void chat_memory_needs_no_more_of_langchain4j_than_its_core() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + "langchain4j.memory..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.langchain4j.service..", "dev.langchain4j.memory.chat..")
                .check(MAIN);
    }

    private static void room(String name, String... mayUse) {
        DescribedPredicate<JavaClass> ofOtherRooms = resideInAnyPackage("io.github.llmcache..")
                .and(DescribedPredicate.not(resideInAnyPackage(Stream.concat(Stream.of(name), Arrays.stream(mayUse))
                        .map(room -> ROOT + room)
                        .toArray(String[]::new))));
        noClasses()
                .that()
                .resideInAPackage(ROOT + name + "..")
                .should()
                .dependOnClassesThat(ofOtherRooms)
                .as("Room " + name + " should use no room but " + List.of(mayUse))
                .check(MAIN);
    }

    @Test
    void nothing_depends_on_the_wiring_but_the_wiring() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "autoconfigure..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + "autoconfigure..")
                .check(MAIN);
    }

    @Test
    void spring_boot_is_known_to_the_wiring_and_the_actuator_only() {
        only("org.springframework.boot..", "autoconfigure..", "actuate..");
    }

    @Test
    void spring_data_redis_is_known_to_the_redis_room_the_chat_memory_and_the_wiring_only() {
        only("org.springframework.data.redis..", "redis..", "langchain4j.memory..", "autoconfigure..");
        only("io.lettuce..", "redis..", "autoconfigure..");
        only("redis.clients..", "redis..", "autoconfigure..");
    }

    @Test
    void optional_libraries_are_known_to_their_rooms_only() {
        only("org.springframework.transaction..", "interceptor..", "reactor..");
        only("dev.langchain4j..", "langchain4j..", "autoconfigure.langchain4j..");
        only("io.micrometer..", "metrics..", "autoconfigure.metrics..", "context..", "autoconfigure.context..");
        only("io.micrometer.core..", "metrics..", "autoconfigure.metrics..");
        only("io.micrometer.context..", "context..", "autoconfigure.context..");
        only("org.springframework.security..", "context..", "autoconfigure.context..", "autoconfigure.usage..");
        only("org.slf4j..", "context..", "autoconfigure.context..");
        only("com.github.benmanes.caffeine..", "near..", "autoconfigure.near..");
        only("io.github.resilience4j..", "redis..");
        only("reactor..", "reactor..", "autoconfigure.reactor..");
        only("org.reactivestreams..", "reactor..", "autoconfigure.reactor..");
        only("jakarta.servlet..", "web..", "autoconfigure.web..");
        only("org.springframework.web..", "web..", "autoconfigure.web..");
        only("org.springframework.http..", "web..", "autoconfigure.web..");
    }

    @Test
    void json_is_known_to_those_who_write_it_only() {
        noClasses()
                .that()
                .resideInAnyPackage(rooms(
                        "annotation", "key", "model", "tier", "event", "engine", "explain", "interceptor", "usage"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("tools.jackson..", "com.fasterxml.jackson..")
                .check(MAIN);
    }

    @Test
    void the_rooms_below_the_interceptor_know_no_spring_at_all() {
        noClasses()
                .that()
                .resideInAnyPackage(rooms(
                        "key", "model", "payload", "tier", "event", "engine", "explain", "operations", "near", "usage"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.springframework..")
                .check(MAIN);
    }

    /** A library that no other rooms than the given ones may know; the rooms need not be there yet. */
    private static void only(String library, String... rooms) {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        Arrays.stream(rooms).map(room -> ROOT + room).toArray(String[]::new))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .allowEmptyShould(true)
                .check(MAIN);
    }

    private static String[] rooms(String... names) {
        return Arrays.stream(names).map(name -> ROOT + name + "..").toArray(String[]::new);
    }

    @Test
    void no_package_is_named_for_what_it_does_not_say() {
        noClasses()
                .should()
                .resideInAnyPackage("..util..", "..utils..", "..support..", "..common..", "..helper..", "..misc..")
                .check(MAIN);
    }

    @Test
    void every_package_says_what_it_holds_and_that_nothing_is_null_unless_it_says_so() throws Exception {
        Set<String> packages = MAIN.stream()
                .map(JavaClass::getPackageName)
                .filter(name -> name.startsWith("io.github.llmcache"))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(packages).contains(ROOT + "key", ROOT + "autoconfigure.redis");
        for (String name : packages) {
            assertThat(Class.forName(name + ".package-info").isAnnotationPresent(NullMarked.class))
                    .as(name)
                    .isTrue();
        }
    }

    @Test
    void no_class_is_a_manager_but_the_cache_manager_of_spring() {
        noClasses()
                .that()
                .doNotHaveSimpleName("LlmRedisCacheManager")
                .should()
                .haveSimpleNameEndingWith("Manager")
                .orShould()
                .haveSimpleNameEndingWith("Helper")
                .orShould()
                .haveSimpleNameEndingWith("Util")
                .orShould()
                .haveSimpleNameEndingWith("Utils")
                .check(MAIN);
    }

    @Test
    void no_field_is_public_and_can_be_changed() {
        fields().that().arePublic().should().beFinal().check(MAIN);
    }

    @Test
    void exceptions_are_called_so() {
        classes()
                .that()
                .areAssignableTo(Throwable.class)
                .should()
                .haveSimpleNameEndingWith("Exception")
                .check(MAIN);
    }
}
