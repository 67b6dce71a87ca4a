/** How much of the budget is used that all who ask share. */

import { element, read, Reads } from "./dom.js";
import { money, until, whole } from "./format.js";

const NEARLY = 0.8;
const WINDOWS = { MINUTE: "this minute", HOUR: "this hour", DAY: "today", MONTH: "this month" };
const UNITS = { CALLS: "Model calls", TOKENS: "Tokens", MONEY: "Money" };

const reads = new Reads();
let shown = "";

export async function showBudget() {
  const number = reads.begin();
  try {
    const budget = await read("api/budget");
    if (reads.isNews(number)) {
      show(budget);
    }
  } catch {
    // It stays as it was; a failed question says that the service is gone.
  }
}

function show(told) {
  // When a window ends is told by how long it lasts, so it is a hair off.
  const lines = told.lines.map((line) => ({ ...line, resetsAt: Math.round(Date.parse(line.resetsAt) / 1000) * 1000 }));
  const budget = { known: told.known, lines };
  const minute = Math.floor(Date.now() / 60_000);
  const now = JSON.stringify([budget, minute]);
  if (now === shown) {
    return;
  }
  shown = now;
  element("budget").hidden = budget.known && budget.lines.length === 0;
  element("no-budget").hidden = budget.known;
  element("budget-lines").replaceChildren(...budget.lines.map(line));
}

function line(status) {
  const item = element("budget-line").content.firstElementChild.cloneNode(true);
  const name = item.querySelector(".name");
  const amount = (number) => (status.unit === "MONEY" ? money(number) : whole(number));
  const unlimited = status.limit === null;
  name.textContent = `${UNITS[status.unit]} ${WINDOWS[status.window]}`;
  item.querySelector(".amount").textContent = unlimited
    ? `${amount(status.used)}, no limit`
    : `${amount(status.used)} of ${amount(status.limit)}`;
  if (unlimited) {
    item.querySelector("meter").remove();
    item.querySelector(".state").remove();
    return item;
  }
  name.id = `budget-${status.window}-${status.unit}`;
  fill(item.querySelector("meter"), status, name.id);
  tellState(item, status);
  return item;
}

function fill(meter, status, labelId) {
  meter.setAttribute("aria-labelledby", labelId);
  // Of a limit of nothing, all is used.
  meter.max = status.limit > 0 ? status.limit : 1;
  meter.value = status.limit > 0 ? Math.min(status.used, status.limit) : 1;
  meter.optimum = 0;
  meter.low = meter.max * NEARLY;
  meter.high = meter.max * 0.999999;
}

function tellState(item, status) {
  const resets = new Date(status.resetsAt);
  const left = until(resets);
  const state = item.querySelector(".state");
  if (status.used >= status.limit) {
    item.classList.add("over");
    state.textContent = `Used up. New questions are refused until ${left}; kept answers still come.`;
  } else if (status.used >= status.limit * NEARLY) {
    item.classList.add("nearly");
    state.textContent = `Nearly used up. Begins anew at ${left}.`;
  } else {
    state.textContent = `Begins anew at ${left}.`;
  }
}
