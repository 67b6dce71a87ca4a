/** Says numbers, money and times as people read them. */

const wholes = new Intl.NumberFormat("en");
// Of answers that cost a fraction of a cent, the first two digits that say something; the currency is that of the prices.
const fine = new Intl.NumberFormat("en", { maximumSignificantDigits: 2 });
const coarse = new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const clock = new Intl.DateTimeFormat("en", { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const clockOfADay = new Intl.DateTimeFormat("en", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const clockOfAnotherDay = new Intl.DateTimeFormat("en", {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});
const date = new Intl.DateTimeFormat("en", { day: "numeric", month: "short", timeZone: "UTC" });

export const whole = (number) => wholes.format(number);
export const money = (amount) => (amount < 1 ? fine : coarse).format(amount);
export const percent = (share) => `${Math.round(100 * share)} %`;
export const time = (moment) => clock.format(moment);
export const day = (isoDate) => date.format(new Date(isoDate));

/** Tokens that cost nothing are those of a model whose prices nobody wrote down. */
export const hasPrices = (saved) => saved.tokens === 0 || saved.money > 0;

/** When something is, without the day if that is today. */
export function when(moment) {
  const today = moment.toDateString() === new Date().toDateString();
  return (today ? clockOfADay : clockOfAnotherDay).format(moment);
}

/** When something will be, and in how long that is, to the minute if it is not sooner. */
export function until(moment) {
  return `${when(moment)}, in ${span(Math.max(0, moment - Date.now()) / 1000).replace(/ \d+ s$/, "")}`;
}

/** How long something took, to the hundredth of a second. */
export function duration(millis) {
  if (millis < 1) {
    return "< 1 ms";
  }
  if (millis < 1000) {
    return `${Math.round(millis)} ms`;
  }
  return millis < 60_000 ? `${(millis / 1000).toFixed(2)} s` : span(millis / 1000);
}

/** How long something lasts, in its two largest units. */
export function span(seconds) {
  const whole = Math.floor(seconds);
  const minutes = Math.floor(whole / 60);
  const hours = Math.floor(minutes / 60);
  if (minutes < 1) {
    return `${whole} s`;
  }
  if (hours < 1) {
    return `${minutes} min ${whole % 60} s`;
  }
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

export function bytes(size) {
  return size < 1000 ? `${size} B` : `${(size / 1000).toFixed(size < 10_000 ? 1 : 0)} kB`;
}
