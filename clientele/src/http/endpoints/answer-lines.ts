/**
 * A long answer as JSON lines (`application/x-ndjson`), each sent when the one before was taken: whoever reads slowly is
 * waited for, and whoever goes away ends the work.
 */
export function answerLines<T extends object>(
  news: AsyncGenerator<T>,
  render: (each: T) => object,
): Response {
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await news.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(`${JSON.stringify(render(value))}\n`))
    },
    async cancel() {
      await news.return(undefined)
    },
  })
  const headers = {
    'content-type': 'application/x-ndjson',
    'cache-control': 'no-store',
    // A proxy that gathers the whole answer first would hide the progress.
    'x-accel-buffering': 'no',
  }
  return new Response(body, { headers })
}
