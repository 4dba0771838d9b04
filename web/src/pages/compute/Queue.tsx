import { useSearchParams } from "react-router";
import { type ComputeJob, type ComputeJobs, yuanOf } from "../../api/compute";
import { useApi } from "../../api/query";
import { useLang } from "../../state/lang";
import { Answer, AppLink, EmptyState, useFormat } from "../../ui";
import { isOver, stateClass, useComputeWords } from "./words";

const TABS = ["open", "ended", "all"] as const;

/** Jobs, the newest first; those that wait say why and what would help. */
export function Queue() {
  const { t } = useLang();
  const [search, setSearch] = useSearchParams();
  const tab = TABS.find((each) => each === search.get("tab")) ?? "open";
  const after = search.get("after") ?? undefined;
  const query = useApi<ComputeJobs>(
    "/compute/jobs",
    { state: tab === "all" ? undefined : tab, after, limit: 50 },
    { timeless: true, staleTime: 1_000, refetchInterval: 3_000 },
  );
  const show = (next: Record<string, string>) => setSearch(tab === "open" ? next : { tab, ...next });
  return (
    <section aria-label={t("compute.queue")}>
      <div className="compute-head">
        <h2>{t("compute.queue")}</h2>
      </div>
      <div className="tabs">
        {TABS.map((each) => (
          <button
            key={each}
            type="button"
            className="tab"
            aria-pressed={tab === each}
            onClick={() => setSearch(each === "open" ? {} : { tab: each })}
          >
            {t(`compute.${each}`)}
          </button>
        ))}
      </div>
      <Answer query={query} height={240}>
        {(page) => (
          <>
            {page.items.length === 0 ? (
              <EmptyState title={t("compute.none")} why={t("compute.noneWhy")} height={200} />
            ) : (
              <ul className="service-list">
                {page.items.map((job) => (
                  <Line key={job.id} job={job} />
                ))}
              </ul>
            )}
            {(page.next || after) && (
              <nav className="row" aria-label={t("compute.more")}>
                {after && (
                  <button type="button" className="button" onClick={() => show({})}>
                    {t("compute.first")}
                  </button>
                )}
                {page.next && (
                  <button
                    type="button"
                    className="button"
                    onClick={() => show({ after: page.next ?? "" })}
                  >
                    {t("compute.more")}
                  </button>
                )}
              </nav>
            )}
          </>
        )}
      </Answer>
    </section>
  );
}

/** What a job asks for, in a few words. */
export function useAsked() {
  const { t } = useLang();
  return (job: ComputeJob) =>
    job.devices === 0
      ? t("compute.askedNone", { tasks: String(job.tasks) })
      : t("compute.asked", {
          tasks: String(job.tasks),
          devices: String(job.devices),
          share: String(job.share / 10),
        });
}

function Line({ job }: { job: ComputeJob }) {
  const { t, pick } = useLang();
  const format = useFormat();
  const asked = useAsked();
  const words = useComputeWords();
  return (
    <li>
      <div>
        <AppLink className="service-name" to={`/compute/${job.id}`}>
          {job.name || job.id}
        </AppLink>
        <span className="quiet small">
          {job.id} · {pick(job.tenant.name)} · {asked(job)} · {format.time(job.submitted)}
          {job.array && <> · {words.member(job.array)}</>}
        </span>
        {job.why && (
          <span className="small">
            {pick(job.why)}
            {job.remedy && <> · {pick(job.remedy)}</>}
          </span>
        )}
        {job.start && <span className="quiet small">{words.start(job.start)}</span>}
        {job.deadline && !isOver(job.state) && (
          <span className="quiet small">{t("compute.by", { at: format.time(job.deadline) })}</span>
        )}
      </div>
      <div className="service-end">
        <span className={stateClass(job.state)}>{t(`compute.state.${job.state as "done"}`)}</span>
        <span className="small">
          {isOver(job.state)
            ? `${t("compute.cost")} ¥${yuanOf(job.cost)}`
            : `${t("compute.held")} ¥${yuanOf(job.held)}`}
        </span>
      </div>
    </li>
  );
}
