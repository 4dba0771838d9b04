import { useState } from "react";
import { segment } from "../../api/client";
import { useApi } from "../../api/query";
import type { Prior as Found } from "../../api/transfer";
import type { Page } from "../../api/types";
import { ProofDrawer } from "../../evidence/ProofTree";
import { valueText } from "../../evidence/proof";
import { useLang } from "../../state/lang";
import { AppLink } from "../../ui";

/** Cases that may be about the same result; nothing where none is. */
export function Prior({ id }: { id: string }) {
  const { t, lang } = useLang();
  const [open, setOpen] = useState<Found | null>(null);
  const query = useApi<Page<Found>>(`/transfer/cases/${segment(id)}/prior`, {}, {
    timeless: true,
    staleTime: 60_000,
  });
  const found = query.data?.items ?? [];
  if (found.length === 0) return null;
  return (
    <section className="section">
      <h2>{t("prior.title")}</h2>
      <p className="quiet small">{t("prior.why")}</p>
      <ul className="gaps">
        {found.map((one) => (
          <li key={one.case}>
            <span>
              <AppLink to={`/cases/${one.case}`}>{one.title}</AppLink>
              <span className="quiet small"> {one.unit}</span>
            </span>
            <button type="button" className="prior-similar" onClick={() => setOpen(one)}>
              {t("prior.similarity", { share: valueText(one.proof, lang) })}
            </button>
          </li>
        ))}
      </ul>
      {open && <ProofDrawer proof={open.proof} close={() => setOpen(null)} />}
    </section>
  );
}
