// A Fastify that does nothing, in a process of its own: what HTTP alone costs.
import Fastify from 'fastify';

const app = Fastify();
app.get('/', async () => ({ ok: true }));
await app.listen({ port: 0, host: '127.0.0.1' });
const [address] = app.addresses();
process.send?.(typeof address === 'object' ? address.port : null);
process.once('disconnect', () => process.exit(0));
