import { useMemo } from "react";
import { useSchema } from "../api/query";
import type { Precision, Valid, Value } from "../api/types";
import { useLang } from "../state/lang";
import {
  formatDay,
  formatNumber,
  formatTime,
  formatValid,
  formatValue,
  numberParts,
  type NumberParts,
  withoutTenThousands,
} from "./format";

export interface Format {
  /** The value in the unit it is read in: English has no word for ten thousand. */
  plain: (value: Value) => Value;
  value: (value: Value) => string;
  parts: (value: Value) => NumberParts | null;
  number: (exact: string | number) => string;
  day: (day: string, precision?: Precision) => string;
  valid: (valid: Valid) => string;
  time: (instant: string) => string;
  unit: (key: string | undefined) => string;
}

/** The formats of format.ts in the reader's language, units named from the schema. */
export function useFormat(): Format {
  const { lang, pick } = useLang();
  const units = useSchema().data?.units;
  return useMemo(() => {
    const names = new Map(units?.map((unit) => [unit.key, pick(unit.label)]));
    const counts = new Set(
      units?.filter((each) => each.dimension === "count").map((each) => pick(each.label)),
    );
    const unit = (key: string | undefined): string => (key ? names.get(key) || key : "");
    // English says "AI firms 1,500": what is counted is the indicator's name, not a unit.
    const told = (key: string): string => (lang === "en" && counts.has(unit(key)) ? "" : unit(key));
    const plain = (value: Value): Value => (lang === "en" ? withoutTenThousands(value, unit) : value);
    return {
      plain,
      value: (value) => formatValue(plain(value), lang, told),
      parts: (value) => numberParts(plain(value), lang, told),
      number: (exact) => formatNumber(exact, lang),
      day: (day, precision = "day") => formatDay(day, precision, lang),
      valid: (valid) => formatValid(valid, lang),
      time: (instant) => formatTime(instant, lang),
      unit,
    };
  }, [lang, pick, units]);
}
