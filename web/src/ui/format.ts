import type { Comparator, Precision, Valid, Value } from "../api/types";
import type { Lang } from "../state/lang";
import { pickLabel } from "../state/lang";

/** A number cut into what is read: word before, digits, unit after. */
export interface NumberParts {
  prefix: string;
  digits: string;
  unit: string;
}

type Named = (unit: string) => string;

const WORDS: Record<Lang, Record<Exclude<Comparator, "range">, string>> = {
  zh: { "=": "", ">": "超", ">=": "≥", "<": "不到", "<=": "≤", "~": "约" },
  en: { "=": "", ">": "over", ">=": "≥", "<": "under", "<=": "≤", "~": "about" },
};

/** The word a comparator is read as: 超 / over, 约 / about, ≥. Equality and ranges have none. */
export function comparatorWord(comparator: Comparator, lang: Lang): string {
  return comparator === "range" ? "" : WORDS[lang][comparator];
}

/**
 * At most `places` decimals (default 2). Grouped by threes: in English always, in Chinese from six
 * digits up, as Chinese tables write 56708.71.
 */
export function formatDigits(exact: string | number, lang: Lang, places = 2): string {
  const value = Number(exact);
  if (!Number.isFinite(value)) return String(exact);
  const small = value !== 0 && Math.abs(value) < 0.01;
  return new Intl.NumberFormat(lang === "zh" ? "zh-CN" : "en-US", {
    useGrouping: lang === "en" || Math.abs(value) >= 1e5,
    ...(small ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: places }),
  }).format(value);
}

const SCALES: Record<Lang, [number, string][]> = {
  zh: [
    [1e8, "亿"],
    [1e6, "万"],
  ],
  en: [
    [1e9, "bn"],
    [1e6, "million"],
  ],
};

/** A number as people read it: 1234567 is 123.46 万 in Chinese and 1.23 m in English. */
export function formatNumber(exact: string | number, lang: Lang): string {
  const [digits, scale] = scaled(exact, lang);
  return scale ? `${digits} ${scale}` : digits;
}

function scaled(exact: string | number, lang: Lang): [string, string] {
  const value = Number(exact);
  const scale = SCALES[lang].find(([least]) => Math.abs(value) >= least);
  if (!scale) return [formatDigits(exact, lang), ""];
  const by = scale[1] === "万" ? 1e4 : scale[0];
  return [formatDigits(value / by, lang), scale[1]];
}

/** Yuan, given as exact fen, as English reads them: "415.31 bn CNY". */
function yuanInEnglish(fen: string): [string, string] {
  const [digits, scale] = scaled(Number(fen) / 100, "en");
  return [digits, scale ? `${scale} CNY` : "CNY"];
}

/** The parts of a number or an amount of money; null for every other kind of value. */
export function numberParts(value: Value, lang: Lang, unitName: Named): NumberParts | null {
  if (value.type !== "number" && value.type !== "money") return null;
  const prefix = comparatorWord(value.comparator, lang);
  if (value.type === "money" && lang === "en") return moneyInEnglish(value, prefix);
  const [low, scale] = scaled(value.number, lang);
  const unit = value.unit ? unitName(value.unit) : "";
  if (value.comparator === "range" && value.high) {
    return {
      prefix,
      digits: `${formatDigits(value.number, lang)}–${formatDigits(value.high, lang)}`,
      unit,
    };
  }
  return { prefix, digits: low, unit: scale + (scale && lang === "en" && unit ? " " : "") + unit };
}

/** A number whose unit is named "10 k …", in that unit alone: 108.28 10 k persons is 1082800. */
export function withoutTenThousands(value: Value, unitName: Named): Value {
  if (value.type !== "number" || !value.unit) return value;
  const [, unit] = /^10 k (.+)$/.exec(unitName(value.unit)) ?? [];
  if (!unit) return value;
  const whole = (text: string) => String(Number((Number(text) * 1e4).toPrecision(14)));
  const high = value.high === undefined ? {} : { high: whole(value.high) };
  return { ...value, number: whole(value.number), ...high, unit };
}

