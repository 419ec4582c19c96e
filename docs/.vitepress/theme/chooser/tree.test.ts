import { existsSync } from 'node:fs'
import { grantTypes } from '@particle-grants/core/protocol'
import { describe, expect, it } from 'vitest'
import { grantPage } from './request.ts'
import { ends, pathTo, questions, readChoice } from './tree.ts'

const docs = new URL('../../../', import.meta.url)

/** Whether a page of the site has a source. */
const exists = (page: string) => existsSync(new URL(`.${page.replace(/[?#].*/, '')}.md`, docs))

it('leads from every answer to a question or result, and to each of them once', () => {
  const targets = Object.values(questions).flatMap(({ answers }) => Object.keys(answers))
  const places = [...Object.keys(ends), ...Object.keys(questions)].filter((name) => name !== 'start')
  expect(targets.sort()).toEqual(places.sort())
})

it.each(Object.entries(ends))('links the result %s to existing pages', (_, { page, more }) => {
  for (const link of [page, ...more.map((one) => one.link)]) expect(exists(link), link).toBe(true)
})

it('links every grant to an existing page', () => {
  for (const type of grantTypes) expect(exists(grantPage(type)), type).toBe(true)
})

it('shows a command with the required fields of the grant, and the examples of the reference', () => {
  expect(ends.mfa?.commands[1]?.text).toBe(
    [
      'curl https://api.particle.io/oauth/token',
      '  -u particle:particle',
      '  -d grant_type=urn:custom:mfa-otp',
      '  -d mfa_token=6e16f915-29f5-9b2b-b752-451a73ec6102',
      '  -d otp=012345',
    ].join(' \\\n'),
  )
  expect(ends.customers?.commands[1]?.text).toContain('--data-urlencode scope=customer=')
})

it('shows commands with the client and the customer, but without secrets', () => {
  expect(ends.mfa?.commands[0]?.text).toBe('pgrants auth login')
  expect(ends.customers?.commands[0]?.text).toBe(
    'pgrants auth login --client-id my-product-1234 --customer jane@example.com',
  )
  const all = Object.values(ends).flatMap(({ commands }) => commands.map(({ text }) => text))
  for (const text of all.filter((one) => one.includes('pgrants')))
    expect(text).not.toMatch(/product-secret|battery|correct horse/)
})

it('shows commands for scripts that never prompt', () => {
  const unattended = Object.entries(ends).filter(([name]) => name.startsWith('script_'))
  for (const [name, { commands }] of unattended)
    for (const { text } of commands.filter((one) => one.text.includes('auth login')))
      expect(text, name).toMatch(/-stdin/)
})

describe('a link', () => {
  it('opens a result with the answers before it', () => {
    expect(pathTo(readChoice('?token=mfa'))).toEqual([
      { name: 'start', answer: 'account' },
      { name: 'account', answer: 'mfa' },
    ])
  })

  it('opens a question without an answer', () => {
    expect(pathTo(readChoice('?token=script'))).toEqual([{ name: 'start', answer: 'script' }, { name: 'script' }])
  })

  it('opens the first question for an unknown name', () => {
    for (const query of ['', '?token=nonsense', '?token=constructor', '?token=start']) {
      expect(pathTo(readChoice(query))).toEqual([{ name: 'start' }])
    }
  })
})
