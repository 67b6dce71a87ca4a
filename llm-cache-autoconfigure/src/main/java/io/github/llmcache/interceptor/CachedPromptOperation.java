package io.github.llmcache.interceptor;

import io.github.llmcache.engine.CachePolicy;
import io.github.llmcache.engine.CallSubject;
import io.github.llmcache.engine.CapturedCall;
import io.github.llmcache.engine.PromptCall;
import io.github.llmcache.engine.PromptDirectives;
import io.github.llmcache.event.BypassReason;
import io.github.llmcache.interceptor.PromptExpression.ExpressionFailedException;
import io.github.llmcache.key.PromptKey;
import io.github.llmcache.key.PromptKeyGenerator;
import io.github.llmcache.key.PromptNormalizer;
import io.github.llmcache.key.PromptRequest;
import io.github.llmcache.key.UnstableArgumentException;
import io.github.llmcache.model.ModelConfig;
import io.github.llmcache.model.ModelConfigRegistry;
import io.github.llmcache.payload.PayloadCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One cached method, read and checked once: turns each of its calls into a {@link PromptCall}, or says why it can't be
 * answered from the cache.
 *
 * <p>Immutable and thread-safe.
 */
final class CachedPromptOperation {

    private static final Predicate<Object> NEVER = answer -> false;

    private final KeyRecipe recipe;
    private final CachePolicy policy;
    private final PayloadCodec codec;
    private final ReturnStyle style;
    private final @Nullable PromptExpression condition;
    private final @Nullable PromptExpression unless;
    private final @Nullable PromptExpression subject;
    private final PromptNormalizer normalizer;
    private final PromptKeyGenerator keys;
    private final ModelConfigRegistry models;
    private final CachedBeans beans;
    private final TermsRecipe terms;
    private final MemoisedKeys memo;
    private final int[] positionsThatTell;

    CachedPromptOperation(
            KeyRecipe recipe,
            CachePolicy policy,
            PayloadCodec codec,
            ReturnStyle style,
            @Nullable PromptExpression condition,
            @Nullable PromptExpression unless,
            @Nullable PromptExpression subject,
            PromptNormalizer normalizer,
            PromptKeyGenerator keys,
            ModelConfigRegistry models,
            CachedBeans beans,
            TermsRecipe terms,
            MemoisedKeys memo) {
        this.recipe = recipe;
        this.policy = policy;
        this.codec = codec;
        this.style = style;
        this.condition = condition;
        this.unless = unless;
        this.subject = subject;
        this.normalizer = normalizer;
        this.keys = keys;
        this.models = models;
        this.beans = beans;
        this.terms = terms;
        this.memo = memo;
        this.positionsThatTell =
                recipe.positionsThatTell().stream().mapToInt(Integer::intValue).toArray();
    }

    /** What a call turned out to be: one of the two is there. */
    record Preparation(@Nullable PromptCall call, @Nullable BypassReason bypass) {

        private static Preparation of(BypassReason reason) {
            return new Preparation(null, reason);
        }

        private Preparation by(@Nullable String subject) {
            return call == null ? this : new Preparation(call.by(subject), null);
        }
    }

    /** Whose usage a call is: whom its expression tells, or else whom its thread does. */
    @Nullable
    String subject(@Nullable Object[] arguments, CallSubject ofThread) {
        if (subject != null) {
            try {
                String told = text(subject.evaluate(arguments));
                if (told != null && !told.isBlank()) {
                    return told;
                }
            } catch (RuntimeException | StackOverflowError | LinkageError ex) {
                // No call fails for want of a name.
            }
        }
        return ofThread.current();
    }

    /** Prepares a call of a subject; never throws. */
    Preparation prepare(
            Object bean, @Nullable Object[] arguments, PromptDirectives directives, @Nullable String subject) {
        Preparation preparation = prepare(bean, arguments, directives);
        return subject == null ? preparation : preparation.by(subject);
    }

    CachePolicy policy() {
        return policy;
    }

    PayloadCodec codec() {
        return codec;
    }

    boolean hasTemplates() {
        return recipe.templated();
    }

    ReturnStyle style() {
        return style;
    }

    /** What a call asks for by its argument, besides what its thread asks for. */
    PromptDirectives directives(@Nullable Object[] arguments, PromptDirectives ofThread) {
        return recipe.directivesIndex() >= 0
                        && arguments[recipe.directivesIndex()] instanceof PromptDirectives ofArgument
                ? ofThread.and(ofArgument)
                : ofThread;
    }

    /** Prepares a call; never throws, because no call may fail for want of a key. */
    Preparation prepare(Object bean, @Nullable Object[] arguments, PromptDirectives directives) {
        try {
            return prepareOrThrow(bean, arguments, directives);
        } catch (UnstableArgumentException ex) {
            return Preparation.of(BypassReason.ARGUMENT);
        } catch (ExpressionFailedException ex) {
            return Preparation.of(BypassReason.EXPRESSION);
        } catch (StackOverflowError ex) {
            return Preparation.of(BypassReason.STRATEGY);
        } catch (VirtualMachineError ex) {
            throw ex;
        } catch (Throwable ex) {
            // A strategy of the user's own may throw anything, checked exceptions included.
            return Preparation.of(BypassReason.STRATEGY);
        }
    }

