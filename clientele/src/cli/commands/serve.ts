import { checkNodeVersion } from '../../server/check-node-version.ts'
import { loadConfig } from '../../server/config.ts'
import { StartError } from '../../server/start-error.ts'

export interface ServeOptions {
  readonly host?: string
  readonly port?: string
  readonly issuer?: string
  readonly role?: string
  readonly data?: string
  readonly config?: string
}

/** `clientele serve`: runs until it is stopped; the exit code. */
export async function serveCommand(options: ServeOptions): Promise<number> {
  try {
    checkNodeVersion(process.versions.node)
    const config = loadConfig({
      ...(options.config === undefined ? {} : { file: options.config }),
      environment: process.env,
      flags: {
        'server.host': options.host,
        'server.port': options.port,
        'server.issuer': options.issuer,
        'server.role': options.role,
        'server.data': options.data,
      },
    })
    const { serve } = await import('../../server/serve.ts')
    return await serve(config)
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    process.stderr.write(`${error.message}\n`)
    return 1
  }
}
