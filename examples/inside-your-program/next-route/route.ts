/**
 * Client registration in Next.js: this file is `app/connect/dcr/[[...client]]/route.ts`. So it is in SvelteKit, Remix or
 * Astro, whose routes take a Web request too.
 */
import { registrar } from '../registrar.ts'

const handle = (request: Request): Promise<Response> => {
  // Behind a proxy that you trust; elsewhere anybody could write this header.
  const clientAddress = request.headers.get('x-forwarded-for')?.split(',').at(-1)?.trim()
  return registrar.fetch(request, clientAddress === undefined ? {} : { clientAddress })
}

export { handle as DELETE, handle as GET, handle as OPTIONS, handle as POST, handle as PUT }
