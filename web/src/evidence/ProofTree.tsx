import { useState } from "react";
import { useSearchParams } from "react-router";
import type { Proof } from "../api/transfer";
import { useLang } from "../state/lang";
import { valueText, proofName } from "./proof";
import { Sheet } from "./Sheet";
import "./proof.css";

const SEALS = ["verified", "excerpt", "general", "draft", "own"] as const;
type Seal = (typeof SEALS)[number];

/** How sure the text of a rule is. */
function Confidence({ confidence }: { confidence: string }) {
  const { t } = useLang();
  const seal: Seal = SEALS.find((each) => each === confidence) ?? "general";
  return <span className={`proof-seal proof-seal-${seal}`}>{t(`proof.${seal}`)}</span>;
}

/** A figure, date or decision, open down to facts and articles. */
export function ProofTree({ proof, depth = 0 }: { proof: Proof; depth?: number }) {
  const { t, lang } = useLang();
  const [open, setOpen] = useState(depth < 2);
  const nested = proof.parts.length > 0;
  return (
    <div className={`proof-node${depth === 0 ? " proof-root" : ""}`}>
      <div className="proof-line">
        {nested ? (
          <button
            type="button"
            className="proof-toggle"
            aria-expanded={open}
            onClick={() => setOpen(!open)}
          >
            <span aria-hidden="true">{open ? "▾" : "▸"}</span>
            <span className="proof-key">{proofName(proof.key, lang)}</span>
          </button>
        ) : (
          <span className="proof-key proof-leaf">{proofName(proof.key, lang)}</span>
        )}
        <span className={`proof-value proof-${proof.type}`}>{valueText(proof, lang)}</span>
      </div>
      {proof.cite && (
        <p className="proof-cite">
          <span className="proof-article">{proof.cite.article}</span>
          {proof.cite.version !== "-" && (
            <span className="quiet">{t("proof.version", { version: proof.cite.version })}</span>
          )}
          <Confidence confidence={proof.cite.confidence} />
        </p>
      )}
      {nested && open && (
        <ul className="proof-parts">
          {proof.parts.map((part, index) => (
            <li key={`${part.key}.${index}`}>
              <ProofTree proof={part} depth={depth + 1} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** Opens and closes the proof drawer; what is open stands in the address as ?proof=. */
export function useProof(): { name: string | null; open: (name: string) => void; close: () => void } {
  const [params, setParams] = useSearchParams();
  const write = (name: string | null) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        if (name) next.set("proof", name);
        else next.delete("proof");
        return next;
      },
      { replace: name === null },
    );
  return { name: params.get("proof"), open: write, close: () => write(null) };
}

/** The drawer from the right with a proof in it; Esc or a click beside it closes it. */
export function ProofDrawer({ proof, close }: { proof: Proof; close: () => void }) {
  const { t } = useLang();
  return (
    <Sheet title={t("proof.title")} close={close}>
      <div className="drawer-body">
        <ProofTree proof={proof} />
        <p className="quiet small">{t("proof.lead")}</p>
      </div>
    </Sheet>
  );
}

/** A figure that opens: its name small above, its value large. */
export function ProofFigure({ proof, open }: { proof: Proof; open: () => void }) {
  const { lang } = useLang();
  return (
    <button type="button" className="fact" onClick={open}>
      <span className="fact-key">{proofName(proof.key, lang)}</span>
      <span className={`fact-value proof-${proof.type}`}>{valueText(proof, lang)}</span>
    </button>
  );
}
