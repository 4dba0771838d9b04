import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type ApiError, API, get } from "../../api/client";
import { useLang } from "../../state/lang";
import { Answer, PageHeader } from "../../ui";
import { entries, type Entry, type OpenApi, type SchemaNode, typeText } from "./openapi";
import "./reference.css";

/** The API as the server itself describes it. */
export default function ReferencePage() {
  const { t } = useLang();
  const query = useQuery<OpenApi, ApiError>({
    queryKey: ["openapi"],
    queryFn: () => get("/openapi.json"),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <>
      <PageHeader
        title={t("reference.title")}
        lead={t("reference.lead")}
        actions={
          <a className="button" href={`${API}/openapi.json`} download>
            {t("reference.download")}
          </a>
        }
      />
      <Answer query={query} height={800}>
        {(api) => <Sheet api={api} />}
      </Answer>
    </>
  );
}

function Sheet({ api }: { api: OpenApi }) {
  const { t } = useLang();
  const [word, setWord] = useState("");
  const wanted = word.trim().toLowerCase();
  const all = entries(api).filter((entry) =>
    `${entry.method} ${entry.path} ${entry.operation.summary ?? ""} ${entry.operation.tags ?? ""}`
      .toLowerCase()
      .includes(wanted),
  );
  const tags = [...new Set(all.map(tagOf))];
  return (
    <div className="reference">
      <nav className="reference-nav" aria-label={t("reference.title")}>
        <label>
          <span className="visually-hidden">{t("reference.filter")}</span>
          <input
            type="search"
            className="field"
            value={word}
            placeholder={t("reference.filter")}
            onChange={(event) => setWord(event.target.value)}
          />
        </label>
        {tags.map((tag) => (
          <div key={tag}>
            <p className="reference-tag">{tag}</p>
            <ul>
              {all
                .filter((entry) => tagOf(entry) === tag)
                .map((entry) => (
                  <li key={entry.id}>
                    <a href={`#${entry.id}`}>
                      <Method method={entry.method} />
                      <span>{entry.path.replace("/api/v1", "")}</span>
                    </a>
                  </li>
                ))}
            </ul>
          </div>
        ))}
      </nav>
      <div className="reference-body">
        {all.length === 0 && <p className="quiet">{t("reference.none")}</p>}
        {all.map((entry) => (
          <OperationCard key={entry.id} entry={entry} api={api} />
        ))}
      </div>
    </div>
  );
}

const tagOf = (entry: Entry): string =>
  entry.operation.tags?.[0] ?? entry.path.replace("/api/v1", "").split("/")[1] ?? "";

function Method({ method }: { method: string }) {
  return <span className={`method method-${method}`}>{method.toUpperCase()}</span>;
}

function OperationCard({ entry, api }: { entry: Entry; api: OpenApi }) {
  const { t } = useLang();
  const { operation, path, method } = entry;
  const openable = method === "get" && !path.includes("{") && !path.includes("stream");
  const body = Object.entries(operation.requestBody?.content ?? {});
  return (
    <article id={entry.id} className="operation">
      <h2>
        <Method method={method} />
        <code>{path}</code>
      </h2>
      {operation.summary && <p>{operation.summary}</p>}
      {operation.description && operation.description !== operation.summary && (
        <p className="quiet">{operation.description}</p>
      )}
      {openable && (
        <p>
          <a href={path} target="_blank" rel="noreferrer">
            {t("reference.try")}
          </a>
        </p>
      )}
      {operation.parameters && operation.parameters.length > 0 && <Parameters entry={entry} />}
      {body.map(([media, { schema }]) => (
        <div key={media}>
          <h3>
            {t("reference.body")} <span className="mono quiet">{media}</span>
          </h3>
          <Shape node={schema} api={api} />
        </div>
      ))}
      <h3>{t("reference.answers")}</h3>
      {Object.entries(operation.responses ?? {}).map(([status, answer]) => (
        <Response key={status} status={status} answer={answer} api={api} />
      ))}
    </article>
  );
}

function Parameters({ entry }: { entry: Entry }) {
  const { t } = useLang();
  return (
    <>
      <h3>{t("reference.parameters")}</h3>
      <dl className="parameters">
        {entry.operation.parameters?.map((each) => (
          <div key={each.in + each.name}>
            <dt>
              <code>{each.name}</code> <span className="quiet small">{each.in}</span>
              {each.required && <span className="tag">{t("reference.required")}</span>}
            </dt>
            <dd>
              <span className="mono quiet">{typeText(each.schema)}</span> {each.description}
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

interface ResponseProps {
  status: string;
  answer: { description?: string; content?: Record<string, { schema?: SchemaNode }> };
  api: OpenApi;
}

function Response({ status, answer, api }: ResponseProps) {
  const content = Object.entries(answer.content ?? {});
  return (
    <details className="response">
      <summary>
        <code className={status < "400" ? "jade" : "cinnabar"}>{status}</code> {answer.description}
        {content.map(([media, { schema }]) => (
          <span key={media} className="mono quiet">
            {" "}
            {typeText(schema)}
          </span>
        ))}
      </summary>
      {content.map(([media, { schema }]) => (
        <Shape key={media} node={schema} api={api} />
      ))}
    </details>
  );
}

/** The fields of an object, one level deep; named types inside it open on demand. */
function Shape({ node, api, depth = 0 }: { node?: SchemaNode; api: OpenApi; depth?: number }) {
  const inner = node?.items ?? node;
  const name = inner?.$ref?.split("/").pop();
  const found = name ? api.components?.schemas?.[name] : inner;
  const fields = Object.entries(found?.properties ?? {});
  if (fields.length === 0) {
    return (
      <p className="mono quiet">
        {name ? `${name} = ` : ""}
        {typeText(found)}
      </p>
    );
  }
  return (
    <dl className="shape">
      {fields.map(([key, field]) => (
        <div key={key}>
          <dt>
            <code>{key}</code>
            {!found?.required?.includes(key) && <span className="quiet">?</span>}
          </dt>
          <dd>
            {depth < 4 && (field.$ref ?? field.items?.$ref) ? (
              <Nested node={field} api={api} depth={depth + 1} />
            ) : (
              <span className="mono quiet">{typeText(field)}</span>
            )}
            {field.description && <span className="small"> {field.description}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Nested({ node, api, depth }: { node: SchemaNode; api: OpenApi; depth: number }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className="button-text mono"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        {typeText(node)}
      </button>
      {open && <Shape node={node} api={api} depth={depth} />}
    </>
  );
}
