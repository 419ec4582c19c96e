/**
 * The 404 page is made by scripts alone. Where none run it says where to go on, from what the navigation has; `base` is the
 * folder of the host that the site is in.
 */
export function withWordsForNoScripts(html: string, nav: readonly NavItem[], base: string): string {
  const links = nav.map(
    ({ text, link }) => `<li><a href="${base}${link.replace(/^\//, '')}">${text}</a></li>`,
  )
  const words = `<noscript>
      <main style="max-width: 640px; margin: 0 auto; padding: 64px 24px">
        <h1 style="font-size: 28px; margin-bottom: 16px">There is no such page</h1>
        <p>The link may be old or misspelt. Try one of these:</p>
        <ul style="padding: 12px 24px; line-height: 2; list-style: disc; text-decoration: underline">${links.join('')}</ul>
        <p>All error codes are explained on one page, and every page is in <a href="${base}llms.txt" style="text-decoration: underline">llms.txt</a>.</p>
      </main>
    </noscript>`
  return html.replace('<div id="app"></div>', (app) => `${words}\n    ${app}`)
}

/** An entry of the navigation. */
export interface NavItem {
  readonly text: string
  readonly link: string
}
