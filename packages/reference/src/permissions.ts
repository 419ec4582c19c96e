import type { Fact } from './sources.ts'

/** A thing that a token may or may not do, for each kind of token. */
export interface Permission {
  readonly what: string
  /** A developer's own token, or one from a client of the developer's account. */
  readonly developer: Fact
  /** A product's token. */
  readonly product: Fact
  readonly customer: Fact
  readonly api_user: Fact
}

/** Some scopes of API users, by what they are about. */
export interface ScopeGroup {
  readonly about: string
  readonly scopes: readonly string[]
}

const never: Fact = { text: 'No.', from: ['inferred'] }
const notKnown: Fact = { text: 'It is not known.', from: ['unknown'] }

/** Which token may do what. */
export const permissions = {
  devices: {
    what: 'Read and control devices',
    developer: { text: 'Those of the account, and of the products of its teams.', from: ['documented'] },
    product: { text: 'Those of its product.', from: ['documented'] },
    customer: { text: "The customer's own.", from: ['documented'] },
    api_user: {
      text: 'Those of its product or organisation, with the scope of the call, such as `devices:list`.',
      from: ['documented'],
    },
  },
  events: {
    what: 'Subscribe to events',
    developer: { text: 'Those of its devices and products.', from: ['documented'] },
    product: { text: 'Those of its product.', from: ['documented'] },
    customer: { text: "Those of the customer's devices.", from: ['inferred'] },
    api_user: {
      text: 'With `events:get`, at `/v1/products/:productIdOrSlug/events`. The streams `/v1/events` and `/v1/devices/:id/events` refused API users.',
      from: ['community'],
    },
  },
  compile: {
    what: 'Compile firmware in the cloud',
    developer: { text: 'Yes.', from: ['clients'] },
    product: notKnown,
    customer: notKnown,
    api_user: { text: "With `binary:compile`: Particle's compile action asks for such a token.", from: ['clients'] },
  },
  customers: {
    what: 'List and delete customers of a product',
    developer: { text: 'Those of its products.', from: ['documented_secondhand'] },
    product: { text: 'Those of its product.', from: ['documented'] },
    customer: never,
    api_user: { text: 'With `customers:list` and `customers:remove`.', from: ['documented_secondhand'] },
  },
  product_clients: {
    what: 'Manage OAuth clients of a product',
    developer: { text: 'As an administrator.', from: ['inferred'] },
    product: notKnown,
    customer: never,
    api_user: {
      text: 'With `clients:list`, `clients:create`, `clients:update` and `clients:remove`.',
      from: ['documented_secondhand'],
    },
  },
  team: {
    what: 'Manage API users',
    developer: { text: 'As an administrator of the product or organisation.', from: ['documented'] },
    product: notKnown,
    customer: never,
    api_user: {
      text: 'No: the documentation says that they cannot administer users, although there are scopes called `teams.users`.',
      from: ['documented'],
    },
  },
  account: {
    what: 'Read the account, and change its MFA',
    developer: { text: 'Yes.', from: ['clients'] },
    product: notKnown,
    customer: notKnown,
    api_user: { text: 'No: 400 `unauthorized`.', from: ['documented'] },
  },
  own_token: {
    what: 'Describe and revoke itself',
    developer: { text: 'Yes.', from: ['documented'] },
    product: { text: 'Yes.', from: ['inferred'] },
    customer: { text: 'Yes.', from: ['inferred'] },
    api_user: notKnown,
  },
} as const satisfies Readonly<Record<string, Permission>>

/** The scopes that an API user can have. */
export const apiUserScopes = {
  facts: [
    {
      text: 'The list is generated in the documentation, and is quoted here from a client that copied it. There may be more.',
      from: ['documented_secondhand'],
    },
    {
      text: '`binary:compile` is in the documentation of the compile action, and not in that list.',
      from: ['clients'],
    },
    {
      text: 'The API reference names the scope that a call needs. Select the fewest that the program needs.',
      from: ['documented'],
    },
    {
      text: 'A call without its scope gets a standard 400 `unauthorized`, according to the documentation.',
      from: ['documented'],
    },
    { text: 'A user of the service got `invalid_scope` for such a call.', from: ['community'] },
  ],
  // biome-ignore format: words to be read as a text
  groups: [
    { about: 'Devices', scopes: ['devices:list', 'devices:get', 'devices:update', 'devices:import', 'devices:ping',
      'devices:release', 'devices:remove'] },
    { about: 'Functions, variables, diagnostics', scopes: ['devices.function:call', 'devices.variable:get',
      'devices.diagnostics:get', 'devices.diagnostics:update', 'devices.diagnostics.summary:get',
      'devices.diagnostics.metadata:get'] },
    { about: 'Events', scopes: ['events:get', 'events:send'] },
    { about: 'Compiling', scopes: ['binary:compile'] },
    { about: 'Firmware of a product', scopes: ['firmware:list', 'firmware:get', 'firmware:create', 'firmware:update',
      'firmware:release', 'firmware:remove', 'firmware.binary:get'] },
    { about: 'Groups of devices', scopes: ['groups:list', 'groups:get', 'groups:create', 'groups:update',
      'groups:remove', 'groups.impact:get'] },
    { about: 'Webhooks and other integrations', scopes: ['integrations:list', 'integrations:get',
      'integrations:create', 'integrations:update', 'integrations:test', 'integrations:remove'] },
    { about: 'Customers', scopes: ['customers:list', 'customers:update', 'customers:remove'] },
    { about: 'OAuth clients', scopes: ['clients:list', 'clients:create', 'clients:update', 'clients:remove'] },
    { about: 'Team', scopes: ['teams.users:list', 'teams.users:invite', 'teams.users:update', 'teams.users:remove'] },
    { about: 'SIM cards', scopes: ['sims:list', 'sims:get', 'sims:import', 'sims:update', 'sims:remove',
      'sims.status:get', 'sims.usage:get'] },
    { about: 'Settings and places of a fleet', scopes: ['configuration:get', 'configuration:update',
      'locations:get'] },
    { about: 'Products, organisation, contracts', scopes: ['products:list', 'products:get', 'organization:get',
      'service_agreements:list', 'service_agreements.notifications:list', 'service_agreements.usage_reports:create',
      'service_agreements.usage_reports:get'] },
  ],
} as const satisfies { readonly facts: readonly Fact[]; readonly groups: readonly ScopeGroup[] }
