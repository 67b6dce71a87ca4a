/** How the hit ratio and what was saved grew: three charts, and a table with the same numbers. */

import { draw } from "./chart.js";
import { element, read, Reads } from "./dom.js";
import { day, duration, hasPrices, money, percent, span, time, whole } from "./format.js";

const DAYS = 30;
const DAY_MILLIS = 86_400_000;
// So that the first questions do not stand at both ends of the chart.
const SHORTEST_RANGE_MILLIS = 10_000;
const ROUND_SECONDS = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600];

const reads = new Reads();
let points = [];
let byDay = false;
let shown = "";

/** What is drawn: of totals a number, its text, and a round number of at least the highest. */
const RATIO = {
  name: "Hit ratio",
  value: (totals) => (totals.asked === 0 ? 0 : totals.spared / totals.asked),
  text: percent,
  top: () => 1,
};
const TIME = {
  name: "Time saved",
  value: (totals) => totals.millisSaved,
  text: (millis) => (millis === 0 ? "0 s" : duration(millis)),
  top: roundMillis,
  topText: (millis) => (millis < 1000 ? duration(millis) : span(millis / 1000).replace(/ 0 (s|min|h)$/, "")),
};
const MONEY = { name: "Money saved", value: (totals) => totals.saved.money, text: money, top: round };
const TOKENS = { name: "Tokens saved", value: (totals) => totals.saved.tokens, text: whole, top: round };

document.querySelectorAll("input[name=range]").forEach((choice) => {
  choice.addEventListener("change", () => {
    byDay = choice.value === "days";
    showHistory();
  });
});
new ResizeObserver(drawAll).observe(element("charts"));

export async function showHistory() {
  const number = reads.begin();
  const days = byDay;
  try {
    const told = await read(days ? "api/history/days" : "api/history");
    if (reads.isNews(number) && days === byDay) {
      show(days ? told.days : told.moments);
    }
  } catch {
    // They stay as they were; a failed question says that the service is gone.
  }
}

function show(told) {
  const now = JSON.stringify([byDay, told]);
  if (now === shown) {
    return;
  }
  shown = now;
  points = (told ?? []).map((point) => ({ ...point, at: new Date(point.at ?? point.date) }));
  element("charts").hidden = points.length === 0;
  element("numbers").hidden = points.length === 0;
  element("no-history").hidden = points.length > 0;
  element("no-history").textContent = told
    ? "Nothing was answered yet: the charts begin with the first answer."
    : "Redis does not tell what all instances did, so there is nothing to draw.";
  drawAll();
  fillTable();
}

function drawAll() {
  if (points.length === 0) {
    return;
  }
  const last = points[points.length - 1];
  const panels = [RATIO, TIME, points.every(({ totals }) => hasPrices(totals.saved)) ? MONEY : TOKENS];
  panels.forEach((panel, index) => {
    const figure = element("charts").children[index];
    figure.querySelector(".name").textContent = panel.name;
    figure.querySelector(".now").textContent = byDay ? "" : panel.text(panel.value(last.totals));
    const svg = figure.querySelector("svg");
    svg.setAttribute("aria-label", inWords(panel));
    draw(svg, points.map((point) => dot(panel, point)), look(panel));
  });
}

const dot = (panel, point) => {
  const value = panel.value(point.totals);
  return { x: point.at.getTime(), y: value, title: `${label(point)}: ${panel.text(value)}` };
};

function look(panel) {
  const top = panel.top(Math.max(...points.map((point) => panel.value(point.totals))));
  const heights = { top, topText: (panel.topText ?? panel.text)(top), startsAtZero: panel !== RATIO };
  if (byDay) {
    const today = Date.parse(new Date().toISOString().slice(0, 10));
    const from = today - (DAYS - 1) * DAY_MILLIS;
    const to = today + DAY_MILLIS;
    return { kind: "bars", from, to, slot: DAY_MILLIS, fromText: day(from), toText: day(today), ...heights };
  }
  const to = points[points.length - 1].at.getTime();
  const range = Math.max(to - points[0].at.getTime(), SHORTEST_RANGE_MILLIS);
  const from = to - range * 1.06;
  return { kind: "line", from, to, fromText: time(from), toText: time(to), ...heights };
}

function inWords(panel) {
  const text = (point) => `${panel.text(panel.value(point.totals))} ${byDay ? "on" : "at"} ${label(point)}`;
  const last = points[points.length - 1];
  const range = points.length === 1 ? text(last) : `from ${text(points[0])} to ${text(last)}`;
  return `${panel.name} ${byDay ? "by day" : "since the start"}: ${range}. The table below has all numbers.`;
}

const label = (point) => (byDay ? day(point.date) : time(point.at));

function fillTable() {
  element("numbers-caption").textContent = byDay
    ? "What all instances did on each day (UTC)"
    : "The totals of this instance as they grew since the start";
  element("numbers-when").textContent = byDay ? "Day" : "Until";
  element("number-rows").replaceChildren(...points.map(tableRow));
}

function tableRow(point) {
  const { totals } = point;
  const row = document.createElement("tr");
  const head = document.createElement("th");
  head.scope = "row";
  head.textContent = label(point);
  row.append(
    head,
    ...[
      whole(totals.asked),
      whole(totals.spared),
      percent(RATIO.value(totals)),
      TIME.text(totals.millisSaved),
      whole(totals.saved.tokens),
      hasPrices(totals.saved) ? money(totals.saved.money) : "no prices",
    ].map((text) => {
      const cell = document.createElement("td");
      cell.textContent = text;
      return cell;
    }),
  );
  return row;
}

/** The next 1, 2 or 5 of any power of ten. */
function round(highest) {
  if (highest <= 0) {
    return 1;
  }
  const power = 10 ** Math.floor(Math.log10(highest));
  const step = [1, 2, 5, 10].find((times) => highest <= times * power * (1 + 1e-9)) ?? 10;
  // Without the tail that tenths have in binary.
  return Number((step * power).toPrecision(1));
}

function roundMillis(highest) {
  if (highest < 1000) {
    return highest === 0 ? 1000 : round(highest);
  }
  const seconds = highest / 1000;
  return 1000 * (ROUND_SECONDS.find((some) => seconds <= some) ?? 3600 * round(seconds / 3600));
}
