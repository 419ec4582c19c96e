// @ts-check
// Your users sign in with their Particle accounts. Each browser has a cookie with the id of its sign-in, which finds the
// tokens in the store: any process that shares the store can continue.
import { account, createSession, GrantsError, newSignInId } from '@particle-grants/core'
import { Hono } from 'hono'
import { deleteCookie, getCookie, getSignedCookie, setCookie, setSignedCookie } from 'hono/cookie'
import { csrf } from 'hono/csrf'
import { HTTPException } from 'hono/http-exception'
import { codeForm, devicesPage, passwordForm } from './pages.mjs'

/** @typedef {import('@particle-grants/core').AnyGrantsError} AnyGrantsError */
/** @typedef {import('@particle-grants/core').SessionOptions<import('@particle-grants/core').OAuthClient>} SessionOptions */
/** @typedef {import('hono').Context} Context */

// Scripts cannot read these cookies, and forms of other sites do not send them. With the prefix __Host- no other subdomain
// can set them. Browsers treat http://localhost as secure.
const attributes = /** @type {const} */ ({ prefix: 'host', httpOnly: true, secure: true, sameSite: 'Lax' })
const halfYearSeconds = 180 * 24 * 3600
const maxForcedAttempts = 5

/**
 * @param {SessionOptions} options client, store and connection
 * @param {object} devices how to recognize browsers that have signed in before
 * @param {string} devices.key signs their cookies; all processes have the same
 * @param {(device: string) => Promise<number>} devices.countAttempt how many attempts a device has had in the last half hour
 */
export function createApp(options, devices) {
  const app = new Hono()

  // Sign-in needs no cookie, so that SameSite does not stop a form of another site that signs a user in to another account.
  app.use(csrf())
  app.use(async (context, next) => {
    await next()
    context.header('cache-control', 'no-store') // the Back button shows nothing after sign-out
  })

  app.get('/', async (context) => {
    const session = openSession(context)
    const state = await session.load()
    if (state.status === 'mfa_required') return context.html(codeForm())
    if (state.status !== 'signed_in') return context.html(passwordForm())
    const response = await session.fetch('/v1/devices')
    if (!response.ok) return context.text(`Particle responded with ${response.status}.`, 502)
    return context.html(devicesPage(state.subject?.name, /** @type {{ name: string }[]} */ (await response.json())))
  })

  app.post('/sign-in', async (context) => {
    const [username, password] = await readFields(context, 'username', 'password')
    // Always a new id: the browser's cookie may be another person's.
    const session = createSession({ ...options, signInId: newSignInId() })
    await session.login({ username, password, force: await isKnownDevice(context, username) })
    const response = await enter(context, session)
    // Ends the sign-in that this browser had before. If that fails, the new one is complete all the same.
    await openSession(context).logout().catch(console.error)
    return response
  })

  app.post('/code', async (context) => {
    const [code] = await readFields(context, 'code')
    const session = openSession(context)
    const { subject } = await session.load()
    await session.submitOtp(code, { force: await isKnownDevice(context, subject?.name) })
    return enter(context, session)
  })

  app.post('/sign-out', async (context) => {
    await openSession(context).logout()
    deleteCookie(context, 'sign-in', attributes)
    return context.redirect('/', 303)
  })

  app.onError((error, context) => {
    if (error instanceof HTTPException) return error.getResponse()
    // If the API cannot be reached, session.fetch rejects as fetch does, with a TypeError.
    if (error instanceof TypeError) return context.text('Particle cannot be reached. Please try again later.', 503)
    if (!GrantsError.isInstance(error)) throw error
    const { form, text, status, retryAfter } = explain(error, context.req.path)
    if (status === 502) console.error(error)
    if (retryAfter !== undefined) context.header('retry-after', String(retryAfter))
    return context.html(form(text), status)
  })

  /** Opens the sign-in of this browser. Without a cookie, or with one that was not created here, it is empty. */
  function openSession(/** @type {Context} */ context) {
    const id = getCookie(context, 'sign-in', 'host') ?? ''
    return createSession({ ...options, signInId: /^[\w-]{43}$/.test(id) ? id : newSignInId() })
  }

  /** Gives the browser its sign-in. Its id is a new one after each complete sign-in, so that an earlier cookie opens nothing. */
  async function enter(
    /** @type {Context} */ context,
    /** @type {import('@particle-grants/core').WebSession} */ session,
  ) {
    setCookie(context, 'sign-in', session.signInId, attributes)
    const { status, subject } = session.state
    if (status === 'signed_in' && subject !== undefined) {
      const device = `${crypto.randomUUID()}:${subject.name}`
      await setSignedCookie(context, 'device', device, devices.key, { ...attributes, maxAge: halfYearSeconds })
    }
    return context.redirect('/', 303)
  }

  /**
   * Whether this browser has signed in to the account before (a device cookie). Then other people's wrong passwords do not
   * keep its user out. Each device has few attempts, so that a stolen cookie does not help to guess.
   */
  async function isKnownDevice(/** @type {Context} */ context, /** @type {string} */ username = '') {
    const device = await getSignedCookie(context, devices.key, 'device', 'host')
    if (!device || username === '' || device.slice(37) !== account(username).name) return false
    return (await devices.countAttempt(device.slice(0, 36))) <= maxForcedAttempts
  }

  return app
}

/**
 * @template {string[]} N
 * @param {Context} context
 * @param {N} names
 */
async function readFields(context, ...names) {
  const form = await context.req.formData()
  return /** @type {{ [I in keyof N]: string }} */ (names.map((name) => String(form.get(name) ?? '')))
}

/** What the user sees: the form to continue with, and one sentence. */
function explain(/** @type {AnyGrantsError} */ error, /** @type {string} */ path) {
  const { code, retry, retryAt } = error
  if (path === '/sign-in' && isRefusal(error)) {
    // One sentence for both. With two, a stranger would learn that the account exists, and that its password is being guessed.
    const text = 'This did not work. Check your email and password, or try again in half an hour.'
    return { form: passwordForm, text, status: /** @type {const} */ (401) }
  }
  if (path === '/code' && isRefusal(error)) {
    const text = 'This did not work. Enter the code that your authenticator shows now.'
    return { form: codeForm, text, status: /** @type {const} */ (401) }
  }
  if (code === 'sso_required') {
    const text = 'This account signs in through its company, which is not possible here.'
    return { form: passwordForm, text, status: /** @type {const} */ (401) }
  }
  if (retry === 'after_sign_in') {
    return { form: passwordForm, text: 'Please sign in again.', status: /** @type {const} */ (401) }
  }
  const form = path === '/code' ? codeForm : passwordForm
  if (retry === 'never') {
    return { form, text: 'Signing in does not work now.', status: /** @type {const} */ (502) }
  }
  const retryAfter = retryAt === undefined ? undefined : Math.max(1, Math.ceil((retryAt - Date.now()) / 1000))
  const when = retryAfter === undefined ? 'in a moment' : `in ${Math.ceil(retryAfter / 60)} min`
  return { form, text: `Please try again ${when}.`, status: /** @type {const} */ (503), retryAfter }
}

/** Whether Particle refused what the user typed, or the lockout guard holds it back. */
function isRefusal(/** @type {AnyGrantsError} */ error) {
  const { code } = error
  return ['invalid_credentials', 'invalid_code', 'backing_off', 'invalid_argument'].includes(code)
}
