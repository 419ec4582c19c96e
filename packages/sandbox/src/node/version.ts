import { readFileSync } from 'node:fs'

/** The version of this package, from its package.json: the path is the same from `src/node` and `dist/node`. */
export const version: string = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
).version
