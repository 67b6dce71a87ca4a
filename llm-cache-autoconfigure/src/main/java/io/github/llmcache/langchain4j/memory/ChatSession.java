package io.github.llmcache.langchain4j.memory;

/**
 * Names one conversation: whose it is, and which of that user's.
 *
 * <p>Two sessions are the same only if both texts are, letter by letter.
 *
 * @param user whose conversation it is; a text that is not blank
 * @param session which of the user's conversations it is; a text that is not blank
 */
public record ChatSession(String user, String session) {

    /**
     * Checks the texts.
     *
     * @throws IllegalArgumentException if one of them is blank, which would let strangers share a conversation, or has
     *     half a character, which no key can hold; the message does not quote it
     */
    public ChatSession {
        check(user, "user");
        check(session, "session");
    }

    private static void check(String text, String what) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("The " + what + " of a chat session is blank. Give each conversation a"
                    + " user and a session of its own, or strangers would share one.");
        }
        for (int i = 0; i < text.length(); i++) {
            int codePoint = text.codePointAt(i);
            if (Character.getType(codePoint) == Character.SURROGATE) {
                throw new IllegalArgumentException(
                        "The " + what + " of a chat session has half a character (an unpaired surrogate).");
            }
            i += Character.charCount(codePoint) - 1;
        }
    }
}
