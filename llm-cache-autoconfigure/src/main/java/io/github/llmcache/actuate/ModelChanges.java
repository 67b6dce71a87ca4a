package io.github.llmcache.actuate;

import io.github.llmcache.model.ModelConfig;
import io.github.llmcache.model.ModelConfigConflictException;
import io.github.llmcache.model.ModelConfigException;
import io.github.llmcache.model.ModelConfigs;
import io.github.llmcache.model.StoredModelConfig;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;

/**
 * Reads and changes what is kept of models for those who ask over the endpoint, and says so to the audit.
 *
 * <p>Thread-safe.
 */
public final class ModelChanges {

    private static final String PUT = "put";
    private static final String DELETED = "deleted";

    private final ModelConfigs models;
    private final CacheAudit audit;

    /**
     * Creates the changes.
     *
     * @param models reads and changes what is kept
     * @param publisher takes the audit events
     */
    public ModelChanges(ModelConfigs models, ApplicationEventPublisher publisher) {
        this.models = models;
        this.audit = new CacheAudit(publisher);
    }

    ModelsDescriptor all(Viewer viewer) {
        return new ModelsDescriptor(models.all().stream()
                .map(stored -> ModelDescriptor.of(stored, viewer.seesValues()))
                .toList());
    }

    ModelDescriptor get(Viewer viewer, String model) {
        return ModelDescriptor.of(models.get(model).orElseThrow(ModelChanges::nothingKept), viewer.seesValues());
    }

    ModelDescriptor change(Viewer viewer, @Nullable String model, ModelChange change, @Nullable String revision) {
        String name = checked(model);
        if (change.isEmpty()) {
            throw RefusedRequestException.bad(
                    "Nothing is to be changed: give a version, inputPrice, outputPrice, parameters or ttl");
        }
        StoredModelConfig before = models.get(name).orElse(null);
        String found = before == null ? "" : before.revision();
        if (revision != null && !revision.equals(found)) {
            throw new ModelConfigConflictException(before == null ? null : found);
        }
        if (before != null && before.config() == null && revision == null) {
            throw RefusedRequestException.conflict(
                    "What is kept of the model can't be read. Look at it in Redis: what is no string has to be deleted"
                            + " there, anything else is replaced where its revision is named");
        }
        ModelConfig after = change.of(name, before == null ? null : before.config());
        try {
            StoredModelConfig stored = models.put(after, before == null ? null : found);
            audit.modelChanged(viewer, name, PUT, after.version(), false);
            return ModelDescriptor.of(stored, viewer.seesValues());
        } catch (ModelConfigException ex) {
            failed(viewer, name, PUT, ex);
            throw ex;
        }
    }

    void delete(Viewer viewer, @Nullable String model, @Nullable String revision) {
        String name = checked(model);
        StoredModelConfig before = models.get(name).orElseThrow(ModelChanges::nothingKept);
        try {
            models.delete(name, revision == null ? before.revision() : revision);
            audit.modelChanged(viewer, name, DELETED, null, false);
        } catch (ModelConfigException ex) {
            failed(viewer, name, DELETED, ex);
            throw ex;
        }
    }

    /** A change that broke off may have been made; one that was refused was not. */
    private void failed(Viewer viewer, String model, String change, ModelConfigException failure) {
        if (!(failure instanceof ModelConfigConflictException)) {
            audit.modelChanged(viewer, model, change, null, true);
        }
    }

    private static String checked(@Nullable String model) {
        if (model == null || model.isBlank()) {
            throw RefusedRequestException.bad("Name the model");
        }
        return model;
    }

    private static RefusedRequestException nothingKept() {
        return RefusedRequestException.notFound("Nothing is kept of such a model");
    }
}
