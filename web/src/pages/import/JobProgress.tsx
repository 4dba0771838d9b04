import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { type ApiError, get, segment } from "../../api/client";
import type { Job } from "../../api/types";
import { useLang } from "../../state/lang";
import { ErrorState } from "../../ui";
import { Report } from "./Report";

const over = (job: Job | undefined): boolean => job?.state === "done" || job?.state === "failed";

/** Follows one job to its end. */
export function JobProgress({ id }: { id: string }) {
  const { t } = useLang();
  const client = useQueryClient();
  const query = useQuery<Job, ApiError>({
    queryKey: ["job", id],
    queryFn: () => get(`/jobs/${segment(id)}`),
    refetchInterval: (state) => (over(state.state.data) ? false : 500),
  });
  const job = query.data;
  const state = job?.state;
  useEffect(() => {
    if (state === "done") {
      void client.invalidateQueries({ queryKey: ["api"] });
      void client.invalidateQueries({ queryKey: ["api-pages"] });
    }
  }, [state, client]);
  if (query.error) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  const progress = job?.progress;
  const running =
    state === "running" && progress
      ? t("import.loading", { ...progress })
      : t(
          state === "done" ? "import.done" : state === "failed" ? "import.failed" : "import.queued",
        );
  return (
    <div className="job">
      <p role="status" className={state === "failed" ? "cinnabar" : state === "done" ? "jade" : ""}>
        {running}
      </p>
      <progress
        className="job-bar"
        aria-label={running}
        max={Math.max(1, progress?.total ?? 1)}
        value={state === "done" ? Math.max(1, progress?.total ?? 1) : (progress?.done ?? 0)}
      />
      {job?.problem && <p className="form-error">{job.problem.detail ?? job.problem.title}</p>}
      {job?.report && <Report report={job.report} title={t("import.done")} />}
    </div>
  );
}
