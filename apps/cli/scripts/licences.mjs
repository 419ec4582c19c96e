// The licences of bundled packages, which must be distributed with them.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/** Returns one text with the name, version and licence of every package that the files come from. */
export function formatNotices(files, root) {
  const folders = new Set(files.map((file) => findPackageFolder(resolve(root, file))).filter(Boolean))
  const packages = [...folders].map((folder) => ({
    ...JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')),
    text: readLicence(folder),
  }))
  const foreign = packages.filter(({ name }) => name !== 'pgrants' && !name.startsWith('@particle-grants/'))
  const unlicensed = foreign.filter(({ license }) => !license)
  if (unlicensed.length > 0) throw new Error(`without a licence: ${unlicensed.map(({ name }) => name).join(', ')}`)
  return foreign
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .map(({ name, version, license, text }) => `${name} ${version} (${license})\n\n${text}`)
    .join(`\n${'-'.repeat(80)}\n`)
}

/** Returns the nearest folder above a file whose package.json has a name. */
function findPackageFolder(file) {
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = join(folder, 'package.json')
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name !== undefined) return folder
  }
  return undefined
}

function readLicence(folder) {
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name))
  return file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim()
}
