import { useState } from "react";
import { useParams } from "react-router";
import type { Cluster } from "../../api/compute";
import { useApi } from "../../api/query";
import { useLang } from "../../state/lang";
import { Answer, AppLink, PageHeader, SignedIn } from "../../ui";
import { ClusterMap } from "./ClusterMap";
import { Kinds } from "./Kinds";
import { OneJob } from "./OneJob";
import { Queue } from "./Queue";
import { devicesOf } from "./shares";
import { Submit } from "./Submit";
import "../../service/service.css";
import "./compute.css";

/** The compute platform, and one of its jobs. */
export default function Compute() {
  const { t } = useLang();
  const { id } = useParams();
  return (
    <SignedIn
      title={t("compute.title")}
      lead={t("compute.lead")}
      ask={t("compute.signIn")}
      why={t("compute.signInWhy")}
    >
      {id ? <OneJob id={id} /> : <Platform />}
    </SignedIn>
  );
}

function Platform() {
  const { t } = useLang();
  const [writing, setWriting] = useState(false);
  const query = useApi<Cluster>("/compute/cluster", {}, {
    timeless: true,
    staleTime: 1_000,
    refetchInterval: 3_000,
  });
  return (
    <>
      <PageHeader
        title={t("compute.title")}
        lead={t("compute.lead")}
        actions={
          <div className="row">
            <AppLink className="button" to="/vouchers">
              {t("nav.vouchers")}
            </AppLink>
            <AppLink className="button" to="/compute/sharing">
              {t("compute.sharing")}
            </AppLink>
            {query.data?.rights.manage && (
              <>
                <AppLink className="button" to="/compute/providers">
                  {t("compute.providers")}
                </AppLink>
                <AppLink className="button" to="/compute/what-if">
                  {t("compute.whatIf")}
                </AppLink>
              </>
            )}
            <button
              type="button"
              className="button button-main"
              aria-expanded={writing}
              onClick={() => setWriting(!writing)}
            >
              {t("compute.submit")}
            </button>
          </div>
        }
      />
      <Answer query={query} height={420}>
        {(cluster) => (
          <>
            {writing && <Submit kinds={cluster.kinds.map((kind) => kind.name)} />}
            <Figures cluster={cluster} />
            <ClusterMap nodes={cluster.nodes} />
            <Kinds cluster={cluster} refresh={() => void query.refetch()} />
          </>
        )}
      </Answer>
      <Queue />
    </>
  );
}

function Figures({ cluster }: { cluster: Cluster }) {
  const { t } = useLang();
  const there = cluster.kinds.reduce((sum, kind) => sum + kind.devices, 0);
  const free = cluster.kinds.reduce((sum, kind) => sum + kind.free, 0);
  return (
    <dl className="service-figures">
      <div>
        <dt>{t("compute.figure.devices")}</dt>
        <dd>{there}</dd>
      </div>
      <div>
        <dt>{t("compute.figure.used")}</dt>
        <dd>{devicesOf(there * 1_000 - free)}</dd>
      </div>
      <div title={t("compute.figure.fragmentedWhy")}>
        <dt>{t("compute.figure.fragmented")}</dt>
        <dd>{devicesOf(cluster.fragmented)}</dd>
      </div>
      <div>
        <dt>{t("compute.figure.running")}</dt>
        <dd>{cluster.running}</dd>
      </div>
      <div>
        <dt>{t("compute.figure.waiting")}</dt>
        <dd>{cluster.waiting}</dd>
      </div>
    </dl>
  );
}
