import { createConfig, lintFromString } from '@redocly/openapi-core'

/** What the linter finds wrong with a document, warnings too, as lines. */
export async function lintOpenApi(text: string): Promise<readonly string[]> {
  const config = await createConfig({ extends: ['recommended-strict'] })
  const problems = await lintFromString({ source: text, absoluteRef: 'openapi.json', config })
  return problems.map(({ severity, ruleId, message, location }) => {
    const [place] = location
    return `${severity}: ${place && 'pointer' in place ? place.pointer : ''}: ${message} (${ruleId})`
  })
}