    private Preparation prepareOrThrow(Object bean, @Nullable Object[] arguments, PromptDirectives directives) {
        if (condition != null && !condition.test(arguments)) {
            return Preparation.of(BypassReason.CONDITION);
        }
        String scopeText = null;
        if (recipe.scope() != null) {
            scopeText = text(recipe.scope().evaluate(arguments));
            if (scopeText == null || scopeText.isBlank()) {
                return Preparation.of(BypassReason.SCOPE);
            }
        }
        String beanName = beans.nameOf(bean);
        if (beanName == null) {
            return Preparation.of(BypassReason.BEAN);
        }
        if (recipe.model() != null && !models.isKnown(recipe.model())) {
            return Preparation.of(BypassReason.MODEL_CONFIG);
        }
        String modelVersion = modelVersion();
        AskedAgain again = memo.asked(recipe, beanName, modelVersion, scopeText, positionsThatTell, arguments);
        PromptKey key = memo.find(again);
        // A key that is remembered is of a method without an explicit one.
        Object explicitKey = null;
        if (key == null) {
            Asked asked = recipe.key() == null ? askedByArguments(arguments) : askedByKey(recipe.key(), arguments);
            if (asked == null) {
                return Preparation.of(BypassReason.PROMPT);
            }
            key = Objects.requireNonNull(
                    keys.generate(recipe.request(beanName, modelVersion, scopeText, asked.parts(), asked.prompt())));
            explicitKey = asked.key();
            memo.keep(again, key);
        }
        return new Preparation(
                new PromptCall(
                        key,
                        policy,
                        codec,
                        unless == null ? NEVER : answer -> keepsOut(unless, arguments, answer),
                        scopeText,
                        terms.of(scopeText, explicitKey, arguments),
                        directives),
                null);
    }

    /** What is asked: the parts that count, the prompt among them, and what an explicit key yields. */
    private record Asked(
            List<@Nullable Object> parts,
            @Nullable String prompt,
            @Nullable Object key) {}

    private @Nullable Asked askedByArguments(@Nullable Object[] arguments) {
        String prompt = null;
        if (recipe.promptIndex() >= 0) {
            prompt = fold(arguments[recipe.promptIndex()]);
            if (prompt == null) {
                return null;
            }
        }
        List<@Nullable Object> parts = new ArrayList<>(recipe.inKey().size());
        for (int index : recipe.inKey()) {
            parts.add(index == recipe.promptIndex() ? prompt : arguments[index]);
        }
        return new Asked(parts, prompt, null);
    }

    private @Nullable Asked askedByKey(PromptExpression expression, @Nullable Object[] arguments) {
        @Nullable Object[] folded = arguments;
        boolean promptKnown = recipe.promptIndex() >= 0;
        if (promptKnown) {
            folded = arguments.clone();
            folded[recipe.promptIndex()] = fold(arguments[recipe.promptIndex()]);
        }
        Object key = expression.evaluate(folded);
        if (key instanceof String text) {
            String prompt = promptKnown ? text : fold(text);
            return prompt == null || prompt.isBlank() ? null : new Asked(List.of(prompt), prompt, prompt);
        }
        if (key == null) {
            return null;
        }
        String prompt = promptKnown ? (String) folded[recipe.promptIndex()] : null;
        return new Asked(List.of(key), prompt, key);
    }

    private @Nullable String fold(@Nullable Object prompt) {
        if (prompt == null) {
            return null;
        }
        String folded = normalizer.normalize((String) prompt, recipe.normalization());
        return folded.isBlank() ? null : folded;
    }

    private @Nullable String modelVersion() {
        return recipe.model() == null
                ? null
                : models.find(recipe.model()).map(ModelConfig::version).orElse(null);
    }

    /**
     * Tells all of a call that is not made. Its request is put together anew, since keys that are remembered have none; what
     * can't be told of a call without a key is left out.
     */
    CapturedCall describe(Preparation preparation, Object bean, @Nullable Object[] arguments) {
        return new CapturedCall(
                policy.cache(),
                policy.model(),
                preparation.call(),
                preparation.bypass(),
                requestOrNull(preparation.call(), bean, arguments),
                keys);
    }

    private @Nullable PromptRequest requestOrNull(
            @Nullable PromptCall call, Object bean, @Nullable Object[] arguments) {
        try {
            String beanName = beans.nameOf(bean);
            Asked asked = recipe.key() == null ? askedByArguments(arguments) : askedByKey(recipe.key(), arguments);
            return recipe.request(
                    beanName == null ? "?" : beanName,
                    modelVersion(),
                    call == null ? null : call.scope(),
                    asked == null ? List.of() : asked.parts(),
                    asked == null ? null : asked.prompt());
        } catch (RuntimeException | StackOverflowError | LinkageError ex) {
            return null;
        }
    }

    private static @Nullable String text(@Nullable Object scope) {
        Object value = PlainText.unwrap(scope);
        if (value == null) {
            return null;
        }
        String text = PlainText.ofScope(value);
        if (text == null) {
            throw new ExpressionFailedException();
        }
        return text;
    }

    private static boolean keepsOut(PromptExpression unless, @Nullable Object[] arguments, Object answer) {
        try {
            return unless.test(arguments, PlainText.unwrap(answer));
        } catch (ExpressionFailedException ex) {
            return true;
        }
    }
}
