import { useLang } from "../../state/lang";
import { useFormat } from "../../ui";

interface CountsProps {
  counts: { new: number; changed: number; gone: number };
}

/** How much one event brought, in words. */
export function ChangeCounts({ counts }: CountsProps) {
  const { t } = useLang();
  const format = useFormat();
  return (
    <span>
      {t("changes.counts", {
        new: format.number(counts.new),
        changed: format.number(counts.changed),
        gone: format.number(counts.gone),
      })}
    </span>
  );
}
