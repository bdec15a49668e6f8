// What is typed in the search field: filters that are complete become tags, the rest stays text. Pure; what a filter
// means, and whether it means anything, the backend says.

const FILTER = /(^|\s)((?:env|environment|kind|provider|scope|tag|used-by|used_by|expires|is):(?:"[^"]*"|[^\s"])+)(?=\s)/gi;

/** The filters of a query that are complete (something stands after them), and the text beside them. */
export function splitQuery(query: string): { tags: string[]; typed: string } {
  const tags: string[] = [];
  const typed = query.replace(FILTER, (_, __, tag: string) => {
    tags.push(tag);
    return "";
  });
  return { tags, typed: tags.length > 0 ? typed.trimStart() : typed };
}

/** The query of tags and a text. */
export function joinQuery(tags: string[], typed: string): string {
  return tags.length === 0 ? typed : `${tags.join(" ")} ${typed}`;
}

/** A query without one of its tags. */
export function withoutTag(query: string, index: number): string {
  const { tags, typed } = splitQuery(query);
  return joinQuery(tags.toSpliced(index, 1), typed);
}

/** A query without its filters of this name. */
export function withoutFilter(query: string, name: "kind" | "environment" | "provider"): string {
  const { tags, typed } = splitQuery(`${query} `);
  const short = name === "environment" ? "env" : name;
  return joinQuery(
    tags.filter((tag) => !tag.toLowerCase().startsWith(short)),
    typed.trimEnd(),
  );
}
