// What the core says of errors (crates/core/src/sentence.rs and sentence/sign_in.rs, and the reasons inside).

/** The English pattern of a sentence, and the German one. `{name}` is filled in as it came, `{why}` is translated as well. */
export default {
  Account: "Konto",
  "Calendar feed": "Kalenderdatei",
  "Client key": "Schlüssel des Clients",
  "Client secret": "Client-Geheimnis",
  Dpop: "DPoP",
  Fields: "Felder",
  Key: "Schlüssel",
  Note: "Notiz",
  "Open at login": "Beim Anmelden öffnen",
  Prompt: "Nachfrage",
  Provider: "Anbieter",
  "Quiet until": "Ruhezeit bis",
  "Redirect uri": "Rückadresse",
  Resource: "Ressource",
  "Rotate by": "Wechseln bis",
  Settings: "Einstellungen",
  Timeout: "Frist",
  "Token endpoint": "Token-Endpunkt",
  "it is longer than {n} bytes": "es ist länger als {n} Bytes",
  "there are more than {n}": "es sind mehr als {n}",
  "give {least} to {most}": "{least} bis {most} angeben",
  "give 1 to {n} seconds": "1 bis {n} Sekunden angeben",
  "that is no setting": "das ist keine Einstellung",
  "there is no such setting": "diese Einstellung gibt es nicht",
  "give another time than the start": "eine andere Zeit als den Beginn angeben",
  "the autostart folder can't be written": "in den Autostart-Ordner lässt sich nicht schreiben",
  "give system, or a language tag such as de": "system angeben oder ein Kürzel wie de",
  "others may look into the vault's folder": "andere können in den Tresor-Ordner sehen",
  "calendar.ics in the vault's folder was not made by Fobwatch": "calendar.ics im Tresor-Ordner stammt nicht von Fobwatch",
  "There is no credential called “{name}”.": "Es gibt keinen Zugang namens „{name}“.",
  "fob list shows all names.": "fob list zeigt alle Namen.",
  "“{name}” may mean {choices}.": "„{name}“ kann {choices} heißen.",
  "Use one of these, or the id.": "Einen davon nehmen oder die ID.",
  "There is a credential called “{name}” already.": "Einen Zugang namens „{name}“ gibt es schon.",
  "Choose another name, or another account.": "Einen anderen Namen oder ein anderes Konto wählen.",
  "{field}: {why}.": "{field}: {why}.",
  "This key is already stored as “{name}”, {where}.": "Dieser Schlüssel ist schon als „{name}“ ({where}) gespeichert.",
  "Open it, or save it anyway.": "Öffnen oder trotzdem speichern.",
  "That can't be done: {why}.": "Das geht nicht: {why}.",
  "The keychain item of this credential is missing or damaged, so there is no value to use.":
    "Der Eintrag dieses Zugangs im Schlüsselbund fehlt oder ist beschädigt; es gibt keinen Wert zu verwenden.",
  "Unlock or restore the keychain that holds it, or sign in again.":
    "Den Schlüsselbund, in dem er liegt, entsperren oder wiederherstellen, oder neu anmelden.",
  "This sign-in was stored by a copy of the vault on another computer. Two computers that share one refresh token sign each other out.":
    "Diese Anmeldung hat eine Kopie des Tresors auf einem anderen Computer gespeichert. Zwei Computer mit demselben Refresh-Token melden einander ab.",
  "Sign in on this computer, or take it over.": "Auf diesem Computer anmelden oder sie übernehmen.",
  "The provider's answer was put aside: {why}.": "Die Antwort des Anbieters wurde beiseitegelegt: {why}.",
  "Tell the server's operator, and sign in again if you trust it.":
    "Den Betreiber des Servers benachrichtigen; neu anmelden, wenn er vertrauenswürdig ist.",
  "Another Fobwatch process has been at work on this credential for more than five minutes. Nothing was sent twice.":
    "Ein anderer Fobwatch-Prozess arbeitet seit mehr als fünf Minuten an diesem Zugang. Nichts wurde doppelt gesendet.",
  "Look for a Fobwatch process that hangs and end it, then try again.":
    "Einen hängenden Fobwatch-Prozess suchen und beenden, dann erneut versuchen.",
  "Fobwatch itself failed in the middle of this. What a provider gave is kept, and the next try goes on from there.":
    "Fobwatch selbst ist mittendrin gescheitert. Was ein Anbieter gab, ist aufbewahrt; der nächste Versuch macht dort weiter.",
  "Try again, and report what the log says of it.": "Erneut versuchen und melden, was das Protokoll dazu sagt.",
  "The clipboard did not take the value ({why}).": "Die Zwischenablage hat den Wert nicht angenommen ({why}).",
  "This desktop has no way to give a value for one paste only, so nothing was copied.":
    "Dieser Desktop kann einen Wert nicht nur für ein einziges Einfügen hergeben; nichts wurde kopiert.",
  "Copy it without that: it is cleared as the settings say.":
    "Ohne das kopieren: Der Wert wird gelöscht, wie die Einstellungen es sagen.",
  "Use fob token in a terminal or a script instead.": "Stattdessen fob token in einem Terminal oder Skript verwenden.",
  "The page did not open: {why}.": "Die Seite ging nicht auf: {why}.",
  "There is no access token to use yet.": "Noch gibt es kein Access-Token.",
  "Sign in again.": "Neu anmelden.",
  "Unlock your keychain: {why}.": "Den Schlüsselbund entsperren: {why}.",
  "a renewed sign-in is not saved yet": "eine erneuerte Anmeldung ist noch nicht gespeichert",
  "{many} renewed sign-ins are not saved yet": "{many} erneuerte Anmeldungen sind noch nicht gespeichert",
  "It is kept sealed in the vault until then; nothing is lost.": "Bis dahin liegt sie versiegelt im Tresor; nichts ist verloren.",
  "Until it works, {why}.": "Bis er wieder geht: {why}.",
  "The keychain has no such item.": "Der Schlüsselbund hat keinen solchen Eintrag.",
  "This token ended on {when}, so it was not handed out: nobody would accept it.":
    "Dieses Token endete am {when} und wurde nicht herausgegeben: Niemand nähme es an.",
  "Get a new one where it came from, and put it in: fob rotate {called}":
    "Dort, wo es herkam, ein neues holen und einsetzen: fob rotate {called}",
  "Fobwatch is locked, and gives out no value.": "Fobwatch ist gesperrt und gibt keinen Wert heraus.",
  "That is not the passphrase.": "Das ist nicht die Passphrase.",
  "Try again in {wait_seconds} s.": "In {wait_seconds} s noch einmal versuchen.",
  "A wrong passphrase was given a moment ago.": "Eben wurde eine falsche Passphrase eingegeben.",
  "Try again in {seconds} s.": "In {seconds} s noch einmal versuchen.",
  "This makes Fobwatch less secure.": "Das macht Fobwatch weniger sicher.",
  "Give the passphrase as well.": "Dazu die Passphrase eingeben.",
  "No passphrase is set, so nothing can be locked.": "Es ist keine Passphrase gesetzt, also lässt sich nichts sperren.",
  "Set one in the settings.": "In den Einstellungen eine setzen.",
  "The settings let only the passphrase unlock.": "Die Einstellungen lassen nur mit der Passphrase entsperren.",
  "Use the passphrase.": "Die Passphrase verwenden.",
  "Try again, or use the passphrase.": "Erneut versuchen oder die Passphrase verwenden.",
  "This system has no authentication that could be asked: polkit does not run here.":
    "Dieses System hat keine Anmeldung, die gefragt werden könnte: polkit läuft hier nicht.",
  "The system does not know Fobwatch, so it can't be asked. The packages (.deb, .rpm) tell it; this program was not installed by one.":
    "Das System kennt Fobwatch nicht und lässt sich darum nicht fragen. Die Pakete (.deb, .rpm) machen es bekannt; dieses Programm kam mit keinem.",
  "Nothing in this session asks for a password on behalf of the system (a polkit agent).":
    "In dieser Sitzung fragt nichts im Namen des Systems nach einem Passwort (ein polkit-Agent).",
  "The system would say yes without asking anybody, so its word unlocks nothing here.":
    "Das System würde ja sagen, ohne jemanden zu fragen; darum entsperrt sein Wort hier nichts.",
  "The system did not confirm that it is you.": "Das System hat nicht bestätigt, wer da ist.",
  "The system’s question was closed.": "Die Frage des Systems wurde geschlossen.",
  "Nobody answered the system’s question in time.": "Niemand hat die Frage des Systems rechtzeitig beantwortet.",
  "Unlock its window with the passphrase, or: fob unlock": "Mit der Passphrase entsperren.",
  "The keychain is locked. Copying and refreshing wait; nothing is lost.":
    "Der Schlüsselbund ist gesperrt. Kopieren und Erneuern warten; nichts ist verloren.",
  "Unlock it and try again.": "Entsperren und erneut versuchen.",
  "There is no keychain service ({why}). Fobwatch stores secrets nowhere else.":
    "Es gibt keinen Schlüsselbund-Dienst ({why}). Fobwatch speichert Geheimnisse nirgendwo sonst.",
  "Start one, for example gnome-keyring or KWallet, and try again.":
    "Einen starten, etwa gnome-keyring oder KWallet, und erneut versuchen.",
  "The keychain refused Fobwatch.": "Der Schlüsselbund hat Fobwatch abgewiesen.",
  "Allow Fobwatch in the keychain's own settings.": "Fobwatch in den Einstellungen des Schlüsselbunds erlauben.",
  "The value is longer than this keychain takes ({limit} bytes).":
    "Der Wert ist länger, als dieser Schlüsselbund aufnimmt ({limit} Bytes).",
  "This keychain would forget what it is given ({why}), so Fobwatch does not use it.":
    "Dieser Schlüsselbund würde vergessen, was er bekommt ({why}); Fobwatch verwendet ihn nicht.",
  "Make a default keyring that is kept on disk.": "Einen Standard-Schlüsselbund anlegen, der auf der Platte liegt.",
  "The keychain failed: {why}.": "Der Schlüsselbund ist gescheitert: {why}.",
  "Try again.": "Erneut versuchen.",
  "Keep the vault on a disk of this computer: set FOB_HOME to a folder there. A vault that is here already can be moved whole.":
    "Den Tresor auf einer Platte dieses Computers halten: FOB_HOME auf einen Ordner dort setzen. Ein Tresor, der schon hier liegt, lässt sich im Ganzen verschieben.",
  "There is no space left on the disk, so Fobwatch sends and changes nothing.":
    "Auf der Platte ist kein Platz mehr; Fobwatch sendet und ändert nichts.",
  "Free some space; nothing is lost.": "Platz schaffen; nichts ist verloren.",
  "The vault's files can't be written, so Fobwatch sends and changes nothing.":
    "Die Dateien des Tresors sind nicht beschreibbar; Fobwatch sendet und ändert nichts.",
  "Check the owner and mode of the vault's folder.": "Besitzer und Rechte des Tresor-Ordners prüfen.",
  "Another program keeps the vault's database busy.": "Ein anderes Programm hält die Datenbank des Tresors belegt.",
  "Try again in a moment.": "Gleich noch einmal versuchen.",
  "The vault's database is damaged. The secrets are in the keychain and were not touched.":
    "Die Datenbank des Tresors ist beschädigt. Die Geheimnisse liegen unberührt im Schlüsselbund.",
  "Restore vault.db from a backup.": "vault.db aus einer Sicherung wiederherstellen.",
  "The vault was written by a newer Fobwatch.": "Der Tresor stammt von einem neueren Fobwatch.",
  "Install that version or a later one.": "Diese oder eine spätere Version installieren.",
  "{place} is on a network file system ({kind}). Locks and memory there do not reach every computer, so two programs could use one refresh token and lose the sign-in. Nothing was written.":
    "{place} liegt auf einem Netzwerk-Dateisystem ({kind}). Sperren und Speicher gelten dort nicht für alle Computer; zwei Programme könnten dasselbe Refresh-Token verwenden und die Anmeldung verlieren. Nichts wurde geschrieben.",
  "The disk of the vault's folder has no locks that keep programs apart, so two of them could use one refresh token and lose the sign-in. Nothing was sent.":
    "Die Platte des Tresor-Ordners kennt keine Sperren, die Programme auseinanderhalten; zwei könnten dasselbe Refresh-Token verwenden und die Anmeldung verlieren. Nichts wurde gesendet.",
  "The vault's files failed: {why}.": "Die Dateien des Tresors sind gescheitert: {why}.",
  "The connection broke while the provider was renewing the sign-in, and it did not allow a second try. The stored token is kept but no longer works.":
    "Die Verbindung brach ab, während der Anbieter die Anmeldung erneuerte, und ein zweiter Versuch war nicht erlaubt. Das gespeicherte Token bleibt, gilt aber nicht mehr.",
  "The keychain holds an older token than the vault knows of, as after the keychain was restored from a backup, and the provider takes that one no more. The stored token is kept.":
    "Der Schlüsselbund hat ein älteres Token, als der Tresor kennt, etwa nach dem Einspielen einer Sicherung, und der Anbieter nimmt es nicht mehr. Das gespeicherte Token bleibt.",
  "You revoked this sign-in at the provider, so its tokens work no more.":
    "Diese Anmeldung wurde beim Anbieter widerrufen; ihre Tokens gelten nicht mehr.",
  "The access token has ended, and the provider gave no refresh token at sign-in. The scope offline_access asks for one.":
    "Das Access-Token ist abgelaufen, und der Anbieter gab bei der Anmeldung kein Refresh-Token. Der Scope offline_access verlangt eines.",
  "The provider wants to see you before it renews this sign-in.":
    "Der Anbieter verlangt eine Bestätigung, bevor er diese Anmeldung erneuert.",
  "The provider ended the sign-in, so Fobwatch stopped trying. The stored token is kept.":
    "Der Anbieter hat die Anmeldung beendet; Fobwatch versucht es nicht weiter. Das gespeicherte Token bleibt.",
  "Sign in once more to get a new refresh token.": "Neu anmelden, um ein neues Refresh-Token zu bekommen.",
  "The token endpoint answered with a redirect. Fobwatch does not send a token elsewhere.":
    "Der Token-Endpunkt antwortete mit einer Weiterleitung. Fobwatch sendet kein Token anderswohin.",
  "The refresh token was given for another address or client than the settings name now.":
    "Das Refresh-Token gilt für eine andere Adresse oder einen anderen Client, als die Einstellungen jetzt nennen.",
  "The provider refused the scopes.": "Der Anbieter hat die Scopes abgelehnt.",
  "The provider refused this client or its settings. The token is kept; asking again changes nothing.":
    "Der Anbieter hat diesen Client oder seine Einstellungen abgelehnt. Das Token bleibt; erneutes Fragen ändert nichts.",
  "Check client id and secret, then sign in again.": "Client-ID und Geheimnis prüfen, dann neu anmelden.",
  "The provider renewed the sign-in for somebody else. The tokens are stored, but not handed out.":
    "Der Anbieter hat die Anmeldung für jemand anderen erneuert. Die Tokens sind gespeichert, werden aber nicht herausgegeben.",
  "The provider granted more than was asked for. The token is stored, but not handed out.":
    "Der Anbieter hat mehr gewährt als verlangt. Das Token ist gespeichert, wird aber nicht herausgegeben.",
  "The provider gave a token that is not a Bearer token. It is stored, but not handed out.":
    "Der Anbieter gab ein Token, das kein Bearer-Token ist. Es ist gespeichert, wird aber nicht herausgegeben.",
  "The renewed token does not match this credential. It is stored, but not handed out.":
    "Das erneuerte Token passt nicht zu diesem Zugang. Es ist gespeichert, wird aber nicht herausgegeben.",
  "Sign in again if you trust the provider.": "Neu anmelden, wenn der Anbieter vertrauenswürdig ist.",
  "The provider can't be reached. The sign-in itself is fine.": "Der Anbieter ist nicht erreichbar. Die Anmeldung selbst ist in Ordnung.",
  "The provider did not answer in time. The sign-in itself is fine.":
    "Der Anbieter hat nicht rechtzeitig geantwortet. Die Anmeldung selbst ist in Ordnung.",
  "The provider's answer did not arrive whole. Fobwatch asks once more.":
    "Die Antwort des Anbieters kam nicht vollständig an. Fobwatch fragt noch einmal.",
  "The provider's name leads to this computer or into a private network. Nothing was sent.":
    "Der Name des Anbieters führt zu diesem Computer oder in ein privates Netz. Nichts wurde gesendet.",
  "There is no trusted connection to the provider. Nothing was sent.":
    "Es gibt keine vertrauenswürdige Verbindung zum Anbieter. Nichts wurde gesendet.",
  "A web page answered instead of the provider; a network that wants a sign-in, perhaps.":
    "Statt des Anbieters antwortete eine Webseite; vielleicht verlangt das Netz eine Anmeldung.",
  "The provider says that it is asked too often.": "Der Anbieter sagt, dass er zu oft gefragt wird.",
  "The provider could not renew the token just now. The sign-in itself is fine.":
    "Der Anbieter konnte das Token gerade nicht erneuern. Die Anmeldung selbst ist in Ordnung.",
  "Fobwatch tries again by itself. Nothing is lost.": "Fobwatch versucht es von selbst wieder. Nichts ist verloren.",
};
