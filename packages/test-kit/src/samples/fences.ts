/** Returns the fenced blocks of a Markdown text in these languages, in order. A title may follow the language. */
export function extractFences(markdown: string, ...languages: string[]): string[] {
  return [...markdown.matchAll(/^```(\w*)[^\n]*\n([\s\S]*?)^```$/gm)]
    .filter(([, language = '']) => languages.includes(language))
    .map(([, , text = '']) => text)
}
