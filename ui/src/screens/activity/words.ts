// What the log says of an entry, wherever entries are shown. Pure but for the language of the window.
import type { ActivityView, Environment, LogEntryView } from "../../bindings";
import { clock, count, date, ms, remaining } from "../../format";
import { locale, t, type Key } from "../../language/index.svelte";
import { environmentWord } from "../../words";

const plain: Record<string, Key> = {
  added: "activity.what.added",
  copied: "activity.what.copied",
  handed_out: "activity.what.handedOut",
  refreshed: "activity.what.refreshed",
  refresh_failed: "activity.what.refreshFailed",
  expired: "activity.what.expired",
  signed_in: "activity.what.signedIn",
  revealed: "activity.what.revealed",
  revoked: "activity.what.revoked",
  removed: "activity.what.removed",
  restored: "activity.what.restored",
  settings_changed: "activity.what.settingsChanged",
  exported: "activity.what.exported",
  pruned: "activity.what.pruned",
  locked: "activity.what.locked",
  unlocked: "activity.what.unlocked",
  moved: "detail.log.moved",
  rotate_by_set: "detail.log.rotateBySet",
  paused: "detail.log.paused",
  resumed: "detail.log.resumed",
  let_expire: "detail.log.letExpire",
  watched: "detail.log.watched",
  pinned: "detail.log.pinned",
  unpinned: "detail.log.unpinned",
  changed: "detail.log.changed",
};

/** The parts of a credential that a change names. */
const changedParts: Record<string, Key> = {
  name: "detail.setup.name",
  account: "detail.setup.account",
  tags: "detail.setup.tags",
  note: "detail.setup.note",
  header: "detail.setup.header",
  env_name: "detail.setup.variable",
  lead_seconds: "detail.setup.lead",
  templates: "detail.log.shapes",
};

/** What a credential is from now on: its environment, or its date. */
function becomes(entry: ActivityView): string {
  const { to } = entry.facts;
  if (to === undefined) return "";
  if (entry.what === "moved") return to in environmentWord ? t(`detail.environment.${to as Environment}`) : to;
  if (entry.what !== "rotate_by_set") return "";
  const by = ms(to);
  return by === null ? t("detail.none") : date(by);
}

const shapes: Record<string, { copied: Key; other: Key }> = {
  header: { copied: "activity.what.copiedHeader", other: "activity.fact.header" },
  env: { copied: "activity.what.copiedEnv", other: "activity.fact.env" },
  curl: { copied: "activity.what.copiedCurl", other: "activity.fact.curl" },
};

const remarks: Record<string, Key> = {
  longer_wanted: "activity.fact.longerWanted",
  by_system: "activity.fact.bySystem",
  was_cut_off: "activity.fact.wasCutOff",
  token_kept: "activity.fact.tokenKept",
  sign_in_ended: "activity.fact.signInEnded",
};

/** What happened: "Copied as curl", "Refreshed 14 times". A login's new refresh token is a refresh to a person. */
export function whatWords(entry: ActivityView, times = 1): string {
  const { shape, version } = entry.facts;
  const refreshed = entry.what === "refreshed" || (entry.what === "rotated" && entry.kind !== "api_key");
  if (refreshed) return times > 1 ? t("activity.what.refreshedTimes", { count: times }) : t("activity.what.refreshed");
  if (entry.what === "rotated") {
    if (version === undefined) return t("activity.what.rotated");
    return t("activity.what.rotatedTo", { from: version - 1, to: version });
  }
  const shaped = shape === undefined ? undefined : shapes[shape];
  if (entry.what === "copied" && shaped) return t(shaped.copied);
  const key = plain[entry.what];
  return key === undefined ? entry.what.replaceAll("_", " ") : t(key);
}

/** Who asked, and where: "You", "tray". */
export function byWords(entry: ActivityView): { who: string; where: string } {
  switch (entry.by) {
    case "you":
      return { who: t("activity.by.you"), where: "" };
    case "window":
    case "tray":
    case "palette":
      return { who: t("activity.by.you"), where: t(`activity.by.${entry.by}`) };
    case "background":
      return { who: t("activity.by.background"), where: "" };
    case "command": {
      const { program, pid } = entry.process ?? { program: "fob", pid: null };
      const who = pid === null ? program : t("activity.by.process", { program, pid: String(pid) });
      return { who, where: t("activity.by.cli") };
    }
    default:
      return { who: "", where: "" };
  }
}

/** Numbers and codes: "rotation 18, valid 60 min". */
export function detailWords(entry: ActivityView): string {
  const { facts } = entry;
  const shaped = facts.shape === undefined || entry.what === "copied" ? undefined : shapes[facts.shape];
  const remark = facts.remark === undefined ? undefined : remarks[facts.remark];
  const parts = [
    entry.detail,
    facts.rotation === undefined ? "" : t("activity.fact.rotation", { number: facts.rotation }),
    facts.valid_seconds === undefined ? "" : t("activity.fact.valid", { span: remaining(facts.valid_seconds * 1000, 0, locale()) }),
    facts.scopes ? t("activity.fact.scopes", { count: facts.scopes }) : "",
    facts.host === undefined ? "" : t("activity.fact.at", { host: facts.host }),
    facts.narrower ? t("activity.fact.narrower") : "",
    shaped ? t(shaped.other) : "",
    facts.old_revoked === undefined ? "" : t(facts.old_revoked ? "activity.fact.oldRevoked" : "activity.fact.oldUnconfirmed"),
    becomes(entry),
    (facts.names ?? []).map((name) => (entry.what === "changed" && changedParts[name] ? t(changedParts[name]) : name)).join(", "),
    entry.what === "expired" ? t("activity.fact.endsItself") : "",
    facts.entries === undefined ? "" : t("activity.fact.entries", { count: facts.entries }),
    facts.up_to === undefined ? "" : t("activity.fact.upTo", { number: count(facts.up_to, locale()) }),
    remark === undefined ? "" : t(remark),
  ];
  return parts.filter((part) => part !== "").join(", ");
}

/** The accessible name of a row. */
export function rowWords(row: LogEntryView): string {
  const { who, where } = byWords(row);
  const name = row.gone ? `${row.name}, ${t("activity.deleted")}` : row.name;
  return [clock(Date.parse(row.at), locale()), whatWords(row, row.times), name, row.environment ?? "", who, where, row.times > 1 ? "" : detailWords(row)]
    .filter((part) => part !== "")
    .join(", ");
}
