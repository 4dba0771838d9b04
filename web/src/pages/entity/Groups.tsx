import { useState } from "react";
import type { EntityPage, Statement } from "../../api/types";
import { Figure, useEvidence } from "../../evidence";
import { useLang } from "../../state/lang";
import { EntityLink, SourceLink, useFormat } from "../../ui";

type Group = EntityPage["groups"][number];

interface GroupsProps {
  title: string;
  groups: Group[];
  entity: string;
}

const FIRST = 24;

/** Properties one under another; where claims disagree they stand side by side behind a thread. */
export function Groups({ title, groups, entity }: GroupsProps) {
  const { t } = useLang();
  const [all, setAll] = useState(false);
  const sorted = [...groups].sort(
    (a, b) => Number(b.conflict !== null) - Number(a.conflict !== null),
  );
  const shown = all ? sorted : sorted.slice(0, FIRST);
  return (
    <section className="entity-section">
      <h2>{title}</h2>
      <dl className="groups">
        {shown.map((group) => (
          <GroupRow key={group.property.key} group={group} entity={entity} />
        ))}
      </dl>
      {!all && sorted.length > FIRST && (
        <button type="button" className="button" onClick={() => setAll(true)}>
          {t("entity.more", { count: sorted.length - FIRST })}
        </button>
      )}
    </section>
  );
}

function GroupRow({ group, entity }: { group: Group; entity: string }) {
  const { t, pick } = useLang();
  const evidence = useEvidence();
  const { conflict, statements, property } = group;
  const claims = conflict ? merge(statements, conflict.statements) : statements;
  const shown = claims.slice(0, conflict ? 6 : 4);
  const hidden = claims.length - shown.length + group.more;
  return (
    <div className={conflict ? "group group-conflict" : "group"} id={`p-${property.key}`}>
      <dt>
        {pick(property.label) || property.key}
        {conflict && (
          <span className="group-note">
            {t("entity.claims", { count: claims.length })} · {t(`entity.conflict.${conflict.kind}`)}
          </span>
        )}
      </dt>
      <dd>
        <div className="mini-claims">
          {shown.map((statement) => (
            <MiniClaim
              key={statement.id}
              statement={statement}
              large={property.indicator}
              best={conflict !== null && statement.id === group.best?.id}
            />
          ))}
        </div>
        {conflict?.note && <p className="quiet small">{conflict.note}</p>}
        {hidden > 0 && (
          <button
            type="button"
            className="button-text small"
            onClick={() => evidence.open({ claims: { entity, property: property.key } })}
          >
            {t("entity.more", { count: hidden })}
          </button>
        )}
      </dd>
    </div>
  );
}

function merge(first: Statement[], second: Statement[]): Statement[] {
  const seen = new Set(first.map((each) => each.id));
  return [...first, ...second.filter((each) => !seen.has(each.id))];
}

interface MiniClaimProps {
  statement: Statement;
  large: boolean;
  best: boolean;
}

function MiniClaim({ statement, large, best }: MiniClaimProps) {
  const { t } = useLang();
  const format = useFormat();
  const { value } = statement;
  const when = format.valid(statement.valid);
  return (
    <div className={best ? "mini mini-best" : "mini"}>
      <p className="mini-value">
        {value.type === "entity" ? (
          <>
            <EntityLink entity={value.entity} badge />
            <Figure statement={statement} size="s" className="mini-proof">
              {t("claim.source")}
            </Figure>
          </>
        ) : (
          <Figure statement={statement} size={large ? "l" : "m"} className="mini-figure" />
        )}
      </p>
      <p className="mini-line">
        {when && <span>{when}</span>}
        {statement.forecast && <span className="tag gold">{t("claim.forecast")}</span>}
        <SourceLink source={statement.source} />
      </p>
    </div>
  );
}
