package io.github.llmcache.langchain4j.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.memory.ChatMemory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a window of messages does, LangChain4j's own included. */
abstract class ChatMemoryContract {

    private static final SystemMessage SYSTEM = SystemMessage.from("Be kind.");
    private static final SystemMessage OTHER_SYSTEM = SystemMessage.from("Be brief.");
    private static final AiMessage ASKS = AiMessage.from(tool("1"), tool("2"));
    private static final ToolExecutionResultMessage FIRST = ToolExecutionResultMessage.from("1", "clock", "12:00");
    private static final ToolExecutionResultMessage SECOND = ToolExecutionResultMessage.from("2", "clock", "13:00");

    abstract ChatMemory memory(int maxMessages, boolean systemFirst);

    private ChatMemory memory(int maxMessages) {
        return memory(maxMessages, false);
    }

    @Test
    void it_has_its_id_and_begins_empty() {
        assertThat(memory(3).id()).isEqualTo("ada");
        assertThat(memory(3).messages()).isEmpty();
    }

    @Test
    void the_oldest_messages_go_first() {
        ChatMemory memory = memory(3);
        for (int i = 0; i < 7; i++) {
            memory.add(user(i));
        }
        assertThat(memory.messages()).containsExactly(user(4), user(5), user(6));
    }

    @Test
    void several_messages_are_added_in_their_order() {
        ChatMemory memory = memory(4);
        memory.add(SYSTEM, user(1), user(2));
        memory.add(List.of(user(3), OTHER_SYSTEM, user(4)));
        memory.add(List.of());
        assertThat(memory.messages()).containsExactly(user(2), user(3), OTHER_SYSTEM, user(4));
    }

    @Test
    void the_system_message_stays() {
        ChatMemory memory = memory(3);
        memory.add(SYSTEM);
        for (int i = 0; i < 5; i++) {
            memory.add(user(i));
            memory.add(SYSTEM);
        }
        assertThat(memory.messages()).containsExactly(SYSTEM, user(3), user(4));
    }

    @Test
    void in_a_window_of_one_message_the_system_message_alone_stays() {
        ChatMemory memory = memory(1);
        memory.add(SYSTEM);
        memory.add(user(1));
        assertThat(memory.messages()).containsExactly(SYSTEM);
    }

    @Test
    void a_new_system_message_takes_the_place_of_the_old_one_at_the_end() {
        ChatMemory memory = memory(3);
        memory.add(SYSTEM, user(1), OTHER_SYSTEM);
        assertThat(memory.messages()).containsExactly(user(1), OTHER_SYSTEM);
        memory.add(user(2));
        memory.add(user(3));
        assertThat(memory.messages()).containsExactly(OTHER_SYSTEM, user(2), user(3));
    }

    @Test
    void a_new_system_message_goes_first_where_that_is_asked_for() {
        ChatMemory memory = memory(3, true);
        memory.add(user(1), SYSTEM, user(2));
        assertThat(memory.messages()).containsExactly(SYSTEM, user(1), user(2));
        memory.add(OTHER_SYSTEM);
        assertThat(memory.messages()).containsExactly(OTHER_SYSTEM, user(1), user(2));
        memory.add(user(3));
        assertThat(memory.messages()).containsExactly(OTHER_SYSTEM, user(2), user(3));
    }

    @Test
    void results_of_tools_go_with_the_message_that_asked_for_them() {
        ChatMemory memory = memory(4);
        memory.add(SYSTEM, ASKS, FIRST, SECOND);
        memory.add(user(1));
        assertThat(memory.messages()).containsExactly(SYSTEM, user(1));

        ChatMemory other = memory(3);
        other.set(user(1), ASKS, FIRST);
        other.add(SECOND);
        assertThat(other.messages()).containsExactly(ASKS, FIRST, SECOND);
        other.add(user(2));
        assertThat(other.messages()).containsExactly(user(2));
    }

    @Test
    void results_that_nobody_asked_for_are_kept_until_they_are_the_oldest() {
        ChatMemory memory = memory(2);
        memory.add(FIRST, SECOND, user(1));
        assertThat(memory.messages()).containsExactly(SECOND, user(1));
    }

    @Test
    void messages_can_be_set_and_only_the_latest_are_kept() {
        ChatMemory memory = memory(3);
        memory.add(user(0));
        memory.set(SYSTEM, user(1), user(2), user(3));
        assertThat(memory.messages()).containsExactly(SYSTEM, user(2), user(3));
        memory.set(List.of(user(4)));
        assertThat(memory.messages()).containsExactly(user(4));
        memory.set(new ArrayList<>());
        assertThat(memory.messages()).isEmpty();
        assertThatThrownBy(() -> memory.set()).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_cleared_memory_is_empty_and_begins_anew() {
        ChatMemory memory = memory(3);
        memory.add(SYSTEM, user(1));
        memory.clear();
        assertThat(memory.messages()).isEmpty();
        memory.add(user(2));
        assertThat(memory.messages()).containsExactly(user(2));
    }

    @Test
    void a_smaller_window_shows_less_of_what_is_kept() {
        memory(5).set(user(1), ASKS, FIRST, SECOND, user(2));
        assertThat(memory(3).messages()).containsExactly(user(2));
        assertThat(memory(5).messages()).hasSize(5);
    }

    @Test
    void what_is_done_to_a_list_of_messages_does_nothing_to_the_memory() {
        ChatMemory memory = memory(3);
        memory.add(user(1));
        memory.messages().clear();
        assertThat(memory.messages()).containsExactly(user(1));
    }

    private static ChatMessage user(int number) {
        return UserMessage.from("message " + number);
    }

    private static ToolExecutionRequest tool(String id) {
        return ToolExecutionRequest.builder()
                .id(id)
                .name("clock")
                .arguments("{}")
                .build();
    }
}
