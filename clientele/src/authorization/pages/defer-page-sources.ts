import { pathOfIssuer } from '../../oauth/paths.ts'
import type { EnginePages, ShownPages } from '../engine-pages.ts'

/**
 * The engine's pages, loaded when the first of them is shown: a start waits for everything that it loads, and clients
 * register without any page.
 */
export function deferPageSources(issuer: string, load: () => Promise<ShownPages>): EnginePages {
  let loading: Promise<ShownPages> | undefined
  const pages = () => {
    loading ??= load()
    return loading
  }
  return {
    interactionPath: (uid) => `${pathOfIssuer(issuer)}/interaction/${uid}`,
    renderError: async (...given) => (await pages()).renderError(...given),
    userCodeInput: async (...given) => (await pages()).userCodeInput(...given),
    userCodeConfirm: async (...given) => (await pages()).userCodeConfirm(...given),
    userCodeSuccess: async (...given) => (await pages()).userCodeSuccess(...given),
    logout: async (...given) => (await pages()).logout(...given),
    postLogoutSuccess: async (...given) => (await pages()).postLogoutSuccess(...given),
  }
}
