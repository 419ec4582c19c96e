import { existsSync } from 'node:fs'
import { grantTypes } from '@particle-grants/core'
import { describe, expect, it } from 'vitest'
import { ends, pageOf, questions } from './tree.ts'
import { pathTo, readChoice } from './way.ts'

const docs = new URL('../../../', import.meta.url)

/** Whether a page of the site has a source. */
const exists = (page: string) => existsSync(new URL(`.${page.replace(/[?#].*/, '')}.md`, docs))

it('every answer leads to a question or an end, and each of them is led to once', () => {
  const targets = Object.values(questions).flatMap(({ answers }) => answers.map(({ to }) => to))
  const places = [...Object.keys(ends), ...Object.keys(questions)].filter((name) => name !== 'start')
  expect(targets.sort()).toEqual(places.sort())
})

it.each(Object.entries(ends))('%s ends at a page that is there', (_, { page, more }) => {
  for (const link of [page, ...more.map((one) => one.link)]) expect(exists(link), link).toBe(true)
})

it('each grant has its page', () => {
  for (const type of grantTypes) expect(exists(pageOf(type)), type).toBe(true)
})

it('the command has the required fields of the grant, with the examples of the catalogue', () => {
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

it('the command line is told the client and the customer, and no secret', () => {
  expect(ends.mfa?.commands[0]?.text).toBe('pgrants auth login')
  expect(ends.customers?.commands[0]?.text).toBe(
    'pgrants auth login --client-id my-product-1234 --customer jane@example.com',
  )
  const all = Object.values(ends).flatMap(({ commands }) => commands.map(({ text }) => text))
  for (const text of all.filter((one) => one.includes('pgrants')))
    expect(text).not.toMatch(/product-secret|battery|correct horse/)
})

it('where nobody sits at a terminal, nothing is asked', () => {
  const unattended = Object.entries(ends).filter(([name]) => name.startsWith('script_'))
  for (const [name, { commands }] of unattended)
    for (const { text } of commands.filter((one) => one.text.includes('auth login')))
      expect(text, name).toMatch(/-stdin/)
})

describe('a link', () => {
  it('leads to an end with the answers on the way', () => {
    expect(pathTo(readChoice('?token=mfa'))).toEqual([
      { name: 'start', answer: 'account' },
      { name: 'account', answer: 'mfa' },
    ])
  })

  it('leads to a question that is still open', () => {
    expect(pathTo(readChoice('?token=script'))).toEqual([
      { name: 'start', answer: 'script' },
      { name: 'script', answer: undefined },
    ])
  })

  it('to nothing that exists begins at the start', () => {
    for (const query of ['', '?token=nonsense', '?token=constructor', '?token=start']) {
      expect(pathTo(readChoice(query))).toEqual([{ name: 'start', answer: undefined }])
    }
  })
})
