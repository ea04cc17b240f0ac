/** Preloaded into an example's process: the package's doors are the sources of this checkout, which need no build. */
import { registerHooks } from 'node:module'

const SOURCES = new URL('../../clientele/src/', import.meta.url)

registerHooks({
  resolve(specifier, context, next) {
    const [, door] = /^clientele(?:\/(.*))?$/.exec(specifier) ?? []
    const isDoor = /^clientele(\/|$)/.test(specifier)
    return isDoor ? next(new URL(`${door ?? 'index'}.ts`, SOURCES).href, context) : next(specifier, context)
  },
})
