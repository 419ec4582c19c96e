import { type ExchangeId, exchanges } from '../exchange/exchanges.ts'
import type { Recordings } from '../exchange/recordings.ts'
import { blocks, fence } from '../markdown/markdown.ts'
import { axios } from './axios.ts'
import { cli } from './cli.ts'
import { core } from './core.ts'
import { curl, fetchCall, insteadOf } from './of-the-wire.ts'
import { particleApiJs } from './particle-api-js.ts'
import { languageOf, type Tool, tools } from './sample.ts'

/** One way of making an exchange. */
export interface Sample {
  readonly exchange: ExchangeId
  readonly tool: Tool
  readonly text: string
}

/** The samples of an exchange, in the order of the tabs. */
export function samplesOf(exchange: ExchangeId, recordings: Recordings): readonly Sample[] {
  const recording = recordings[exchange]
  // What is shown as a mistake is not for copying.
  const byHand =
    exchange === 'refresh-developer'
      ? insteadOf(recordings['sign-in'])
      : { curl: curl(recording), fetch: fetchCall(recording) }
  const texts: Readonly<Record<Tool, string>> = {
    ...byHand,
    core: core[exchange],
    Axios: axios[exchange],
    CLI: cli[exchange],
    'particle-api-js': particleApiJs[exchange],
  }
  return tools.map((tool) => ({ exchange, tool, text: texts[tool] }))
}

/** Every sample of every exchange. */
export function allSamples(recordings: Recordings): readonly Sample[] {
  return (Object.keys(exchanges) as ExchangeId[]).flatMap((exchange) => samplesOf(exchange, recordings))
}

/** Samples as tabs; on a code host as blocks under their names, one after the other. */
export function tabs(samples: readonly Sample[]): string {
  const shown = samples.map(({ tool, text }) => blocks(`**${tool}**`, fence(languageOf(tool), text)))
  return blocks('<!-- tabs -->', shown, '<!-- end of tabs -->')
}
