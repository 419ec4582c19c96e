import type { Recordings } from '../exchange/exchanges.ts'
import { type ExchangeId, exchanges } from '../exchange/exchanges.ts'
import { blocks, fence } from '../markdown/markdown.ts'
import { cli } from './cli.ts'
import { particleApiJs } from './particle-api-js.ts'
import { curl, fetchCall } from './raw-requests.ts'
import { languageOf, type SampledExchange, type Tool, tools } from './sample.ts'
import { axios, core } from './sessions.ts'

/** One way to send an exchange. */
export interface Sample {
  readonly exchange: SampledExchange
  readonly tool: Tool
  readonly text: string
}

/** Whether an exchange has samples. */
export function isSampled(exchange: ExchangeId): exchange is SampledExchange {
  return Object.hasOwn(cli, exchange)
}

/** Returns the samples of an exchange, in the order of the tabs. */
export function samplesOf(exchange: SampledExchange, recordings: Recordings): readonly Sample[] {
  const recording = recordings[exchange]
  const texts: Readonly<Record<Tool, string>> = {
    curl: curl(recording),
    fetch: fetchCall(recording),
    core: core(exchange),
    Axios: axios(exchange),
    CLI: cli[exchange],
    'particle-api-js': particleApiJs[exchange],
  }
  return tools.map((tool) => ({ exchange, tool, text: texts[tool] }))
}

/** Returns every sample of every exchange. */
export function allSamples(recordings: Recordings): readonly Sample[] {
  return (Object.keys(exchanges) as ExchangeId[])
    .filter(isSampled)
    .flatMap((exchange) => samplesOf(exchange, recordings))
}

/** Returns samples as tabs. */
export function tabs(samples: readonly Sample[]): string {
  return tabsOf(samples.map(({ tool, text }) => ({ name: tool, code: fence(languageOf(tool), text) })))
}

/** Returns code blocks as tabs. On a code host they follow one another under their names. */
export function tabsOf(named: readonly { readonly name: string; readonly code: string }[]): string {
  const shown = named.map(({ name, code }) => blocks(`**${name}**`, code))
  return blocks('<!-- tabs -->', shown, '<!-- end of tabs -->')
}
