// Numbers, money and time as people read them. Pure: the same words for the same values.

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * Write US dollars, exactly: "$1,234.50", "$0.000042". Null is "unknown".
 * @param {number | string | null | undefined} usd A decimal, as the gateway writes it.
 */
export function money(usd) {
  if (usd === null || usd === undefined) {
    return "unknown";
  }
  const { sign, whole, fraction } = digitsOf(usd);
  return `${sign}$${grouped(whole)}.${fraction.padEnd(2, "0")}`;
}

/**
 * Write US dollars down to whole cents, cut off and never rounded up, where there is a cent at all.
 * @param {number | string | null | undefined} usd
 */
export function cents(usd) {
  if (usd === null || usd === undefined) {
    return "unknown";
  }
  const { sign, whole, fraction } = digitsOf(usd);
  const isSmall = whole === "0" && /^00/.test(fraction);
  return isSmall ? money(usd) : `${sign}$${grouped(whole)}.${fraction.slice(0, 2).padEnd(2, "0")}`;
}

/**
 * Write US dollars for a place with little room, "$1,234", "$0.0042": rounded, so with a title or
 * the exact amount near it.
 * @param {number | string | null | undefined} usd
 */
export function shortMoney(usd) {
  if (usd === null || usd === undefined) {
    return "unknown";
  }
  const value = Number(usd);
  const size = Math.abs(value);
  if (size === 0 || size >= 1) {
    const digits = size >= 1000 || size === 0 ? 0 : 2;
    return money(value.toFixed(digits)).replace(/\.00$/, "");
  }
  return money(plain(Number(value.toPrecision(2))));
}

/** How many digits after the point are most in a column. */
const MOST_DIGITS = 4;

/**
 * Return what writes US dollars below each other, with as many digits each: rounded, as `shortMoney`.
 * @param {(number | null)[]} amounts All of the column.
 * @returns {(usd: number | null) => string}
 */
export function columnMoney(amounts) {
  const places = amounts.map((usd) => (usd ? Math.min(1 - Math.floor(Math.log10(usd)), MOST_DIGITS) : 0));
  const digits = Math.max(2, ...places);
  const write = (/** @type {number} */ usd) => {
    const [whole = "", fraction] = usd.toFixed(digits).split(".");
    return `$${grouped(whole)}.${fraction}`;
  };
  const least = 10 ** -digits;
  return (usd) => (usd === null ? "unknown" : usd > 0 && usd < least ? `< ${write(least)}` : write(usd));
}

/**
 * Write a whole number: "12,345".
 * @param {number | null | undefined} value
 */
export function count(value) {
  return value === null || value === undefined ? "unknown" : grouped(plain(value));
}

/**
 * Write a large number shortly: "12.3K", "4.6M".
 * @param {number | null | undefined} value
 */
export function shortCount(value) {
  if (value === null || value === undefined) {
    return "unknown";
  }
  const step = [
    { from: 1e9, sign: "B" },
    { from: 1e6, sign: "M" },
    { from: 1e4, sign: "K" },
  ].find(({ from }) => Math.abs(value) >= from);
  if (step === undefined) {
    return count(value);
  }
  const unit = step.sign === "K" ? 1e3 : step.from;
  return `${trimmed((value / unit).toFixed(1))}${step.sign}`;
}

/**
 * Write one thing or many: plural(1, "call") is "1 call".
 * @param {number} value
 * @param {string} one
 * @param {string} [many]
 */
