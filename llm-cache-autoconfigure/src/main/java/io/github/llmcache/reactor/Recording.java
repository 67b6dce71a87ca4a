package io.github.llmcache.reactor;

import io.github.llmcache.engine.PromptCall;
import io.github.llmcache.engine.PromptTurn;
import io.github.llmcache.payload.Payload;
import io.github.llmcache.payload.PayloadCodec;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes down the elements of a stream as they pass, until they are too large to be stored.
 *
 * <p>An element is written down before its receiver has it, who may change it. Used by one subscription, whose signals
 * come one after another.
 */
final class Recording {

    /** No codec takes it: an answer with an element that can't be written is not stored. */
    private static final Object UNWRITABLE = new Object();

    private final PayloadCodec codec;
    private final long maxSize;
    private final List<Object> elements = new ArrayList<>();
    private long size = 2;
    private boolean started;
    private boolean tooLarge;
    private boolean unwritable;

    Recording(PromptCall call) {
        this.codec = call.codec();
        this.maxSize = call.policy().maxEntrySize();
    }

    void add(Object element) {
        started = true;
        if (tooLarge || unwritable) {
            return;
        }
        if (element instanceof String text) {
            // At least its characters, quotes and a comma; what escapes add is measured in the end.
            keep(text, text.length() + 3L);
            return;
        }
        try {
            Payload payload = codec.encode(List.of(element));
            keep(((List<?>) codec.decode(payload)).get(0), payload.length() - 1L);
        } catch (StackOverflowError ex) {
            unwritable();
        } catch (VirtualMachineError ex) {
            throw ex;
        } catch (Throwable ex) {
            // Whatever a codec throws, a class that can't be loaded included, the stream goes on.
            unwritable();
        }
    }

    private void unwritable() {
        unwritable = true;
        elements.clear();
    }

    private void keep(Object element, long bytes) {
        elements.add(element);
        size += bytes;
        // The last element has no comma after it.
        tooLarge = size - 1 > maxSize;
        if (tooLarge) {
            elements.clear();
        }
    }

    /** Whether any element has passed. */
    boolean isStarted() {
        return started;
    }

    /** The whole answer, or what stands for one that can't be stored. */
    Object answer() {
        if (unwritable) {
            return UNWRITABLE;
        }
        return tooLarge ? PromptTurn.TOO_LARGE : List.copyOf(elements);
    }
}
