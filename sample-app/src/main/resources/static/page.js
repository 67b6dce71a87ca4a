"use strict";

const LONGEST = 8000;
const REMEMBERED_CALLS = 50;

const SOURCES = {
  HIT: "The cache answered.",
  MISS: "The model answered.",
  BYPASS: "The model answered, past the cache.",
};

const whole = new Intl.NumberFormat("en");
// Of answers that cost a fraction of a cent, the first two digits that say something; the currency is that of the prices.
const fine = new Intl.NumberFormat("en", { maximumSignificantDigits: 2 });
const coarse = new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const money = (amount) => (amount < 1 ? fine : coarse).format(amount);
const element = (id) => document.getElementById(id);
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

showStatus();

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
  let answer = "";
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
    addCall({ prompt, label: reply.outcome, kind: reply.outcome.toLowerCase(), millis: reply.millis });
  } catch (problem) {
    showFailure(problem);
    addCall({ prompt, label: "ERROR", kind: "failure", millis: performance.now() - started });
  } finally {
    wait.end();
    // A disabled button loses the focus, and with it the place of a person who uses the keyboard.
    if (focused instanceof HTMLElement && focused.isConnected) {
      focused.focus();
    }
  }
  showStatus();
  setTimeout(showStatus, 2000);
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
  element("advice").textContent = problem.detail;
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

function addCall(call) {
  const list = element("calls");
  list.prepend(row(call));
  if (list.children.length > REMEMBERED_CALLS) {
    list.lastElementChild.remove();
  }
  element("no-calls").hidden = true;
  const bars = [...list.querySelectorAll(".bar")];
  const longest = Math.max(...bars.map((bar) => Number(bar.dataset.millis)), 1);
  bars.forEach((bar) => bar.style.setProperty("--share", bar.dataset.millis / longest));
}

function row(call) {
  const item = element("call").content.cloneNode(true);
  const badge = item.querySelector(".badge");
  badge.textContent = call.label;
  badge.classList.add(call.kind);
  item.querySelector(".text").textContent = call.prompt.trim() || "(blank)";
  item.querySelector(".time").textContent = duration(call.millis);
  item.querySelector(".bar").dataset.millis = call.millis;
  const button = item.querySelector(".again");
  button.title = "Ask again";
  button.addEventListener("click", () => askAgain(call.prompt));
  return item;
}

async function showStatus() {
  try {
    const status = await (await fetch("api/status")).json();
    element("model").textContent = status.model.demo ? "built-in demo" : status.model.name;
    element("redis").textContent = status.redis.embedded ? `embedded, ${status.redis.address}` : status.redis.address;
    const { asked, spared, millisSaved } = status.totals;
    element("total-asked").textContent = asked;
    element("total-spared").textContent = spared;
    element("ratio").textContent = asked > 0 ? `${Math.round((100 * spared) / asked)} %` : "";
    element("total-saved").textContent = millisSaved === 0 ? "0 s" : duration(millisSaved);
    element("total-tokens").textContent = whole.format(status.totals.saved.tokens);
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
    const tokens = `${whole.format(fleet.tokens)} tokens`;
    const saved = hasPrices(fleet) ? `${tokens}, ${money(fleet.money)} saved` : `${tokens} saved, no prices`;
    element("fleet").textContent = `All instances, last 30 days: ${saved}.`;
  }
}

/** Tokens that cost nothing are those of a model whose prices nobody wrote down. */
function hasPrices(saved) {
  return saved.tokens === 0 || saved.money > 0;
}

function showLength() {
  const length = field.value.length;
  const note = element("length");
  note.hidden = length < LONGEST * 0.9;
  note.textContent = `${length} of ${LONGEST} characters.`;
  note.classList.toggle("over", length > LONGEST);
}

function duration(millis) {
  if (millis < 1) {
    return "< 1 ms";
  }
  if (millis < 1000) {
    return `${Math.round(millis)} ms`;
  }
  const seconds = millis / 1000;
  if (seconds < 60) {
    return `${seconds.toFixed(2)} s`;
  }
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${Math.floor(seconds % 60)} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
