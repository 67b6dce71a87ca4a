package io.github.llmcache.sample.web;

import io.github.llmcache.sample.Assistant;
import io.github.llmcache.usage.dedup.PromptDeduplicator;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Asks many questions ahead, so that their answers are there, and leaves out what any import of the last day had asked. */
@RestController
class ImportController {

    private static final String NAME = "import";
    private static final int MOST = 20;

    private final Assistant assistant;
    private final ObservedAnswers answers;
    private final PromptDeduplicator deduplicator;

    ImportController(Assistant assistant, ObservedAnswers answers, PromptDeduplicator deduplicator) {
        this.assistant = assistant;
        this.answers = answers;
        this.deduplicator = deduplicator;
    }

    /** What is to be asked. */
    record Import(@Nullable List<@Nullable Question> questions) {

        List<String> checkedPrompts() {
            if (questions == null
                    || questions.isEmpty()
                    || questions.size() > MOST
                    || questions.stream().anyMatch(Objects::isNull)) {
                throw new BadQuestionException("Send {\"questions\": [{\"prompt\": \"…\"}]} with 1 to " + MOST + ".");
            }
            return questions.stream().map(Question::checkedPrompt).toList();
        }
    }

    /**
     * What was done.
     *
     * @param asked the prompts that were asked
     * @param seenBefore how many were left out
     */
    record Imported(List<String> asked, int seenBefore) {}

    @PostMapping("/api/import")
    Imported ask(@RequestBody Import all) {
        List<String> prompts = all.checkedPrompts();
        List<String> asked = new ArrayList<>();
        for (String prompt : prompts) {
            // One by one: where the model fails, those after it are still unseen.
            if (deduplicator.firstSeen(NAME, prompt)) {
                answers.to(prompt, () -> assistant.ask(prompt));
                asked.add(prompt);
            }
        }
        return new Imported(asked, prompts.size() - asked.size());
    }
}
