// Who used the open credential: the count on the Access tab, the row of the overview, and the tab itself.
import type { UserView } from "../bindings";
import * as ipc from "../ipc";

class Users {
  list = $state.raw<UserView[]>([]);
  #question = 0;
  #of: string | null = null;

  /** Asks who used a credential; what another one's answer said goes at once. */
  ask(id: string | null) {
    const mine = ++this.#question;
    if (id !== this.#of) this.list = [];
    this.#of = id;
    if (id === null) return;
    ipc.uses(id).then(
      (users) => {
        if (mine === this.#question) this.list = users;
      },
      // The tab says nothing rather than something wrong; the list says what is the matter with the vault.
      () => undefined,
    );
  }
}

export const users = new Users();
