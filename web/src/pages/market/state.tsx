import { useLang } from "../../state/lang";

const STATES = ["open", "met", "withdrawn"] as const;

/** Where a demand stands. */
export function DemandState({ state }: { state: string }) {
  const { t } = useLang();
  const known = STATES.find((each) => each === state) ?? "open";
  return <span className={`market-state market-${known}`}>{t(`market.${known}`)}</span>;
}
