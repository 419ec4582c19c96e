/** Quotes a text for a shell, unless no shell interprets it. The only place that does so. */
export function quoteForShell(text: string): string {
  return /^[\w@%+:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

/** Returns the content of a JavaScript string in single quotes. */
export function quoteForJavaScript(text: string): string {
  return JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")
}
