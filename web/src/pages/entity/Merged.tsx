import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { remove, segment } from "../../api/client";
import { useOfficer } from "../../api/query";
import type { EntityPage } from "../../api/types";
import { useLang } from "../../state/lang";
import { EntityLink, FormError, useEntityName } from "../../ui";

type Member = EntityPage["merged"][number];

/** Whom a person judged to be the same, each with a way to split it off again. */
export function Merged({ members }: { members: readonly Member[] }) {
  const { t } = useLang();
  if (members.length === 0) return null;
  return (
    <section className="aside-block" id="merged">
      <h2>{t("merged.title")}</h2>
      <p className="section-lead">{t("merged.lead")}</p>
      <ul>
        {members.map((member) => (
          <MemberRow key={member.judgement + member.entity.id} member={member} />
        ))}
      </ul>
    </section>
  );
}

function MemberRow({ member }: { member: Member }) {
  const { t } = useLang();
  const name = useEntityName();
  const client = useQueryClient();
  const allowed = useOfficer();
  const [asked, setAsked] = useState(false);
  const split = useMutation({
    mutationFn: () => remove(`/judgements/${segment(member.judgement)}`),
    onSuccess: () => client.invalidateQueries(),
  });
  return (
    <li>
      <p className="aside-pair">
        <EntityLink entity={member.entity} badge />
        {allowed && !asked && (
          <button type="button" className="button button-small" onClick={() => setAsked(true)}>
            {t("merged.split")}
            <span className="visually-hidden"> {name(member.entity)}</span>
          </button>
        )}
      </p>
      {asked && (
        <p className="row merged-ask" role="group" aria-label={t("merged.split")}>
          <span>{t("merged.sure", { name: name(member.entity) })}</span>
          <button
            type="button"
            className="button button-small button-danger"
            autoFocus
            disabled={split.isPending}
            onClick={() => split.mutate()}
          >
            {t("merged.yes")}
          </button>
          <button type="button" className="button button-small" onClick={() => setAsked(false)}>
            {t("merged.no")}
          </button>
        </p>
      )}
      <FormError error={split.error} />
    </li>
  );
}
