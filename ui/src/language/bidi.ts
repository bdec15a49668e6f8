// Marks that keep a text's own direction inside a line of another one (Unicode Bidirectional Algorithm, UAX #9).

/** Between FSI and PDI: the first strong letter decides, and nothing around it is turned. */
export function between(text: string): string {
  return `\u2068${text}\u2069`;
}
