/** A page on the web. */
export interface Link {
  readonly title: string
  readonly url: string
}

/** Pages of Particle's own that explain something this reference only touches on. */
export const pages = {
  authentication: {
    title: 'Authentication: OAuth clients, products and their customers',
    url: 'https://docs.particle.io/reference/cloud-apis/authentication/',
  },
  access_tokens: {
    title: 'Access tokens: getting one, rate limits, use on servers',
    url: 'https://docs.particle.io/reference/cloud-apis/access-tokens/',
  },
  web_page: {
    title: 'AN032: calling the API from a web page, with the second step of MFA',
    url: 'https://docs.particle.io/reference/cloud-apis/calling-api-from-web-page/',
  },
  two_step_authentication: {
    title: 'Two-step authentication: enrolment, authenticator, recovery codes',
    url: 'https://docs.particle.io/getting-started/console/two-step-authentication',
  },
  cloud_api_tutorial: {
    title: 'Cloud API tutorial: customers and product tokens step by step',
    url: 'https://docs.particle.io/getting-started/cloud/cloud-api',
  },
  api_reference: {
    title: 'Cloud API reference: every call, API users among them',
    url: 'https://docs.particle.io/reference/cloud-apis/api/',
  },
} as const satisfies Readonly<Record<string, Link>>

/** The name of one of Particle's own pages. */
export type PageId = keyof typeof pages
