import { fileURLToPath } from 'node:url'

/** The folder of the docs. */
export const docs = fileURLToPath(new URL('../..', import.meta.url))

/** Where the built site lies. */
export const builtSite = fileURLToPath(new URL('../../.vitepress/dist', import.meta.url))
