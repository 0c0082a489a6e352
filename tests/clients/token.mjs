// Prints an access token of the demo's seller: node token.mjs BASE_URL
process.env.TRADEWIND_URL = process.argv[2];
const { signIn } = await import('./shop.mjs');
console.log(await signIn());
