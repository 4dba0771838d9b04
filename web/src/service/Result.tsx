import type { Granted } from "../api/policy";
import { yuanText } from "../evidence/proof";
import { useLang } from "../state/lang";

/** What a policy comes to, in a line. */
export function useResult(): (result: Granted) => string {
  const { t } = useLang();
  return (result) => {
    const yuan = (text: string | undefined) => yuanText(text ?? "0.00");
    switch (result.kind) {
      case "exact":
        return t("result.exact", { amount: yuan(result.amount) });
      case "up_to":
        return t("result.up_to", { amount: yuan(result.amount) });
      case "range":
        return t("result.range", { low: yuan(result.low), high: yuan(result.high) });
      case "none":
        return t("result.none");
      case "granted":
        return t("result.granted");
      default:
        return t("result.unknown");
    }
  };
}