function moneyInEnglish(value: Extract<Value, { type: "money" }>, prefix: string): NumberParts {
  const [digits, unit] = yuanInEnglish(value.fen);
  if (value.comparator !== "range" || !value.high) return { prefix, digits, unit };
  const times = Number(value.high) / Number(value.number);
  const [high, highUnit] = yuanInEnglish(String(Number(value.fen) * times));
  return { prefix, digits: `${digits} ${unit} – ${high}`, unit: highUnit };
}

/** Any value as one line of text. */
export function formatValue(value: Value, lang: Lang, unitName: Named = (unit) => unit): string {
  switch (value.type) {
    case "number":
    case "money": {
      const parts = numberParts(value, lang, unitName);
      const gap = parts && parts.unit && !/^[%‰°]/.test(parts.unit) ? " " : "";
      return parts ? [parts.prefix, parts.digits + gap + parts.unit].filter(Boolean).join(" ") : "";
    }
    case "entity":
      return pickLabel(value.entity.name, lang);
    case "text":
      return value.text;
    case "date":
      return formatDay(value.date, value.precision, lang);
    case "point":
      return `${value.lon.toFixed(5)}, ${value.lat.toFixed(5)}`;
    case "shape":
      return shapeText(value, lang);
    case "concept":
      return pickLabel(value.concept.label, lang) || value.concept.key;
    case "url":
      return value.url;
  }
}

function shapeText(value: Extract<Value, { type: "shape" }>, lang: Lang): string {
  if (value.area_km2) return `${formatDigits(value.area_km2, lang)} km²`;
  if (value.length_km) return `${formatDigits(value.length_km, lang)} km`;
  return value.geometry_type;
}

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** A day at its precision: 2023 年 3 月 / Mar 2023. Unknown shapes are given back as they came. */
export function formatDay(day: string, precision: Precision, lang: Lang): string {
  const [year, month, date] = day.slice(0, 10).split("-").map(Number);
  if (!year || !month || !date) return day;
  const quarter = Math.ceil(month / 3);
  if (lang === "zh") {
    if (precision === "year") return `${year} 年`;
    if (precision === "quarter") return `${year} 年 ${quarter} 季度`;
    if (precision === "month") return `${year} 年 ${month} 月`;
    return `${year} 年 ${month} 月 ${date} 日`;
  }
  const name = MONTHS[month - 1] ?? "";
  if (precision === "year") return String(year);
  if (precision === "quarter") return `Q${quarter} ${year}`;
  if (precision === "month") return `${name} ${year}`;
  return `${date} ${name} ${year}`;
}

/** A number or an amount to its last digit, amounts in yuan; empty for other kinds of value. */
export function exactText(value: Value, unitName: Named): string {
  if (value.type === "money") {
    const digits = value.fen.replace("-", "").padStart(3, "0");
    const yuan = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ",");
    return `${value.fen.startsWith("-") ? "−" : ""}${yuan}.${digits.slice(-2)} CNY`;
  }
  if (value.type !== "number") return "";
  const high = value.high ? `–${value.high}` : "";
  return `${value.number}${high} ${value.unit ? unitName(value.unit) : ""}`.trim();
}

/** When a statement holds, in words; empty when nothing is said about it. */
export function formatValid(valid: Valid, lang: Lang): string {
  const { from, to, precision } = valid;
  if (!from && !to) return "";
  const start = from ? formatDay(from, precision, lang) : "";
  const end = to ? formatDay(to, precision, lang) : "";
  if (start && start === end) return start;
  if (!to) return lang === "zh" ? `${start}起` : `since ${start}`;
  if (!from) return lang === "zh" ? `至 ${end}` : `until ${end}`;
  return `${start} – ${end}`;
}

/** A recorded time as the reader's own clock shows it, to the minute. */
export function formatTime(instant: string, lang: Lang): string {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return instant;
  return new Intl.DateTimeFormat(lang === "zh" ? "zh-CN" : "en-GB", {
    year: "numeric",
    month: lang === "zh" ? "numeric" : "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hour12: false,
  }).format(date);
}

/** A hash or root cut for reading; the whole stays in the title. */
export const shortHash = (hash: string): string =>
  hash.length > 18 ? `${hash.slice(0, 10)}…${hash.slice(-6)}` : hash;
