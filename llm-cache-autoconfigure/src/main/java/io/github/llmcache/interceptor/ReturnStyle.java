package io.github.llmcache.interceptor;

import io.github.llmcache.payload.PayloadCodec;
import io.github.llmcache.payload.PayloadCodecs;
import io.github.llmcache.payload.UnsupportedPayloadException;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * The way in which cached methods of some return types hand their answers over: at once, as a stage, as a publisher.
 *
 * <p>Beans of this type are asked, in their order, before the library's own styles for {@code CompletionStage} and for
 * plain return types. Implementations are thread-safe.
 */
public interface ReturnStyle {

    /**
     * Tells what a method answers in the end.
     *
     * @param returned the method's return type, with its generics
     * @return the type of the answer, or null if this style is not for the return type
     */
    @Nullable
    Type answerOf(Type returned);

    /**
     * Finds the codec of the answers.
     *
     * @param answer what {@link #answerOf} told
     * @param codecs finds codecs
     * @return the codec; by default the one of the answer's type
     * @throws UnsupportedPayloadException if such answers can't be cached
     */
    default PayloadCodec codecOf(Type answer, PayloadCodecs codecs) {
        return codecs.forType(answer);
    }

    /**
     * Answers a call of a method.
     *
     * @param invocation the call
     * @return what the method returns to its caller
     * @throws Throwable what the method threw, if it was called before this returns
     */
    @Nullable
    Object answer(CachedInvocation invocation) throws Throwable;

    /**
     * What a method returns to its caller where its call is only asked for its key, and answers nothing.
     *
     * @return something of the return type that is done already and holds nothing; by default null, which stands for zero
     *     where the return type is primitive
     */
    default @Nullable Object captured() {
        return null;
    }
}
