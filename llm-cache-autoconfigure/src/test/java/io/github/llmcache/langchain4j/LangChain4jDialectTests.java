package io.github.llmcache.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.input.structured.StructuredPrompt;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.MemoryId;
import dev.langchain4j.service.Moderate;
import dev.langchain4j.service.Result;
import dev.langchain4j.service.SystemMessage;
import dev.langchain4j.service.TokenStream;
import dev.langchain4j.service.UserMessage;
import dev.langchain4j.service.UserName;
import dev.langchain4j.service.V;
import io.github.llmcache.interceptor.PromptMethodDialect.Refusal;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

class LangChain4jDialectTests {

    private final LangChain4jDialect dialect = new LangChain4jDialect();

    @SuppressWarnings("unused")
    interface Assistant {

        @SystemMessage("Be kind.")
        String system(String question);

        @UserMessage("Be kind.")
        String user(String question);

        @SystemMessage("Be kind.")
        @UserMessage("Explain {{it}}")
        String both(String topic);

        @UserMessage({"one", "two"})
        String lines(String question);

        @UserMessage(
                value = {"one", "two"},
                delimiter = " - ")
        String delimited(String question);

        @SystemMessage(fromResource = "beside-the-type.txt")
        String beside(String question);

        @SystemMessage(fromResource = "prompts/from-the-root.txt")
        String root(String question);

        @UserMessage(fromResource = "/prompts/from-the-root.txt")
        String absolute(String question);

        @SystemMessage(fromResource = "prompts/missing.txt")
        String missing(String question);

        @UserMessage(fromResource = "/prompts/missing.txt")
        String missingAbsolute(String question);

        @UserMessage(fromResource = "prompts/blank.txt")
        String blankResource(String question);

        @SystemMessage
        String blank(String question);

        String plain(String question);

        String several(String question, String other);

        String parameterText(@UserMessage("this text is not read") String question);

        String nobody(@V("x") String one, @V("y") String other);

        String userOne(@V("x") @UserMessage String one, @V("y") String other);

        String userOther(@V("x") String one, @V("y") @UserMessage String other);

        String nameOne(@V("x") @UserName String one, @V("y") String other);

        String nameOther(@V("x") String one, @V("y") @UserName String other);

        @UserMessage("{{a}} before {{b}}")
        String variablesOne(@V("a") String x, @V("b") String y);

        @UserMessage("{{a}} before {{b}}")
        String variablesTwo(@V("b") String x, @V("a") String y);

        String structured(Recipe recipe);

        String structuredDate(Today today);

        String pictures(@UserMessage String question, @UserMessage ImageContent picture, @V("x") String other);

        TokenStream stream(String question);

        Result<String> result(String question);

        @UserMessage("Hello")
        String named(@UserName String name);

        @SystemMessage("Today is {{current_date}}.")
        String date(String question);

        @UserMessage("It is {{ current_time }}: {{it}}")
        String time(String question);

        @UserMessage("Now: {{current_date_time}}")
        String dateTime(String question);
    }

    interface Moderated {

        @Moderate
        String moderated(String question);
    }

    @SuppressWarnings("unused")
    interface Bare {

        Flux<String> flux(String question);

        Flux<Integer> numbers(String question);
    }

    @SuppressWarnings("unused")
    interface Annotated {

        Flux<String> flux(@V("x") String question);
    }

    @Retention(RetentionPolicy.RUNTIME)
    @interface Foreign {}

    @SuppressWarnings("unused")
    interface OfOthers {

        @Foreign
        Flux<String> flux(String question);
    }

    @SuppressWarnings("unused")
    static class HandMade {

        Flux<String> flux(String question) {
            return Flux.just(question);
        }
    }

    interface Remembering {

        String memory(@MemoryId String id, @UserMessage String question);
    }

    @SystemMessage("Be brief.")
    @SuppressWarnings("unused")
    interface Brief {

        String inherited(String question);

        @SystemMessage("Be long.")
        String own(String question);
    }

    @StructuredPrompt({"Cook", "{{dish}}"})
    record Recipe(String dish) {}

    @StructuredPrompt("Today is {{current_date}}")
    record Today(String question) {}