export function plural(value, one, many = `${one}s`) {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/**
 * Write a part of a whole: "3.2 %". Nothing of nothing is "0 %".
 * @param {number} part
 * @param {number} whole
 */
export function percent(part, whole) {
  if (whole === 0) {
    return "0 %";
  }
  const value = (100 * part) / whole;
  if (value > 0 && value < 0.1) {
    return "< 0.1 %";
  }
  return `${trimmed(value.toFixed(value < 10 ? 1 : 0))} %`;
}

/**
 * Write a time that something took: "840 ms", "1.24 s", "3 min 5 s".
 * @param {number | null | undefined} ms
 */
export function duration(ms) {
  if (ms === null || ms === undefined) {
    return "unknown";
  }
  if (ms < 1000) {
    return `${Math.round(ms)} ms`;
  }
  if (ms < 10_000) {
    return `${trimmed((ms / 1000).toFixed(2))} s`;
  }
  if (ms < 60_000) {
    return `${trimmed((ms / 1000).toFixed(1))} s`;
  }
  const seconds = Math.round(ms / 1000);
  const [hours, minutes, rest] = [Math.floor(seconds / HOUR), Math.floor((seconds % HOUR) / MINUTE), seconds % MINUTE];
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${rest} s`;
}

/**
 * Write a size: "1.4 MB".
 * @param {number} bytes
 */
export function size(bytes) {
  if (bytes < 1000) {
    return plural(bytes, "byte");
  }
  const names = ["kB", "MB", "GB", "TB"];
  const power = Math.min(Math.floor(Math.log10(bytes) / 3), names.length);
  return `${trimmed((bytes / 1000 ** power).toFixed(1))} ${names[power - 1]}`;
}

/**
 * Write how far away a moment is: "just now", "5 min ago", "in 2 h", then the day.
 * @param {string | Date} moment
 * @param {Date} [now]
 */
export function ago(moment, now = new Date()) {
  const seconds = Math.round((now.getTime() - new Date(moment).getTime()) / 1000);
  const away = Math.abs(seconds);
  if (away < 10) {
    return "just now";
  }
  const words = awayWords(away);
  if (words === null) {
    return day(moment, now);
  }
  return seconds > 0 ? `${words} ago` : `in ${words}`;
}

/** @param {number} seconds */
function awayWords(seconds) {
  if (seconds < MINUTE) {
    return `${seconds} s`;
  }
  if (seconds < HOUR) {
    return `${Math.floor(seconds / MINUTE)} min`;
  }
  if (seconds < DAY) {
    return `${Math.floor(seconds / HOUR)} h`;
  }
  return seconds < 7 * DAY ? plural(Math.floor(seconds / DAY), "day") : null;
}

/**
 * Write a day: "1 December", with the year where it is another one.
 * @param {string | Date} moment
 * @param {Date} [now]
 * @param {string} [timeZone]
 */
export function day(moment, now = new Date(), timeZone) {
  const date = new Date(moment);
  const year = date.getFullYear() === now.getFullYear() ? undefined : "numeric";
  return new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year, timeZone }).format(date);
}

/**
 * Write a moment in full, in local time: "23 Nov 2026, 14:05:09".
 * @param {string | Date} moment
 * @param {string} [timeZone]
 */
export function time(moment, timeZone) {
  return new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZone,
  }).format(new Date(moment));
}

/**
 * Write a moment in UTC, as logs do: "2026-11-23 14:05:09 UTC".
 * @param {string | Date} moment
 */
export function utc(moment) {
  return new Date(moment).toISOString().replace("T", " ").replace(/\.\d+Z$/, " UTC");
}

/**
 * Take a decimal apart without computing with it.
 * @param {number | string} decimal
 */
function digitsOf(decimal) {
  const text = typeof decimal === "number" ? plain(decimal) : plainText(decimal);
  const sign = text.startsWith("-") ? "-" : "";
  const [whole = "0", fraction = ""] = text.replace(/^[+-]/, "").split(".");
  return { sign, whole, fraction: fraction.replace(/0+$/, "") };
}

/**
 * Write a number without an exponent.
 * @param {number} value
 */
function plain(value) {
  return plainText(String(value));
}

/**
 * Move the point as an exponent says: "1.5e-7" is "0.00000015".
 * @param {string} text
 */
function plainText(text) {
  const found = /^([+-]?)(\d+)(?:\.(\d+))?e([+-]?\d+)$/i.exec(text);
  if (found === null) {
    return text;
  }
  const [, sign = "", whole = "", fraction = "", power = "0"] = found;
  const digits = whole + fraction;
  const point = whole.length + Number(power);
  if (point <= 0) {
    return `${sign}0.${"0".repeat(-point)}${digits}`;
  }
  return point >= digits.length
    ? sign + digits.padEnd(point, "0")
    : `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** @param {string} digits */
function grouped(digits) {
  return digits.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/** @param {string} text */
function trimmed(text) {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
