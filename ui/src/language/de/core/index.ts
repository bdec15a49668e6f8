// Die Sätze des Kerns auf Deutsch, mit ihrem englischen Muster als Schlüssel.
import errors from "./errors";
import provider from "./provider";
import sign_in from "./sign_in";
import story from "./story";
import token from "./token";

export default { ...errors, ...sign_in, ...story, ...token, ...provider } as Record<string, string>;
