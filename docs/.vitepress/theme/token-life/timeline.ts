import { grants } from '@particle-grants/core/protocol'
import { lifetimes, sources, tokenKinds } from '@particle-grants/reference'

const { developer, product, customer_password, user } = tokenKinds

/** The kinds of token whose lifetime is drawn. */
export const lifeKinds = { developer, product, customer_password, user } as const

/** The name of a drawn kind of token. */
export type LifeKind = keyof typeof lifeKinds

/** A period, in days since the sign-in. */
export interface Bar {
  readonly from: number
  readonly to: number
  readonly label: string
  /** `useless`: a refresh token that does not work. `next`: the token after the renewal. */
  readonly kind: 'good' | 'useless' | 'next'
}

/** The lifetime of a token, as it is drawn and as text. */
export interface Timeline {
  readonly title: string
  readonly days: number
  readonly rows: readonly { readonly label: string; readonly bars: readonly Bar[] }[]
  /** When the access token expires, in days, and what to do then. */
  readonly end: { readonly day: number; readonly text: string }
  readonly text: readonly string[]
}

const secondsPerDay = 86_400
/** How many days the drawing continues after the last expiry. */
const marginDays = 16

/** What to do when the token expires, by the grant that renews it. */
const renewals = {
  client_credentials: {
    text: 'request a new one',
    refreshToken: 'is not needed: request a new token instead',
  },
  refresh_token: {
    text: 'refresh or replace it',
    refreshToken:
      'can be used once. If it is valid for 14 days, a refresh on day 90 fails: refresh earlier, or use client_credentials',
  },
  null: { text: 'sign in again', refreshToken: 'does not work' },
} as const

/** Returns the timeline of a kind of token, from the reference's lifetimes and core's renewal. */
export function timelineOf(kind: LifeKind): Timeline {
  const { title, client, grant, renewal: explained } = lifeKinds[kind]
  const renewedBy = grants[grant].renewedBy[client]
  const renewal = renewals[`${renewedBy}`]
  const day = (lifetimes.access_token.seconds[0]?.value ?? 0) / secondsPerDay
  const refreshes = lifetimes.refresh_token.seconds.map(({ value, fact }) => ({
    days: value / secondsPerDay,
    source: sources[fact.from[0]].title.toLowerCase(),
  }))
  const days = Math.max(day, ...refreshes.map((refresh) => refresh.days)) + marginDays
  const next: Bar = { from: day, to: days, label: renewal.text, kind: 'next' }
  return {
    title,
    days,
    rows: [
      {
        label: 'Access token',
        bars: [
          { from: 0, to: day, label: `${day} days`, kind: 'good' },
          ...(renewedBy === null ? [] : [{ ...next, label: 'the next one' }]),
        ],
      },
      ...refreshes.map((refresh) => ({
        label: 'Refresh token',
        bars: [
          {
            from: 0,
            to: refresh.days,
            label: `${refresh.days} days (${refresh.source})`,
            kind: renewedBy === 'refresh_token' ? ('good' as const) : ('useless' as const),
          },
        ],
      })),
    ],
    end: { day, text: renewal.text },
    text: [
      `The access token is valid for ${day} days, unless you request another lifetime. Then ${renewal.text}.`,
      `The refresh token ${renewal.refreshToken}. It ${renewedBy ? 'is' : 'would be'} valid for ${refreshes.map((refresh) => `${refresh.days} days (${refresh.source})`).join(' or ')}.`,
      explained.text,
    ],
  }
}
