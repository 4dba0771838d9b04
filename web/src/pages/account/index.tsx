import { useMutation, useQueryClient } from "@tanstack/react-query";
import { post, remove } from "../../api/client";
import { useSession } from "../../api/query";
import type { Account, Session } from "../../api/types";
import { type Lang, useLang } from "../../state/lang";
import { type ThemeChoice, useTheme } from "../../state/theme";
import { CredentialsForm, Loading, PageHeader, useFormat } from "../../ui";
import { Accounts } from "./Accounts";
import { Password } from "./Password";
import { Tokens } from "./Tokens";
import "./account.css";

/** Sign-in for those who write, and how the page looks for everyone. */
export default function AccountPage() {
  const { t } = useLang();
  const session = useSession();
  const account = session.data?.account;
  return (
    <>
      <PageHeader title={t(account ? "account.title" : "account.signIn")} lead={t("account.why")} />
      {session.isPending ? (
        <Loading height={240} />
      ) : account ? (
        <SignedIn account={account} />
      ) : (
        <SignIn />
      )}
      <Display />
    </>
  );
}

function SignIn() {
  const { t } = useLang();
  const client = useQueryClient();
  return (
    <CredentialsForm
      className="account-form"
      submit={t("account.signIn")}
      onSubmit={async (name, password) => {
        await post<Session>("/session", { name, password });
        await client.invalidateQueries();
      }}
    />
  );
}

function SignedIn({ account }: { account: Account }) {
  const { t } = useLang();
  const format = useFormat();
  const client = useQueryClient();
  const signOut = useMutation({
    mutationFn: () => remove("/session"),
    onSuccess: () => client.invalidateQueries(),
  });
  return (
    <>
      <div className="account-me">
        <p className="account-name">{account.name}</p>
        <p className="quiet">
          {t(`account.role.${account.role}`)} ·{" "}
          {t("account.since", { time: format.time(account.created_at) })}
        </p>
        <button type="button" className="button" onClick={() => signOut.mutate()}>
          {t("account.signOut")}
        </button>
      </div>
      {account.role !== "member" && <Tokens />}
      <Password account={account} />
      {account.role === "administrator" && <Accounts />}
    </>
  );
}

function Display() {
  const { t, lang, setLang } = useLang();
  const { choice, setChoice } = useTheme();
  return (
    <section className="section">
      <h2>{t("account.settings")}</h2>
      <div className="form">
        <label className="form-row">
          <span>{t("account.language")}</span>
          <select
            className="field"
            value={lang}
            onChange={(event) => setLang(event.target.value as Lang)}
          >
            <option value="zh">中文</option>
            <option value="en">English</option>
          </select>
        </label>
        <label className="form-row">
          <span>{t("account.theme")}</span>
          <select
            className="field"
            value={choice}
            onChange={(event) => setChoice(event.target.value as ThemeChoice)}
          >
            {(["system", "light", "dark"] as const).map((each) => (
              <option key={each} value={each}>
                {t(`theme.${each}`)}
              </option>
            ))}
          </select>
        </label>
      </div>
    </section>
  );
}
