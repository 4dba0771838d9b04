import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type ApiError, get, post, put, segment } from "../../api/client";
import type { Account, Page } from "../../api/types";
import { useLang } from "../../state/lang";
import { Answer, CredentialsForm, EntityLink, EntityPicker, FormError } from "../../ui";

type Role = Account["role"];

/** All accounts, for administrators: who there is, in which role, and a form for one more. */
export function Accounts() {
  const { t } = useLang();
  const client = useQueryClient();
  const query = useQuery<Page<Account>, ApiError>({
    queryKey: ["accounts"],
    queryFn: () => get("/accounts"),
  });
  const refresh = () => client.invalidateQueries({ queryKey: ["accounts"] });
  const change = useMutation({
    mutationFn: ({ account, to }: { account: Account; to: { role?: Role; active?: boolean } }) =>
      put<Account>(`/accounts/${segment(account.id)}`, to, account.etag),
    onSuccess: refresh,
  });
  return (
    <section className="section">
      <h2>{t("account.accounts")}</h2>
      <Answer query={query} height={80}>
        {(page) => (
          <ul className="account-list">
            {page.items.map((account) => (
              <li key={account.id} className="account-row">
                <span>
                  {account.name}{" "}
                  {!account.active && <span className="tag">{t("account.inactive")}</span>}
                  {account.organization && (
                    <EntityLink
                      entity={{
                        id: account.organization,
                        kind: "organization",
                        name: { zh: account.organization, en: account.organization },
                      }}
                    />
                  )}
                </span>
                <RoleSelect
                  label={`${t("account.role")} ${account.name}`}
                  role={account.role}
                  set={(role) => change.mutate({ account, to: { role } })}
                />
                <button
                  type="button"
                  className="button button-small"
                  onClick={() => change.mutate({ account, to: { active: !account.active } })}
                >
                  {t(account.active ? "account.stop" : "account.start")}
                  <span className="visually-hidden"> {account.name}</span>
                </button>
              </li>
            ))}
          </ul>
        )}
      </Answer>
      <FormError error={change.error} />
      <NewAccount done={refresh} />
    </section>
  );
}

function RoleSelect(props: { label?: string; role: Role; set: (role: Role) => void }) {
  const { t } = useLang();
  return (
    <select
      className="field"
      aria-label={props.label}
      value={props.role}
      onChange={(event) => props.set(event.target.value as Role)}
    >
      {props.role === "member" && <option value="member">{t("account.role.member")}</option>}
      <option value="analyst">{t("account.role.analyst")}</option>
      <option value="administrator">{t("account.role.administrator")}</option>
    </select>
  );
}

function NewAccount({ done }: { done: () => unknown }) {
  const { t } = useLang();
  const [role, setRole] = useState<Role>("analyst");
  const [organization, setOrganization] = useState("");
  return (
    <CredentialsForm
      fresh
      foreign
      className="account-form"
      title={t("account.add")}
      submit={t("account.add")}
      onSubmit={async (name, password) => {
        const acts = role === "member" ? { organization } : {};
        await post<Account>("/accounts", { name, password, role, ...acts });
        await done();
      }}
    >
      <label className="form-row">
        <span>{t("account.role")}</span>
        <select
          className="field"
          value={role}
          onChange={(event) => setRole(event.target.value as Role)}
        >
          <option value="analyst">{t("account.role.analyst")}</option>
          <option value="administrator">{t("account.role.administrator")}</option>
          <option value="member">{t("account.role.member")}</option>
        </select>
      </label>
      {role === "member" && (
        <EntityPicker
          label={t("account.organization")}
          value={organization}
          onChange={setOrganization}
        />
      )}
    </CredentialsForm>
  );
}
