import { exchanges } from '../generator/exchange/exchanges.ts'
import type { Cloud } from './cloud.ts'

/**
 * Signs in a product, its administrator, and a developer elsewhere, with particle-cli too, and begins a login that waits for its
 * code.
 */
export async function prepareAccounts(
  cloud: Cloud,
): Promise<Record<'TOKEN' | 'PRODUCT_TOKEN' | 'ADMIN_TOKEN' | 'CODE', string>> {
  const { stage } = cloud
  await exchanges.otp.fields(stage)
  const { access_token: TOKEN = '' } = await stage.send('particle:particle', {
    grant_type: 'password',
    username: 'dev@example.com',
    password: 'correct horse',
  })
  const { access_token: PRODUCT_TOKEN = '' } = await stage.send('my-product-1234:product-secret', {
    grant_type: 'client_credentials',
  })
  // Not by the stage, whose placeholders are for the tokens that pages show.
  const admin = await stage.sandbox.fetch('https://api.particle.io/oauth/token', {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('particle:particle')}` },
    body: new URLSearchParams({
      grant_type: 'password',
      username: 'owner@example.com',
      password: 'owner of products',
    }),
  })
  const { access_token: ADMIN_TOKEN } = (await admin.json()) as { access_token: string }
  cloud.signParticleCliIn(TOKEN)
  return { TOKEN, PRODUCT_TOKEN, ADMIN_TOKEN, CODE: stage.sandbox.otp('mfa@example.com') }
}
