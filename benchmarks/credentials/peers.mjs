// What the default chains of other libraries do without a network: AWS finds keys, which need no token. Google and Azure find
// what a token is requested with; the request itself is left out. Arguments: the chain, and the node_modules that has it.
import { createRequire } from 'node:module'

const [chain, modules] = process.argv.slice(2)
const load = createRequire(`${modules}/`)

const chains = {
  async aws() {
    const { fromNodeProviderChain } = load('@aws-sdk/credential-providers')
    return (await fromNodeProviderChain()()).accessKeyId
  },
  async google() {
    const { GoogleAuth } = load('google-auth-library')
    const client = await new GoogleAuth({ scopes: 'https://www.googleapis.com/auth/cloud-platform' }).getClient()
    return client.constructor.name
  },
  async azure() {
    const { DefaultAzureCredential } = load('@azure/identity')
    return new DefaultAzureCredential().constructor.name
  },
}
process.stdout.write(`${await chains[chain]()}\n`)
