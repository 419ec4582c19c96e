import { createSandbox, defaultSsoClient } from '@particle-grants/sandbox'
import { listen } from '@particle-grants/sandbox/node'
import { launchChromium } from '@particle-grants/test-kit/chromium'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'

const browser = await launchChromium('The page of the identity provider')
afterAll(() => browser?.close())

describe.runIf(browser)('the page of the identity provider in a browser', () => {
  it.each(['Sign in', 'Refuse'])('has a button "%s" that the sandbox accepts', async (button) => {
    const sandbox = createSandbox({ ssoInterval: 0 })
    const server = await listen(sandbox)
    onTestFinished(() => server.close())
    const send = async (path: string, form: Record<string, string>) => {
      const url = `${server.url}/oauth2/default/v1/${path}`
      const response = await fetch(url, { method: 'POST', body: new URLSearchParams(form) })
      return (await response.json()) as Record<string, string>
    }
    const client_id = defaultSsoClient.clientId
    const { device_code = '', verification_uri_complete = '' } = await send('device/authorize', { client_id })

    const page = await browser?.newPage()
    await page?.goto(verification_uri_complete)
    await page?.getByRole('button', { name: button }).click()
    await page?.getByText('You can close this page').waitFor()
    await page?.close()

    const grant_type = 'urn:ietf:params:oauth:grant-type:device_code'
    const answer = await send('token', { grant_type, client_id, device_code })
    if (button === 'Refuse') expect(answer.error).toBe('access_denied')
    else expect(answer.access_token).toMatch(/^eyJ/)
  })
})
