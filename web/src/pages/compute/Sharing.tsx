import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { post } from "../../api/client";
import type { Sharing } from "../../api/compute";
import { useApi } from "../../api/query";
import { useLang } from "../../state/lang";
import { Answer, AppLink, EmptyState, Field, FormError, PageHeader, SignedIn } from "../../ui";
import { PartyPicker, PlaceFields, sentPlace } from "./PartyPicker";
import { Reservations } from "./Reservations";
import { branches, type Branch, devicesOf } from "./shares";
import "../../service/service.css";
import "./compute.css";

/** How the platform is shared: groups and weights, and what is reserved. */
export default function SharingPage() {
  const { t } = useLang();
  return (
    <SignedIn
      title={t("sharing.title")}
      lead={t("sharing.lead")}
      ask={t("compute.signIn")}
      why={t("compute.signInWhy")}
    >
      <Shared />
    </SignedIn>
  );
}

function Shared() {
  const { t } = useLang();
  const query = useApi<Sharing>("/compute/sharing", {}, {
    timeless: true,
    staleTime: 1_000,
    refetchInterval: 5_000,
  });
  const refresh = () => void query.refetch();
  return (
    <>
      <PageHeader
        eyebrow={<AppLink to="/compute">{t("compute.title")}</AppLink>}
        title={t("sharing.title")}
        lead={t("sharing.lead")}
      />
      <Answer query={query} height={420}>
        {(sharing) => (
          <>
            <Tree sharing={sharing} refresh={refresh} />
            <Reservations sharing={sharing} refresh={refresh} />
          </>
        )}
      </Answer>
    </>
  );
}

interface Part {
  sharing: Sharing;
  refresh: () => void;
}

function Tree({ sharing, refresh }: Part) {
  const { t } = useLang();
  const [making, setMaking] = useState(false);
  const top = branches(sharing, null, sharing.milli);
  return (
    <section aria-label={t("sharing.tree")}>
      <div className="compute-head">
        <h2>{t("sharing.tree")}</h2>
        {sharing.rights.manage && (
          <button
            type="button"
            className="button"
            aria-expanded={making}
            onClick={() => setMaking(!making)}
          >
            {t("sharing.newGroup")}
          </button>
        )}
      </div>
      <p className="quiet small">{t("sharing.treeWhy")}</p>
      {making && (
        <GroupForm
          sharing={sharing}
          done={() => {
            setMaking(false);
            refresh();
          }}
        />
      )}
      {top.length === 0 ? (
        <EmptyState title={t("sharing.none")} why={t("sharing.noneWhy")} height={160} />
      ) : (
        <ul className="share-tree">
          {top.map((branch) => (
            <Row key={branch.key} branch={branch} sharing={sharing} refresh={refresh} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Row({ branch, sharing, refresh }: Part & { branch: Branch }) {
  const { t, pick } = useLang();
  const [placing, setPlacing] = useState(false);
  const below = branch.group ? branches(sharing, branch.key, branch.entitled) : [];
  const whole = Math.max(sharing.milli, 1);
  const held = t("sharing.holds", { held: devicesOf(branch.running) });
  const entitled = t("sharing.entitled", { share: devicesOf(branch.entitled) });
  return (
    <li className={branch.group ? "share-group" : undefined}>
      <div className="share-row">
        <div className="share-name">
          <span className="service-name">{pick(branch.name)}</span>
          <span className="quiet small">
            {t("sharing.weight")} {branch.weight}
            {branch.waiting > 0 && (
              <> · {t("sharing.waits", { count: String(branch.waiting) })}</>
            )}
          </span>
        </div>
        <div>
          <div className="share-bar" role="img" aria-label={`${held}; ${entitled}`}>
            <div
              className="share-held"
              style={{ width: `${Math.min(100, (branch.running * 100) / whole)}%` }}
            />
            <span
              className="share-mark"
              style={{ insetInlineStart: `${Math.min(100, (branch.entitled * 100) / whole)}%` }}
            />
          </div>
          <span className="quiet small">
            {held} · {entitled}
          </span>
        </div>
        {sharing.rights.manage && (
          <button
            type="button"
            className="button-text small"
            aria-expanded={placing}
            onClick={() => setPlacing(!placing)}
          >
            {t("sharing.place")}
          </button>
        )}
        {placing && (
          <PlaceForm
            branch={branch}
            sharing={sharing}
            done={() => {
              setPlacing(false);
              refresh();
            }}
          />
        )}
      </div>
      {below.length > 0 && (
        <ul>
          {below.map((each) => (
            <Row key={each.key} branch={each} sharing={sharing} refresh={refresh} />
          ))}
        </ul>
      )}
    </li>
  );
}

function PlaceForm({ branch, sharing, done }: { branch: Branch; sharing: Sharing; done: () => void }) {
  const { t } = useLang();
  const [place, setPlace] = useState({
    within: branch.within ?? "",
    weight: String(branch.weight),
  });
  const send = useMutation({
    mutationFn: () =>
      post("/compute/parties", { party: branch.key, ...sentPlace(place) }),
    onSuccess: done,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate();
  };
  return (
    <form className="event-form share-edit" aria-label={t("sharing.place")} onSubmit={submit}>
      <div className="compute-numbers">
        <PlaceFields sharing={sharing} not={branch.key} place={place} onChange={setPlace} />
      </div>
      <FormError error={send.error} />
      <button type="submit" className="button button-main" disabled={send.isPending}>
        {t("sharing.save")}
      </button>
    </form>
  );
}

function GroupForm({ sharing, done }: { sharing: Sharing; done: () => void }) {
  const { t } = useLang();
  const [name, setName] = useState("");
  const [place, setPlace] = useState({ within: "", weight: "1" });
  const [member, setMember] = useState("");
  const send = useMutation({
    mutationFn: async () => {
      const made = await post<Sharing>("/compute/groups", { name, ...sentPlace(place) });
      const group = made.groups.find((each) => each.name === name.trim());
      if (member && group) await post("/compute/parties", { party: member, within: group.id });
    },
    onSuccess: done,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate();
  };
  return (
    <form className="event-form" aria-label={t("sharing.newGroup")} onSubmit={submit}>
      <Field
        label={t("sharing.groupName")}
        required
        maxLength={60}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <div className="compute-numbers">
        <PlaceFields sharing={sharing} place={place} onChange={setPlace} />
        <PartyPicker sharing={sharing} optional value={member} onChange={setMember} />
      </div>
      <FormError error={send.error} />
      <button type="submit" className="button button-main" disabled={send.isPending}>
        {t("sharing.save")}
      </button>
    </form>
  );
}
