/** The fenced blocks of a Markdown text in one of the languages, in order. A title of a tab may follow the language. */
export function fences(markdown: string, ...languages: string[]): string[] {
  return [...markdown.matchAll(/^```(\w*)[^\n]*\n([\s\S]*?)^```$/gm)]
    .filter(([, language = '']) => languages.includes(language))
    .map(([, , text = '']) => text)
}
