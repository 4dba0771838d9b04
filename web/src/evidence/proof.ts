import type { Proof } from "../api/transfer";
import type { Lang } from "../state/lang";
import { PROOF_WORDS } from "./proofWords";

/** A readable form of a key that has no words: `fee_rate` as "fee rate". */
const plain = (key: string): string => key.replace(/[_.]/g, " ");

/** The name of a step of a proof: known words, or the key made readable. */
export function proofName(key: string, lang: Lang): string {
  const words = PROOF_WORDS[key];
  if (words) return words[lang === "zh" ? 0 : 1];
  const [head = "", ...rest] = key.split(" ");
  const known = PROOF_WORDS[head];
  if (known && rest.length > 0) return `${known[lang === "zh" ? 0 : 1]} ${rest.join(" ")}`;
  return plain(key);
}

/** Yuan with its thousands parted; the digits themselves stay as they came. */
export function yuanText(text: string): string {
  const found = /^(-?)(\d+)(\.\d+)?$/.exec(text);
  if (!found) return text;
  const whole = (found[2] ?? "").replace(/\B(?=(\d{3})+$)/g, ",");
  return `${found[1] ?? ""}${whole}${found[3] ?? ""}`;
}

/** A value of a proof as people read it. */
export function valueText(proof: Pick<Proof, "type" | "value">, lang: Lang): string {
  switch (proof.type) {
    case "money":
      return lang === "zh" ? `${yuanText(proof.value)} 元` : `¥${yuanText(proof.value)}`;
    case "truth":
      return (proof.value === "true") === (lang === "zh") ? (proof.value === "true" ? "是" : "no") : proof.value === "true" ? "yes" : "否";
    case "unknown":
      return lang === "zh" ? "未知" : "unknown";
    case "text":
      return proofName(proof.value, lang) === plain(proof.value) ? proof.value : proofName(proof.value, lang);
    default:
      return proof.value;
  }
}