    @SuppressWarnings("unused")
    static final class Tools {

        @Tool("tells the weather")
        String weather(String city) {
            return city;
        }
    }

    @Test
    void the_texts_of_a_method_are_templates() {
        assertThat(templates("both")).containsExactly("SystemMessage: Be kind.", "UserMessage: Explain {{it}}");
    }

    @Test
    void a_text_moved_from_system_to_user_changes_the_templates() {
        assertThat(templates("system")).isNotEmpty().isNotEqualTo(templates("user"));
    }

    @Test
    void lines_are_joined_as_the_annotation_says() {
        assertThat(templates("lines")).containsExactly("UserMessage: one\ntwo");
        assertThat(templates("delimited")).containsExactly("UserMessage: one - two");
    }

    @Test
    void the_system_text_of_the_interface_counts_where_the_method_has_none() {
        assertThat(dialect.templates(method(Brief.class, "inherited"), Brief.class))
                .containsExactly("SystemMessage: Be brief.");
        assertThat(dialect.templates(method(Brief.class, "own"), Brief.class))
                .containsExactly("SystemMessage: Be long.");
    }

    @Test
    void a_resource_is_found_beside_the_type_and_at_the_root() {
        assertThat(templates("beside")).containsExactly("SystemMessage: You are beside the type.\nGrüße");
        assertThat(templates("root")).containsExactly("SystemMessage: You are at the root.");
        assertThat(templates("absolute")).containsExactly("UserMessage: You are at the root.");
    }

