import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { reportedExchanges } from './report.ts'

const url = new URL('../../../../packages/sandbox/fixtures/wire-cases.json', import.meta.url)
const { cases } = JSON.parse(readFileSync(url, 'utf8')) as {
  cases: { name: string; response: { status: number; body: object } }[]
}

it.each([
  [reportedExchanges.password, 'password for an account with MFA'],
  [reportedExchanges.otp, 'right otp, username and password sent again'],
])("has the responses of the report, which Particle's server library also returns", ({ status, body }, name) => {
  const recorded = cases.find((candidate) => candidate.name === name)?.response
  expect(status).toBe(recorded?.status)
  expect(body).toBe(JSON.stringify(recorded?.body))
})
