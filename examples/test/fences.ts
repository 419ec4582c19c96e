import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { examples } from './run.ts'

/** A file of the repository, by its path from the root. */
export function fileOf(path: string): string {
  return readFileSync(join(examples, '..', path), 'utf8')
}

/** The fenced blocks of a Markdown text in one of the languages, in order. */
export function fences(markdown: string, ...languages: string[]): string[] {
  return [...markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)]
    .filter(([, language = '']) => languages.includes(language))
    .map(([, , text = '']) => text)
}
