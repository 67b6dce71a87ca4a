package io.github.llmcache.actuate;

import io.github.llmcache.model.ModelConfigConflictException;
import io.github.llmcache.model.ModelConfigException;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;

/**
 * Shows and changes over HTTP what Redis keeps of models.
 *
 * <p>Thread-safe. A model's name is no part of the path, since it may hold slashes. Statuses: 400 for a bad value, 404 for a
 * model of which nothing is kept, 409 where somebody else has changed it, 503 where Redis does not answer; each with a
 * {@link ProblemDescriptor}.
 */
@WebEndpoint(id = "llmcachemodels")
public class LlmCacheModelsEndpoint {

    private static final int STATUS_CONFLICT = 409;

    private final ModelChanges changes;
    private final Show showValues;
    private final Set<String> roles;

    /**
     * Creates the endpoint.
     *
     * @param changes reads and changes what is kept
     * @param showValues when the values of parameters are shown
     * @param roles who is authorized to see them; everybody who is authenticated if empty
     */
    public LlmCacheModelsEndpoint(ModelChanges changes, Show showValues, Set<String> roles) {
        this.changes = changes;
        this.showValues = showValues;
        this.roles = Set.copyOf(roles);
    }

    /**
     * Tells what is kept of models.
     *
     * @param context who asks
     * @param model the model, or null for all of them
     * @return a {@link ModelDescriptor}, or {@link ModelsDescriptor} for all
     */
    @ReadOperation
    public WebEndpointResponse<Object> models(SecurityContext context, @Nullable String model) {
        return answer(context, viewer -> model == null ? changes.all(viewer) : changes.get(viewer, model));
    }

    /**
     * Changes what is kept of a model: what is left out stays as it is, and an empty text takes it away.
     *
     * @param context who asks
     * @param model the model
     * @param version its version
     * @param inputPrice the price of a million tokens of prompts
     * @param outputPrice the price of a million tokens of answers
     * @param parameters all its parameters, as the text of a JSON object
     * @param ttl how long its answers are kept, such as {@code 30m} or {@code PT1H}
     * @param revision the revision that was read, empty where nothing was there; or null to change whatever is there
     * @return what is kept now
     */
    @WriteOperation
    public WebEndpointResponse<Object> change(
            SecurityContext context,
            @Nullable String model,
            @Nullable String version,
            @Nullable String inputPrice,
            @Nullable String outputPrice,
            @Nullable String parameters,
            @Nullable String ttl,
            @Nullable String revision) {
        ModelChange change = new ModelChange(version, inputPrice, outputPrice, parameters, ttl);
        return answer(context, viewer -> changes.change(viewer, model, change, revision));
    }

    /**
     * Forgets what is kept of a model, so that the settings of each application count again.
     *
     * @param context who asks
     * @param model the model
     * @param revision the revision that was read, or null for whatever is there
     * @return nothing
     */
    @DeleteOperation
    public WebEndpointResponse<Object> delete(
            SecurityContext context, @Nullable String model, @Nullable String revision) {
        return answer(context, viewer -> {
            changes.delete(viewer, model, revision);
            return null;
        });
    }

    private WebEndpointResponse<Object> answer(SecurityContext context, Function<Viewer, @Nullable Object> operation) {
        try {
            Object body = operation.apply(Viewer.of(context, showValues, roles));
            return body == null
                    ? new WebEndpointResponse<>(WebEndpointResponse.STATUS_NO_CONTENT)
                    : new WebEndpointResponse<>(body);
        } catch (RefusedRequestException ex) {
            return problem(ex.status(), String.valueOf(ex.getReason()));
        } catch (ModelConfigConflictException ex) {
            return problem(STATUS_CONFLICT, String.valueOf(ex.getMessage()));
        } catch (ModelConfigException ex) {
            return problem(WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE, String.valueOf(ex.getMessage()));
        }
    }

    private static WebEndpointResponse<Object> problem(int status, String message) {
        return new WebEndpointResponse<>(new ProblemDescriptor(message), status);
    }
}
