import type { AxiosRequestConfig } from 'axios'

/** A form that leads elsewhere, or may, and how it looks. */
export type HostileForm = readonly [title: string, config: AxiosRequestConfig]

/**
 * Requests that look like ones to an allowed origin and are not, to a host that is not allowed, at the allowed port
 * where the allowed origin has one.
 */
export function hostileForms(allowed: string, host: string): HostileForm[] {
  const { port, hostname } = new URL(allowed)
  const at = port === '' ? host : `${host}:${port}`
  const scheme = allowed.slice(0, allowed.indexOf('://'))
  const good = allowed.slice(allowed.indexOf('://') + 3)
  const other = scheme === 'https' ? 'http' : 'https'
  const evil = `${scheme}://${at}`
  const url = (title: string, value: string): HostileForm => [title, { url: value }]
  const based = (title: string, value: string): HostileForm => [
    `${title}, with baseURL`,
    { baseURL: allowed, url: value },
  ]
  const base = (title: string, value: string): HostileForm => [title, { baseURL: value, url: '/v1/devices' }]

  return [
    url('another host', `${evil}/v1`),
    based('another host', `${evil}/v1`),
    based('another host in capitals', `${scheme.toUpperCase()}://${at.toUpperCase()}/v1`),
    based('a protocol-relative URL', `//${at}/v1`),
    url('a protocol-relative URL without baseURL', `//${at}/v1`),
    url('backslashes, protocol-relative', `\\\\${at}/v1`),
    url('backslashes after the scheme', `${scheme}:\\\\${at}\\v1`),
    url('mixed slashes after the scheme', `${scheme}:/\\${at}/v1`),
    url('one slash after the scheme', `${scheme}:/${at}/v1`),
    url('no slash after the scheme', `${scheme}:${at}/v1`),
    url('three slashes after the scheme', `${scheme}:///${at}/v1`),
    based('three slashes after the scheme', `${scheme}:///${at}/v1`),
    url('user-info that looks like the host', `${scheme}://${good}@${at}/v1`),
    based('user-info that looks like the host', `${scheme}://${good}@${at}/v1`),
    url('user-info with a password', `${scheme}://${hostname}:443@${at}/v1`),
    url('user-info with a percent-encoded @', `${scheme}://${hostname}%40@${at}/v1`),
    url('user-info after a backslash', `${scheme}://${at}\\@${good}/v1`),
    url('user-info after a fragment sign', `${scheme}://${at}#@${good}/v1`),
    url('user-info after a question mark', `${scheme}://${at}?@${good}/v1`),
    url('a tab in the user-info', `${scheme}://${good}\t@${at}/v1`),
    url('a line break before the host', `${scheme}://\n${at}/v1`),
    url('a line break in the scheme', `${scheme.slice(0, 2)}\n${scheme.slice(2)}://${at}/v1`),
    url('a tab between the slashes', `${scheme}:/\t/${at}/v1`),
    url('a space before', ` ${evil}/v1`),
    url('a control character before', `\u0001${evil}/v1`),
    url('the host as a subdomain', `${scheme}://${hostname}.${at}/v1`),
    url('the host as a prefix', `${scheme}://${hostname}${at}/v1`),
    url('the host with a hyphen', `${scheme}://${hostname}-${at}/v1`),
    url('a subdomain of the host', `${scheme}://sub.${good}/v1`),
    url('a dot after the host', `${scheme}://${hostname}.${port && `:${port}`}/v1`),
    url('two dots after the host', `${scheme}://${hostname}..${port && `:${port}`}/v1`),
    url('an ideographic full stop after the host', `${scheme}://${hostname}。${port && `:${port}`}/v1`),
    url('another port', `${scheme}://${hostname}:1/v1`),
    url('a port that begins like it', `${allowed}${port === '' ? ':4430' : '0'}/v1`),
    url('the other scheme', `${other}://${good}/v1`),
    url("the other scheme's default port", `${scheme}://${hostname}:${scheme === 'https' ? 80 : 443}/v1`),
    url('a web socket', `ws://${good}/v1`),
    url('a file', `file://${good}/v1`),
    url('a blob of the origin', `blob:${allowed}/4a4e9f0c`),
    url('a data URL', `data:text/plain,${allowed}/`),
    url('JavaScript', `javascript://${good}/%0aalert(1)`),
    url('FTP', `ftp://${good}/v1`),
    url('a made-up scheme', `x-${scheme}://${good}/v1`),
    url('punycode that looks like it', `${scheme}://xn--pi-6kc.particle.io/v1`),
    url('Cyrillic letters that look like it', `${scheme}://аpi.particle.io/v1`),
    url('a soft hyphen and another host', `${scheme}://${host}\u00ad${port && `:${port}`}/v1`),
    url('user-info at the right host', `${scheme}://me:secret@${good}/v1`),
    url('a user alone at the right host', `${scheme}://me@${good}/v1`),
    based('user-info at the right host', `${scheme}://me:secret@${good}/v1`),
    base('baseURL of another host', evil),
    base('baseURL that begins like it', `${scheme}://${hostname}.${at}`),
    base('baseURL with the host as user-info', `${scheme}://${good}@${at}`),
    base('baseURL with an open user-info', `${scheme}://${good}@`),
    base('baseURL without a host', `${scheme}://`),
    base('baseURL that is a scheme', `${scheme}:`),
    base('baseURL that ends in a dot', `${scheme}://${hostname}.`),
    base('baseURL that is protocol-relative', `//${at}`),
    base('baseURL that is a path', '/api'),
    base('baseURL with user-info', `${scheme}://me:secret@${good}`),
    ['baseURL without a host, completed by the URL', { baseURL: `${scheme}://`, url: `/${at}/v1` }],
    ['baseURL that is a scheme, completed by the URL', { baseURL: `${scheme}:/`, url: `/${at}/v1` }],
    [
      'an absolute URL that only some versions append',
      { baseURL: allowed, url: `${evil}/v1`, allowAbsoluteUrls: false },
    ],
    [
      'a protocol-relative one that only some append',
      { baseURL: allowed, url: `//${at}/v1`, allowAbsoluteUrls: false },
    ],
    [
      'an absolute URL of the host, appended elsewhere',
      { baseURL: evil, url: `${allowed}/v1`, allowAbsoluteUrls: false },
    ],
    ...[0, '', null].map(
      (value): HostileForm => [
        `an absolute URL, where ${JSON.stringify(value)} counts as false`,
        { baseURL: evil, url: `${allowed}/v1`, allowAbsoluteUrls: value as never },
      ],
    ),
    ['a socket of the file system', { baseURL: allowed, url: '/v1', socketPath: '/nonexistent/socket' }],
    ['no URL at all', {}],
    ['a URL that is an object', { url: { toString: () => `${allowed}/v1` } as unknown as string }],
    ['a baseURL that is an object', { baseURL: { replace: () => allowed } as unknown as string, url: 'v1' }],
  ]
}
