// Formatters of Intl, each made once: making one takes longer than all that a list of credentials says with it.

const dateFormats = new Map<string, Intl.DateTimeFormat>();
const numberFormats = new Map<string, Intl.NumberFormat>();

/** The parts of an instant that `options` name, as the language writes them. Without a locale the system's. */
export function written(at: number, locale: string | undefined, options: Intl.DateTimeFormatOptions): string {
  // A formatter keeps the zone that it was made in; a computer that travels has another offset at the same instant.
  const key = `${locale ?? ""} ${new Date(at).getTimezoneOffset()} ${Object.entries(options).join(" ")}`;
  let format = dateFormats.get(key);
  if (format === undefined) dateFormats.set(key, (format = new Intl.DateTimeFormat(locale, options)));
  return format.format(at);
}

/** A number as the language writes it. Without a locale the system's. */
export function grouped(value: number, locale: string | undefined): string {
  const key = locale ?? "";
  let format = numberFormats.get(key);
  if (format === undefined) numberFormats.set(key, (format = new Intl.NumberFormat(locale)));
  return format.format(value);
}

const clocks = new Map<string, boolean>();

/** Whether the language counts to twelve twice a day. Without a locale as the system does. */
export function twelveHours(locale: string | undefined): boolean {
  const key = locale ?? "";
  let twelve = clocks.get(key);
  if (twelve === undefined) {
    twelve = new Intl.DateTimeFormat(locale, { hour: "numeric" }).resolvedOptions().hour12 ?? false;
    clocks.set(key, twelve);
  }
  return twelve;
}
