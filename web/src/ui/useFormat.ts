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
} from "./format";

export interface Format {
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
    const unit = (key: string | undefined): string => (key ? names.get(key) || key : "");
    return {
      value: (value) => formatValue(value, lang, unit),
      parts: (value) => numberParts(value, lang, unit),
      number: (exact) => formatNumber(exact, lang),
      day: (day, precision = "day") => formatDay(day, precision, lang),
      valid: (valid) => formatValid(valid, lang),
      time: (instant) => formatTime(instant, lang),
      unit,
    };
  }, [lang, pick, units]);
}
