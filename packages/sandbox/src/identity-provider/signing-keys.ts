import { randomUuid } from '../random.ts'

const algorithm = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
}

async function createKey() {
  const { privateKey, publicKey } = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const { n, e } = await crypto.subtle.exportKey('jwk', publicKey)
  const kid = randomUuid()
  return { kid, privateKey, jwk: { kty: 'RSA', use: 'sig', alg: 'RS256', kid, n, e } }
}

type Key = Awaited<ReturnType<typeof createKey>>

/** Created when it is first needed, once for all sandboxes: a key takes up to a second. */
const getFirstKey = createOnce(createKey)
/** Never published. */
const getForeignKey = createOnce(createKey)

function createOnce<T>(create: () => Promise<T>): () => Promise<T> {
  let created: Promise<T> | undefined
  return () => {
    created ??= create()
    return created
  }
}

/** Which key signs: the current one, a foreign one that claims to be the current one, or a foreign one with its own id. */
export type SigningKey = 'current' | 'forged' | 'unpublished'

/** The keys that sign the identity provider's tokens. */
export class SigningKeys {
  #getCurrent = getFirstKey
  #previous: Promise<Key> | undefined

  /** Replaces the signing key. The previous one stays published until the next rotation. */
  rotate(): void {
    this.#previous = this.#getCurrent()
    this.#getCurrent = createOnce(createKey)
  }

  /** Returns the published keys (RFC 7517). */
  async publish() {
    const keys = await Promise.all([this.#getCurrent(), this.#previous])
    return { keys: keys.flatMap((key) => (key === undefined ? [] : [key.jwk])) }
  }

  /** Returns a JWT (RFC 7519). The header's `alg` changes the signature only for `none`, which has no signature. */
  async sign(claims: object, { header = {}, key = 'current' }: { header?: object; key?: SigningKey }): Promise<string> {
    const current = await this.#getCurrent()
    const signer = key === 'current' ? current : await getForeignKey()
    const { kid } = key === 'unpublished' ? signer : current
    const fields: Record<string, unknown> = { kid, alg: 'RS256', ...header }
    const input = `${encodePart(fields)}.${encodePart(claims)}`
    if (fields.alg === 'none') return `${input}.`
    const signature = await crypto.subtle.sign(algorithm.name, signer.privateKey, new TextEncoder().encode(input))
    return `${input}.${encodeBase64Url(new Uint8Array(signature))}`
  }
}

function encodePart(part: object): string {
  return encodeBase64Url(new TextEncoder().encode(JSON.stringify(part)))
}

function encodeBase64Url(bytes: Uint8Array): string {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}
