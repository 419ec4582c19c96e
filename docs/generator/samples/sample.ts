import type { ExchangeId } from '../exchange/exchanges.ts'

/** The ways of making a request that pages show in tabs, in this order. */
export const tools = ['curl', 'fetch', 'core', 'Axios', 'CLI', 'particle-api-js'] as const

/** The name of a tab. */
export type Tool = (typeof tools)[number]

/** The samples of one tool, by exchange. What a tool has no way for is left out. */
export type Samples = { readonly [E in ExchangeId]?: string }

/** The language of a tool's samples. */
export function languageOf(tool: Tool): 'sh' | 'js' {
  return tool === 'curl' || tool === 'CLI' ? 'sh' : 'js'
}
