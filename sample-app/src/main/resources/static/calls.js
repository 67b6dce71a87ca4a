/** The recent calls: those that the service tells of, whoever made them, and those of this page that never reached it. */

import { arrange, element, read, Reads } from "./dom.js";
import { duration, time } from "./format.js";

const FEW = 5;
const REMEMBERED = 30;
const FAILURES = ["ERROR", "REFUSED"];

const list = element("calls");
const toggle = element("all-calls");
const reads = new Reads();
const rows = new Map();
let told = [];
let untold = [];
let all = false;
let askAgain = () => {};

const key = (call) => `${call.id}@${call.at}`;

/** Says what a click on a call does. */
export function onAskAgain(action) {
  askAgain = action;
}

toggle.addEventListener("click", () => {
  all = !all;
  show();
});

export async function showCalls() {
  const number = reads.begin();
  try {
    const { calls } = await read("api/calls");
    if (reads.isNews(number)) {
      told = calls;
      show();
    }
  } catch {
    // They stay as they were; a failed question says that the service is gone.
  }
}

/** Begins a call of this page; what is returned takes its end, and lists it if the service does not. */
export function beginCall(prompt) {
  const before = new Set(told.map(key));
  return async (label, millis) => {
    await showCalls();
    if (!told.some((call) => call.prompt === prompt && !before.has(key(call)))) {
      untold.unshift({ id: `page-${untold.length}`, at: new Date().toISOString(), prompt, outcome: label, millis });
      untold = untold.slice(0, REMEMBERED);
      show();
    }
  };
}

function show() {
  const calls = [...told, ...untold].sort((one, other) => Date.parse(other.at) - Date.parse(one.at)).slice(0, REMEMBERED);
  const shown = all ? calls : calls.slice(0, FEW);
  const kept = new Set(shown.map(key));
  [...rows.keys()].filter((known) => !kept.has(known)).forEach((gone) => rows.delete(gone));
  shown.filter((call) => !rows.has(key(call))).forEach((call) => rows.set(key(call), row(call)));
  arrange(list, shown.map((call) => rows.get(key(call))));
  const longest = Math.max(...shown.map((call) => call.millis), 1);
  shown.forEach((call) => rows.get(key(call)).querySelector(".bar").style.setProperty("--share", call.millis / longest));
  element("no-calls").hidden = calls.length > 0;
  toggle.hidden = calls.length <= FEW;
  toggle.textContent = all ? `Show the last ${FEW} only` : `Show all ${calls.length}`;
  toggle.setAttribute("aria-expanded", String(all));
}

function row(call) {
  const item = element("call").content.firstElementChild.cloneNode(true);
  const badge = item.querySelector(".badge");
  badge.textContent = call.outcome.replaceAll("_", " ");
  badge.classList.add(FAILURES.includes(call.outcome) ? "failure" : call.outcome.toLowerCase());
  item.querySelector(".text").textContent = call.prompt.trim() || "(blank)";
  item.querySelector(".time").textContent = duration(call.millis);
  const at = time(new Date(call.at));
  item.querySelector(".detail").textContent = call.tier ? `${call.tier}, ${at}` : at;
  item.querySelector(".bar").dataset.millis = call.millis;
  const button = item.querySelector(".again");
  button.title = "Ask again";
  button.disabled = element("ask").disabled;
  button.addEventListener("click", () => askAgain(call.prompt));
  return item;
}