    @Test
    void a_missing_resource_is_named_with_the_places_looked_at_and_what_to_write() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> templates("missing"))
                .withMessageContaining("@SystemMessage on " + Assistant.class.getName() + ".missing")
                .withMessageContaining(
                        "no io/github/llmcache/langchain4j/prompts/missing.txt and no prompts/missing.txt")
                .withMessageContaining("src/main/resources/prompts/missing.txt")
                .withMessageContaining("fromResource = ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> templates("missingAbsolute"))
                .withMessageContaining("class path has no prompts/missing.txt");
    }

    @ParameterizedTest
    @ValueSource(strings = {"blank", "blankResource"})
    void a_text_that_is_blank_is_refused_with_an_action(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> templates(name))
                .withMessageContaining(name)
                .withMessageContaining("Write the text into");
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "several", "parameterText"})
    void a_method_without_texts_has_no_templates(String name) {
        assertThat(templates(name)).isEmpty();
    }

    @Test
    void what_each_of_several_parameters_is_in_the_prompt_is_its_role() {
        List<List<String>> roles = new ArrayList<>();
        for (String name : List.of("nobody", "userOne", "userOther", "nameOne", "nameOther")) {
            roles.add(roles(name));
        }
        assertThat(roles).doesNotHaveDuplicates();
        assertThat(roles("variablesOne")).isNotEqualTo(roles("variablesTwo"));
        assertThat(roles("variablesOne")).contains("parameter a", "parameter b");
    }

    @Test
    void the_text_of_a_structured_prompt_is_a_template() {
        assertThat(templates("structured")).containsExactly("StructuredPrompt: Cook\n{{dish}}");
    }

    @Test
    void the_prompt_is_the_text_marked_as_user_message() {
        List<Boolean> prompts = new ArrayList<>();
        Arrays.stream(method(Assistant.class, "pictures").getParameters())
                .forEach(parameter -> prompts.add(dialect.isPrompt(parameter)));
        assertThat(prompts).containsExactly(true, false, false);
    }

    @Test
    void a_method_with_memory_is_refused() {
        Refusal refusal = dialect.refusal(method(Remembering.class, "memory"), Remembering.class)
                .orElseThrow();
        assertThat(refusal.problem()).contains("@MemoryId");
        assertThat(refusal.action()).contains("llm-cache.langchain4j.chat-model.enabled=true");
    }

    @Test
    void a_tool_is_refused() {
        assertThat(dialect.refusal(method(Tools.class, "weather"), Tools.class)
                        .orElseThrow()
                        .problem())
                .contains("@Tool");
    }

    @Test
    void a_stream_that_does_not_tell_its_end_is_refused_where_the_method_is_that_of_an_ai_service() {
        for (Class<?> type : List.of(Bare.class, Annotated.class)) {
            Refusal refusal = dialect.refusal(method(type, "flux"), type).orElseThrow();
            assertThat(refusal.problem()).contains("Flux").contains("cut off");
            assertThat(refusal.action())
                    .contains("TokenStream")
                    .contains("llm-cache.langchain4j.chat-model.enabled=true");
        }
        assertThat(dialect.refusal(method(Bare.class, "numbers"), Bare.class)).isEmpty();
        assertThat(dialect.refusal(method(OfOthers.class, "flux"), OfOthers.class))
                .isEmpty();
        assertThat(dialect.refusal(method(HandMade.class, "flux"), HandMade.class))
                .isEmpty();
    }

    @Test
    void the_name_of_a_user_is_no_prompt() {
        Parameter[] parameters = method(Assistant.class, "nameOne").getParameters();
        assertThat(dialect.isNoPrompt(parameters[0])).isTrue();
        assertThat(dialect.isNoPrompt(parameters[1])).isFalse();
    }

    @Test
    void that_a_prompt_is_moderated_and_who_asks_are_roles_of_a_method_with_one_parameter_too() {
        assertThat(roles("both")).isEmpty();
        assertThat(dialect.roles(method(Moderated.class, "moderated"), Moderated.class))
                .isNotEmpty();
        assertThat(roles("named")).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"date", "time", "dateTime", "structuredDate"})
    void a_text_that_tells_the_time_is_refused(String name) {
        Refusal refusal =
                dialect.refusal(method(Assistant.class, name), Assistant.class).orElseThrow();
        assertThat(refusal.problem()).contains("{{current_");
        assertThat(refusal.action()).contains("as an argument");
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "both", "missing", "pictures", "result", "stream", "variablesOne"})
    void other_methods_are_not_refused(String name) {
        assertThat(dialect.refusal(method(Assistant.class, name), Assistant.class))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"system", "both", "lines", "delimited", "beside", "root", "absolute", "parameterText"})
    void the_texts_are_those_that_langchain4j_sends(String name) throws ReflectiveOperationException {
        List<ChatMessage> sent = new ArrayList<>();
        ChatModel model = new ChatModel() {
            @Override
            public ChatResponse doChat(ChatRequest request) {
                sent.addAll(request.messages());
                return ChatResponse.builder()
                        .aiMessage(AiMessage.from("answer"))
                        .build();
            }
        };
        Method method = method(Assistant.class, name);
        method.invoke(AiServices.create(Assistant.class, model), "the question");

        List<String> texts = new ArrayList<>();
        for (ChatMessage message : sent) {
            if (message instanceof dev.langchain4j.data.message.SystemMessage system) {
                texts.add("SystemMessage: " + system.text());
            } else if (message instanceof dev.langchain4j.data.message.UserMessage user
                    && !user.singleText().equals("the question")) {
                texts.add("UserMessage: " + user.singleText());
            }
        }
        List<String> expected = new ArrayList<>();
        templates(name).forEach(template -> expected.add(template.replace("{{it}}", "the question")));
        assertThat(texts).isEqualTo(expected);
    }

    interface Common {

        String ask(String question);
    }

    @SystemMessage("Be kind.")
    interface Kind extends Common {}

    @Test
    void the_system_text_of_the_service_counts_for_a_method_that_it_inherits() {
        assertThat(dialect.templates(method(Common.class, "ask"), Kind.class))
                .containsExactly("SystemMessage: Be kind.");
        assertThat(dialect.templates(method(Common.class, "ask"), Common.class)).isEmpty();
    }

    private List<String> roles(String name) {
        return dialect.roles(method(Assistant.class, name), Assistant.class);
    }

    private List<String> templates(String name) {
        return dialect.templates(method(Assistant.class, name), Assistant.class);
    }

    private static Method method(Class<?> type, String name) {
        return Arrays.stream(type.getDeclaredMethods())
                .filter(method -> method.getName().equals(name))
                .findAny()
                .orElseThrow();
    }
}
