import { createSession, developerClient, productClient } from '@particle-grants/core'
import axios, { type AxiosInstance, type AxiosRequestConfig, type CreateAxiosDefaults } from 'axios'
import { describe, expectTypeOf, it } from 'vitest'
import { type AttachableInstance, type AttachOptions, attachSession } from './index.ts'

const session = createSession({ client: developerClient() })

describe('attachSession', () => {
  it('takes every kind of session, and gives what detaches it', () => {
    expectTypeOf(attachSession(axios, session)).toEqualTypeOf<() => void>()
    const product = createSession({ client: productClient({ id: 'my-product-1234', secret: 'secret' }) })
    expectTypeOf(attachSession(axios.create(), product)).not.toBeAny()
  })

  it('takes instances of the CommonJS build, which TypeScript takes for others', () => {
    type CommonJs = typeof import('axios', { with: { 'resolution-mode': 'require' }})
    expectTypeOf<CommonJs>().toExtend<AttachableInstance>()
    expectTypeOf<ReturnType<CommonJs['create']>>().toExtend<AttachableInstance>()
    expectTypeOf<ReturnType<CommonJs['create']>>().not.toExtend<AxiosInstance>()
    expectTypeOf<Promise<unknown>>().not.toExtend<AttachableInstance>()
  })

  it('knows its options, and no others', () => {
    attachSession(axios, session, { allowedOrigins: ['https://api.particle.io'], replay: false })
    expectTypeOf<keyof AttachOptions>().toEqualTypeOf<'allowedOrigins' | 'replay'>()
    // @ts-expect-error a list, since an origin is a whole one
    attachSession(axios, session, { allowedOrigins: 'https://api.particle.io' })
    // @ts-expect-error no such option
    attachSession(axios, session, { origins: ['https://api.particle.io'] })
    // @ts-expect-error the instance comes first
    attachSession(session, axios)
  })
})

describe('particleGrants', () => {
  it('is a member of the config of a request and of an instance', () => {
    expectTypeOf<AxiosRequestConfig['particleGrants']>().toEqualTypeOf<
      false | { readonly replay?: boolean | undefined } | undefined
    >()
    expectTypeOf<AxiosRequestConfig<{ body: 1 }>['particleGrants']>().not.toBeAny()
    expectTypeOf<CreateAxiosDefaults['particleGrants']>().not.toBeAny()
    void axios.get('/', { particleGrants: false })
    void axios.create({ particleGrants: { replay: false } })
  })

  it('takes nothing else', () => {
    // @ts-expect-error a request can be left out; to be in is the default
    void axios.get('/', { particleGrants: true })
    // @ts-expect-error a boolean
    void axios.get('/', { particleGrants: { replay: 1 } })
    // @ts-expect-error no such option
    void axios.get('/', { particleGrants: { retry: true } })
  })
})
