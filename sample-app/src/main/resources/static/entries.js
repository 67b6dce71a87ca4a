/** The answers that Redis keeps, and how to evict them: what the Actuator endpoint `llmcache` tells and does. */

import { arrange, element, read, Reads, setText } from "./dom.js";
import { bytes, span } from "./format.js";

const ENDPOINT = "actuator/llmcache";
const PAGE = 50;
const MOST_READS = 100;

const table = element("entries");
const body = element("entry-rows");
const title = element("entries-title");
const sure = element("sure");
const reads = new Reads();
const rows = new Map();
let caches = null;
let wanted = PAGE;
let failures = 0;

element("more-entries").addEventListener("click", () => {
  wanted += PAGE;
  showEntries();
});
element("evict-all").addEventListener("click", () => sure.showModal());
element("sure-no").addEventListener("click", () => sure.close());
element("sure-yes").addEventListener("click", async () => {
  sure.close();
  await evictAll();
});
setInterval(tick, 1000);

const path = (...names) => [ENDPOINT, ...names.map(encodeURIComponent)].join("/");

export async function showEntries() {
  const number = reads.begin();
  try {
    caches ??= Object.keys((await read(ENDPOINT)).caches);
    const kept = await readAll();
    if (reads.isNews(number)) {
      failures = 0;
      show(kept);
    }
  } catch (problem) {
    // A single answer that came too late is no reason to take the rows away, and with them the place of the focus.
    if (reads.isNews(number) && (++failures > 1 || rows.size === 0)) {
      showNothing(problem.status);
    }
  }
}

/** Forgets what was told of evictions, which is old news once something else is asked. */
export function forgetTold() {
  element("told").textContent = "";
}

/** Reads page after page of every cache until there are as many entries as are to be shown. */
async function readAll() {
  const found = new Map();
  let more = false;
  for (const cache of caches) {
    let next = "";
    for (let page = 0; page < MOST_READS && next !== undefined && !more; page++) {
      const cursor = next ? `&cursor=${encodeURIComponent(next)}` : "";
      const told = await read(`${path(cache)}?limit=${PAGE}${cursor}`);
      // Redis may tell an entry twice while it makes room for others.
      told.entries.forEach((entry) => found.set(`${cache}/${entry.digest}`, { ...entry, cache }));
      next = told.next ?? undefined;
      more = next !== undefined && found.size >= wanted;
    }
  }
  return { found, more };
}

function show({ found, more }) {
  const entries = [...found].sort(([, one], [, other]) => one.ageSeconds - other.ageSeconds);
  [...rows.keys()].filter((known) => !found.has(known)).forEach(dropRow);
  entries.forEach(([key, entry]) => {
    if (!rows.has(key)) {
      rows.set(key, { entry, row: newRow(key, entry) });
    }
    update(rows.get(key), entry);
  });
  arrange(body, entries.map(([key]) => rows.get(key).row));
  element("more-entries").hidden = !more;
  showCount(more);
  tick();
}

function showCount(more = !element("more-entries").hidden) {
  const count = rows.size;
  table.hidden = count === 0;
  element("evict-all").hidden = count === 0;
  setText(element("entries-count"), count === 0 ? "" : `${more ? "more than " : ""}${count} ${count === 1 ? "answer" : "answers"}`);
  element("no-entries").hidden = count > 0;
  setText(element("no-entries"), "Nothing is kept yet: ask something.");
}

function showNothing(status) {
  [...rows.keys()].forEach(dropRow);
  element("more-entries").hidden = true;
  showCount(false);
  setText(
    element("no-entries"),
    status === 404
      ? "There is no cache to look into: it is switched off, or its endpoint is."
      : status
        ? "Redis does not answer, so what it keeps can't be shown. Questions still reach the model."
        : "The service can't be reached.",
  );
}

function newRow(key, entry) {
  const row = element("entry").content.firstElementChild.cloneNode(true);
  const prompt = entry.prompt ?? `${entry.digest.slice(0, 12)}…`;
  row.querySelector(".prompt").textContent = prompt;
  row.querySelector(".cache").textContent = entry.cache;
  row.querySelector(".model").textContent = entry.model ?? "not named";
  const button = row.querySelector(".evict");
  button.setAttribute("aria-label", `Evict ${prompt}`);
  button.addEventListener("click", () => evict(key, prompt));
  return row;
}

function update(kept, entry) {
  const now = performance.now();
  kept.entry = entry;
  kept.born = now - entry.ageSeconds * 1000;
  // The time left is told in whole seconds, rounded down: a row that went by it would go while its answer is still served.
  const ends = entry.ttlLeftSeconds == null ? Infinity : now + entry.ttlLeftSeconds * 1000 + 999;
  // A countdown that is right within a second goes on evenly.
  if (!(Math.abs(ends - kept.ends) < 1500)) {
    kept.ends = ends;
  }
  setText(kept.row.querySelector(".size"), bytes(entry.size));
}

/** Counts on, and lets go of what has expired. */
function tick() {
  const now = performance.now();
  for (const [key, { born, ends, row }] of [...rows]) {
    if (ends <= now) {
      dropRow(key);
      showCount();
      continue;
    }
    setText(row.querySelector(".age"), `${span((now - born) / 1000)} ago`);
    setText(row.querySelector(".left"), ends === Infinity ? "never" : span((ends - now) / 1000));
    row.querySelector(".life").style.setProperty("--share", ends === Infinity ? 1 : (ends - now) / (ends - born));
  }
}

async function evict(key, prompt) {
  const { entry, row } = rows.get(key);
  if (row.classList.contains("going")) {
    return;
  }
  row.classList.add("going");
  const status = await remove(path(entry.cache, entry.digest));
  row.classList.remove("going");
  if (status === 204 || status === 404) {
    // What was read before may still have it.
    reads.overtake();
    dropRow(key);
    showCount();
    tell(status === 204 ? `Evicted “${prompt}”. The next to ask it asks the model.` : `“${prompt}” was gone already.`);
  } else {
    tell(notEvicted(status), false);
  }
}

async function evictAll() {
  for (const cache of caches) {
    const status = await remove(path(cache));
    if (status !== 200) {
      tell(notEvicted(status), false);
      showEntries();
      return;
    }
  }
  reads.overtake();
  [...rows.keys()].forEach(dropRow);
  element("more-entries").hidden = true;
  showCount();
  title.focus();
  tell("Evicted all answers. Whatever is asked next, the model is asked.");
}

/** Returns the status of the answer, or 0 where the service can't be reached. */
async function remove(address) {
  try {
    return (await fetch(address, { method: "DELETE" })).status;
  } catch {
    return 0;
  }
}

const notEvicted = (status) =>
  status === 0
    ? "Nothing was evicted: the service can't be reached."
    : "Nothing was evicted: Redis did not do it. Try again when it answers.";

/** Removes a row; the focus, if it was in it, goes to the nearest one. */
function dropRow(key) {
  const row = rows.get(key)?.row;
  if (!row) {
    return;
  }
  rows.delete(key);
  if (row.contains(document.activeElement)) {
    const near = row.nextElementSibling ?? row.previousElementSibling;
    (near?.querySelector(".evict") ?? title).focus();
  }
  row.remove();
}

/** Says what was done, or was not, on the page and to those who listen to it; the same twice is said twice. */
function tell(text, done = true) {
  const told = element("told");
  told.textContent = "";
  told.classList.toggle("bad", !done);
  setTimeout(() => (told.textContent = text), 50);
}
