// The ways of putting a token on Axios requests that are measured against each other. Each takes a new instance and
// tells how to get a token; the hand-written ones are written as they are usually found.

import { attachSession } from '@particle-grants/axios'
import { createSession, productClient } from '@particle-grants/core'
import createAuthRefreshInterceptor from 'axios-auth-refresh'

/** No token at all. */
export const bare = () => {}

/** A header that never changes. */
export const staticHeader = (instance, { token }) => {
  instance.defaults.headers.common.Authorization = `Bearer ${token}`
}

/** The cheapest hand-written way that can follow a token. */
export const synchronousInterceptor = (instance, auth) => {
  instance.interceptors.request.use(
    (config) => {
      config.headers.Authorization = `Bearer ${auth.token}`
      return config
    },
    null,
    { synchronous: true },
  )
}

/** As its README sets it up. */
export const axiosAuthRefresh = (instance, auth) => {
  instance.interceptors.request.use((request) => {
    request.headers.Authorization = `Bearer ${auth.token}`
    return request
  })
  createAuthRefreshInterceptor(instance, async (failedRequest) => {
    auth.token = await auth.refresh()
    failedRequest.response.config.headers.Authorization = `Bearer ${auth.token}`
  })
}

/** The best hand-written one: a shared promise, and a token that was renewed already is not renewed. */
export const sharedPromise = (instance, auth) => {
  synchronousInterceptor(instance, auth)
  let refreshing
  instance.interceptors.response.use(undefined, async (error) => {
    const { config, response } = error
    if (response?.status !== 401 || config.wasSentAgain) throw error
    config.wasSentAgain = true
    if (config.headers.Authorization === `Bearer ${auth.token}`) {
      refreshing ??= auth.refresh().finally(() => {
        refreshing = undefined
      })
      auth.token = await refreshing
    }
    return instance(config)
  })
}

/** This project's. */
export const particleGrants = (instance, { session }) => attachSession(instance, session)

/** A session as a product's back end has it, on the product that every sandbox knows. */
export const productSession = (options) =>
  createSession({
    client: productClient({ id: 'my-product-1234', secret: 'product-secret' }),
    ...options,
  })
