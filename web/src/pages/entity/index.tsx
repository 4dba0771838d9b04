import { useParams } from "react-router";
import { segment } from "../../api/client";
import { useApi } from "../../api/query";
import type { EntityPage as EntityAnswer } from "../../api/types";
import { useLang } from "../../state/lang";
import {
  Answer,
  AppLink,
  EmptyState,
  EntityLink,
  ExportMenu,
  KindBadge,
  PageHeader,
  useEntityName,
  useHashScroll,
} from "../../ui";
import { Aside } from "./Aside";
import { DerivedList } from "./DerivedList";
import { Discrepancies } from "./Discrepancies";
import { Groups } from "./Groups";
import { History } from "./History";
import "./entity.css";

/** Everything said about one thing, nothing overwritten. */
export default function EntityPage() {
  const { id = "" } = useParams();
  const query = useApi<EntityAnswer>(`/entities/${segment(id)}`);
  useHashScroll(query.isSuccess);
  const shown = query.data?.entity.id === id || !query.isPlaceholderData ? query.data : undefined;
  return (
    <>
      {query.error && !shown && <PageHeader title={id} />}
      <Answer query={{ ...query, data: shown }} height={900}>
        {(page) => <Sheet page={page} asked={id} />}
      </Answer>
    </>
  );
}

function Sheet({ page, asked }: { page: EntityAnswer; asked: string }) {
  const { t } = useLang();
  const figures = page.groups.filter((group) => group.property.indicator);
  const others = page.groups.filter((group) => !group.property.indicator);
  return (
    <article className="entity">
      <Head page={page} />
      {page.entity.id !== asked && (
        <p className="entity-came" role="status">
          {t("merged.came", { id: asked })}
        </p>
      )}
      <div className="entity-columns">
        <div className="entity-main">
          {figures.length > 0 && (
            <Groups title={t("entity.figures")} groups={figures} entity={page.entity.id} />
          )}
          <DerivedList items={page.derived} entity={page.entity.id} />
          <Discrepancies items={page.discrepancies} />
          {others.length > 0 && (
            <Groups title={t("entity.statements")} groups={others} entity={page.entity.id} />
          )}
          {page.groups.length === 0 && (
            <EmptyState title={t("entity.none")} why={t("entity.noneWhy")} />
          )}
          <History id={page.entity.id} />
        </div>
        <Aside page={page} />
      </div>
    </article>
  );
}

function Head({ page }: { page: EntityAnswer }) {
  const { t, lang } = useLang();
  const name = useEntityName();
  const { entity } = page;
  const other = lang === "zh" ? entity.name.en : entity.name.zh;
  return (
    <PageHeader
      eyebrow={
        <span className="row">
          <KindBadge kind={entity.kind} />
          {page.place && page.place.id !== entity.id && <EntityLink entity={page.place} />}
          <span className="mono">{entity.id}</span>
        </span>
      }
      title={name(entity)}
      lead={other && other !== name(entity) ? other : undefined}
      actions={
        <>
          <AppLink className="button" to={`/graph?focus=${entity.id}`}>
            {t("entity.graph")}
          </AppLink>
          {page.geometry && (
            <AppLink className="button" to={`/map?focus=${entity.id}`}>
              {t("entity.onMap")}
            </AppLink>
          )}
          <ExportMenu question="entity" params={{ entity: entity.id }} />
        </>
      }
    />
  );
}
