// The list, the selection and the open detail. Everything here can be asked for again; it holds no secret.
//
// Answers may arrive out of order, so each question has a number and only the latest answer counts.
import type { CredentialView, ErrorView, ListInput, ListView, RowView } from "../bindings";
import * as ipc from "../ipc";
import { keepOrder } from "../order";

const everything: ListInput = {
  query: "",
  attention_only: false,
  kind: null,
  environment: null,
  provider: null,
  order: "attention",
};
const CALM = 2000;
const REMEMBERED = "fobwatch.selected";

class Vault {
  input = $state<ListInput>({ ...everything });
  list = $state.raw<ListView | null>(null);
  listError = $state.raw<ErrorView | null>(null);
  selectedId = $state<string | null>(localStorage.getItem(REMEMBERED));
  detail = $state.raw<CredentialView | null>(null);
  detailError = $state.raw<ErrorView | null>(null);
  /** Grows with every answer, so that what depends on a credential's value asks again. */
  revision = $state(0);
  allAttention = $state(false);

  /** Settles when the selected credential is open (or could not be opened). */
  opening: Promise<void> = Promise.resolve();

  #listQuestion = 0;
  #detailQuestion = 0;
  #touchedAt = 0;
  #settle: ReturnType<typeof setTimeout> | undefined;

  /** Whether a search or filter is on. */
  get filtered(): boolean {
    const { query, attention_only, kind, environment, provider } = this.input;
    return query !== "" || attention_only || kind !== null || environment !== null || provider !== null;
  }

  /** Remembers that the person is busy with the list: rows must not move now. */
  touch() {
    this.#touchedAt = Date.now();
  }

  /** Asks for the list. In the background the order waits until the list has been left alone for 2 s. */
  async load(background = false) {
    const question = ++this.#listQuestion;
    try {
      const view = await ipc.list($state.snapshot(this.input));
      if (question !== this.#listQuestion) return;
      this.listError = null;
      const calm = Date.now() - this.#touchedAt > CALM;
      if (!background || calm || this.list === null) {
        this.list = view;
      } else {
        this.list = { ...view, rows: keepOrder(this.list.rows, view.rows) };
        clearTimeout(this.#settle);
        this.#settle = setTimeout(() => void this.load(true), CALM);
      }
      this.#keepSelection(view.rows);
    } catch (thrown) {
      if (question === this.#listQuestion) this.listError = ipc.asError(thrown);
    }
  }

  #keepSelection(rows: RowView[]) {
    const known = this.selectedId !== null && rows.some((row) => row.id === this.selectedId);
    if (known) {
      if (this.detail?.id !== this.selectedId) this.select(this.selectedId);
    } else {
      this.select(rows[0]?.id ?? null);
    }
  }

  /** Opens a credential in the detail pane. */
  select(id: string | null) {
    if (id !== this.selectedId) this.detailError = null;
    this.selectedId = id;
    if (id === null) {
      this.#detailQuestion++;
      this.detail = null;
      return;
    }
    localStorage.setItem(REMEMBERED, id);
    this.opening = this.loadDetail();
  }

  async loadDetail() {
    const id = this.selectedId;
    if (id === null) return;
    const question = ++this.#detailQuestion;
    try {
      const view = await ipc.credential(id);
      if (question !== this.#detailQuestion) return;
      this.detail = view;
      this.revision++;
    } catch (thrown) {
      if (question !== this.#detailQuestion) return;
      this.detailError = ipc.asError(thrown);
      if (this.detail?.id !== id) this.detail = null;
    }
  }

  /** Takes a detail that a command returned, if it is the open one. */
  take(view: CredentialView) {
    if (view.id !== this.selectedId) return;
    this.#detailQuestion++;
    this.detail = view;
    this.revision++;
  }

  /** Narrows the list; what is left out stays as it is. */
  filter(change: Partial<ListInput>) {
    this.input = { ...this.input, ...change };
    this.allAttention = false;
    void this.load();
  }

  /** Takes the order that the person chose. */
  begin(order: string) {
    if (this.input.order === order) return;
    this.input = { ...this.input, order };
    if (this.list !== null) void this.load();
  }

  /** Drops everything that was shown: the window is locked. Answers under way come too late. */
  forget() {
    this.#listQuestion++;
    this.#detailQuestion++;
    clearTimeout(this.#settle);
    this.input = { ...everything, order: this.input.order };
    this.list = null;
    this.listError = null;
    this.detail = null;
    this.detailError = null;
    this.allAttention = false;
  }

  clearFilters() {
    this.input = { ...everything, order: this.input.order };
    void this.load();
  }

  /** Shows a credential whatever the filter: after adding, undoing, or "Open it". */
  async open(id: string) {
    this.input = { ...everything, order: this.input.order };
    this.select(id);
    await this.load();
    const rows = this.list?.rows ?? [];
    if (rows.filter((row) => row.section === "attention").findIndex((row) => row.id === id) > 2) this.allAttention = true;
  }

  /** Something changed in the vault. */
  changed(ids: string[]) {
    void this.load(true);
    if (this.selectedId !== null && (ids.length === 0 || ids.includes(this.selectedId))) void this.loadDetail();
  }
}

export const vault = new Vault();
