import type { LibraryErrorReferences } from './library-error.ts'

const untouched = 'Nothing was sent, and nothing on the machine was changed.'

/** Errors of the credentials of a machine. `@particle-grants/node` and the CLI throw them. */
export const credentialErrors: LibraryErrorReferences<'no_credentials' | 'unknown_profile' | 'signed_in_elsewhere'> = {
  no_credentials: {
    title: 'No credentials were found',
    when: 'Neither the environment nor a profile of this machine has credentials. `details.places` names each place that was searched.',
    advice: [
      'On your machine, run `pgrants auth login`.',
      'In CI and on servers, set `PARTICLE_ACCESS_TOKEN`, or `PARTICLE_CLIENT_ID` and `PARTICLE_CLIENT_SECRET`.',
    ],
    effect: untouched,
    tokenEndpointErrors: [],
  },
  unknown_profile: {
    title: 'There is no such profile',
    when: 'An option, a flag or `PARTICLE_GRANTS_PROFILE` names a profile that does not exist. `details.profiles` has those that do.',
    advice: ['Correct the name, or sign in to that profile with `pgrants auth login --profile NAME`.'],
    effect: untouched,
    tokenEndpointErrors: [],
  },
  signed_in_elsewhere: {
    title: 'The credentials belong to another base URL or store',
    when: 'A credential belongs to the base URL where it was obtained. An option, a flag or a variable names another one, or another store.',
    advice: [
      'Remove the option, the flag or the variable.',
      'To use both, sign in under another profile name: `pgrants auth login --profile NEW`.',
    ],
    effect: untouched,
    tokenEndpointErrors: [],
  },
}
