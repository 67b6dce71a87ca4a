package io.github.llmcache.actuate;

import io.github.llmcache.event.AskedPrompts;

/**
 * How many prompts all JVMs were asked in a window of days, and how many of them were repeats.
 *
 * @param asked the calls that had a key, whatever became of them
 * @param distinct the different requests among them, an estimate
 * @param repeated the calls whose request had been asked before in the window
 * @param repeatRatio these as a share of all, from 0 to 1
 */
public record PromptsDescriptor(long asked, long distinct, long repeated, double repeatRatio) {

    static PromptsDescriptor of(AskedPrompts prompts) {
        return new PromptsDescriptor(prompts.asked(), prompts.distinct(), prompts.repeated(), prompts.repeatRatio());
    }
}
