// `node --import`: prints the URL of every module that the program loads on stderr.
import { register } from 'node:module'

const hooks = `
export async function load(url, context, next) {
  process.stderr.write(url + '\\n')
  return next(url, context)
}`
register(`data:text/javascript,${encodeURIComponent(hooks)}`)
