import { useMutation } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { post, segment } from "../../api/client";
import { type ComputeJobPage, type TaskLog, yuanOf } from "../../api/compute";
import { useApi } from "../../api/query";
import { useLang } from "../../state/lang";
import { Answer, AppLink, FormError, PageHeader, useFormat } from "../../ui";
import { ChargeTable } from "./ChargeTable";
import { useAsked } from "./Queue";
import { isOver, stateClass, useComputeWords } from "./words";

/** A job: how it stands and why, what it wrote, what it cost. */
export function OneJob({ id }: { id: string }) {
  const query = useApi<ComputeJobPage>(`/compute/jobs/${segment(id)}`, {}, {
    timeless: true,
    staleTime: 500,
    refetchInterval: 1_500,
  });
  return (
    <Answer query={query} height={480}>
      {(page) => <Whole page={page} refresh={() => void query.refetch()} />}
    </Answer>
  );
}

function Whole({ page, refresh }: { page: ComputeJobPage; refresh: () => void }) {
  const { t, pick } = useLang();
  const format = useFormat();
  const words = useComputeWords();
  const asked = useAsked();
  const { job } = page;
  const stop = useMutation({
    mutationFn: (array: boolean) =>
      post(`/compute/jobs/${segment(job.id)}/cancel${array ? "?array=true" : ""}`, {}),
    onSuccess: refresh,
  });
  const facts: [string, string | null | undefined][] = [
    [t("compute.submitted"), format.time(job.submitted)],
    [t("compute.since"), job.since && format.time(job.since)],
    [t("compute.endedAt"), job.ended && format.time(job.ended)],
    [t("compute.limit"), words.duration(job.limit_ms)],
    [
      t("compute.preemptible"),
      job.preemptible_after_ms === null || job.preemptible_after_ms === undefined
        ? null
        : t("compute.preemptibleAfter", { after: words.duration(job.preemptible_after_ms) }),
    ],
    [t("compute.deadline"), job.deadline && format.time(job.deadline)],
    [t("compute.gaveWay"), job.gave_way > 0 ? String(job.gave_way) : null],
    [t("compute.expected"), isOver(job.state) ? null : words.duration(job.expected_ms)],
    [
      t("compute.places"),
      [...new Set(page.places.map((place) => `${place.node} [${place.devices.map((at) => at + 1).join(", ")}]`))].join("; "),
    ],
  ];
  return (
    <article>
      <PageHeader
        eyebrow={
          <>
            <AppLink to="/compute">{t("compute.title")}</AppLink> · {job.id}
            {job.array && (
              <>
                {" · "}
                <AppLink to={`/compute/${job.array.first}`}>{words.member(job.array)}</AppLink>
              </>
            )}
          </>
        }
        title={job.name || job.id}
        lead={`${pick(job.tenant.name)} · ${asked(job)}`}
        actions={
          <div className="row">
            <span className={stateClass(job.state)}>{t(`compute.state.${job.state as "done"}`)}</span>
            {page.may_cancel && (
              <button
                type="button"
                className="button"
                disabled={stop.isPending}
                onClick={() => stop.mutate(false)}
              >
                {t("compute.cancel")}
              </button>
            )}
            {page.may_cancel && job.array && (
              <button
                type="button"
                className="button"
                disabled={stop.isPending}
                onClick={() => stop.mutate(true)}
              >
                {t("compute.cancelArray")}
              </button>
            )}
          </div>
        }
      />
      <FormError error={stop.error} />
      {job.why && (
        <p className="compute-why" role="status">
          <strong>{pick(job.why)}</strong>
          {job.remedy && <span> {pick(job.remedy)}</span>}
          {job.start && <span className="compute-start">{words.start(job.start)}</span>}
        </p>
      )}
      <dl className="service-figures">
        <div>
          <dt>{t("compute.cost")}</dt>
          <dd>¥{yuanOf(job.cost)}</dd>
        </div>
        <div>
          <dt>{t("compute.held")}</dt>
          <dd>¥{yuanOf(job.held)}</dd>
        </div>
      </dl>
      <div className="service-columns">
        <div>
          <pre className="compute-command mono">{commandText(page.command)}</pre>
          <Log page={page} />
          <h2>{t("compute.lines")}</h2>
          {page.lines.length === 0 ? (
            <p className="quiet">{t("compute.noLines")}</p>
          ) : (
            <ChargeTable lines={page.lines} label={t("compute.lines")} />
          )}
        </div>
        <dl className="compute-facts">
          {facts
            .filter(([, value]) => value)
            .map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          {job.attempt > 0 && (
            <div>
              <dt>{t("compute.attempt", { count: String(job.attempt) })}</dt>
              <dd />
            </div>
          )}
        </dl>
      </div>
    </article>
  );
}

/** A script of the shell as it was written, anything else word by word. */
function commandText(command: string[]): string {
  const [shell, flag, script] = command;
  return shell === "sh" && flag === "-c" && command.length === 3 ? (script ?? "") : command.join(" ");
}

function Log({ page }: { page: ComputeJobPage }) {
  const { t } = useLang();
  const [stream, setStream] = useState<"out" | "err">("out");
  const [task, setTask] = useState(0);
  const { job } = page;
  const query = useApi<TaskLog>(
    `/compute/jobs/${segment(job.id)}/log`,
    { stream, task },
    { timeless: true, staleTime: 500, refetchInterval: isOver(job.state) ? false : 1_500 },
  );
  const { refetch } = query;
  const over = isOver(job.state);
  // What was written between the last look and the end is read once more.
  useEffect(() => {
    if (over) void refetch();
  }, [over, refetch]);
  return (
    <section aria-label={t("compute.out")}>
      <div className="tabs">
        {(["out", "err"] as const).map((each) => (
          <button
            key={each}
            type="button"
            className="tab"
            aria-pressed={stream === each}
            onClick={() => setStream(each)}
          >
            {t(`compute.${each}`)}
          </button>
        ))}
        {job.tasks > 1 && (
          <select
            className="field compute-task"
            aria-label={t("compute.tasks")}
            value={task}
            onChange={(event) => setTask(Number(event.target.value))}
          >
            {Array.from({ length: job.tasks }, (_, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a task is its place
              <option key={at} value={at}>
                {t("compute.task", { at: String(at + 1) })}
              </option>
            ))}
          </select>
        )}
      </div>
      <Answer query={query} height={120}>
        {(log) =>
          log.text ? (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
            <pre className="compute-log mono" tabIndex={0}>
              {log.text}
            </pre>
          ) : (
            <p className="quiet">{t("compute.noLog")}</p>
          )
        }
      </Answer>
    </section>
  );
}
