/** Asks, shows answers as they come, and keeps what is around them up to date. */

import { showBudget } from "./budget.js";
import { beginCall, onAskAgain, showCalls } from "./calls.js";
import { element, read } from "./dom.js";
import { forgetTold, showEntries } from "./entries.js";
import { duration, hasPrices, money, percent, until, whole } from "./format.js";
import { showHistory } from "./history.js";

const LONGEST = 8000;
const REFRESH_MILLIS = 5000;
// Nobody waits until an answer is kept, nor until an instance adds its numbers to those of all.
const SOON_MILLIS = [500, 2000];

const SOURCES = {
  HIT: "The cache answered.",
  MISS: "The model answered.",
  BYPASS: "The model answered, past the cache.",
};

const form = element("form");
const field = element("prompt");
let waiting = false;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  ask(field.value);
});

field.addEventListener("keydown", (event) => {
  // While an input method composes a word, Enter belongs to it.
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    ask(field.value);
  }
});

field.addEventListener("input", showLength);

document.querySelectorAll(".example").forEach((example) => {
  example.addEventListener("click", () => askAgain(example.textContent));
});

onAskAgain(askAgain);
refresh();
setInterval(refreshIfSeen, REFRESH_MILLIS);
document.addEventListener("visibilitychange", refreshIfSeen);

/** Others ask too: from other pages, and from a shell. */
function refreshIfSeen() {
  if (!document.hidden) {
    refresh();
  }
}

function refresh() {
  showStatus();
  showCalls();
  showHistory();
  showEntries();
  showBudget();
}

function askAgain(prompt) {
  field.value = prompt;
  showLength();
  ask(prompt);
}

async function ask(prompt) {
  if (waiting) {
    return;
  }
  const focused = document.activeElement;
  const started = performance.now();
  const wait = startWaiting(started);
  const endCall = beginCall(prompt);
  let answer = "";
  forgetTold();
  try {
    const reply = await stream(prompt, (piece) => {
      if (answer === "") {
        wait.answering();
        startAnswer(prompt);
      }
      answer += piece;
      element("answer").textContent = answer;
    });
    if (answer === "") {
      startAnswer(prompt);
    }
    endAnswer(answer, reply);
    endCall(reply.outcome, reply.millis);
  } catch (problem) {
    showFailure(problem);
    endCall("ERROR", performance.now() - started);
  } finally {
    wait.end();
    // A disabled button loses the focus, and with it the place of a person who uses the keyboard and did not move on.
    if (focused instanceof HTMLElement && focused.isConnected && document.activeElement === document.body) {
      focused.focus();
    }
  }
  refresh();
  SOON_MILLIS.forEach((millis) => setTimeout(refresh, millis));
}

/** Asks, hands each piece of the answer over as it comes, and returns what is said of the whole in the end. */
async function stream(prompt, onPiece) {
  let response;
  try {
    response = await fetch(`api/ask/stream?prompt=${encodeURIComponent(prompt)}`, {
      headers: { Accept: "text/event-stream, application/problem+json" },
    });
  } catch {
    throw { title: "The service can't be reached", detail: "It may have been stopped. Start it and ask again." };
  }
  if (!response.ok) {
    const body = await response.json().catch(() => null);
    throw {
      resetsAt: body?.resetsAt,
      title: body?.title ?? "Something went wrong",
      detail: body?.detail ?? `The service answered with status ${response.status}.`,
    };
  }
  for await (const event of events(response.body)) {
    if (event.name === "piece") {
      onPiece(event.data.text);
    } else if (event.name === "problem") {
      throw event.data;
    } else if (event.name === "done") {
      return event.data;
    }
  }
  throw { title: "The answer broke off", detail: "The service may have been stopped. Ask again." };
}

/** Reads server-sent events whose data are JSON. */
async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read().catch(() => ({ done: true }));
    if (done) {
      return;
    }
    const blocks = (text + value).split("\n\n");
    text = blocks.pop();
    for (const block of blocks) {
      const lines = block.split("\n");
      const field = (name) =>
        lines.filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 1));
      const data = field("data");
      if (data.length > 0) {
        yield { name: field("event").join("").trim(), data: JSON.parse(data.join("\n")) };
      }
    }
  }
}

