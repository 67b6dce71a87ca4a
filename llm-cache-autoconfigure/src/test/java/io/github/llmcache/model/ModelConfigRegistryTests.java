package io.github.llmcache.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelConfigRegistryTests {

    @Test
    void a_registry_finds_models_by_their_whole_names_and_never_changes() {
        List<ModelConfig> models =
                new ArrayList<>(List.of(new ModelConfig("gpt", "2"), new ModelConfig("gpt-4", null)));
        ModelConfigRegistry registry = ModelConfigRegistry.of(models);
        models.clear();

        assertThat(registry.find("gpt")).contains(new ModelConfig("gpt", "2"));
        assertThat(registry.find("gpt-4")).contains(new ModelConfig("gpt-4", null));
        assertThat(registry.find("GPT")).isEmpty();
    }

    @Test
    void two_models_of_one_name_are_refused() {
        assertThatIllegalStateException()
                .isThrownBy(() ->
                        ModelConfigRegistry.of(List.of(new ModelConfig("gpt", "1"), new ModelConfig("gpt", "2"))));
    }
}
