import { DatePicker } from "antd";
import dayjs from "dayjs";
import "dayjs/locale/zh-cn";
import AntTheme from "./antd";
import type { DayFieldProps } from "./DayField";

/** The calendar behind DayField. */
export default function DayPicker({ value, min, max, label, onDay }: DayFieldProps) {
  return (
    <AntTheme>
      <DatePicker
        value={value ? dayjs(value) : null}
        minDate={min ? dayjs(min) : undefined}
        maxDate={max ? dayjs(max) : undefined}
        format="YYYY-MM-DD"
        allowClear={false}
        aria-label={label}
        className="day-field"
        onChange={(day) => {
          if (day) onDay(day.format("YYYY-MM-DD"));
        }}
      />
    </AntTheme>
  );
}