function startWaiting(started) {
  const tick = () => {
    const time = `${((performance.now() - started) / 1000).toFixed(1)} s`;
    element("clock").textContent = time;
    element("time").textContent = time;
  };
  // A hit is there before anybody could read that the model is thinking.
  const patience = setTimeout(() => {
    show("thinking");
    tick();
  }, 120);
  const clock = setInterval(tick, 100);
  setWaiting(true);
  return {
    answering: () => clearTimeout(patience),
    end: () => {
      clearTimeout(patience);
      clearInterval(clock);
      setWaiting(false);
    },
  };
}

function setWaiting(now) {
  waiting = now;
  form.setAttribute("aria-busy", String(now));
  element("ask").textContent = now ? "Asking…" : "Ask";
  document.querySelectorAll("#ask, .example, .again").forEach((button) => (button.disabled = now));
}

function startAnswer(prompt) {
  element("badge").hidden = true;
  element("source").textContent = "Answering…";
  element("time").textContent = "";
  element("asked").textContent = prompt.trim();
  element("answer").textContent = "";
  // Read aloud as a whole when it is done, not word by word.
  element("answered").setAttribute("aria-busy", "true");
  show("answered");
}

function endAnswer(answer, reply) {
  const badge = element("badge");
  badge.hidden = false;
  badge.textContent = reply.tier ? `${reply.outcome} · ${reply.tier}` : reply.outcome;
  badge.className = `badge ${reply.outcome.toLowerCase()}`;
  element("source").textContent = SOURCES[reply.outcome] ?? "";
  element("time").textContent = duration(reply.millis);
  element("answer").textContent = answer || "The model answered with nothing.";
  element("answered").removeAttribute("aria-busy");
}

function showFailure(problem) {
  element("failure").textContent = problem.title;
  element("advice").textContent = problem.resetsAt
    ? `New questions can be asked again at ${until(new Date(problem.resetsAt))}. Those whose answers are kept still can.`
    : problem.detail;
  show("failed");
}

function show(part) {
  element("reply").hidden = false;
  for (const id of ["thinking", "answered", "failed"]) {
    element(id).hidden = id !== part;
  }
  // On a phone the answer starts below the fold.
  element("reply").scrollIntoView({ block: "nearest" });
}

async function showStatus() {
  try {
    const status = await read("api/status");
    element("model").textContent = status.model.demo ? "built-in demo" : status.model.name;
    element("redis").textContent = status.redis.embedded ? `embedded, ${status.redis.address}` : status.redis.address;
    const { asked, spared, millisSaved } = status.totals;
    element("total-asked").textContent = asked;
    element("total-spared").textContent = spared;
    element("ratio").textContent = asked > 0 ? percent(spared / asked) : "";
    element("total-saved").textContent = millisSaved === 0 ? "0 s" : duration(millisSaved);
    element("total-tokens").textContent = whole(status.totals.saved.tokens);
    element("total-money").textContent = hasPrices(status.totals.saved) ? money(status.totals.saved.money) : "no prices";
    showFleet(status.fleet);
    element("made-up").hidden = !status.model.demo;
  } catch {
    // The numbers stay as they were; a failed question says that the service is gone.
  }
}

/** All instances on this Redis; their numbers come a moment later, because each adds its own every second. */
function showFleet(fleet) {
  element("fleet").hidden = !fleet;
  if (fleet) {
    const tokens = `${whole(fleet.tokens)} tokens`;
    const saved = hasPrices(fleet) ? `${tokens}, ${money(fleet.money)} saved` : `${tokens} saved, no prices`;
    element("fleet").textContent = `All instances, last 30 days: ${saved}.`;
  }
}

function showLength() {
  const length = field.value.length;
  const note = element("length");
  note.hidden = length < LONGEST * 0.9;
  note.textContent = `${length} of ${LONGEST} characters.`;
  note.classList.toggle("over", length > LONGEST);
}
