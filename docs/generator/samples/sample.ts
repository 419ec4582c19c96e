import type { ExchangeId } from '../exchange/exchanges.ts'

/** The ways of making a request that pages show in tabs, in this order. */
export const tools = ['curl', 'fetch', 'core', 'Axios', 'CLI', 'particle-api-js'] as const

/** The name of a tab. */
export type Tool = (typeof tools)[number]

/** The samples of one tool, by exchange. Where a tool has no call for it, the sample says so and what does it instead. */
export type Samples = Readonly<Record<ExchangeId, string>>

/** The language of a tool's samples. */
export function languageOf(tool: Tool): 'sh' | 'js' {
  return tool === 'curl' || tool === 'CLI' ? 'sh' : 'js'
}
