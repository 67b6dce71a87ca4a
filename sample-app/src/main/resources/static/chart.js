/** Draws one line or one row of bars as SVG; what is drawn is for the eyes, the table beside it for all. */

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 132;
const EDGES = { left: 4, right: 8, top: 18, bottom: 20 };
const MOST_DOTS = 40;

/**
 * Draws values over a range.
 *
 * @param svg where
 * @param points each with `x` (a number), `y` (0 or more) and `title`
 * @param look `kind` (line or bars), `from` and `to` (the range of x), `top` (the highest y), `topText`, `fromText`, `toText`
 */
export function draw(svg, points, look) {
  const width = Math.max(svg.clientWidth, 120);
  svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
  const bottom = HEIGHT - EDGES.bottom;
  const x = (value) =>
    EDGES.left + ((value - look.from) / (look.to - look.from)) * (width - EDGES.left - EDGES.right);
  const y = (value) => bottom - (value / look.top) * (bottom - EDGES.top);
  const parts = [
    ...[1, 0.5, 0].map((share) => rule(y(share * look.top), width, share === 0 ? "base" : "grid")),
    label(look.topText, 0, EDGES.top - 5, "start"),
    label(look.fromText, 0, HEIGHT - 5, "start"),
    label(look.toText, width, HEIGHT - 5, "end"),
  ];
  svg.replaceChildren(...parts, ...(look.kind === "bars" ? bars(points, look, x, y) : line(points, look, x, y)));
}

function rule(at, width, name) {
  return shape("line", { x1: 0, x2: width, y1: at, y2: at, class: name });
}

function label(text, x, y, anchor) {
  const node = shape("text", { x, y, "text-anchor": anchor });
  node.textContent = text;
  return node;
}

/** A value holds until the next one. */
function line(points, look, x, y) {
  const first = look.startsAtZero ? { x: look.from, y: 0 } : points[0];
  const path = points.reduce(
    (way, point) => `${way} H ${x(point.x)} V ${y(point.y)}`,
    `M ${x(first.x)} ${y(first.y)}`,
  );
  const last = points[points.length - 1];
  const dotted = points.length <= MOST_DOTS ? points : [last];
  return [
    shape("path", { d: `${path} V ${y(0)} H ${x(first.x)} Z`, class: "area" }),
    shape("path", { d: path, class: "line" }),
    ...dotted.map((point) => titled(shape("circle", { cx: x(point.x), cy: y(point.y), r: 3.5, class: "dot" }), point)),
  ];
}

/** Each is as wide as its part of the range, less a gap; one of nothing is still to be seen. */
function bars(points, look, x, y) {
  const slot = x(look.from + look.slot) - x(look.from);
  const gap = Math.min(4, slot / 4);
  return points.map((point) => {
    const height = Math.max(2, y(0) - y(point.y));
    const box = { x: x(point.x) + gap / 2, y: y(0) - height, width: slot - gap, height, class: "column" };
    return titled(shape("rect", box), point);
  });
}

function titled(node, point) {
  const title = shape("title", {});
  title.textContent = point.title;
  node.append(title);
  return node;
}

function shape(name, attributes) {
  const node = document.createElementNS(SVG, name);
  Object.entries(attributes).forEach(([attribute, value]) => node.setAttribute(attribute, value));
  return node;
}
