import type { ExchangeId } from '../exchange/exchanges.ts'

/** The tools whose samples are shown in tabs, in this order. */
export const tools = ['curl', 'fetch', 'core', 'Axios', 'CLI', 'particle-api-js'] as const

/** The name of a tab. */
export type Tool = (typeof tools)[number]

/** The exchanges that have samples. The others are the same requests, and a developer's refresh, which should not be sent. */
export type SampledExchange = Exclude<ExchangeId, 'sign-in-mfa' | 'otp-wrong' | 'refresh-developer'>

/** The samples of one tool, by exchange. Where a tool has no call for it, the sample says so and shows another way. */
export type Samples = Readonly<Record<SampledExchange, string>>

/** Returns the language of a tool's samples. */
export function languageOf(tool: Tool): 'sh' | 'js' {
  return tool === 'curl' || tool === 'CLI' ? 'sh' : 'js'
}
