import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { post } from "../../api/client";
import type { Cluster, SupposedAnswer, Touched } from "../../api/compute";
import { useApi } from "../../api/query";
import { useLang } from "../../state/lang";
import { Answer, AppLink, EmptyState, Field, FormError, PageHeader, SignedIn } from "../../ui";
import { Chips } from "./Chips";
import { devicesOf } from "./shares";
import { useComputeWords } from "./words";
import "../../service/service.css";
import "./compute.css";

/** What would come of a change to the platform as it stands. */
export default function WhatIfPage() {
  const { t } = useLang();
  return (
    <SignedIn
      title={t("whatIf.title")}
      lead={t("whatIf.lead")}
      ask={t("compute.signIn")}
      why={t("compute.signInWhy")}
    >
      <Supposing />
    </SignedIn>
  );
}

function Supposing() {
  const { t } = useLang();
  const query = useApi<Cluster>("/compute/cluster", {}, { timeless: true, staleTime: 5_000 });
  return (
    <>
      <PageHeader
        eyebrow={<AppLink to="/compute">{t("compute.title")}</AppLink>}
        title={t("whatIf.title")}
        lead={t("whatIf.lead")}
      />
      <Answer query={query} height={420}>
        {(cluster) => <Board cluster={cluster} />}
      </Answer>
    </>
  );
}

interface Change {
  like: string;
  count: number;
  lose: string[];
  giveUp: string[];
}

function Board({ cluster }: { cluster: Cluster }) {
  const { t } = useLang();
  const here = cluster.nodes.filter((node) => !node.lost).map((node) => node.name);
  const reserved = [...new Set(cluster.nodes.flatMap((node) => node.reserved?.id ?? []))];
  const [change, setChange] = useState<Change>({
    like: here[0] ?? "",
    count: 0,
    lose: [],
    giveUp: [],
  });
  const body = {
    add: change.count > 0 && change.like ? [{ node: change.like, count: change.count }] : [],
    lose: change.lose,
    give_up: change.giveUp,
  };
  const some = body.add.length + body.lose.length + body.give_up.length > 0;
  const found = useQuery<SupposedAnswer>({
    queryKey: ["compute-what-if", body],
    queryFn: () => post<SupposedAnswer>("/compute/what-if", body),
    enabled: some,
    retry: false,
    staleTime: 2_000,
    placeholderData: keepPreviousData,
  });
  return (
    <>
      <form className="event-form compute-form" aria-label={t("whatIf.title")}>
        <fieldset className="fact">
          <legend>{t("whatIf.add")}</legend>
          <div className="compute-numbers">
            <label className="form-row">
              <span>{t("whatIf.like")}</span>
              <select
                className="field"
                value={change.like}
                onChange={(event) => setChange({ ...change, like: event.target.value })}
              >
                {here.map((name) => (
                  <option key={name} value={name}>
                    {name}
                  </option>
                ))}
              </select>
            </label>
            <Field
              label={t("whatIf.count")}
              type="number"
              min={0}
              max={1_024}
              value={String(change.count)}
              onChange={(event) => setChange({ ...change, count: Number(event.target.value) })}
            />
          </div>
        </fieldset>
        <Chips
          label={t("whatIf.lose")}
          all={here}
          chosen={change.lose}
          onChange={(lose) => setChange({ ...change, lose })}
        />
        {reserved.length > 0 && (
          <Chips
            label={t("whatIf.giveUp")}
            all={reserved}
            chosen={change.giveUp}
            onChange={(giveUp) => setChange({ ...change, giveUp })}
          />
        )}
      </form>
      <FormError error={some ? found.error : null} />
      {!some || !found.data ? (
        <EmptyState title={t("whatIf.nothing")} why={t("whatIf.nothingWhy")} height={200} />
      ) : (
        <Outcome answer={found.data} />
      )}
    </>
  );
}

function Outcome({ answer }: { answer: SupposedAnswer }) {
  const { t } = useLang();
  const { before, after } = answer;
  const figures: [string, string, string][] = [
    [t("whatIf.devices"), devicesOf(before.milli), devicesOf(after.milli)],
    [t("whatIf.free"), devicesOf(before.free), devicesOf(after.free)],
    [t("whatIf.fragmented"), devicesOf(before.fragmented), devicesOf(after.fragmented)],
    [t("whatIf.running"), String(before.running), String(after.running)],
    [t("whatIf.waiting"), String(before.waiting), String(after.waiting)],
  ];
  return (
    <div aria-live="polite">
      <dl className="service-figures">
        {figures.map(([name, was, is]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              {was === is ? (
                is
              ) : (
                <>
                  <span className="what-was">{was}</span> → {is}
                </>
              )}
            </dd>
          </div>
        ))}
      </dl>
      <section aria-label={t("whatIf.jobs")}>
        <h2>{t("whatIf.jobs")}</h2>
        {answer.jobs.length === 0 ? (
          <p className="quiet">{t("whatIf.none")}</p>
        ) : (
          <ul className="service-list">
            {answer.jobs.map((job) => (
              <Line key={job.id} job={job} />
            ))}
          </ul>
        )}
      </section>
    </div>
  );
}

const COLORS: Record<string, string> = {
  starts: "standing-jade",
  stops: "standing-cinnabar",
  moves: "standing-gold",
  waits: "",
};

function Line({ job }: { job: Touched }) {
  const { t, pick } = useLang();
  const words = useComputeWords();
  return (
    <li>
      <div>
        <AppLink className="service-name" to={`/compute/${job.id}`}>
          {job.name || job.id}
        </AppLink>
        <span className="quiet small">
          {job.id} · {pick(job.tenant.name)} · {t("whatIf.milli", { devices: devicesOf(job.milli) })}
        </span>
        {job.start_before && (
          <span className="quiet small">
            {t("whatIf.was", { start: words.start(job.start_before) })}
          </span>
        )}
        {job.start_after && (
          <span className="small">
            {t("whatIf.would", { start: words.start(job.start_after) })}
          </span>
        )}
      </div>
      <div className="service-end">
        <span className={`standing ${COLORS[job.what] ?? ""}`}>
          {t(`whatIf.${job.what as "starts"}`)}
        </span>
      </div>
    </li>
  );
}
