import { DatePicker } from "antd";
import dayjs from "dayjs";
import "dayjs/locale/zh-cn";
import { useMemo } from "react";
import AntTheme from "./antd";
import type { DayFieldProps } from "./DayField";

/** The calendar behind DayField. */
export default function DayPicker({ value, min, max, label, onDay }: DayFieldProps) {
  // The same object while the day is the same: a new one would undo what is being typed.
  const day = useMemo(() => (value ? dayjs(value) : null), [value]);
  return (
    <AntTheme>
      <DatePicker
        value={day}
        minDate={min ? dayjs(min) : undefined}
        maxDate={max ? dayjs(max) : undefined}
        format="YYYY-MM-DD"
        allowClear={false}
        aria-label={label}
        className="day-field"
        onChange={(next) => {
          if (next) onDay(next.format("YYYY-MM-DD"));
        }}
      />
    </AntTheme>
  );
}
