import { lazy, Suspense } from "react";

export interface DayFieldProps {
  /** YYYY-MM-DD. */
  value?: string;
  min?: string;
  max?: string;
  label: string;
  onDay: (day: string) => void;
}

const DayPicker = lazy(() => import("./DayPicker"));

/** A day to choose, written alike in every browser; the calendar comes when it is shown. */
export function DayField(props: DayFieldProps) {
  const still = (
    <input
      className="field day-field"
      readOnly
      value={props.value ?? ""}
      aria-label={props.label}
    />
  );
  return (
    <Suspense fallback={still}>
      <DayPicker {...props} />
    </Suspense>
  );
}
