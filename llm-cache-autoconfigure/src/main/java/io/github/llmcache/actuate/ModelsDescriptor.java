package io.github.llmcache.actuate;

import java.util.List;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * What is kept of all models.
 *
 * @param models the models in the order of their names
 */
public record ModelsDescriptor(List<ModelDescriptor> models) implements OperationResponseBody {}
